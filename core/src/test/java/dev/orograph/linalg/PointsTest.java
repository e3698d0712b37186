package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clouds of points against the plain loops, on sizes about the tiles. */
@Tag("numeric")
class PointsTest {
  private static final double ROUNDING = 0x1p-52;

  @ParameterizedTest
  @CsvSource({"1,12,1", "2,70,3", "5,1023,10", "3,1025,10", "40,2100,10"})
  void nearestPoints(int d, int n, int k) {
    double[] values = Plain.gaussian(n, d, 5L * n + d);
    int[] queries = IntStream.range(0, n).filter(i -> i % 13 == 0 || i > n - 3).toArray();
    try (Scope scope = new Scope()) {
      Matrix points = matrix(values, d, n, scope);
      int[][] nearest = Lapack.with(1, () -> Points.nearest(points, queries, k));
      for (int q = 0; q < queries.length; q++) {
        int from = queries[q];
        int[] expected =
            IntStream.range(0, n)
                .filter(i -> i != from)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> squared(values, d, from, i)))
                .limit(k)
                .mapToInt(i -> i)
                .toArray();
        assertThat(nearest[q]).as("of point " + from).isEqualTo(expected);
      }
    }
  }

  @Test
  void tiesGoToTheLowerIndex() {
    try (Scope scope = new Scope()) {
      Matrix points = matrix(new double[] {0, 2, -2, 2, -2, 4}, 1, 6, scope);
      assertThat(Lapack.with(1, () -> Points.nearest(points, new int[] {0}, 4)))
          .isEqualTo(new int[][] {{1, 2, 3, 4}});
    }
  }

  @Test
  void asksForFewerThanThereAre() {
    try (Scope scope = new Scope()) {
      Matrix points = scope.matrix(2, 3);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Points.nearest(points, new int[] {0}, 3))
          .withMessageContaining("3 neighbours among 3 points");
    }
  }

  /**
   * A planted covariance: points at plus and minus s along orthogonal axes about a shifted mean
   * have the eigenvalues s^2 / count of axes, and the axes as eigenvectors.
   */
  @Test
  void componentsOfPlantedAxes() {
    double[] lengths = {9, 6, 3};
    double[] values = new double[6 * 3];
    double[] turn = {
      2 / 3.0, -1 / 3.0, 2 / 3.0, 2 / 3.0, 2 / 3.0, -1 / 3.0, -1 / 3.0, 2 / 3.0, 2 / 3.0
    };
    for (int a = 0; a < 3; a++) {
      for (int i = 0; i < 3; i++) {
        values[2 * a * 3 + i] = 5 + lengths[a] * turn[3 * a + i];
        values[(2 * a + 1) * 3 + i] = 5 - lengths[a] * turn[3 * a + i];
      }
    }
    try (Scope scope = new Scope()) {
      Matrix points = matrix(values, 3, 6, scope);
      Lapack.with(
          1,
          () -> {
            Points.centre(points);
            Matrix covariance = Points.covariance(points, scope);
            LeadingEigenvectors axes = LeadingEigenvectors.of(covariance, 2, scope);
            assertThat(axes.values().get(0)).isCloseTo(81 / 3.0, within(100 * ROUNDING * 81));
            assertThat(axes.values().get(1)).isCloseTo(36 / 3.0, within(100 * ROUNDING * 81));
            for (int a = 0; a < 2; a++) {
              for (int i = 0; i < 3; i++) {
                assertThat(axes.vectors().get(i, a))
                    .isCloseTo(turn[3 * a + i], within(100 * ROUNDING));
              }
            }
            Matrix along = Points.along(axes.vectors(), points, scope);
            assertThat(along.get(0, 0)).isCloseTo(9, within(1000 * ROUNDING));
            assertThat(along.get(0, 1)).isCloseTo(-9, within(1000 * ROUNDING));
            assertThat(along.get(1, 2)).isCloseTo(6, within(1000 * ROUNDING));
            assertThat(along.get(1, 0)).isCloseTo(0, within(1000 * ROUNDING));
            return null;
          });
    }
  }

  /** A v = l v, values descending, vectors of length 1 whose largest entry is positive. */
  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "7,7", "120,9"})
  void leadingEigenvectors(int n, int count) {
    double[] w = Plain.gaussian(n, n + 3, 17L * n);
    try (Scope scope = new Scope()) {
      double size = 4.0 * (n + 3);
      Matrix gram = Lapack.with(1, () -> Gram.ofRows(Entries.of(n, n + 3, w), scope));
      Matrix copy = Lapack.with(1, () -> Gram.ofRows(Entries.of(n, n + 3, w), scope));
      double[] all = SymmetricEigenvalues.of(copy, 1);
      Matrix again = Lapack.with(1, () -> Gram.ofRows(Entries.of(n, n + 3, w), scope));
      LeadingEigenvectors e = Lapack.with(1, () -> LeadingEigenvectors.of(again, count, scope));
      for (int j = 0; j < count; j++) {
        assertThat(e.values().get(j)).isCloseTo(all[n - 1 - j], within(50 * n * ROUNDING * size));
        double[] v = new double[n];
        e.vectors().get(0, j, v, 0, n);
        assertThat(Arrays.stream(v).map(x -> x * x).sum()).isCloseTo(1, within(n * 10 * ROUNDING));
        double most = Arrays.stream(v).map(Math::abs).max().orElseThrow();
        assertThat(Arrays.stream(v).filter(x -> x == most)).isNotEmpty();
        for (int i = 0; i < n; i++) {
          double product = 0;
          for (int t = 0; t < n; t++) {
            product += (t <= i ? gram.get(i, t) : gram.get(t, i)) * v[t];
          }
          assertThat(product)
              .isCloseTo(e.values().get(j) * v[i], within(200 * n * ROUNDING * size));
        }
      }
    }
  }

  private static double squared(double[] values, int d, int a, int b) {
    double sum = 0;
    for (int t = 0; t < d; t++) {
      double difference = values[a * d + t] - values[b * d + t];
      sum += difference * difference;
    }
    return sum;
  }

  private static Matrix matrix(double[] values, int d, int n, Scope scope) {
    Matrix m = scope.matrix(d, n);
    m.put(0, 0, values, 0, values.length);
    return m;
  }
}
