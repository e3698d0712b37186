package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.random.Generator;
import java.util.concurrent.CancellationException;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the layout promises: near what was near, the same bits, and an end when asked for. */
class TsneLayoutTest {
  private static final int GROUPS = 4;

  private static double[] groups(int n, int d) {
    Generator g = Generator.of(3);
    double[] points = new double[n * d];
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < d; t++) {
        points[i * d + t] = 0.1 * g.standardNormal() + (t == i % GROUPS ? 3 : 0);
      }
    }
    return points;
  }

  private static double[][] layout(int n, int threads, Runnable check) {
    double[] points = groups(n, 8);
    int k = Math.min(TsneLayout.NEIGHBOURS, n - 1);
    NearestNeighbours near = NearestNeighbours.of(Entries.of(n, 8, points), k, 1);
    double[][] from = new double[2][n];
    for (int i = 0; i < n; i++) {
      from[0][i] = points[8 * i];
      from[1][i] = points[8 * i + 1];
    }
    return TsneLayout.of(near.neighbours(k), near.distances(k), from, threads, check);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 400})
  void groupsStayTogether(int n) {
    double[][] layout = layout(n, 1, () -> {});
    int own = 0;
    for (int i = 0; i < n; i++) {
      int best = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int j = 0; j < n; j++) {
        double far = Math.hypot(layout[0][i] - layout[0][j], layout[1][i] - layout[1][j]);
        if (i != j && far < least) {
          least = far;
          best = j;
        }
      }
      own += best % GROUPS == i % GROUPS ? 1 : 0;
    }
    assertThat(own).isGreaterThanOrEqualTo(n * 9 / 10);
  }

  @Test
  void threadsChangeNoBit() {
    double[][] alone = layout(600, 1, () -> {});
    assertThat(layout(600, 1, () -> {})).isDeepEqualTo(alone);
    assertThat(layout(600, 3, () -> {})).isDeepEqualTo(alone);
  }

  /**
   * Two points that all others are drawn to, and nothing else to go by: with steps that no gain
   * makes small enough these are thrown about, and the others with them, to 48 from the middle; the
   * divergence is .34 nats higher there.
   */
  @Test
  void whatAllAreDrawnToIsNotThrownAbout() {
    int n = 3000;
    int k = 9;
    int hubs = 2;
    Generator g = Generator.of(5);
    int[] neighbours = new int[n * k];
    double[] distances = new double[n * k];
    double[][] from = new double[2][n];
    for (int i = 0; i < n; i++) {
      from[0][i] = g.standardNormal();
      from[1][i] = g.standardNormal();
      for (int r = 0; r < k; r++) {
        int j = r < hubs && i >= hubs ? r : hubs + (int) (g.random() * (n - hubs));
        while (j == i) {
          j = hubs + (int) (g.random() * (n - hubs));
        }
        neighbours[i * k + r] = j;
        distances[i * k + r] = 1 + 0.05 * g.random() + (r < hubs ? 0 : .02 * r);
      }
    }
    double[][] layout = TsneLayout.of(neighbours, distances, from, 2, () -> {});
    double far =
        IntStream.range(0, n)
            .mapToDouble(i -> Math.hypot(layout[0][i], layout[1][i]))
            .max()
            .orElseThrow();
    assertThat(far).isLessThan(5);
    assertThat(Math.hypot(layout[0][0], layout[1][0])).isLessThan(1);
  }

  /** Equal points, and all in one place, are no division by zero. */
  @Test
  void pointsWithoutADistance() {
    int n = 30;
    int[] neighbours = new int[n * 5];
    for (int i = 0; i < neighbours.length; i++) {
      neighbours[i] = (i / 5 + 1 + i % 5) % n;
    }
    double[][] layout = TsneLayout.of(neighbours, new double[n * 5], new double[2][n], 1, () -> {});
    assertThat(layout[0]).doesNotContain(Double.NaN).hasSize(n);
  }

  /** Going on from a layout moves what starts at another's place away from it, and little else. */
  @Test
  void refines() {
    int n = 600;
    double[] points = groups(n, 8);
    int k = TsneLayout.NEIGHBOURS;
    NearestNeighbours graph = NearestNeighbours.of(Entries.of(n, 8, points), k, 1);
    Anchors anchors = Anchors.of(IntStream.range(0, n / 3).toArray(), graph);
    int[] which = anchors.points();
    assertThat(which).hasSizeGreaterThanOrEqualTo(n / 3).isSorted().contains(0, n / 3 - 1);
    double[][] whole = layout(n, 1, () -> {});
    double[][] some = new double[2][which.length];
    for (int a = 0; a < which.length; a++) {
      some[0][a] = whole[0][which[a]];
      some[1][a] = whole[1][which[a]];
    }
    double[][] spread = anchors.spread(some);
    for (int i = 0; i < n; i++) {
      int at = i;
      assertThat(IntStream.of(which).anyMatch(a -> whole[0][a] == spread[0][at])).isTrue();
    }
    double[][] refined =
        TsneLayout.refined(graph.neighbours(k), graph.distances(k), spread, 1, () -> {});
    assertThat(refined)
        .isDeepEqualTo(
            TsneLayout.refined(graph.neighbours(k), graph.distances(k), spread, 3, () -> {}));
    assertThat(DoubleStream.of(refined[0]).distinct().count()).isGreaterThan(n - 20);
    double moved = 0;
    double size = 0;
    for (int i = 0; i < n; i++) {
      moved += Math.hypot(refined[0][i] - spread[0][i], refined[1][i] - spread[1][i]) / n;
      size += Math.hypot(spread[0][i], spread[1][i]) / n;
    }
    assertThat(moved).isLessThan(0.5 * size);
  }

  /** Every point has an anchor among its neighbours, or is one. */
  @Test
  void anchorsReachEverybody() {
    int n = 400;
    NearestNeighbours graph = NearestNeighbours.of(Entries.of(n, 8, groups(n, 8)), 4, 1);
    // All of one group: the others have none of them near.
    int[] drawn = IntStream.range(0, n).filter(i -> i % GROUPS == 0).toArray();
    int[] anchors = Anchors.of(drawn, graph).points();
    assertThat(anchors).contains(drawn);
    boolean[] is = new boolean[n];
    IntStream.of(anchors).forEach(i -> is[i] = true);
    for (int i = 0; i < n; i++) {
      int at = i;
      assertThat(is[i] || IntStream.range(0, 4).anyMatch(r -> is[graph.neighbour(at, r)])).isTrue();
    }
    assertThat(anchors.length).isBetween(n / 4 + 3, n / 2 + n / 4);
  }

  @Test
  void endsWhenAsked() {
    assertThatThrownBy(
            () ->
                layout(
                    300,
                    2,
                    () -> {
                      throw new CancellationException("stopped");
                    }))
        .isInstanceOf(CancellationException.class);
  }

  /** Against the sum over all pairs; a cell counts as a point where it is seen small. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 700, 2500})
  void theTreeAddsUpWhatPairsPush(int n) {
    Generator g = Generator.of(7);
    double[] x = new double[n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = 9 * g.standardNormal();
      y[i] = i % 2 == 0 ? x[i] : 3 * g.standardNormal();
    }
    x[1] = x[0];
    y[1] = y[0];
    RepulsionTree tree = new RepulsionTree(n);
    tree.build(x, y);
    RepulsionTree.Push push = tree.new Push();
    int seen = 0;
    double worst = 0;
    double size = 0;
    double all = 0;
    double allExact = 0;
    for (int group = 0, s = 0; s < n; s++) {
      if (s == 0 || s == push.to()) {
        tree.push(group++, push);
        assertThat(push.from()).isEqualTo(s);
      }
      seen++;
      int i = tree.point(s);
      double fx = 0;
      double fy = 0;
      double near = 0;
      for (int j = 0; j < n; j++) {
        double q = 1 / (1 + Math.pow(x[i] - x[j], 2) + Math.pow(y[i] - y[j], 2));
        fx += q * q * (x[i] - x[j]);
        fy += q * q * (y[i] - y[j]);
        near += i == j ? 0 : q;
      }
      worst = Math.max(worst, Math.hypot(push.x(s) - fx, push.y(s) - fy));
      size = Math.max(size, Math.hypot(fx, fy));
      all += push.near(s);
      allExact += near;
    }
    assertThat(seen).isEqualTo(n);
    // Barnes and Hut at that angle; where all points fit into a leaf, to float32.
    assertThat(worst).isLessThan(n < 6 ? 1e-6 : 0.05 * size);
    assertThat(Math.abs(all - allExact)).isLessThan((n < 6 ? 1e-6 : 0.05) * allExact);
  }

  /** More in one place than a group holds: they are cut into several, and push each other not. */
  @Test
  void hundredsInOnePlace() {
    int n = 300;
    double[] x = new double[n];
    double[] y = new double[n];
    x[n - 1] = 2;
    RepulsionTree tree = new RepulsionTree(n);
    tree.build(x, y);
    RepulsionTree.Push push = tree.new Push();
    int seen = 0;
    for (int group = 0; group < tree.groups(); group++) {
      tree.push(group, push);
      for (int s = push.from(); s < push.to(); s++, seen++) {
        boolean far = tree.point(s) == n - 1;
        assertThat(push.near(s)).isCloseTo(far ? (n - 1) / 5.0 : n - 2 + 0.2, within(1e-4));
        assertThat(push.x(s)).isCloseTo(far ? (n - 1) * 2 / 25.0 : -2 / 25.0, within(1e-4));
        assertThat(push.y(s)).isZero();
      }
    }
    assertThat(seen).isEqualTo(n);
  }
}
