package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the layout promises: the same bits, near what was near, and an end when asked for. */
class UmapLayoutTest {
  private static void goOn() {}

  private static float[][] groups(int n) {
    Generator g = Generator.of(3);
    float[][] points = new float[n][8];
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < 8; t++) {
        points[i][t] = (float) (0.1 * g.standardNormal() + (t == i % 4 ? 3 : 0));
      }
    }
    return points;
  }

  @Test
  void keepsGroupsTogether() {
    float[][] layout = UmapLayout.of(groups(400), 5, UmapLayoutTest::goOn);
    assertThat(layout).hasDimensions(400, 2);
    int nearOwn = 0;
    for (int i = 0; i < 400; i++) {
      int best = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int j = 0; j < 400; j++) {
        double far = Math.hypot(layout[i][0] - layout[j][0], layout[i][1] - layout[j][1]);
        if (i != j && far < least) {
          least = far;
          best = j;
        }
      }
      nearOwn += best % 4 == i % 4 ? 1 : 0;
    }
    assertThat(nearOwn).isGreaterThan(396);
  }

  @Test
  void theSameBitsWheneverAndBesideEachOther() {
    float[][] points = groups(200);
    float[][] alone = UmapLayout.of(points, 9, UmapLayoutTest::goOn);
    List<CompletableFuture<float[][]>> together = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      together.add(
          CompletableFuture.supplyAsync(() -> UmapLayout.of(points, 9, UmapLayoutTest::goOn)));
    }
    together.forEach(f -> assertThat(f.join()).isDeepEqualTo(alone));
    assertThat(UmapLayout.of(points, 10, UmapLayoutTest::goOn)[0]).isNotEqualTo(alone[0]);
  }

  /** More points than are compared one by one: there neighbours are found by random descent. */
  @Test
  void theSameBitsForManyPoints() {
    float[][] points = groups(4200);
    assertThat(UmapLayout.of(points, 2, UmapLayoutTest::goOn))
        .isDeepEqualTo(UmapLayout.of(points, 2, UmapLayoutTest::goOn));
  }

  @Test
  void refusesTooFewAndStops() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UmapLayout.of(groups(19), 1, UmapLayoutTest::goOn))
        .withMessageContaining("19 points");
    assertThatThrownBy(
            () ->
                UmapLayout.of(
                    groups(3000),
                    1,
                    () -> {
                      throw new CancellationException("stopped");
                    }))
        .isInstanceOf(CancellationException.class);
    assertThat(UmapLayout.of(groups(40), 1, UmapLayoutTest::goOn)).hasDimensions(40, 2);
  }
}
