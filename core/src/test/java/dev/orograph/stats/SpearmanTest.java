package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rank correlation against closed cases, SciPy, and all orders of a few values. */
class SpearmanTest {
  private static final double RHO = 0.13471506281091267;

  @Test
  void tiesShareTheMeanOfTheirRanks() {
    assertThat(Spearman.ranks(new double[] {3, 1, 3, 2, 3})).containsExactly(4, 1, 4, 2, 4);
    assertThat(Spearman.ranks(new double[] {})).isEmpty();
  }

  @Test
  void closedCases() {
    assertThat(Spearman.ofOrder(new double[] {1, 4, 9, 16})).isEqualTo(1);
    assertThat(Spearman.ofOrder(new double[] {5, 1, 0, -7})).isEqualTo(-1);
    assertThat(Spearman.ofOrder(new double[] {2, 2, 2})).isNaN();
    assertThat(Spearman.ofOrder(new double[] {2})).isNaN();
    // scipy.stats.spearmanr([3, 1, 3, 2, 3], range(5)), SciPy 1.10
    assertThat(Spearman.ofOrder(new double[] {3, 1, 3, 2, 3}))
        .isCloseTo(0.11180339887498948, within(1e-14));
  }

  /** scipy.stats.spearmanr, SciPy 1.10; tanh(atanh r -+ 1.96 sqrt((1 + r^2 / 2) / (n - 3))). */
  @Test
  void ofTwoVectors() {
    double[] a = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};
    double[] b = {2, 7, 1, 8, 2, 8, 1, 8, 2, 8};
    Estimate e = Spearman.of(a, b);
    assertThat(e.value()).isCloseTo(RHO, within(1e-14));
    double half = 1.959963984540054 * Math.sqrt((1 + RHO * RHO / 2) / 7);
    double centre = 0.5 * Math.log((1 + RHO) / (1 - RHO));
    assertThat(e.interval().get(0)).isCloseTo(Math.tanh(centre - half), within(1e-9));
    assertThat(e.interval().get(1)).isCloseTo(Math.tanh(centre + half), within(1e-9));
    double[] line = {1, 2, 3, 4};
    assertThat(Spearman.of(line, line).value()).isEqualTo(1);
    assertThat(Spearman.of(line, line).interval()).isNull();
    assertThat(Spearman.of(line, new double[4]).value()).isNaN();
  }

  /** Over all 120 orders the mean is 0 and the deviation 1/sqrt(n - 1), with ties too. */
  @Test
  void deviationOverAllOrders() {
    for (double[] values : List.of(new double[] {1, 2, 3, 4, 5}, new double[] {1, 1, 2, 7, 7})) {
      List<Double> all = new ArrayList<>();
      orders(values, 0, all);
      assertThat(all).hasSize(120);
      assertThat(Samples.mean(all)).isCloseTo(0, within(1e-14));
      double variance = all.stream().mapToDouble(r -> r * r).sum() / 120;
      assertThat(Math.sqrt(variance)).isCloseTo(Spearman.deviation(5), within(1e-14));
    }
  }

  private static void orders(double[] v, int at, List<Double> all) {
    if (at == v.length) {
      all.add(Spearman.ofOrder(v));
      return;
    }
    for (int i = at; i < v.length; i++) {
      swap(v, at, i);
      orders(v, at + 1, all);
      swap(v, at, i);
    }
  }

  private static void swap(double[] v, int i, int j) {
    double kept = v[i];
    v[i] = v[j];
    v[j] = kept;
  }

  /** Two of 120 orders of five are as far out as the ascending one; equal values always are. */
  @Test
  void pByRandomOrders() {
    int draws = 9_999;
    List<double[]> all =
        List.of(
            new double[] {1, 2, 3, 4, 5},
            new double[] {3, 3, 3, 3, 3},
            new double[] {2, 5, 1, 4, 3});
    List<Double> p = Spearman.p(all, draws, Generator.of(1));
    double expected = 2 / 120.0;
    assertThat(p.get(0)).isCloseTo(expected, within(4 * Math.sqrt(expected / draws) + 1.0 / draws));
    assertThat(p.get(1)).isEqualTo(1);
    assertThat(p.get(2)).isGreaterThan(0.5);
    assertThat(Spearman.p(all, draws, Generator.of(1))).isEqualTo(p);
  }
}
