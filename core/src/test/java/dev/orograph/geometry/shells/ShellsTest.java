package dev.orograph.geometry.shells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import dev.orograph.stats.Spearman;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellsTest {
  @Test
  void capacitiesOfTheZonesAreThoseOfTheClosedForm() {
    Shells shells = new Shells(128);
    double[] zones = new double[3];
    for (int s = 0; s < 128; s++) {
      zones[shells.zone(s)] += shells.share(s);
    }
    assertThat(zones[0]).isCloseTo(0.012, within(5e-4));
    assertThat(zones[1]).isCloseTo(0.394, within(5e-4));
    assertThat(zones[2]).isCloseTo(0.593, within(5e-4));
    assertThat(shells.zone(32)).isZero();
    assertThat(shells.zone(33)).isEqualTo(1);
    assertThat(shells.zone(96)).isEqualTo(1);
    assertThat(shells.zone(97)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 128, Shells.MOST})
  void radiiRiseToOneAndSharesAddUp(int count) {
    Shells shells = new Shells(count);
    assertThat(shells.radius(count - 1)).isEqualTo(1);
    double sum = 0;
    for (int s = 0; s < count; s++) {
      sum += shells.share(s);
      if (s > 0) {
        assertThat(shells.radius(s)).isGreaterThan(shells.radius(s - 1));
      }
    }
    assertThat(sum).isCloseTo(1, within(1e-12));
    assertThat(shells.thermalRadius(count - 1)).isLessThan(1);
    for (int n : new int[] {1, 2, 7, 1000}) {
      int[] quotas = shells.quotas(n);
      assertThat(Arrays.stream(quotas).sum()).isEqualTo(n);
      for (int s = 0; s < count; s++) {
        assertThat(quotas[s] - n * shells.share(s)).isBetween(-1.0, 1.0);
      }
    }
  }

  @Test
  void theNearestLevelIsThatOfTheSearchThroughAll() {
    Shells shells = new Shells(40);
    Generator g = Generator.of(1);
    for (int k = 0; k < 2000; k++) {
      double e = g.random() * 300 - 10;
      int best =
          IntStream.range(0, 40)
              .boxed()
              .min((a, b) -> Double.compare(far(shells, e, a), far(shells, e, b)))
              .orElseThrow();
      assertThat(shells.nearest(e)).isEqualTo(best);
    }
    for (int s = 0; s < 40; s++) {
      assertThat(shells.nearest(shells.energy(s))).isEqualTo(s);
    }
    assertThat(shells.nearest(1)).as("between 0 and 2, the inner one").isZero();
    assertThat(shells.nearest(1e300)).isEqualTo(39);
  }

  private static double far(Shells shells, double e, int s) {
    return Math.abs(e - shells.energy(s));
  }

  /** By hand: five values, four shells, percentiles 0 25 50 75 100 are the values themselves. */
  @Test
  void firstShellsAreSearchsortedFromTheLeft() {
    Shells shells = new Shells(4);
    double[] p = {30, 10, 50, 20, 40};
    assertThat(shells.first(p, Spearman.order(p))).containsExactly(2, 0, 3, 1, 3);
    double[] same = {5, 5, 5};
    assertThat(shells.first(same, Spearman.order(same))).containsExactly(0, 0, 0);
    double[] one = {5};
    assertThat(shells.first(one, Spearman.order(one))).containsExactly(0);
  }

  @Test
  void whatMeansNothingIsRefused() {
    assertThatThrownBy(() -> new Shells(0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> new Shells(Shells.MOST + 1)).hasMessageContaining("4096 shells");
  }
}
