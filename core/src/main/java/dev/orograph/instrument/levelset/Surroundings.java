package dev.orograph.instrument.levelset;

import dev.orograph.instrument.Work;
import dev.orograph.instrument.levelset.NormalFigures.Radius;
import dev.orograph.instrument.levelset.NormalFigures.Slice;
import dev.orograph.instrument.levelset.NormalFigures.Step;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.linalg.RowParts;
import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What lies around points of a level-set: a plane of the landscape, a walk, tokens. */
final class Surroundings {
  private static final int GRID = 41;
  private static final int DEPTHS = 64;
  private static final int STEPS = 20;
  private static final double STRIDE = 0.05;
  private static final int BACK = 100;
  private static final int ANCHORS = 16;
  private static final int RAYS = 32;
  private static final int MOST_TOKENS = 50_000;

  private final Work work;
  private final Scene scene;
  private final LevelSetFile set;
  private final Landscape f;
  private final Generator draws;

  Surroundings(Work work, Scene scene, LevelSetFile set, Landscape f, Generator draws) {
    this.work = work;
    this.scene = scene;
    this.set = set;
    this.f = f;
    this.draws = draws;
  }

  /** f in the plane of a point, its normal and the nearest token. */
  Slice slice(double[] x, double[] gradient) {
    double[] n = Landscape.unit(gradient);
    Nearby.Hit hit = scene.nearest(new double[][] {x})[0];
    double[] row = new double[x.length];
    scene.rows().read(hit.token(), row, 0);
    double[] to = Landscape.moved(row, -1, x);
    double up = InnerProduct.of(to, n);
    double[] tangent = Landscape.moved(to, -up, n);
    double across = Landscape.length(tangent);
    double[] t =
        across > 0 ? Landscape.unit(tangent) : tangentOf(Landscape.direction(draws, x.length), n);
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
      all.add(NormalMeasurement.list(Arrays.copyOfRange(values, i * GRID, (i + 1) * GRID)));
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
  List<Step> walk(double[] start, double[] gradient, double resolution, List<double[]> walked) {
    double stride = STRIDE * scene.nearest(new double[][] {start})[0].value();
    Search search = new Search(f, set.epsilon());
    double tolerance = Math.max(resolution, set.tolerance() * set.epsilon());
    List<Step> steps = new ArrayList<>();
    double[] x = start;
    double[] g = gradient;
    double[] heading = Landscape.direction(draws, x.length);
    walked.add(x);
    double arc = 0;
    for (int k = 0; k < STEPS && stride > 0; k++) {
      heading = tangentOf(heading, Landscape.unit(g));
      double[] stepped = Landscape.moved(x, stride, heading);
      double[] random = Landscape.moved(x, stride, Landscape.direction(draws, x.length));
      double[] values = f.values(new double[][] {stepped, random});
      Reached back = search.project(new double[][] {stepped}, tolerance, BACK).get(0);
      if (!back.converged()) {
        break;
      }
      arc += Landscape.length(Landscape.moved(back.point(), -1, x));
      x = back.point();
      g = f.slopes(new double[][] {x}).gradients()[0];
      walked.add(x);
      Nearby.Hit hit = scene.nearest(new double[][] {x})[0];
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

  /** How far the sets around tokens' own answers reach, and which tokens are inside this one. */
  Radius radius() {
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
    double next = token ? nextDistance(x) : scene.nearest(new double[][] {x})[0].value();
    double[] said = scene.said(x);
    boolean zero = Arrays.stream(said).anyMatch(p -> p == 0);
    if (!(next > 0) || (set.reverse() && zero)) {
      return;
    }
    double sum = Arrays.stream(said).sum();
    Landscape own = scene.landscape(Arrays.stream(said).map(p -> p / sum).toArray(), set.reverse());
    double[][] rays =
        IntStream.range(0, RAYS)
            .mapToObj(i -> Landscape.direction(draws, x.length))
            .toArray(double[][]::new);
    double[] radii = Rays.first(own, x, rays, set.epsilon(), next / 64, 8 * next);
    into.add(Rays.median(radii) / next);
  }

  private double nextDistance(double[] x) {
    double[][] nearest = new double[RowParts.COUNT][];
    Arrays.setAll(nearest, part -> new double[] {Double.POSITIVE_INFINITY});
    RowParts.forEach(
        scene.rows().entries(),
        scene.threads(),
        (part, first, n, block) -> {
          for (int r = 0; r < n; r++) {
            double sum = Nearby.square(block, r, x);
            if (sum > 0 && sum < nearest[part][0]) {
              nearest[part][0] = sum;
            }
          }
        });
    return Math.sqrt(Arrays.stream(nearest).mapToDouble(v -> v[0]).min().orElseThrow());
  }
}
