package dev.orograph.instrument.levelset;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.levelset.NormalFigures.Curved;
import dev.orograph.instrument.levelset.NormalFigures.Ends;
import dev.orograph.instrument.levelset.NormalFigures.Near;
import dev.orograph.instrument.levelset.NormalFigures.Normal;
import dev.orograph.instrument.levelset.NormalFigures.Part;
import dev.orograph.instrument.levelset.NormalFigures.Shared;
import dev.orograph.instrument.levelset.NormalFigures.Whole;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Precision;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Gradients, differences, curvature and what they are good for, at points of a level-set. */
final class NormalMeasurement {
  private static final int RANDOM = 200;
  private static final int DIRECTIONS = 64;
  private static final int SHUFFLES = 8;

  /** Curvatures of either end that are told. */
  private static final int TOLD = 8;

  /** The seed's own choices. */
  private static final double SEED_RATE = 1e-3;

  private static final double SEED_TOLERANCE = 0.01;
  private static final int SEED_STEPS = 100;

  private final Work work;
  private final NormalSettings settings;
  private final Scene scene;
  private final LevelSetFile set;
  private final Generator draws;
  private final double[][] points;
  private final Landscape f;

  /** What rounding does to f at the points of a file, which all tasks of a process share. */
  private record ResolutionOf(Path file, int points) {}

  NormalMeasurement(
      Work work, NormalSettings settings, Scene scene, LevelSetFile set, Generator draws) {
    this.work = work;
    this.settings = settings;
    this.scene = scene;
    this.set = set;
    this.draws = draws;
    points = Arrays.copyOf(set.points(), Math.min(settings.most(), set.points().length));
    if (set.target().length != scene.vocabulary()) {
      throw scene.fault(
          "the target",
          "must have a probability for each of " + scene.vocabulary() + " tokens",
          "has " + set.target().length,
          "make the points again with 'orograph levelset'");
    }
    f = scene.landscape(set.target(), set.reverse());
  }

  private double resolution() {
    return work.once(
        new ResolutionOf(settings.points().unchanged(), points.length),
        () -> scene.resolution(f, points, Generator.of(0)));
  }

  /** Differences of some dimensions at a point. */
  Part part(int point, int from, int to, boolean seed) {
    double change =
        settings.delta()
            * Landscape.length(f.slopes(new double[][] {points[point]}).gradients()[0])
            / Math.sqrt(scene.width());
    double resolution = seed ? Double.NaN : resolution();
    if (!seed && !(change > 10 * resolution)) {
      throw tooSmall(change, resolution);
    }
    Differences differences = new Differences(f, settings.delta(), settings.batch());
    Differences.Distances d =
        seed
            ? differences.seed(
                points[point],
                from,
                to,
                set.epsilon(),
                SEED_TOLERANCE * set.epsilon(),
                SEED_RATE,
                SEED_STEPS)
            : differences.exact(points[point], from, to, resolution);
    String of = (seed ? "seed." : "central.") + point + "." + from;
    SafetensorsWriter.write(
        work.arrays().resolve("differences.safetensors"),
        Map.of(),
        List.of(
            Entry.of(of + ".up", array(d.up()), d.up().size()),
            Entry.of(of + ".down", array(d.down()), d.down().size())));
    return new Part(point, from, seed, d.up(), d.down(), d.back(), d.calls());
  }

  private InputException tooSmall(double change, double resolution) {
    return scene.fault(
        "--delta " + settings.delta(),
        "must move the divergence by more than rounding does",
        "a number that is moved by it moves the divergence by about "
            + change
            + ", and rounding by "
            + resolution,
        "take a larger --delta, or make the points with --precision float64");
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** All that gradients tell. */
  Whole whole() {
    Landscape.Slopes s = f.slopes(points);
    double[][] gradients = s.gradients();
    for (int i = 0; i < points.length; i++) {
      double length = Landscape.length(gradients[i]);
      if (!(length > 0) || !Double.isFinite(length)) {
        throw scene.fault(
            "point " + i, "must have a gradient", "it is " + length, "take other points");
      }
    }
    List<Normal> normals = new ArrayList<>();
    for (int i = 0; i < points.length; i++) {
      normals.add(new Normal(s.values()[i], list(gradients[i])));
    }
    boolean large = scene.model().count() > LevelSetSettings.LARGE;
    boolean more = settings.sound() && !large;
    List<Curved> curved = new ArrayList<>();
    double[][] principal = new double[0][];
    List<Ends> ends = new ArrayList<>();
    switch (settings.curvature(scene.model().count(), scene.width())) {
      case NormalSettings.FULL -> principal = curvature(gradients, curved);
      case NormalSettings.ENDS -> ends(gradients, ends);
      default -> {
        // None is wanted.
      }
    }
    TokenRows rows = scene.rows();
    Surroundings around = new Surroundings(work, scene, set, f, draws);
    List<double[]> walked = new ArrayList<>();
    Whole whole =
        new Whole(
            set.called(),
            set.reverse() ? "KL(model||target)" : "KL(target||model)",
            set.epsilon(),
            set.tolerance(),
            set.precision().id(),
            set.left() + set.points().length - points.length,
            normals,
            settings.sound() && points.length > 1 ? shared(gradients, more) : null,
            settings.sound() ? near(rows, gradients) : null,
            settings.sound() ? head(gradients) : null,
            curved,
            ends,
            more ? around.slice(points[0], gradients[0]) : null,
            more ? around.walk(points[0], gradients[0], resolution(), walked) : List.of(),
            more ? around.radius() : null);
    leave(gradients, principal, walked);
    return whole;
  }

  private void leave(double[][] gradients, double[][] principal, List<double[]> walked) {
    int d = scene.width();
    List<Entry> entries = new ArrayList<>();
    double[][] units = Arrays.stream(gradients).map(Landscape::unit).toArray(double[][]::new);
    entries.add(Entry.of("points", LevelSetMeasurement.flat(points), points.length, d));
    entries.add(Entry.of("gradients", LevelSetMeasurement.flat(gradients), points.length, d));
    entries.add(Entry.of("normals", LevelSetMeasurement.flat(units), points.length, d));
    if (principal.length > 0) {
      entries.add(
          Entry.of("curvatures", LevelSetMeasurement.flat(principal), points.length, d - 1L));
      entries.add(Entry.of("tangent_basis_0", tangents(units[0]), d - 1L, d));
    }
    if (!walked.isEmpty()) {
      entries.add(
          Entry.of(
              "walk", LevelSetMeasurement.flat(walked.toArray(double[][]::new)), walked.size(), d));
    }
    SafetensorsWriter.write(work.arrays().resolve("normal.safetensors"), Map.of(), entries);
  }

  /** Rows 1 to d - 1 of the reflection that turns the normal into the first axis, up to sign. */
  static double[] tangents(double[] normal) {
    int d = normal.length;
    double[] w = normal.clone();
    w[0] += w[0] < 0 ? -1 : 1;
    w = Landscape.unit(w);
    double[] basis = new double[(d - 1) * d];
    for (int i = 1; i < d; i++) {
      for (int j = 0; j < d; j++) {
        basis[(i - 1) * d + j] = (i == j ? 1 : 0) - 2 * w[i] * w[j];
      }
    }
    return basis;
  }

  private double[][] curvature(double[][] gradients, List<Curved> curved) {
    double[][] all = new double[points.length][];
    for (int i = 0; i < points.length; i++) {
      double[][] hessian = Curvature.hessian(f, points[i], step());
      all[i] = Curvature.principal(hessian, gradients[i]);
      double[][] h = hessian;
      curved.add(
          new Curved(
              list(all[i]),
              IntStream.range(0, h.length).mapToObj(k -> h[k][k]).toList(),
              list(Curvature.alongAxes(hessian, gradients[i]))));
    }
    return all;
  }

  private void ends(double[][] gradients, List<Ends> ends) {
    int rounds = NormalSettings.PRODUCTS / CurvatureEnds.BLOCK;
    for (int i = 0; i < points.length; i++) {
      // Where the search begins is no matter of the run's seed.
      Generator g = Generator.of(i);
      ends.add(CurvatureEnds.of(f, points[i], gradients[i], step(), rounds, TOLD, g));
    }
  }

  private double step() {
    return set.precision() == Precision.FLOAT64 ? 1e-4 : 1e-2;
  }

  /** n^2 over the sum of squared cosines. */
  static double participation(double[][] directions) {
    int n = directions.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double c = i == j ? 1 : Landscape.cosine(directions[i], directions[j]);
        sum += c * c;
      }
    }
    return (double) n * n / sum;
  }

  private Shared shared(double[][] gradients, boolean shuffle) {
    List<Double> random = new ArrayList<>();
    for (int k = 0; k < RANDOM; k++) {
      random.add(
          participation(
              IntStream.range(0, points.length)
                  .mapToObj(i -> Landscape.direction(draws, scene.width()))
                  .toArray(double[][]::new)));
    }
    List<Double> shuffled = new ArrayList<>();
    for (int k = 0; shuffle && k < SHUFFLES; k++) {
      double[] target = set.target().clone();
      draws.shuffle(target);
      double[][] other = scene.landscape(target, set.reverse()).slopes(points).gradients();
      shuffled.add(participation(other));
    }
    return new Shared(participation(gradients), random, shuffled);
  }

  private Near near(TokenRows rows, double[][] gradients) {
    int n = gradients.length;
    double[][] all = new double[n + DIRECTIONS][];
    for (int i = 0; i < all.length; i++) {
      all[i] = i < n ? Landscape.unit(gradients[i]) : Landscape.direction(draws, scene.width());
    }
    Nearby.Hit[] hits = Nearby.along(work, rows, all, scene.threads());
    List<Integer> tokens = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    List<Double> cosines = new ArrayList<>();
    List<Double> random = new ArrayList<>();
    for (int i = 0; i < all.length; i++) {
      if (i < n) {
        tokens.add(hits[i].token());
        texts.add(rows.text(hits[i].token()));
        cosines.add(hits[i].value());
      } else {
        random.add(hits[i].value());
      }
    }
    return new Near(tokens, texts, cosines, random);
  }

  private Near head(double[][] gradients) {
    Model model = scene.model();
    if (model.head().isEmpty() || model.head().get().tensor().columns() != scene.width()) {
      return null;
    }
    if (model.head().get().tensor().name().equals(scene.rows().tensor())) {
      return null;
    }
    try (TensorData data = model.checkpoint().map(model.head().get().tensor())) {
      return near(TokenRows.of(work, data, model, scene.threads()), gradients);
    }
  }
}
