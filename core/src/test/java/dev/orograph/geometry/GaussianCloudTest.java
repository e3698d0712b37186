package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drawn points have the variances of the given ones along their axes. */
@Tag("numeric")
class GaussianCloudTest {
  @ParameterizedTest
  @ValueSource(doubles = {1, 1e-30, 1e200})
  void variancesAlongTheAxes(double scale) {
    // A cross in a turned plane, far from 0: variances 9 and 1 in units of which the first is 1.
    double c = 0.6;
    double s = 0.8;
    double[] arms = {3, 0, -3, 0, 0, 1, 0, -1};
    // So often that what a sample adds to the spread of variances is nothing.
    int points = 40_000;
    double[] x = new double[2 * points];
    for (int i = 0; i < points; i++) {
      int arm = i % 4;
      x[2 * i] = (c * arms[2 * arm] - s * arms[2 * arm + 1] + 50) * scale;
      x[2 * i + 1] = (s * arms[2 * arm] + c * arms[2 * arm + 1] - 20) * scale;
    }
    GaussianCloud cloud = new GaussianCloud(Entries.of(points, 2, x), 1);
    int n = 40_000;
    try (Scope scope = new Scope()) {
      Entries drawn = cloud.draw(n, Generator.of(5), scope);
      assertThat(drawn.rows()).isEqualTo(n);
      assertThat(drawn.columns()).isEqualTo(2);
      double[] values = new double[2 * n];
      drawn.read(0, values, 0, 2 * n);
      double[] squares = new double[2];
      for (int i = 0; i < 2 * n; i++) {
        squares[i % 2] += values[i] * values[i] / n;
      }
      // Three standard errors of a variance, sqrt(2 / n) of it.
      assertThat(squares[0]).isCloseTo(1, within(3 * Math.sqrt(2.0 / n)));
      assertThat(squares[1]).isCloseTo(1 / 9.0, within(3 * Math.sqrt(2.0 / n) / 9));
    }
  }

  @Test
  void fewerPointsThanDimensions() {
    double[] x = new double[3 * 50];
    Generator.of(2).standardNormal(x);
    GaussianCloud cloud = new GaussianCloud(Entries.of(3, 50, x), 1);
    try (Scope scope = new Scope()) {
      assertThat(cloud.draw(10, Generator.of(1), scope).columns()).isEqualTo(50);
    }
  }

  /**
   * A sample of an even cloud has uneven eigenvalues; what is drawn after it has even ones again.
   */
  @Test
  void whatTheSampleAddsIsTakenOut() {
    int n = 60;
    int d = 20;
    double[] x = new double[n * d];
    Generator.of(3).standardNormal(x);
    GaussianCloud cloud = new GaussianCloud(Entries.of(n, d, x), 1);
    int drawn = 20_000;
    double[] values = new double[drawn * d];
    try (Scope scope = new Scope()) {
      cloud.draw(drawn, Generator.of(4), scope).read(0, values, 0, values.length);
    }
    double[] variances = new double[d];
    for (int i = 0; i < values.length; i++) {
      variances[i % d] += values[i] * values[i] / drawn;
    }
    // The sample's own eigenvalues have a participation ratio of 20 / (1 + 20 / 60) = 15.
    assertThat(ParticipationRatio.of(variances)).isGreaterThan(18);
  }
}
