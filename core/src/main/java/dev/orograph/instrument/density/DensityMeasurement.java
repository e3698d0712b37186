package dev.orograph.instrument.density;

import dev.orograph.geometry.Hubness;
import dev.orograph.geometry.LevinaBickel;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.density.DensityFigures.Counts;
import dev.orograph.instrument.density.DensityFigures.Identity;
import dev.orograph.instrument.density.DensityFigures.Pair;
import dev.orograph.instrument.density.DensityFigures.Points;
import dev.orograph.instrument.density.DensityFigures.Seed;
import dev.orograph.instrument.density.DensityFigures.Sound;
import dev.orograph.instrument.density.DensityFigures.Volume;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.random.Generator;
import dev.orograph.stats.Bootstrap;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Spearman;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** Figures of one sample of tokens in one metric, from distances wherever they come from. */
final class DensityMeasurement {
  /** Clouds of each null. */
  static final int NULL_DRAWS = 8;

  /** Random parts of the data. */
  static final int DATA_DRAWS = 4;

  private static final int NAMED = 20;
  private static final int PAIRS = 50_000;
  private static final int DRAWN = 20_000;
  private static final int BOOTSTRAPS = 200;

  private final Work work;
  private final DensitySettings settings;
  private final Task<TokenMatrix> task;
  private final TokenRows rows;
  private final Metric metric;
  private final Sample sample;
  private final Distances distances;
  private final Generator generator;
  private final double[] norms;
  private final double[] plain;
  private final int k;
  private final Nearest nearest;

  /**
   * Finds the neighbours.
   *
   * @param sample which tokens, and which point each has
   * @param distances of the sample's points
   * @param norms centred lengths of the sample's points
   * @param plain the seed's
   * @param k the seed's neighbours
   */
  DensityMeasurement(
      Work work,
      DensitySettings settings,
      Task<TokenMatrix> task,
      TokenRows rows,
      Metric metric,
      Sample sample,
      Distances distances,
      double[] norms,
      double[] plain,
      int k) {
    this.work = work;
    this.settings = settings;
    this.task = task;
    this.rows = rows;
    this.metric = metric;
    this.sample = sample;
    this.distances = distances;
    this.norms = norms;
    this.plain = plain;
    this.k = k;
    generator = work.generator(task);
    int n = sample.points();
    nearest = distances.nearest(sample.places(), Math.min(k, n - 1));
    DensityArrays.write(work.arrays(), sample, nearest, norms, plain, seedMeans());
  }

  private double[] seedMeans() {
    return nearest.seedMeans(sample.copies(), k);
  }

  DensityFigures figures(Counts counts, List<Identity> identities) {
    int tokens = sample.tokens().length;
    double[] pointMeans = seedMeans();
    double[] means = new double[tokens];
    double[] lengths = new double[tokens];
    double[] densities = new double[tokens];
    for (int t = 0; t < tokens; t++) {
      means[t] = pointMeans[sample.point(t)];
      lengths[t] = plain[sample.point(t)];
      densities[t] = Double.isNaN(means[t]) ? 0 : 1 / means[t];
    }
    double[] logs = logs(means);
    double[] radii = logs(nearest.radii());
    double intrinsic = intrinsic();
    List<Volume> volumes = new ArrayList<>();
    volumes.add(
        volume(
            "seed",
            "the reference notebooks' number",
            DensitySettings.SEED_DIMENSION,
            logs,
            radii));
    MetricFigures m = metric.figures();
    volumes.add(
        volume("raw_pr", "participation ratio of the rows", m.participation(), logs, radii));
    if (settings.sound() && m.corrected() > 0) {
      volumes.add(
          volume(
              "raw_pr_corrected",
              "the same, corrected for the number of rows",
              m.corrected(),
              logs,
              radii));
    }
    volumes.add(
        volume(
            "pr",
            "participation ratio of the cloud that distances are taken in",
            m.used(),
            logs,
            radii));
    if (intrinsic > 0) {
      volumes.add(
          volume("id", "intrinsic dimension there (Levina-Bickel)", intrinsic, logs, radii));
    }
    Seed seed =
        new Seed(spread(lengths), spread(densities), Radial.of(lengths, densities), volumes);
    Sound sound = settings.sound() ? sound(intrinsic, volumes, logs, radii) : null;
    return new DensityFigures(task, counts, m, identities, seed, sound, null, List.of());
  }

  /** Logarithms of what is above 0, ascending. */
  private static double[] logs(double[] values) {
    return Arrays.stream(values).filter(v -> v > 0).map(Math::log).sorted().toArray();
  }

  private Volume volume(String name, String about, double d, double[] means, double[] radii) {
    LogDensity seed = LogDensity.seed(k, d);
    LogDensity sound = LogDensity.sound(nearest.k(), sample.points(), d);
    return new Volume(name, about, d, seed.summary(means), sound.summary(radii));
  }

  private double intrinsic() {
    if (!settings.sound() || nearest.k() < 3) {
      return Double.NaN;
    }
    for (int i = 0; i < nearest.count(); i++) {
      if (!(nearest.distance(i, 0) > 0)) {
        return Double.NaN;
      }
    }
    double d = LevinaBickel.of(nearest.distances(), nearest.k(), nearest.k()).value();
    return Double.isFinite(d) ? d : Double.NaN;
  }

  private Sound sound(double intrinsic, List<Volume> volumes, double[] logs, double[] radii) {
    double[] means = nearest.means();
    double[] densities = Shape.inverse(means);
    Radial radial = Radial.of(norms, densities);
    Volume chosen =
        volumes.stream()
            .filter(v -> v.name().equals(settings.dim()))
            .findFirst()
            .orElseGet(
                () ->
                    volume(
                        "chosen",
                        "as chosen",
                        Double.isNaN(settings.dimension())
                            ? metric.figures().used()
                            : settings.dimension(),
                        logs,
                        radii));
    Hubness hubness = new Hubness(nearest.neighbours(), nearest.count());
    List<Token> hubs =
        Arrays.stream(hubness.hubs(NAMED)).mapToObj(p -> token(p, hubness.occurrence(p))).toList();
    Estimate skewness = Estimate.of(hubness.skewness());
    List<Double> squares = new ArrayList<>();
    Spread pairDistances = sampledDistances(squares);
    double square = squares.get(0);
    int m = Math.min(sample.points(), Density.CLOUD);
    double[] edges = radial.edges().stream().mapToDouble(v -> v).toArray();
    List<Shape> data = new ArrayList<>();
    List<Shape> gaussian = new ArrayList<>();
    List<Shape> directions = new ArrayList<>();
    clouds(m, edges, data, gaussian, directions);
    LogDensity log = LogDensity.sound(nearest.k(), sample.points(), chosen.dimension());
    return new Sound(
        spread(norms),
        spread(densities),
        radial,
        defined(ratio(norms, densities)),
        defined(Spearman.of(norms, densities)),
        defined(Spearman.of(plain, densities)),
        chosen,
        radii.length == 0 ? null : spread(Arrays.stream(radii).map(log::of).toArray()),
        intrinsic,
        pairDistances,
        Estimate.of(square).within(square - squares.get(1), square + squares.get(1)),
        defined(skewness),
        hubs,
        nearestPairs(),
        isolated(means),
        m,
        data,
        gaussian,
        directions,
        points(densities));
  }

  /** A handful of points has no zones and no spread of occurrences: null for such a figure. */
  private static Estimate defined(Estimate e) {
    return Double.isFinite(e.value()) ? e : null;
  }

  /** Fills in the clouds. */
  private void clouds(
      int m, double[] edges, List<Shape> data, List<Shape> gaussian, List<Shape> directions) {
    int n = sample.points();
    int most = Math.min(k, m - 1);
    NearestNeighbours.Watch watch = (done, all) -> work.checkCancelled();
    NullClouds nulls = new NullClouds(metric, edges, most, task.nativeThreads(), watch);
    for (int draw = 0; draw < (m == n ? 1 : DATA_DRAWS); draw++) {
      int[] part = part(m);
      double[] own = Arrays.stream(part).mapToDouble(i -> norms[i]).toArray();
      double[] seed = Arrays.stream(part).mapToDouble(i -> plain[i]).toArray();
      int[] places = Arrays.stream(part).map(i -> sample.places()[i]).toArray();
      data.add(Shape.of(own, seed, m == n ? nearest : distances.nearest(places, most), edges));
    }
    for (int draw = 0; draw < NULL_DRAWS; draw++) {
      gaussian.add(nulls.draw(m, null, generator));
      double[] lengths = Arrays.stream(part(m)).mapToDouble(i -> norms[i]).toArray();
      directions.add(nulls.draw(m, lengths, generator));
    }
  }

  /** So many of the points, drawn anew each time; all where there are no more. */
  private int[] part(int m) {
    int n = sample.points();
    if (m == n) {
      return IntStream.range(0, n).toArray();
    }
    int[] part = generator.choice(n, m, false);
    Arrays.sort(part);
    return part;
  }

  /** Core over shell, with the interval of a bootstrap over points whose zones stay as they are. */
  private Estimate ratio(double[] lengths, double[] densities) {
    Radial radial = Radial.of(lengths, densities);
    Estimate e = Estimate.of(radial.ratio());
    double core = radial.percentiles().get(0);
    double low = radial.percentiles().get(1);
    double high = radial.percentiles().get(3);
    List<Double> interval =
        Bootstrap.interval(
            lengths.length,
            BOOTSTRAPS,
            generator,
            counts -> {
              double[] sums = new double[4];
              for (int i = 0; i < counts.length; i++) {
                int zone = lengths[i] < core ? 0 : lengths[i] > low && lengths[i] < high ? 2 : -1;
                if (zone >= 0) {
                  sums[zone] += counts[i] * densities[i];
                  sums[zone + 1] += counts[i];
                }
              }
              return sums[0] / sums[1] / (sums[2] / sums[3]);
            });
    return interval == null ? e : e.within(interval.get(0), interval.get(1));
  }

  /** Fills in the mean square and the half width of its interval. */
  private Spread sampledDistances(List<Double> meanSquare) {
    int n = sample.points();
    float[] values = new float[PAIRS];
    double sum = 0;
    double squares = 0;
    for (int p = 0; p < PAIRS; p++) {
      int i = (int) generator.integers(0, n);
      int j = (int) generator.integers(0, n - 1);
      j += j >= i ? 1 : 0;
      if (p % 1024 == 0) {
        work.checkCancelled();
      }
      double distance = distances.between(sample.places()[i], sample.places()[j]);
      values[p] = (float) distance;
      sum += distance * distance;
      squares += Math.pow(distance, 4);
    }
    double mean = sum / PAIRS;
    meanSquare.add(mean);
    meanSquare.add(1.96 * Math.sqrt(Math.max(0, squares / PAIRS - mean * mean) / PAIRS));
    return Spread.of(values);
  }

  private Token token(int point, double value) {
    return Token.of(rows, sample.token(point), value);
  }

  private List<Pair> nearestPairs() {
    Comparator<int[]> byDistance =
        Comparator.comparingDouble((int[] p) -> nearest.distance(p[0], p[1]))
            .thenComparingInt(p -> p[0]);
    PriorityQueue<int[]> kept = new PriorityQueue<>(byDistance.reversed());
    for (int i = 0; i < nearest.count(); i++) {
      for (int rank = 0; rank < nearest.k(); rank++) {
        int[] pair = {i, rank};
        boolean full = kept.size() == NAMED;
        if (full && byDistance.compare(pair, kept.peek()) >= 0) {
          break;
        }
        if (i < nearest.neighbour(i, rank) || !listed(nearest.neighbour(i, rank), i)) {
          kept.add(pair);
          if (full) {
            kept.poll();
          }
        }
      }
    }
    return kept.stream()
        .sorted(byDistance)
        .map(
            p -> {
              int other = nearest.neighbour(p[0], p[1]);
              return new Pair(
                  token(p[0], norms[p[0]]),
                  token(other, norms[other]),
                  nearest.distance(p[0], p[1]));
            })
        .toList();
  }

  private boolean listed(int point, int other) {
    return IntStream.range(0, nearest.k()).anyMatch(r -> nearest.neighbour(point, r) == other);
  }

  private List<Token> isolated(double[] means) {
    return IntStream.range(0, means.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -means[i]))
        .limit(NAMED)
        .map(i -> token(i, means[i]))
        .toList();
  }

  private Points points(double[] densities) {
    int n = sample.points();
    int[] which = IntStream.range(0, n).toArray();
    if (n > DRAWN) {
      which = generator.choice(n, DRAWN, false);
      Arrays.sort(which);
    }
    List<Token> tokens = new ArrayList<>();
    List<Double> lengths = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (int i : which) {
      if (Double.isFinite(densities[i])) {
        tokens.add(token(i, plain[i]));
        lengths.add(norms[i]);
        values.add(densities[i]);
      }
    }
    return new Points(tokens, lengths, values);
  }

  private static Spread spread(double[] values) {
    return Spread.of(Arrays.stream(values).filter(Double::isFinite).toArray());
  }
}
