package dev.orograph.instrument.levelset;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.levelset.NormalFigures.Curved;
import dev.orograph.instrument.levelset.NormalFigures.Near;
import dev.orograph.instrument.levelset.NormalFigures.Normal;
import dev.orograph.instrument.levelset.NormalFigures.Part;
import dev.orograph.instrument.levelset.NormalFigures.Radius;
import dev.orograph.instrument.levelset.NormalFigures.Shared;
import dev.orograph.instrument.levelset.NormalFigures.Slice;
import dev.orograph.instrument.levelset.NormalFigures.Step;
import dev.orograph.instrument.levelset.NormalFigures.Whole;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Precision;
import dev.orograph.random.Generator;
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
  private static final int GRID = 41;
  private static final int DEPTHS = 64;
  private static final int STEPS = 20;
  private static final double STRIDE = 0.05;
  private static final int BACK = 100;
  private static final int ANCHORS = 16;
  private static final int RAYS = 32;
  private static final int MOST_TOKENS = 50_000;

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
  private final double resolution;

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
    resolution = scene.resolution(f, points, Generator.of(0));
  }

  /** Differences of some dimensions at a point. */
  Part part(int point, int from, int to, boolean seed) {
    double change =
        settings.delta()
            * Landscape.length(f.slopes(new double[][] {points[point]}).gradients()[0])
            / Math.sqrt(scene.width());
    if (!seed && !(change > 10 * resolution)) {
      throw tooSmall(change);
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

  private InputException tooSmall(double change) {
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

  private static List<Double> list(double[] values) {
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
    if (settings.curved(scene.model().count(), scene.width())) {
      principal = curvature(gradients, curved);
    }
    TokenRows rows = scene.rows();
    List<double[]> walked = new ArrayList<>();
    Whole whole =
        new Whole(
            set.called(),
            set.reverse() ? "KL(model||target)" : "KL(target||model)",
            set.epsilon(),
            set.tolerance(),
            set.precision().id(),
            resolution,
            set.left() + set.points().length - points.length,
            normals,
            settings.sound() && points.length > 1 ? shared(gradients, more) : null,
            settings.sound() ? near(rows, gradients) : null,
            settings.sound() ? head(gradients) : null,
            curved,
            more ? slice(points[0], gradients[0]) : null,
            more ? walk(points[0], gradients[0], walked) : List.of(),
            more ? radius() : null);
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

  private double step() {
    return set.precision() == Precision.FLOAT64 ? 1e-4 : 1e-2;
  }

  private static double[] direction(Generator g, int d) {
    double[] u = new double[d];
    g.standardNormal(u);
    return Landscape.unit(u);
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
                  .mapToObj(i -> direction(draws, scene.width()))
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
    double[] mean = new double[rows.width()];
    int[] count = {0};
    rows.panels(
        work,
        (first, block, n) -> {
          for (int r = 0; r < n; r++) {
            if (!Double.isNaN(rows.norm(first + r))) {
              count[0]++;
              for (int j = 0; j < mean.length; j++) {
                mean[j] += block[r * mean.length + j];
              }
            }
          }
        });
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= Math.max(1, count[0]);
    }
    int n = gradients.length;
    double[][] all = new double[n + DIRECTIONS][];
    for (int i = 0; i < all.length; i++) {
      all[i] = i < n ? Landscape.unit(gradients[i]) : direction(draws, mean.length);
    }
    Nearby.Hit[] hits = Nearby.along(work, rows, mean, all);
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
      return near(TokenRows.of(work, data, model, 1), gradients);
    }
  }

  private Slice slice(double[] x, double[] gradient) {
    double[] n = Landscape.unit(gradient);
    Nearby.Hit hit = Nearby.nearest(work, scene.rows(), new double[][] {x})[0];
    double[] row = new double[x.length];
    scene.rows().read(hit.token(), row, 0);
    double[] to = Landscape.moved(row, -1, x);
    double up = InnerProduct.of(to, n);
    double[] tangent = Landscape.moved(to, -up, n);
    double across = Landscape.length(tangent);
    double[] t = across > 0 ? Landscape.unit(tangent) : tangentOf(direction(draws, x.length), n);
    double reach = reach(x, n, Math.max(hit.value(), 1e-3));
    List<Double> places = new ArrayList<>();
    for (int i = 0; i < GRID; i++) {
      places.add(reach * (2.0 * i / (GRID - 1) - 1));
    }
    double[][] grid = new double[GRID * GRID][];
    for (int i = 0; i < GRID * GRID; i++) {
      double[] risen = Landscape.moved(x, places.get(i / GRID), n);
      grid[i] = Landscape.moved(risen, places.get(i % GRID), t);
    }
    double[] values = f.values(grid);
    List<List<Double>> all = new ArrayList<>();
    for (int i = 0; i < GRID; i++) {
      all.add(list(Arrays.copyOfRange(values, i * GRID, (i + 1) * GRID)));
    }
    return new Slice(places, places, all, hit.token(), scene.rows().text(hit.token()), across, up);
  }

  /**
   * How much of the plane is shown: thrice as far as the inside of the set goes behind the point,
   * but no more than the nearest token's distance and no less than a fiftieth of it.
   */
  private double reach(double[] x, double[] n, double next) {
    double[][] behind = new double[DEPTHS][];
    double[] depths = new double[DEPTHS];
    for (int i = 0; i < DEPTHS; i++) {
      depths[i] = next * Math.pow(10, -3 + 3.0 * i / (DEPTHS - 1));
      behind[i] = Landscape.moved(x, -depths[i], n);
    }
    double[] values = f.values(behind);
    double deepest = 0;
    for (int i = 0; i < DEPTHS && values[i] < set.epsilon(); i++) {
      deepest = depths[i];
    }
    return Math.max(next / 50, Math.min(1.1 * next, 3 * deepest));
  }

  private static double[] tangentOf(double[] direction, double[] normal) {
    return Landscape.unit(Landscape.moved(direction, -InnerProduct.of(direction, normal), normal));
  }

  /** Steps of a twentieth of the nearest token's distance, each brought back to the set. */
  private List<Step> walk(double[] start, double[] gradient, List<double[]> walked) {
    double stride = STRIDE * Nearby.nearest(work, scene.rows(), new double[][] {start})[0].value();
    Search search = new Search(f, set.epsilon());
    double tolerance = Math.max(resolution, set.tolerance() * set.epsilon());
    List<Step> steps = new ArrayList<>();
    double[] x = start;
    double[] g = gradient;
    double[] heading = direction(draws, x.length);
    walked.add(x);
    double arc = 0;
    for (int k = 0; k < STEPS && stride > 0; k++) {
      heading = tangentOf(heading, Landscape.unit(g));
      double[] stepped = Landscape.moved(x, stride, heading);
      double[] random = Landscape.moved(x, stride, direction(draws, x.length));
      double[] values = f.values(new double[][] {stepped, random});
      Reached back = search.project(new double[][] {stepped}, tolerance, BACK).get(0);
      if (!back.converged()) {
        break;
      }
      arc += Landscape.length(Landscape.moved(back.point(), -1, x));
      x = back.point();
      g = f.slopes(new double[][] {x}).gradients()[0];
      walked.add(x);
      Nearby.Hit hit = Nearby.nearest(work, scene.rows(), new double[][] {x})[0];
      steps.add(
          new Step(
              arc,
              Landscape.length(Landscape.moved(x, -1, start)),
              values[0],
              values[1],
              back.value(),
              back.calls(),
              hit.token(),
              scene.rows().text(hit.token()),
              hit.value()));
    }
    return steps;
  }

  private Radius radius() {
    TokenRows rows = scene.rows();
    int[] whole = rows.whole();
    int[] asked = whole;
    if (whole.length > MOST_TOKENS) {
      int[] drawn = draws.choice(whole.length, MOST_TOKENS, false);
      asked = Arrays.stream(drawn).map(i -> whole[i]).toArray();
    }
    double best = Double.POSITIVE_INFINITY;
    int bestToken = -1;
    int inside = 0;
    for (int first = 0; first < asked.length; first += 512) {
      int n = Math.min(512, asked.length - first);
      double[][] block = new double[n][scene.width()];
      for (int i = 0; i < n; i++) {
        rows.read(asked[first + i], block[i], 0);
      }
      double[] values = f.values(block);
      for (int i = 0; i < n; i++) {
        inside += values[i] < set.epsilon() ? 1 : 0;
        if (values[i] < best) {
          best = values[i];
          bestToken = asked[first + i];
        }
      }
    }
    List<Double> tokens = new ArrayList<>();
    List<Double> drawn = new ArrayList<>();
    int count = Math.min(ANCHORS, whole.length);
    int[] anchors = draws.choice(whole.length, count, false);
    double[][] among = Starts.draw(work, rows, count, draws, scene.model().checkpoint().root());
    for (int k = 0; k < count; k++) {
      double[] x = new double[scene.width()];
      rows.read(whole[anchors[k]], x, 0);
      addRatio(tokens, x, true);
      addRatio(drawn, among[k], false);
    }
    return new Radius(tokens, drawn, inside, asked.length, best, bestToken, rows.text(bestToken));
  }

  /** The radius of the set around a point's own answer over its distance to the next token. */
  private void addRatio(List<Double> into, double[] x, boolean token) {
    double next =
        token ? nextDistance(x) : Nearby.nearest(work, scene.rows(), new double[][] {x})[0].value();
    double[] said = scene.said(x);
    boolean zero = Arrays.stream(said).anyMatch(p -> p == 0);
    if (!(next > 0) || (set.reverse() && zero)) {
      return;
    }
    double sum = Arrays.stream(said).sum();
    Landscape own = scene.landscape(Arrays.stream(said).map(p -> p / sum).toArray(), set.reverse());
    double[][] rays =
        IntStream.range(0, RAYS).mapToObj(i -> direction(draws, x.length)).toArray(double[][]::new);
    double[] radii = Rays.first(own, x, rays, set.epsilon(), next / 64, 8 * next);
    into.add(Rays.median(radii) / next);
  }

  private double nextDistance(double[] x) {
    double[] nearest = {Double.POSITIVE_INFINITY};
    scene
        .rows()
        .panels(
            work,
            (first, block, n) -> {
              for (int r = 0; r < n; r++) {
                double sum = 0;
                for (int j = 0; j < x.length; j++) {
                  double by = block[r * x.length + j] - x[j];
                  sum += by * by;
                }
                if (sum > 0 && sum < nearest[0]) {
                  nearest[0] = sum;
                }
              }
            });
    return Math.sqrt(nearest[0]);
  }
}
