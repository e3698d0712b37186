package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import org.junit.jupiter.api.Test;

/** Volumes in closed form, and far beyond the range of the gamma function; shrinkage by hand. */
class BallVolumeTest {
  @Test
  void closedForms() {
    assertThat(BallVolume.log(1, 0)).isCloseTo(Math.log(2), within(1e-14));
    assertThat(BallVolume.log(2, Math.log(3))).isCloseTo(Math.log(9 * Math.PI), within(1e-14));
    assertThat(BallVolume.log(3, 0)).isCloseTo(Math.log(4 * Math.PI / 3), within(1e-14));
    assertThat(BallVolume.log(5, 0)).isCloseTo(Math.log(8 * Math.PI * Math.PI / 15), within(1e-14));
  }

  /** V_D = V_(D-2) 2 pi / D. */
  @Test
  void recurrenceInLargeDimensions() {
    for (double d : new double[] {342.5, 1333, 4096}) {
      assertThat(BallVolume.log(d, 0.3) - BallVolume.log(d - 2, 0.3))
          .isCloseTo(Math.log(2 * Math.PI / d) + 0.6, within(1e-9));
    }
  }

  /** Against the sum over rows of ||x x' - S||^2, as Ledoit and Wolf write it. */
  @Test
  void shrinkageByItsDefinition() {
    int n = 30;
    int d = 4;
    double[] x = new double[n * d];
    Generator.of(3).standardNormal(x);
    double[] mean = new double[d];
    for (int i = 0; i < n * d; i++) {
      mean[i % d] += x[i] / n;
    }
    double[][] s = new double[d][d];
    double fourth = 0;
    for (int i = 0; i < n; i++) {
      double square = 0;
      for (int p = 0; p < d; p++) {
        x[i * d + p] -= mean[p];
        square += x[i * d + p] * x[i * d + p];
      }
      fourth += square * square;
      for (int p = 0; p < d; p++) {
        for (int q = 0; q < d; q++) {
          s[p][q] += x[i * d + p] * x[i * d + q] / n;
        }
      }
    }
    double trace = 0;
    double squares = 0;
    double noise = 0;
    for (int p = 0; p < d; p++) {
      trace += s[p][p];
      for (int q = 0; q < d; q++) {
        squares += s[p][q] * s[p][q];
        for (int i = 0; i < n; i++) {
          noise += Math.pow(x[i * d + p] * x[i * d + q] - s[p][q], 2) / n / n;
        }
      }
    }
    double away = 0;
    for (int p = 0; p < d; p++) {
      for (int q = 0; q < d; q++) {
        away += Math.pow(s[p][q] - (p == q ? trace / d : 0), 2);
      }
    }
    assertThat(LedoitWolf.weight(n, d, trace, squares, fourth))
        .isCloseTo(Math.min(noise, away) / away, within(1e-12));
    assertThat(LedoitWolf.weight(n, d, 4, 4, 100)).isEqualTo(1);
  }
}
