package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.random.Generator;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutlyingTest {
  private static double[] values(int n, long seed, DoubleUnaryOperator of) {
    Generator g = Generator.of(seed);
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = of.applyAsDouble(g.standardNormal());
    }
    return v;
  }

  /** Grubbs' statistic of a sample of 1 to 4 and 100, by hand. */
  @Test
  void oneOfFiveByHand() {
    // Mean 22, s^2 = 7610 / 4; G = 78 / s = 1.7882; t^2 = 5 3 G^2 / (16 - 5 G^2), P(|T| > t, 3 df).
    Outlying t = Outlying.of(new double[] {1, 2, 3, 4, 100});
    double g2 = 78.0 * 78 / (7610 / 4.0);
    double squared = 15 * g2 / (16 - 5 * g2);
    double p = 5 * Gaussian.beyond(StudentT.normal(Math.sqrt(squared), 3));
    assertThat(t.outliers()).containsExactly(4);
    assertThat(t.p()).isCloseTo(p, org.assertj.core.data.Offset.offset(1e-12));
    assertThat(t.typical()).isEqualTo(2.5);
    assertThat(t.nearest()).isEqualTo(4);
  }

  @Test
  void twoDoNotHideEachOther() {
    double[] v = values(12, 3, x -> x);
    v[2] = 30;
    v[9] = 32;
    Outlying t = Outlying.of(v);
    assertThat(t.outliers()).containsExactlyInAnyOrder(2, 9);
    assertThat(t.p()).isLessThan(1e-6);
  }

  @Test
  void manyAreJudgedByTheirOwnTail() {
    double[] power = values(400, 5, x -> Math.pow(Gaussian.beyond(x), -0.5));
    double[] logs = Arrays.stream(power).map(Math::log).toArray();
    assertThat(Outlying.of(logs).p()).isGreaterThan(1e-3);
    logs[77] = Arrays.stream(logs).max().orElseThrow() + 12;
    Outlying t = Outlying.of(logs);
    assertThat(t.outliers()).containsExactly(77);
    assertThat(t.p()).isLessThan(1e-6);
    assertThat(t.members()).isEqualTo(400);
  }

  @Test
  void nothingToTest() {
    assertThat(Outlying.of(new double[] {1, 2, 3, 90}).p()).isEqualTo(1);
    assertThat(Outlying.of(new double[50]).p()).isEqualTo(1);
    assertThat(Outlying.of(new double[7]).outliers()).isEmpty();
    double[] broken = {1, 2, Double.NaN, 3, 2, 1, Double.NEGATIVE_INFINITY};
    assertThat(Outlying.of(broken).members()).isEqualTo(5);
  }

  @Test
  void aShiftAndAScaleChangeNothing() {
    for (int n : new int[] {6, 12, 39, 60}) {
      double[] v = values(n, n, x -> x);
      v[3] = 9;
      double[] w = Arrays.stream(v).map(x -> 8 * x - 64).toArray();
      assertThat(Outlying.of(w).p())
          .isCloseTo(Outlying.of(v).p(), org.assertj.core.data.Percentage.withPercentage(1e-6));
      assertThat(Outlying.of(w).outliers()).isEqualTo(Outlying.of(v).outliers());
    }
  }

  /** Of samples of chance p lies below a level no more often than the level says. */
  @ParameterizedTest
  @ValueSource(ints = {5, 6, 8, 12, 24, 39, 40, 72, 400})
  void levelIsKept(int n) {
    int runs = 2000;
    for (int law = 0; law < 2; law++) {
      boolean exponential = law == 1;
      if (exponential && n < 40) {
        continue;
      }
      int below = 0;
      for (int i = 0; i < runs; i++) {
        double[] v = values(n, 7919L * n + i, x -> exponential ? -Math.log(Gaussian.beyond(x)) : x);
        below += Outlying.of(v).p() < 0.02 ? 1 : 0;
      }
      // 40 expected of 2,000; four deviations of a binomial more is 65.
      assertThat(below).as("n %d, exponential %s", n, exponential).isLessThanOrEqualTo(65);
    }
  }
}
