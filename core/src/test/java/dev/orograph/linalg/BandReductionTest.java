package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own reduction, at sizes that its band and its tiles do not divide. */
@Tag("numeric")
class BandReductionTest {
  /** Orthogonal similarities: an error of so many n eps of the largest eigenvalue. */
  private static final double ROUNDING = 4 * 0x1p-52;

  @ParameterizedTest
  @CsvSource({
    "1,32", "2,32", "3,2", "31,32", "32,32", "33,32", "65,32", "97,8", "100,4", "200,16", "333,32",
    "130,64", "257,64"
  })
  void findsKnownEigenvaluesOfEitherSign(int n, int halfWidth) {
    double[] l = new double[n];
    for (int i = 0; i < n; i++) {
      l[i] = (i % 3 == 0 ? -1 : 1) * Math.pow(10, -3.0 * i / n);
    }
    double[] a = similar(l, 3, n);
    double[] expected = l.clone();
    Arrays.sort(expected);
    assertClose(eigenvalues(a, n, 1, halfWidth), expected);
  }

  /** The squares of singular values that one-sided rotations find. */
  @Test
  void likePlainJacobi() {
    int n = 90;
    double[] w = Plain.gaussian(120, n, 4);
    double[] gram = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < 120; k++) {
          gram[i * n + j] += w[k * n + i] * w[k * n + j];
        }
      }
    }
    double[] expected = Arrays.stream(Plain.jacobi(120, n, w)).map(s -> s * s).sorted().toArray();
    assertClose(eigenvalues(gram, n, 1, 16), expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void theSameBitsWithAnyNumberOfThreads(int threads) {
    int n = 301;
    double[] a = similar(Plain.gaussian(1, n, 9), 3, 1);
    assertThat(eigenvalues(a, n, threads, 32)).isEqualTo(eigenvalues(a, n, 1, 32));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0x1p-900, 0x1p-300, 0x1p300, 0x1p900})
  void extremeScales(double size) {
    int n = 100;
    double[] a = similar(Plain.gaussian(1, n, 9), 3, 1);
    double[] expected = eigenvalues(a, n, 1, 32);
    double[] scaled = Arrays.stream(a).map(v -> v * size).toArray();
    double[] back = Arrays.stream(eigenvalues(scaled, n, 1, 32)).map(v -> v / size).toArray();
    assertClose(back, expected);
  }

  @Test
  void zeroDiagonalAndIdentity() {
    int n = 70;
    assertThat(eigenvalues(new double[n * n], n, 1, 32)).containsOnly(0);
    double[] identity = new double[n * n];
    for (int i = 0; i < n; i++) {
      identity[i * n + i] = 1;
    }
    assertThat(eigenvalues(identity, n, 1, 32)).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void refusesWhatIsNotFinite(double bad) {
    int n = 80;
    double[] a = similar(Plain.gaussian(1, n, 9), 3, 1);
    a[70 * n + 3] = bad;
    a[3 * n + 70] = bad;
    assertThatThrownBy(() -> eigenvalues(a, n, 1, 32)).isInstanceOf(ArithmeticException.class);
  }

  /** H ... H diag(l) H ... H. */
  private static double[] similar(double[] l, int reflections, long seed) {
    int n = l.length;
    double[] a = new double[n * n];
    for (int i = 0; i < n; i++) {
      a[i * n + i] = l[i];
    }
    for (int k = 0; k < reflections; k++) {
      double[] u = Plain.gaussian(1, n, 31 * seed + k);
      double norm = Math.sqrt(Plain.dot(u, u));
      double[] au = new double[n];
      double uau = 0;
      for (int i = 0; i < n; i++) {
        u[i] /= norm;
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          au[i] += a[i * n + j] * u[j];
        }
        uau += u[i] * au[i];
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          a[i * n + j] += 4 * uau * u[i] * u[j] - 2 * u[i] * au[j] - 2 * au[i] * u[j];
        }
      }
    }
    return a;
  }

  private static double[] eigenvalues(double[] a, int n, int threads, int halfWidth) {
    return Lapack.with(
        1,
        () -> {
          try (Scope scope = new Scope()) {
            DoublePointer p = scope.doubles((long) n * n);
            p.put(a, 0, n * n);
            return BandReduction.eigenvalues(p, n, threads, halfWidth);
          }
        });
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected).isSorted();
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("eigenvalue %d: %s, expected %s", i, actual[i], expected[i])
          .isLessThanOrEqualTo(ROUNDING * (expected.length + 10) * largest);
    }
  }
}
