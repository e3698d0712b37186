package dev.orograph.geometry.shells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementTest {
  private static double norm(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 64, 65, 200})
  void lengthIsTheRadiusAndTheAngleTheAngle(int d) {
    Generator g = Generator.of(d);
    for (int point = 0; point < 50; point++) {
      double[] x = new double[d];
      g.standardNormal(x);
      double[] placed = x.clone();
      double angle = 0.01 * point - 0.2;
      Placement.place(placed, 0, d, norm(x), 0.7, angle, 5, point);
      assertThat(norm(placed)).isCloseTo(0.7, within(1e-12));
      double dot = 0;
      for (int k = 0; k < d; k++) {
        dot += placed[k] * x[k];
      }
      double cos = dot / norm(x) / 0.7;
      assertThat(cos).isCloseTo(d == 1 ? 1 : Math.cos(angle), within(1e-12));
    }
  }

  @Test
  void aDirectionThatTheSignsWouldHitIsTurnedToo() {
    for (int point = 0; point < 20; point++) {
      double[] x = {1, 1};
      Placement.place(x, 0, 2, Math.sqrt(2), 1, 0.3, 5, point);
      assertThat((x[0] + x[1]) / Math.sqrt(2)).isCloseTo(Math.cos(0.3), within(1e-12));
    }
  }

  @Test
  void zeroVectorsStayAtTheOrigin() {
    double[] x = {0, 0, 0};
    Placement.place(x, 0, 3, 0, 1, 0.3, 5, 1);
    assertThat(x).containsOnly(0);
  }
}
