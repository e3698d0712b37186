package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R R' = C, and R z = x. */
@Tag("numeric")
class CholeskyTest {
  private static final double ROUNDING = 1e-11;

  @ParameterizedTest
  @CsvSource({"1,1,1", "5,3,1", "40,300,2", "129,700,3"})
  void rowsSolveTheSystem(int d, int n, int threads) {
    double[] a = Plain.gaussian(2 * d, d, d);
    double[] x = Plain.gaussian(n, d, 7);
    double[] z = new double[n * d];
    try (Scope scope = new Scope()) {
      Matrix c = Gram.of(Entries.of(2 * d, d, a), scope);
      double[][] before = new double[d][d];
      for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) {
          before[i][j] = c.get(i, j);
        }
      }
      Cholesky r = Cholesky.of(c, 1);
      for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) {
          double sum = 0;
          for (int q = 0; q <= j; q++) {
            sum += c.get(i, q) * c.get(j, q);
          }
          assertThat(sum).isCloseTo(before[i][j], within(ROUNDING * d));
        }
      }
      r.solve(
          Entries.of(n, d, x),
          threads,
          (done, all) -> {},
          (first, block, count) -> System.arraycopy(block, 0, z, first * d, count * d));
      for (int row = 0; row < n; row++) {
        for (int i = 0; i < d; i++) {
          double sum = 0;
          for (int q = 0; q <= i; q++) {
            sum += c.get(i, q) * z[row * d + q];
          }
          assertThat(sum).isCloseTo(x[row * d + i], within(ROUNDING * d));
        }
      }
      double[] one = java.util.Arrays.copyOf(x, d);
      r.solve(one);
      for (int i = 0; i < d; i++) {
        assertThat(one[i]).isCloseTo(z[i], within(ROUNDING * (1 + Math.abs(z[i]))));
      }
    }
  }

  @Test
  void whatIsNotPositiveIsRefused() {
    try (Scope scope = new Scope()) {
      Matrix c = scope.matrix(2, 2);
      c.set(0, 0, 1);
      c.set(1, 0, 2);
      c.set(1, 1, 1);
      assertThatThrownBy(() -> Cholesky.of(c, 1))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("positive definite");
    }
  }
}
