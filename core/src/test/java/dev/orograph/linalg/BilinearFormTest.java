package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("numeric")
class BilinearFormTest {
  private final Scope scope = new Scope();

  @AfterEach
  void free() {
    scope.close();
  }

  private BilinearForm form(double[] q, double[] k, int d) {
    return BilinearForm.of(q, k, d, scope);
  }

  /** Of the largest value: the class promises 1e-10. */
  private static final double PROMISED = 1e-10;

  @ParameterizedTest
  @CsvSource({
    "1, 1", "5, 1", "2, 1", "12, 3", "40, 8", "8, 4", "8, 5", "7, 7", "6, 9", "64, 32", "150, 16"
  })
  void agreesWithTheFormWrittenOut(int d, int h) {
    double[] q = Plain.gaussian(h, d, 1);
    double[] k = Plain.gaussian(h, d, 2);
    assertAgrees(q, k, d);
  }

  /** Rows that depend on each other have no Cholesky factor and take the other route. */
  @Test
  void agreesWhereRowsAreDependent() {
    int d = 20;
    double[] q = Plain.gaussian(4, d, 3);
    double[] k = Plain.gaussian(4, d, 4);
    System.arraycopy(q, 0, q, d, d);
    System.arraycopy(q, 0, k, 2 * d, d);
    assertAgrees(q, k, d);
    for (int c = 0; c < d; c++) {
      q[d + c] = q[c] * (1 + 1e-7 * c);
    }
    assertAgrees(q, k, d);
  }

  private void assertAgrees(double[] q, double[] k, int d) {
    BilinearForm form = form(q, k, d);
    double[] m = plain(q, k, d);
    double[] transposed = transpose(m, d);
    double norm = Math.sqrt(Plain.dot(m, m));
    double[] s = Plain.jacobi(d, d, m);
    assertThat(form.frobenius()).isCloseTo(norm, within(PROMISED * norm));
    assertThat(form.score())
        .isCloseTo(Plain.dot(m, transposed) / Plain.dot(m, m), within(PROMISED));
    assertThat(form.spectralNorm()).isCloseTo(s[0], within(PROMISED * s[0]));
    try (Scope local = new Scope()) {
      Matrix symmetric = local.matrix(d, d);
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          symmetric.set(i, j, (m[i * d + j] + m[j * d + i]) / 2);
        }
      }
      double[] all = byMagnitude(SymmetricEigenvalues.of(symmetric, 1));
      assertStartsWith(byMagnitude(form.eigenvalues()), all, PROMISED * s[0]);
    }
  }

  /** The first values agree, and those that were left out are zero. */
  private static void assertStartsWith(double[] some, double[] all, double error) {
    for (int i = 0; i < all.length; i++) {
      assertThat(i < some.length ? some[i] : 0).as("value " + i).isCloseTo(all[i], within(error));
    }
  }

  private static double[] byMagnitude(double[] values) {
    // Values of equal magnitude and other sign must not change places: sort by sign first.
    double[] positive = Arrays.stream(values).filter(v -> v > 0).sorted().toArray();
    double[] negative = Arrays.stream(values).filter(v -> v < 0).sorted().toArray();
    double[] down = new double[2 * Math.max(positive.length, negative.length)];
    for (int i = 0; i < positive.length; i++) {
      down[2 * i] = positive[positive.length - 1 - i];
    }
    for (int i = 0; i < negative.length; i++) {
      down[2 * i + 1] = negative[i];
    }
    return down;
  }

  @Test
  void aSymmetricFormScoresOne() {
    int d = 30;
    double[] q = Plain.gaussian(5, d, 5);
    BilinearForm form = form(q, q.clone(), d);
    assertThat(form.score()).isCloseTo(1, within(1e-14));
    // Q^T Q has no negative eigenvalue: d_head positive ones, and as many that are zero.
    double[] values = form.eigenvalues();
    double top = values[values.length - 1];
    assertThat(values[0]).isGreaterThan(-PROMISED * top);
    assertThat(DoubleStream.of(values).filter(v -> v > 1e-6 * top).count()).isEqualTo(5);
  }

  @Test
  void anAntisymmetricFormScoresMinusOne() {
    int d = 30;
    int h = 6;
    double[] q = Plain.gaussian(h, d, 6);
    double[] k = new double[h * d];
    // K = J Q with J^T = -J makes M = Q^T J Q antisymmetric.
    for (int i = 0; i < h; i += 2) {
      for (int c = 0; c < d; c++) {
        k[i * d + c] = q[(i + 1) * d + c];
        k[(i + 1) * d + c] = -q[i * d + c];
      }
    }
    BilinearForm form = form(q, k, d);
    assertThat(form.score()).isCloseTo(-1, within(1e-14));
    double largest = Arrays.stream(form.eigenvalues()).map(Math::abs).max().orElseThrow();
    assertThat(largest).isLessThan(PROMISED * form.frobenius());
  }

  /** Sylvester: whatever the weights, as many positive as negative eigenvalues. */
  @Test
  void inertiaIsFixed() {
    for (int seed = 0; seed < 20; seed++) {
      double[] values =
          form(Plain.gaussian(7, 50, seed), Plain.gaussian(7, 50, 99 + seed), 50).eigenvalues();
      assertThat(DoubleStream.of(values).filter(v -> v > 0).count()).isEqualTo(7);
      assertThat(DoubleStream.of(values).filter(v -> v < 0).count()).isEqualTo(7);
    }
  }

  /** (G Q, G^-T K) is the same attention, and has the same figures. */
  @Test
  void aChangeOfBasisInTheHeadChangesNothing() {
    int d = 24;
    int h = 4;
    double[] q = Plain.gaussian(h, d, 7);
    double[] k = Plain.gaussian(h, d, 8);
    double[] gq = q.clone();
    double[] gk = k.clone();
    for (int c = 0; c < d; c++) {
      // G adds 3 times row 1 to row 0 and doubles row 2; G^-T takes 3 times row 0 from row 1.
      gq[c] += 3 * q[d + c];
      gk[d + c] -= 3 * k[c];
      gq[2 * d + c] *= 2;
      gk[2 * d + c] /= 2;
    }
    BilinearForm a = form(q, k, d);
    BilinearForm b = form(gq, gk, d);
    assertThat(b.score()).isCloseTo(a.score(), within(1e-13));
    assertThat(b.expectedScore()).isCloseTo(a.expectedScore(), within(1e-13));
    assertThat(b.spectralNorm()).isCloseTo(a.spectralNorm(), within(PROMISED * a.spectralNorm()));
    assertClose(b.eigenvalues(), a.eigenvalues());
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double scale = DoubleStream.of(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(PROMISED * scale));
    }
  }

  /** Over all 120 orders of five columns, means that are not zero included. */
  @Test
  void theExpectedScoreIsTheMeanOverAllOrders() {
    int d = 5;
    double[] q = Arrays.stream(Plain.gaussian(2, d, 9)).map(v -> v + 0.7).toArray();
    double[] k = Arrays.stream(Plain.gaussian(2, d, 10)).map(v -> v - 0.4).toArray();
    BilinearForm form = form(q, k, d);
    double[] sum = new double[2];
    each(
        IntStream.range(0, d).toArray(),
        0,
        order -> {
          sum[0] += form.permuted(order).score();
          sum[1]++;
        });
    assertThat(sum[1]).isEqualTo(120);
    assertThat(form.expectedScore()).isCloseTo(sum[0] / sum[1], within(1e-13));
  }

  private interface Order {
    void accept(int[] order);
  }

  private static void each(int[] order, int from, Order visit) {
    if (from == order.length) {
      visit.accept(order.clone());
    }
    for (int i = from; i < order.length; i++) {
      swap(order, from, i);
      each(order, from + 1, visit);
      swap(order, from, i);
    }
  }

  private static void swap(int[] a, int i, int j) {
    int t = a[i];
    a[i] = a[j];
    a[j] = t;
  }

  /** For Gaussian weights the score under permutation has mean 1/d and deviation sqrt(2)/d. */
  @Test
  void theNullOfGaussianWeights() {
    int d = 200;
    BilinearForm form = form(Plain.gaussian(20, d, 11), Plain.gaussian(20, d, 12), d);
    assertThat(form.expectedScore()).isCloseTo(1.0 / d, within(0.2 / d));
    Generator g = Generator.of(13);
    double[] scores = new double[400];
    Arrays.setAll(scores, i -> form.permuted(g.permutation(d)).score());
    double mean = Arrays.stream(scores).average().orElseThrow();
    double variance = Arrays.stream(scores).map(v -> (v - mean) * (v - mean)).sum() / 399;
    // Five standard errors of a mean and of a deviation over 400 draws.
    double deviation = Math.sqrt(2) / d;
    assertThat(mean).isCloseTo(form.expectedScore(), within(5 * deviation / 20));
    assertThat(Math.sqrt(variance)).isCloseTo(deviation, within(5 * deviation / Math.sqrt(800)));
  }

  @Test
  void permutingColumnsOfBothTurnsTheSpace() {
    int d = 30;
    double[] q = Plain.gaussian(3, d, 14);
    double[] k = Plain.gaussian(3, d, 15);
    int[] order = Generator.of(16).permutation(d);
    double[] moved = new double[q.length];
    for (int i = 0; i < 3; i++) {
      for (int c = 0; c < d; c++) {
        moved[i * d + c] = q[i * d + order[c]];
      }
    }
    BilinearForm turned = form(moved, k, d).permuted(order);
    BilinearForm form = form(q, k, d);
    assertThat(turned.score()).isCloseTo(form.score(), within(1e-13));
    assertClose(turned.eigenvalues(), form.eigenvalues());
  }

  @ParameterizedTest
  @CsvSource({"1e-200, 1e-100", "1e150, 1e100", "1e-310, 1", "1e200, 1e-200"})
  void extremeScalesKeepTheirFigures(double a, double b) {
    int d = 12;
    double[] q = Plain.gaussian(3, d, 17);
    double[] k = Plain.gaussian(3, d, 18);
    BilinearForm plain = form(q, k, d);
    BilinearForm form =
        form(
            Arrays.stream(q).map(v -> v * a).toArray(),
            Arrays.stream(k).map(v -> v * b).toArray(),
            d);
    // 1e-310 is denormal and holds 40 bits.
    assertThat(form.score()).isCloseTo(plain.score(), within(1e-11));
    assertThat(form.frobenius())
        .isCloseTo(plain.frobenius() * a * b, within(1e-11 * plain.frobenius() * a * b));
  }

  @Test
  void zeroHasNoScore() {
    BilinearForm form = form(new double[12], Plain.gaussian(2, 6, 19), 6);
    assertThat(form.frobenius()).isZero();
    assertThat(form.score()).isNaN();
    assertThat(form.spectralNorm()).isZero();
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> form(new double[6], new double[9], 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> form(new double[7], new double[7], 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static double[] plain(double[] q, double[] k, int d) {
    double[] m = new double[d * d];
    for (int row = 0; row < q.length; row += d) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          m[i * d + j] += q[row + i] * k[row + j];
        }
      }
    }
    return m;
  }

  private static double[] transpose(double[] m, int d) {
    double[] t = new double[m.length];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        t[i * d + j] = m[j * d + i];
      }
    }
    return t;
  }
}
