package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsStream;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.geometry.KeptNeighbours;
import dev.orograph.geometry.shells.CapacityOptimum;
import dev.orograph.geometry.shells.Osmotic;
import dev.orograph.geometry.shells.Osmotic.Rule;
import dev.orograph.geometry.shells.Placement;
import dev.orograph.geometry.shells.Shells;
import dev.orograph.geometry.shells.ThermalChain;
import dev.orograph.input.Text;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Fact;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Filling;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Flow;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Kept;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Mixing;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Point;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Reading;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Shell;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Signal;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Spearman;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** Places the points of a cloud by all methods and says what came of it. */
final class WaterMeasurement {
  static final String DRAWN = "thermal, drawn";
  static final String CHAIN = "thermal, chain";
  static final String BASELINE = "unit vectors, osmotic";

  /** Points that are told one by one. */
  static final int TOLD = 3000;

  /** Points whose neighbourhoods are compared. */
  private static final int COMPARED = 800;

  private static final int NEIGHBOURS = 10;
  private static final int CHANCES = 9;
  private static final int RANKED = 100_000;
  private static final int COUNTED = 100_000;

  /** Numbers of coordinates that are written: 1 GiB. */
  private static final long WRITTEN = 1L << 28;

  private static final int PANEL = 1 << 18;

  private final Work work;
  private final WaterSettings settings;
  private final Cloud cloud;
  private final Cloud.About about;
  private final int threads;
  private final Shells shells;
  private final double[] norms;
  private final int n;
  private final long tangents;
  private final List<Filling> fillings = new ArrayList<>();
  private final List<Flow> flows = new ArrayList<>();
  private final List<int[]> members = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private short[] optimum;

  WaterMeasurement(Work work, WaterSettings settings, Cloud cloud, Cloud.About about, int threads) {
    this.work = work;
    this.settings = settings;
    this.cloud = cloud;
    this.about = about;
    this.threads = threads;
    shells = new Shells(settings.shells());
    norms = cloud.norms();
    n = cloud.size();
    tangents = key("tangents");
  }

  private Generator generator(String what) {
    return Generator.keyed(settings.seed(), "waterfill", what);
  }

  private long key(String what) {
    return generator(what).nextLong();
  }

  WaterFigures figures(
      String source, String what, String state, Double threshold, double[] normed) {
    int[] order = Spearman.order(norms);
    optimum = CapacityOptimum.of(order, shells.quotas(n));
    Osmotic osmotic = Osmotic.of(norms, order, shells, rule("osmotic"), threads, this::check);
    flows(WaterSettings.OSMOTIC, osmotic);
    fill(WaterSettings.OSMOTIC, osmotic::shell, osmotic);
    fill(WaterSettings.THERMAL, i -> shells.nearest(norms[i]), null);
    List<Mixing> mixing = new ArrayList<>();
    IntToDoubleFunction energies = energies(norms[order[0]], norms[order[n - 1]]);
    if (settings.sound()) {
      short[] drawn = draws(energies);
      fill(DRAWN, i -> drawn[i], null);
      int[] chained =
          new ThermalRun(shells, settings, cloud, threads, this::check)
              .run(energies, mixing, notes);
      if (chained.length > 0) {
        fill(CHAIN, i -> chained[i], null);
      }
    }
    fill(WaterSettings.EXACT, i -> optimum[i], null);
    Double fewer = settings.sound() ? controls(order, osmotic) : null;
    IntUnaryOperator placed = placed(osmotic);
    boolean turned = settings.method().equals(WaterSettings.OSMOTIC);
    IntToDoubleFunction angles = turned ? osmotic::angle : i -> 0;
    leave(placed, angles);
    Reading reading =
        new Reading(
            source,
            what,
            state,
            n,
            cloud.width(),
            cloud.broken(),
            cloud.zeros(),
            n > COUNTED ? null : copies(),
            threshold);
    return new WaterFigures(
        null,
        reading,
        signals(state, normed),
        fillings,
        shellRows(),
        flows,
        fewer,
        about == null || !settings.sound() ? List.of() : facts(placed),
        settings.sound() ? kept(placed, angles) : List.of(),
        mixing,
        points(placed, osmotic),
        notes);
  }

  private List<Fact> facts(IntUnaryOperator placed) {
    Map<String, double[]> of = new LinkedHashMap<>();
    of.put("norm", norms);
    of.put(
        "radius", IntStream.range(0, n).mapToDouble(i -> radius(placed.applyAsInt(i))).toArray());
    return new Facts(about, generator("facts")).measure(of);
  }

  private void check() {
    work.checkCancelled();
  }

  private Rule rule(String what) {
    return Rule.usual(key(what));
  }

  private double radius(int shell) {
    return settings.method().equals(WaterSettings.THERMAL)
        ? shells.thermalRadius(shell)
        : shells.radius(shell);
  }

  private IntUnaryOperator placed(Osmotic osmotic) {
    return switch (settings.method()) {
      case WaterSettings.OSMOTIC -> osmotic::shell;
      case WaterSettings.THERMAL -> i -> shells.nearest(norms[i]);
      default -> i -> optimum[i];
    };
  }

  private void flows(String of, Osmotic o) {
    int k = 0;
    for (Osmotic.Step s : o.steps()) {
      flows.add(
          new Flow(
              of,
              ++k,
              s.promoted(),
              s.demoted(),
              s.turned(),
              s.eligible(),
              s.overloaded(),
              s.underloaded(),
              s.off()));
    }
  }

  /** Energies brought to the shells' range: the least length at level 0, the most at the last. */
  private IntToDoubleFunction energies(double least, double most) {
    double top = shells.energy(shells.count() - 1);
    return i -> most > least ? (norms[i] - least) / (most - least) * top : 0;
  }

  private short[] draws(IntToDoubleFunction energies) {
    Generator g = generator("draws");
    double[] odds = new double[shells.count()];
    short[] drawn = new short[n];
    for (int i = 0; i < n; i++) {
      if (i % PANEL == 0) {
        check();
      }
      drawn[i] =
          (short)
              ThermalChain.draw(
                  shells, energies.applyAsDouble(i), settings.temperature(), g.random(), odds);
    }
    return drawn;
  }

  private void fill(String of, IntUnaryOperator shell, Osmotic o) {
    int[] counts = new int[shells.count()];
    double displaced = 0;
    int same = 0;
    for (int i = 0; i < n; i++) {
      int s = shell.applyAsInt(i);
      counts[s]++;
      displaced += Math.abs(s - optimum[i]);
      same += s == optimum[i] ? 1 : 0;
    }
    boolean baseline = of.equals(BASELINE);
    double[] zones = new double[3];
    for (int s = 0; s < counts.length; s++) {
      zones[shells.zone(s)] += counts[s] / (double) n;
    }
    members.add(counts);
    Filling f =
        new Filling(
            of,
            zones[0],
            zones[1],
            zones[2],
            Osmotic.off(counts, shells),
            baseline ? null : (Double) (displaced / n),
            baseline ? null : (Double) (same / (double) n),
            baseline ? null : ranks(shell),
            o == null ? null : (Integer) o.steps().size(),
            o == null ? null : (Boolean) o.settled(),
            o == null ? null : (Long) total(o, Osmotic.Step::promoted),
            o == null ? null : (Long) total(o, Osmotic.Step::demoted),
            o == null ? null : (Long) total(o, Osmotic.Step::turned));
    fillings.add(f);
  }

  private static long total(Osmotic o, ToLongFunction<Osmotic.Step> of) {
    return o.steps().stream().mapToLong(of).sum();
  }

  /** Spearman of length and shell over evenly spaced points. */
  private Double ranks(IntUnaryOperator shell) {
    int[] some = spaced(RANKED);
    double[] x = Arrays.stream(some).mapToDouble(i -> norms[i]).toArray();
    double[] y = Arrays.stream(some).mapToDouble(shell::applyAsInt).toArray();
    double r = some.length < 2 ? Double.NaN : Spearman.of(x, y).value();
    return Double.isFinite(r) ? (Double) r : null;
  }

  private int[] spaced(int most) {
    int count = Math.min(n, most);
    return IntStream.range(0, count).map(k -> (int) ((long) k * n / count)).toArray();
  }

  /** The same without the signal, and without lateral moves; the share of promotions saved. */
  private Double controls(int[] order, Osmotic osmotic) {
    Osmotic unit = Osmotic.ofEqual(n, shells, rule("unit"), threads, this::check);
    flows(BASELINE, unit);
    fill(BASELINE, unit::shell, unit);
    Rule usual = rule("osmotic");
    Rule always = new Rule(1, usual.angle(), usual.most(), usual.key());
    Osmotic plain = Osmotic.of(norms, order, shells, always, threads, this::check);
    long all = total(plain, Osmotic.Step::promoted);
    return all == 0 ? null : (Double) (1 - total(osmotic, Osmotic.Step::promoted) / (double) all);
  }

  private List<Signal> signals(String state, double[] normed) {
    List<Signal> all = new ArrayList<>(List.of(signal(state, norms)));
    if (normed != null) {
      double[] some = IntStream.range(0, n).mapToDouble(i -> normed[about.at()[i]]).toArray();
      if (Arrays.stream(some).allMatch(Double::isFinite)) {
        all.add(signal("final_norm.out", some));
      }
    }
    all.add(new Signal("unit vectors", 1, 0, 1, 1, 0));
    return all;
  }

  private static Signal signal(String of, double[] p) {
    double limit = Osmotic.limit(p);
    double mean = Arrays.stream(p).sum() / p.length;
    int out = 0;
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (double v : p) {
      out += v > limit ? 1 : 0;
      least = Math.min(least, v);
      most = Math.max(most, v);
    }
    return new Signal(of, mean, limit - mean, least, most, out / (double) p.length);
  }

  private List<Shell> shellRows() {
    return IntStream.range(0, shells.count())
        .mapToObj(
            s ->
                new Shell(
                    s,
                    shells.radius(s),
                    n * shells.share(s),
                    members.stream().map(m -> m[s]).toList()))
        .toList();
  }

  private int copies() {
    DistinctRows d = new DistinctRows(cloud.entries(), threads);
    return n - d.representatives().length;
  }

  private double[] place(int point, double[] vector, double radius, double angle) {
    double[] x = vector.clone();
    Placement.place(x, 0, x.length, norms[point], radius, angle, tangents, point);
    return x;
  }

  private List<Kept> kept(IntUnaryOperator placed, IntToDoubleFunction angles) {
    int[] some = spaced(COMPARED);
    if (some.length < 4 * NEIGHBOURS) {
      return List.of();
    }
    double[][] vectors = cloud.vectors(some);
    KeptNeighbours original = new KeptNeighbours(vectors, NEIGHBOURS);
    List<double[][]> maps = new ArrayList<>();
    maps.add(map(some, vectors, k -> radius(placed.applyAsInt(some[k])), angles));
    maps.add(map(some, vectors, k -> 1, i -> 0));
    List<Double> trusts = new ArrayList<>();
    List<Double> overlaps = new ArrayList<>();
    Generator g = generator("neighbours");
    for (int c = 0; c < CHANCES; c++) {
      check();
      int[] other = g.permutation(some.length);
      KeptNeighbours.Kept chance =
          original.of(map(some, vectors, k -> radius(placed.applyAsInt(some[other[k]])), angles));
      trusts.add(chance.trustworthiness());
      overlaps.add(chance.overlap());
    }
    List<Kept> all = new ArrayList<>();
    for (int m = 0; m < maps.size(); m++) {
      KeptNeighbours.Kept k = original.of(maps.get(m));
      Estimate trust = Estimate.of(k.trustworthiness());
      Estimate overlap = Estimate.of(k.overlap());
      all.add(
          new Kept(
              m == 0 ? settings.method() : "directions alone",
              some.length,
              NEIGHBOURS,
              m == 0 ? trust.among(trusts) : trust,
              m == 0 ? overlap.among(overlaps) : overlap));
    }
    return all;
  }

  private double[][] map(
      int[] some, double[][] vectors, IntToDoubleFunction radius, IntToDoubleFunction angles) {
    double[][] placed = new double[some.length][];
    for (int k = 0; k < some.length; k++) {
      placed[k] =
          place(some[k], vectors[k], radius.applyAsDouble(k), angles.applyAsDouble(some[k]));
    }
    return placed;
  }

  private List<Point> points(IntUnaryOperator placed, Osmotic osmotic) {
    int[] some = spaced(Math.max(1, Math.min(TOLD, (1 << 22) / cloud.width())));
    double[][] vectors = cloud.vectors(some);
    for (int k = 0; k < some.length; k++) {
      Placement.place(vectors[k], 0, vectors[k].length, norms[some[k]], 1, 0, 0, 0);
    }
    double[] angles = Bearings.of(vectors);
    List<Point> points = new ArrayList<>();
    for (int k = 0; k < some.length; k++) {
      int i = some[k];
      int s = placed.applyAsInt(i);
      double r = radius(s);
      points.add(
          new Point(
              about == null ? cloud.row(i) : about.at()[i],
              about == null ? "row " + cloud.row(i) : about.text().apply(i),
              norms[i],
              s,
              r,
              r * Math.cos(angles[k]),
              r * Math.sin(angles[k]),
              osmotic.outlier(i),
              about == null ? null : finite(about.surprisal(), i),
              about == null ? null : finite(about.after(), i)));
    }
    return points;
  }

  private static Double finite(double[] values, int i) {
    return values == null || !Double.isFinite(values[i]) ? null : (Double) values[i];
  }

  /** All points as arrays; coordinates where they are not too many. */
  private void leave(IntUnaryOperator placed, IntToDoubleFunction angles) {
    int d = cloud.width();
    boolean coordinates = (long) n * d <= WRITTEN;
    List<Long> each = List.of((long) n);
    List<Entry> entries =
        new ArrayList<>(
            List.of(
                Entry.streamed("points", DType.I64, each),
                Entry.streamed("shells", DType.I64, each),
                Entry.streamed("norms", DType.F32, each),
                Entry.streamed("radii", DType.F32, each),
                Entry.streamed("angles", DType.F32, each)));
    if (coordinates) {
      entries.add(Entry.streamed("coordinates", DType.F32, List.of((long) n, (long) d)));
    } else {
      notes.add(
          Text.grouped((long) n * d)
              + " coordinates are not written: they follow from vector, radius and angle.");
    }
    Path file = work.arrays().resolve("waterfill.safetensors");
    try (SafetensorsStream out =
        new SafetensorsStream(file, work.arrays().resolve("waterfill.part"), entries, Map.of())) {
      int most = Math.max(1, PANEL / d);
      double[] block = new double[most * d];
      for (int from = 0; from < n; from += most) {
        check();
        int first = from;
        int count = Math.min(most, n - from);
        int[] shell = IntStream.range(0, count).map(i -> placed.applyAsInt(first + i)).toArray();
        out.append(
            "points",
            IntStream.range(first, first + count)
                .map(i -> about == null ? cloud.row(i) : about.at()[i])
                .toArray());
        out.append("shells", shell);
        out.append("norms", Arrays.copyOfRange(norms, first, first + count));
        out.append("radii", Arrays.stream(shell).mapToDouble(this::radius).toArray());
        double[] turned =
            IntStream.range(0, count).mapToDouble(i -> angles.applyAsDouble(first + i)).toArray();
        out.append("angles", turned);
        if (coordinates) {
          cloud.entries().read((long) first * d, block, 0, count * d);
          for (int i = 0; i < count; i++) {
            Placement.place(
                block,
                i * d,
                d,
                norms[first + i],
                radius(shell[i]),
                turned[i],
                tangents,
                first + i);
          }
          out.append("coordinates", count == most ? block : Arrays.copyOf(block, count * d));
        }
      }
      out.finish();
    }
  }
}
