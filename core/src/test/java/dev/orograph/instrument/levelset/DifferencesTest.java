package dev.orograph.instrument.levelset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.finding.Curve;
import dev.orograph.instrument.levelset.Differences.Distances;
import dev.orograph.instrument.levelset.NormalFigures.Ends;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.random.Generator;
import dev.orograph.stats.ChiSquare;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Differences and curvature where gradient and Hessian have closed forms. */
class DifferencesTest {
  private static final int D = 6;
  private static final double DELTA = 1e-3;

  private static double[] onSet(LinearSoftmax f, long seed) {
    Reached r = new Search(f, 0.2).newton(LinearSoftmax.starts(seed, 1, D), 1e-13, 300).get(0);
    assertThat(Math.abs(r.value() - 0.2)).isLessThan(1e-10);
    return r.point();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void signedAreTheGradientAndUnsignedTheSecondDerivative(long seed) {
    LinearSoftmax f = LinearSoftmax.drawn(seed, 12, D);
    double[] x = onSet(f, seed + 50);
    double[] g = f.gradient(x);
    double[][] h = f.hessian(x);
    Distances d = new Differences(f, DELTA, 4).exact(x, 0, D, 1e-16);
    assertThat(d.back()).isEqualTo(2 * D);
    double[] signed = Differences.signed(d.up(), d.down());
    assertThat(Landscape.cosine(signed, g)).isGreaterThan(1 - 1e-6);
    double[] unsigned = Differences.unsigned(d.up(), d.down());
    for (int i = 0; i < D; i++) {
      assertThat(signed[i])
          .isCloseTo(2 * DELTA * g[i] / Landscape.length(g), within(50 * DELTA * DELTA));
      if (Math.abs(g[i]) > 10 * DELTA * Math.abs(h[i][i])) {
        // The third order of the way back: delta^2 times the turn of the gradient.
        double turn = Landscape.length(h[i]) / Landscape.length(g);
        double expected = -Math.signum(g[i]) * DELTA * DELTA * h[i][i] / Landscape.length(g);
        assertThat(unsigned[i])
            .isCloseTo(expected, within(4 * DELTA * DELTA * turn * Math.abs(g[i])));
        assertThat(Math.abs(unsigned[i])).isLessThan(0.2 * Math.abs(signed[i]));
      }
    }
  }

  @Test
  void theBatchChangesNoBit() {
    LinearSoftmax f = LinearSoftmax.drawn(3, 12, D);
    double[] x = onSet(f, 4);
    Distances one = new Differences(f, DELTA, 1).exact(x, 0, D, 1e-16);
    assertThat(new Differences(f, DELTA, 4).exact(x, 0, D, 1e-16)).isEqualTo(one);
    Distances part = new Differences(f, DELTA, 4).exact(x, 2, 5, 1e-16);
    assertThat(part.up()).isEqualTo(one.up().subList(2, 5));
    assertThat(part.down()).isEqualTo(one.down().subList(2, 5));
    Distances seed = new Differences(f, DELTA, 1).seed(x, 0, D, 0.2, 1e-4, 1e-3, 20);
    assertThat(new Differences(f, DELTA, 3).seed(x, 0, D, 0.2, 1e-4, 1e-3, 20)).isEqualTo(seed);
  }

  /** Where delta moves f by less than the seed's tolerance both distances are 0. */
  @Test
  void theSeedsToleranceLeavesNothing() {
    LinearSoftmax f = LinearSoftmax.drawn(5, 12, D);
    double[] x = onSet(f, 6);
    Distances d = new Differences(f, 1e-6, 6).seed(x, 0, D, 0.2, 0.002, 1e-3, 100);
    assertThat(d.up()).allMatch(v -> v == 0);
    assertThat(d.down()).allMatch(v -> v == 0);
    assertThat(d.back()).isEqualTo(2 * D);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theHessianAndItsBendsAreTheClosedForms(long seed) {
    LinearSoftmax f = LinearSoftmax.drawn(seed, 12, D);
    double[] x = LinearSoftmax.starts(seed, 1, D)[0];
    double[][] exact = f.hessian(x);
    double[][] found = Curvature.hessian(f, x, 1e-4);
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        assertThat(found[i][j]).isCloseTo(exact[i][j], within(1e-6));
      }
    }
    double[] g = f.gradient(x);
    double[] principal = Curvature.principal(exact, g);
    assertThat(principal).hasSize(D - 1).isSorted();
    // Trace over the tangent space, and every bend between the extremes.
    double trace = 0;
    double[] n = Landscape.unit(g);
    double nhn = 0;
    for (int i = 0; i < D; i++) {
      trace += exact[i][i];
      nhn += n[i] * InnerProduct.of(exact[i], n);
    }
    double sum = 0;
    for (double k : principal) {
      sum += k;
    }
    assertThat(sum).isCloseTo((trace - nhn) / Landscape.length(g), within(1e-10));
    for (double bend : Curvature.alongAxes(exact, g)) {
      assertThat(bend).isBetween(principal[0] - 1e-9, principal[D - 2] + 1e-9);
    }
  }

  /**
   * In a space of all tangents the ends are all there is; in a smaller one they are within reach.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theEndsOfTheSpectrumAreThoseOfTheWholeHessian(long seed) {
    int d = 40;
    LinearSoftmax f = LinearSoftmax.drawn(seed, 60, d);
    // Near the middle, where no token has all of the probability and H is not 0.
    double[] x = Landscape.moved(new double[d], 0.1, LinearSoftmax.starts(seed, 1, d)[0]);
    double[] g = f.gradient(x);
    double[] principal = Curvature.principal(f.hessian(x), g);
    Ends whole = CurvatureEnds.of(f, x, g, 1e-4, 20, 4, Generator.of(seed));
    assertThat(whole.all()).isTrue();
    assertThat(whole.products()).isEqualTo(d - 1);
    double size = principal[d - 2];
    for (int k = 0; k < 4; k++) {
      assertThat(whole.low().get(k)).isCloseTo(principal[k], within(1e-5 * size));
      assertThat(whole.high().get(k)).isCloseTo(principal[d - 2 - k], within(1e-5 * size));
    }
    Ends some = CurvatureEnds.of(f, x, g, 1e-4, 5, 2, Generator.of(seed));
    assertThat(some.products()).isEqualTo(5 * CurvatureEnds.BLOCK);
    assertThat(some.all()).isFalse();
    for (int k = 0; k < 2; k++) {
      double high = some.high().get(k);
      double off = Arrays.stream(principal).map(p -> Math.abs(p - high)).min().orElseThrow();
      assertThat(off).isLessThanOrEqualTo(some.highResiduals().get(k) + 1e-5 * size);
      assertThat(high).isLessThanOrEqualTo(principal[d - 2 - k] + 1e-5 * size);
    }
    assertThat(some.high().get(0)).isCloseTo(principal[d - 2], within(0.05 * size));
  }

  @Test
  void aSphereBendsByOneOverItsRadius() {
    double[] x =
        Landscape.moved(new double[D], 4, Landscape.unit(LinearSoftmax.starts(1, 1, D)[0]));
    double[][] h = Curvature.hessian(SearchTest.bowl(0), x, 1e-4);
    for (double k : Curvature.principal(h, Landscape.moved(x, 1, x))) {
      assertThat(k).isCloseTo(0.25, within(1e-8));
    }
    double[][] rays = {{1, 0, 0, 0, 0, 0}, {0, -1, 0, 0, 0, 0}};
    double[] radii = Rays.first(SearchTest.bowl(0), new double[D], rays, 9, 0.01, 100);
    assertThat(radii[0]).isCloseTo(3, within(1e-7));
    assertThat(radii[1]).isCloseTo(3, within(1e-7));
    assertThat(Rays.first(SearchTest.bowl(0), new double[D], rays, 9, 0.01, 2)[0]).isEqualTo(2);
  }

  @Test
  void tangentsStandOnTheNormalAndOnEachOther() {
    double[] n = Landscape.unit(LinearSoftmax.starts(2, 1, D)[0]);
    double[] basis = NormalMeasurement.tangents(n);
    double[][] rows = new double[D - 1][];
    for (int i = 0; i < D - 1; i++) {
      rows[i] = java.util.Arrays.copyOfRange(basis, i * D, (i + 1) * D);
      assertThat(InnerProduct.of(rows[i], n)).isCloseTo(0, within(1e-14));
      for (int j = 0; j <= i; j++) {
        assertThat(InnerProduct.of(rows[i], rows[j])).isCloseTo(i == j ? 1 : 0, within(1e-14));
      }
    }
  }

  @Test
  void participationCountsDirections() {
    double[][] axes = {{1, 0, 0}, {0, 2, 0}, {0, 0, -3}};
    assertThat(NormalMeasurement.participation(axes)).isCloseTo(3, within(1e-12));
    double[][] same = {{1, 1, 0}, {2, 2, 0}, {-1, -1, 0}};
    assertThat(NormalMeasurement.participation(same)).isCloseTo(1, within(1e-12));
  }

  /** Tables of the distribution, and 2 ln 100 for two degrees of freedom. */
  @ParameterizedTest
  @CsvSource({
    "0.99, 1, 6.6348966",
    "0.95, 1, 3.8414588",
    "0.99, 2, 9.2103404",
    "0.5, 10, 9.3418178",
    "0.99, 30, 50.8921813",
    "0.01, 5, 0.5542981",
    "0.99, 100, 135.8067232"
  })
  void chiSquare(double p, double degrees, double expected) {
    assertThat(ChiSquare.quantile(p, degrees)).isCloseTo(expected, within(1e-6));
    assertThat(ChiSquare.below(expected, degrees)).isCloseTo(p, within(1e-7));
  }

  @Test
  void levelLinesOfABowlAreCircles() {
    List<Double> places = new ArrayList<>();
    for (int i = -20; i <= 20; i++) {
      places.add(i / 10.0);
    }
    List<List<Double>> values =
        places.stream().map(y -> places.stream().map(x -> x * x + y * y).toList()).toList();
    Curve.Line line = LevelLines.of("one", places, places, values, 1.0);
    int points = 0;
    for (int i = 0; i < line.x().size(); i++) {
      if (line.y().get(i) != null) {
        points++;
        double r = Math.hypot(line.x().get(i), line.y().get(i));
        assertThat(r).isCloseTo(1, within(0.005));
      }
    }
    assertThat(points).isGreaterThan(100);
    assertThat(LevelLines.of("none", places, places, values, 100.0).x()).isEmpty();
  }
}
