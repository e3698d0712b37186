package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Points;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Procrustes against rotations that were planted, and against all others. */
@Tag("numeric")
class ProcrustesTest {
  private static Matrix gaussian(int d, int n, long seed, Scope scope) {
    double[] values = new double[d * n];
    Generator.of(seed).standardNormal(values);
    Matrix m = scope.matrix(d, n);
    m.put(0, 0, values, 0, values.length);
    return m;
  }

  /** An orthogonal matrix: the nearest one to Gaussian numbers. */
  private static Matrix orthogonal(int d, long seed, Scope scope) {
    return Procrustes.of(gaussian(d, d, seed, scope), scope).rotation();
  }

  private static double apart(Matrix a, Matrix b) {
    double most = 0;
    for (int j = 0; j < a.columns(); j++) {
      for (int i = 0; i < a.rows(); i++) {
        most = Math.max(most, Math.abs(a.get(i, j) - b.get(i, j)));
      }
    }
    return most;
  }

  @ParameterizedTest
  @CsvSource({"1,5", "2,3", "3,3", "17,40", "128,300"})
  void aPlantedRotationIsFound(int d, int n) {
    Lapack.with(
        1,
        () -> {
          try (Scope scope = new Scope()) {
            Matrix planted = orthogonal(d, 5, scope);
            Matrix from = gaussian(d, n, 6, scope);
            Matrix to = Points.along(planted, from, scope);
            Procrustes found = Procrustes.of(from, to, scope);
            assertThat(apart(found.rotation(), planted)).isLessThan(1e-10);
            double square = 0;
            for (int j = 0; j < n; j++) {
              for (int i = 0; i < d; i++) {
                square += from.get(i, j) * from.get(i, j);
              }
            }
            assertThat(found.scale()).isCloseTo(square, within(1e-10 * square));
          }
          return null;
        });
  }

  @Test
  void itIsOrthogonalAndNoOtherIsNearer() {
    Lapack.with(
        1,
        () -> {
          try (Scope scope = new Scope()) {
            Matrix from = gaussian(6, 30, 1, scope);
            Matrix to = gaussian(6, 30, 2, scope);
            Matrix r = Procrustes.of(from, to, scope).rotation();
            Matrix own = r.timesTransposed(r, scope);
            for (int i = 0; i < 6; i++) {
              for (int j = 0; j < 6; j++) {
                assertThat(own.get(i, j)).isCloseTo(i == j ? 1 : 0, within(1e-13));
              }
            }
            double best = squares(Points.along(r, from, scope), to);
            for (int seed = 10; seed < 60; seed++) {
              Matrix other = orthogonal(6, seed, scope);
              assertThat(squares(Points.along(other, from, scope), to)).isGreaterThan(best);
            }
          }
          return null;
        });
  }

  private static double squares(Matrix a, Matrix b) {
    double sum = 0;
    for (int j = 0; j < a.columns(); j++) {
      for (int i = 0; i < a.rows(); i++) {
        sum += Math.pow(a.get(i, j) - b.get(i, j), 2);
      }
    }
    return sum;
  }
}
