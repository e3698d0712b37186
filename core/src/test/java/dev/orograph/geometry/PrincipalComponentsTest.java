package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Principal components of points whose axes are known. */
@Tag("numeric")
class PrincipalComponentsTest {
  private static final int N = 40;
  private static final int D = 5;

  /** Points at +- a along each axis j, with the size given, and moved. */
  private static double[] cross(double... sizes) {
    double[] points = new double[2 * sizes.length * sizes.length];
    for (int j = 0; j < sizes.length; j++) {
      points[2 * j * sizes.length + j] = sizes[j];
      points[(2 * j + 1) * sizes.length + j] = -sizes[j];
    }
    for (int i = 0; i < points.length; i++) {
      points[i] += 3 + i % sizes.length;
    }
    return points;
  }

  @Test
  void axesOfACross() {
    try (Scope scope = new Scope()) {
      PrincipalComponents c =
          PrincipalComponents.of(Entries.of(8, 4, cross(1, 4, 2, 3)), 2, 1, scope);
      assertThat(c.mean()).containsExactly(new double[] {3, 4, 5, 6}, within(1e-14));
      assertThat(c.variances().get(0)).isCloseTo(4, within(1e-13));
      assertThat(c.variances().get(1)).isCloseTo(9 / 4.0, within(1e-13));
      assertThat(c.total()).isCloseTo(30 / 4.0, within(1e-13));
      assertThat(c.kept()).isCloseTo(25 / 30.0, within(1e-13));
      assertThat(c.directions().get(1, 0)).isCloseTo(1, within(1e-13));
      assertThat(c.directions().get(3, 1)).isCloseTo(1, within(1e-13));
    }
  }

  @Test
  void nothingElseKeepsMore() {
    double[] points = new double[N * D];
    Generator.of(3).standardNormal(points);
    try (Scope scope = new Scope()) {
      PrincipalComponents c = PrincipalComponents.of(Entries.of(N, D, points), 2, 1, scope);
      double[] a = new double[D];
      for (int seed = 0; seed < 50; seed++) {
        Generator.of(seed).standardNormal(a);
        double square = 0;
        double along = 0;
        for (double v : a) {
          square += v * v;
        }
        for (int i = 0; i < N; i++) {
          double dot = 0;
          for (int j = 0; j < D; j++) {
            dot += (points[i * D + j] - c.mean()[j]) * a[j];
          }
          along += dot * dot / N;
        }
        assertThat(along / square).isLessThan(c.variances().get(0));
      }
    }
  }

  @Test
  void threadsAndPointsThatCoincide() {
    double[] points = new double[N * D];
    Generator.of(4).standardNormal(points);
    try (Scope scope = new Scope()) {
      Entries e = Entries.of(N, D, points);
      assertThat(PrincipalComponents.mean(e, 3)).isEqualTo(PrincipalComponents.mean(e, 1));
      assertThat(
              PrincipalComponents.of(Entries.of(3, 2, new double[] {1, 2, 1, 2, 1, 2}), 1, 1, scope)
                  .kept())
          .isEqualTo(1);
    }
  }
}
