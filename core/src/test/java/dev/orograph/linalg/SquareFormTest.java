package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("numeric")
class SquareFormTest {
  private static final double SMALL = 1e-12;

  @ParameterizedTest
  @CsvSource({"1, 1", "6, 4", "64, 10", "65, 80", "129, 129", "515, 3"})
  void agreesWithTheMatrixWrittenOut(int n, int d) {
    double[] q = Plain.gaussian(n, d, 1);
    double[] k = Plain.gaussian(n, d, 2);
    double[] a = new double[n * n];
    double whole = 0;
    double apart = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int c = 0; c < d; c++) {
          a[i * n + j] += q[i * d + c] * k[j * d + c];
        }
      }
    }
    try (Scope scope = new Scope()) {
      Matrix symmetric = scope.matrix(n, n);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          whole += a[i * n + j] * a[i * n + j];
          apart += Math.pow(a[i * n + j] - a[j * n + i], 2);
          symmetric.set(i, j, (a[i * n + j] + a[j * n + i]) / 2);
        }
      }
      SquareForm form = form(q, k, n, d, scope);
      double[] s = Plain.jacobi(n, n, a);
      double[] values = form.singularValues();
      for (int i = 0; i < n; i++) {
        // The Gram route: sqrt(eps) of the largest where a value is zero.
        assertThat(values[i]).isCloseTo(s[i], within(1e-7 * s[0]));
      }
      SquareForm.Symmetric own = form.symmetric();
      assertThat(own.asymmetry()).isCloseTo(Math.sqrt(apart / whole), within(SMALL));
      double[] expected = SymmetricEigenvalues.of(symmetric, 1);
      for (int i = 0; i < n; i++) {
        assertThat(own.eigenvalues().get(i)).isCloseTo(expected[i], within(SMALL * n * s[0]));
      }
    }
  }

  @Test
  void symmetricAndAntisymmetric() {
    int n = 70;
    double[] q = Plain.gaussian(n, n, 3);
    double[] identity = new double[n * n];
    double[] symmetric = new double[n * n];
    double[] antisymmetric = new double[n * n];
    for (int i = 0; i < n; i++) {
      identity[i * n + i] = 1;
      for (int j = 0; j < n; j++) {
        symmetric[i * n + j] = q[i * n + j] + q[j * n + i];
        antisymmetric[i * n + j] = q[i * n + j] - q[j * n + i];
      }
    }
    try (Scope scope = new Scope()) {
      assertThat(form(symmetric, identity, n, n, scope).symmetric().asymmetry()).isZero();
      SquareForm.Symmetric none = form(antisymmetric, identity, n, n, scope).symmetric();
      assertThat(none.asymmetry()).isCloseTo(2, within(SMALL));
      assertThat(none.eigenvalues()).containsOnly(0.0);
    }
  }

  @Test
  void eigenvaluesOfAPathWithSignsOnBothSides() {
    // -1/2 and 1/2 beside the diagonal: cos(pi k / (n + 1)), below and above the order from which
    // our own reduction is used.
    for (int n : List.of(1, 2, 57, 2600)) {
      try (Scope scope = new Scope()) {
        Matrix path = scope.matrix(n, n);
        for (int i = 0; i + 1 < n; i++) {
          path.set(i + 1, i, i % 3 == 0 ? -0.5 : 0.5);
        }
        double[] values = SymmetricEigenvalues.of(path, 1);
        double[] expected = new double[n];
        for (int i = 0; i < n; i++) {
          expected[i] = Math.cos(Math.PI * (n - i) / (n + 1));
        }
        for (int i = 0; i < n; i++) {
          assertThat(values[i]).as(n + "." + i).isCloseTo(expected[i], within(SMALL));
        }
      }
    }
  }

  private static SquareForm form(double[] q, double[] k, int n, int d, Scope scope) {
    Matrix keys = scope.matrix(d, n);
    keys.put(0, 0, k, 0, k.length);
    return SquareForm.of(
        (from, count) -> Arrays.copyOfRange(q, from * d, (from + count) * d), keys, 2, scope);
  }
}
