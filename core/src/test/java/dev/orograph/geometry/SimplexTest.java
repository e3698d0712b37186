package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Volumes against closed forms and the Cayley-Menger determinant; their spread by chance. */
class SimplexTest {
  private static final double ROUNDING = 1e-12;

  /** k + 1 unit vectors are sqrt 2 apart: sqrt(k + 1) / k! of the volume. */
  @ParameterizedTest
  @CsvSource({"1,2", "2,3", "3,7", "4,5", "6,9"})
  void aRegularOne(int k, int d) {
    double[] points = new double[(k + 1) * d];
    for (int i = 0; i <= k; i++) {
      points[i * d + i] = 1;
    }
    double expected = Math.sqrt(k + 1) / factorial(k);
    assertThat(new Simplex(k, d).volume(points)).isCloseTo(expected, within(ROUNDING * expected));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-70, 1e-20, 3, 1e20, 1e70})
  void scalingMultipliesByItsPower(double c) {
    double[] points = points(5, 11, 1);
    double volume = new Simplex(4, 11).volume(points);
    for (int i = 0; i < points.length; i++) {
      points[i] *= c;
    }
    double expected = volume * c * c * c * c;
    assertThat(new Simplex(4, 11).volume(points)).isCloseTo(expected, within(ROUNDING * expected));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,5", "4,4", "4,6", "4,129", "5,8"})
  void itIsTheCayleyMengerDeterminant(int k, int d) {
    double[] points = points(k + 1, d, 10L * k + d);
    double expected = cayleyMenger(points, k, d);
    assertThat(new Simplex(k, d).volume(points)).isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void turningAndMovingLeaveIt() {
    int d = 6;
    double[] points = points(5, d, 3);
    double volume = new Simplex(4, d).volume(points);
    double[] mirror = points(1, d, 4);
    double square = 0;
    for (double v : mirror) {
      square += v * v;
    }
    for (int i = 0; i < 5; i++) {
      double along = 0;
      for (int j = 0; j < d; j++) {
        along += points[i * d + j] * mirror[j];
      }
      for (int j = 0; j < d; j++) {
        points[i * d + j] += 7 - 2 * along / square * mirror[j];
      }
    }
    assertThat(new Simplex(4, d).volume(points)).isCloseTo(volume, within(1e-11 * volume));
  }

  @Test
  void flatSetsHaveNone() {
    Simplex simplex = new Simplex(4, 7);
    assertThat(simplex.volume(new double[35])).isZero();
    double[] twice = points(5, 7, 1);
    System.arraycopy(twice, 7, twice, 21, 7);
    assertThat(simplex.volume(twice)).isZero();
    double[] flat = points(5, 7, 2);
    for (int j = 0; j < 7; j++) {
      flat[28 + j] = 0.25 * flat[j] + flat[7 + j] - 0.25 * flat[14 + j];
    }
    assertThat(simplex.volume(flat)).isZero();
    assertThat(new Simplex(4, 3).volume(points(5, 3, 3))).as("five points in a space").isZero();
    // And the simplex that was flat is not remembered.
    double[] whole = points(5, 7, 4);
    assertThat(simplex.volume(whole)).isEqualTo(new Simplex(4, 7).volume(whole)).isPositive();
  }

  /** A height h of a unit edge comes from 1 + h^2 - 1: right to eps / h^2, and gone below 1e-7. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-2, 1e-4, 1e-6, 2e-7, 1e-8})
  void almostFlatSets(double h) {
    int d = 5;
    double[] points = new double[5 * d];
    for (int i = 1; i < 4; i++) {
      points[i * d + i] = 1;
    }
    points[4 * d + 1] = 1;
    points[4 * d + 4] = h;
    double volume = new Simplex(4, d).volume(points);
    if (h < 1e-7) {
      assertThat(volume).isZero();
    } else {
      assertThat(volume).isCloseTo(h / 24, within(h / 24 * 4 * 0x1p-52 / (h * h)));
    }
  }

  @ParameterizedTest
  @CsvSource({"8,.609", "16,.386", "48,.210", "128,.126", "512,.063", "1024,.044"})
  void theSpreadByChanceOfFiveGaussianPoints(int d, double expected) {
    assertThat(Simplex.gaussianVariation(4, d)).isCloseTo(expected, within(0.0006));
  }

  /** The closed form with gamma functions of halves by their recurrence, from sqrt pi and 1. */
  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "2,2", "4,4", "4,5", "3,40", "4,79", "4,80", "4,81", "4,160", "9,300"})
  void itsClosedForm(int k, int d) {
    double product = 1;
    for (int i = 0; i < k; i++) {
      double ratio = (d - i) % 2 == 0 ? Math.sqrt(Math.PI) / 2 : 1 / Math.sqrt(Math.PI);
      // G((n + 1) / 2) / G(n / 2) grows by (n + 1) / n from n to n + 2.
      for (int n = (d - i) % 2 == 0 ? 2 : 1; n < d - i; n += 2) {
        ratio *= (n + 1.0) / n;
      }
      product *= (d - i) / (2 * ratio * ratio);
    }
    double expected = Math.sqrt(product - 1);
    assertThat(Simplex.gaussianVariation(k, d)).isCloseTo(expected, within(1e-10 * expected));
  }

  /** Each factor is 1 + 1 / (2 (d - i)) + O(1 / d^2). */
  @ParameterizedTest
  @ValueSource(ints = {100_000, 2_000_000_000})
  void itsLeadingTerm(int d) {
    double expected = Math.sqrt(2.0 / d);
    assertThat(Simplex.gaussianVariation(4, d))
        .isCloseTo(expected, within(3 / (double) d * expected));
  }

  @Test
  void itsSimulation() {
    int d = 16;
    int n = 20_000;
    Generator g = Generator.of(5);
    Simplex simplex = new Simplex(4, d);
    double[] points = new double[5 * d];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      g.standardNormal(points);
      double v = simplex.volume(points);
      sum += v / n;
      squares += v * v / n;
    }
    double cv = Simplex.gaussianVariation(4, d);
    double error = cv * Math.sqrt((1 + 2 * cv * cv) / (2.0 * n));
    assertThat(Math.sqrt(squares - sum * sum) / sum).isCloseTo(cv, within(4 * error));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Simplex.gaussianVariation(4, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> Simplex.gaussianVariation(0, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new Simplex(0, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new Simplex(2, 0));
  }

  private static double[] points(int n, int d, long seed) {
    double[] points = new double[n * d];
    Generator.of(seed).standardNormal(points);
    return points;
  }

  private static double factorial(int k) {
    return k < 2 ? 1 : k * factorial(k - 1);
  }

  private static double cayleyMenger(double[] points, int k, int d) {
    int n = k + 2;
    double[][] m = new double[n][n];
    for (int i = 1; i < n; i++) {
      m[0][i] = 1;
      m[i][0] = 1;
      for (int j = 1; j < n; j++) {
        for (int c = 0; c < d; c++) {
          m[i][j] += Math.pow(points[(i - 1) * d + c] - points[(j - 1) * d + c], 2);
        }
      }
    }
    double square = determinant(m) * (k % 2 == 0 ? -1 : 1);
    return Math.sqrt(square / (Math.pow(2, k) * factorial(k) * factorial(k)));
  }

  private static double determinant(double[][] m) {
    double det = 1;
    for (int c = 0; c < m.length; c++) {
      int pivot = c;
      for (int i = c; i < m.length; i++) {
        pivot = Math.abs(m[i][c]) > Math.abs(m[pivot][c]) ? i : pivot;
      }
      double[] row = m[pivot];
      m[pivot] = m[c];
      m[c] = row;
      det *= pivot == c ? row[c] : -row[c];
      for (int i = c + 1; i < m.length; i++) {
        double factor = m[i][c] / row[c];
        for (int j = c; j < m.length; j++) {
          m[i][j] -= factor * row[j];
        }
      }
    }
    return det;
  }

  /** Equal edges of length 1, and the centre at the origin. */
  @org.junit.jupiter.params.ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(ints = {1, 2, 3, 4, 5, 8, 13, 40})
  void regularOnesAreRegular(int k) {
    for (int d : new int[] {k, k + 1, k + 5}) {
      double[] p = Simplex.regular(k, d);
      for (int i = 0; i <= k; i++) {
        for (int j = 0; j < i; j++) {
          assertThat(edge(p, d, i, j)).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-13));
        }
      }
      for (int c = 0; c < d; c++) {
        double sum = 0;
        for (int i = 0; i <= k; i++) {
          sum += p[i * d + c];
        }
        assertThat(sum).isCloseTo(0, org.assertj.core.data.Offset.offset(1e-13));
      }
    }
  }

  /** What METHODS says of the notebook's template: regular for k = 1 alone. */
  @org.junit.jupiter.api.Test
  void theNotebooksTemplateIsNotRegular() {
    assertThat(edge(Simplex.seedTemplate(1, 8), 8, 0, 1)).isEqualTo(1);
    double[] p = Simplex.seedTemplate(4, 8);
    double least = 1;
    double most = 1;
    for (int i = 0; i <= 4; i++) {
      for (int j = 0; j < i; j++) {
        least = Math.min(least, edge(p, 8, i, j));
        most = Math.max(most, edge(p, 8, i, j));
      }
    }
    assertThat(least).isCloseTo(0.944, org.assertj.core.data.Offset.offset(5e-4));
    assertThat(most).isCloseTo(1.075, org.assertj.core.data.Offset.offset(5e-4));
  }

  private static double edge(double[] p, int d, int i, int j) {
    double sum = 0;
    for (int c = 0; c < d; c++) {
      sum += (p[i * d + c] - p[j * d + c]) * (p[i * d + c] - p[j * d + c]);
    }
    return Math.sqrt(sum);
  }
}
