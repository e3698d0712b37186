package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.stats.Estimate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Levina and Bickel's estimate by hand and on clouds of known dimension. */
class LevinaBickelTest {
  @Test
  void byHand() {
    // ln(4/1) + ln(4/2) and ln(9/1) + ln(9/3), over k - 2 = 1.
    double[] distances = {1, 2, 4, 100, 1, 3, 9, 100};
    Estimate e = LevinaBickel.of(distances, 4, 3);
    double a = 3 * Math.log(2);
    double b = 3 * Math.log(3);
    assertThat(e.value()).isCloseTo(2 / (a + b), within(1e-15));
    double half = 1.959963984540054 * (b - a) / 2 / Math.sqrt(2);
    assertThat(e.interval().get(0)).isCloseTo(1 / ((a + b) / 2 + half), within(1e-9));
    assertThat(e.interval().get(1)).isCloseTo(1 / ((a + b) / 2 - half), within(1e-9));
  }

  @Test
  void kMustFit() {
    assertThatThrownBy(() -> LevinaBickel.of(new double[6], 3, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LevinaBickel.of(new double[6], 3, 4))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * With k - 2 under a mean of inverses the estimate stands at d (k - 2) / (k - 1). More neighbours
   * reach farther, to where the density differs, so this holds for few.
   */
  @ParameterizedTest
  @CsvSource({"2,5", "2,10", "5,5"})
  void theDimensionLiesInTheInterval(int d, int k) {
    double[] distances = Clouds.distances(Clouds.linear(true, 3000, d, 40, 100 + d), 10);
    Estimate e = LevinaBickel.of(distances, 10, k);
    double expected = d * (k - 2.0) / (k - 1);
    assertThat(expected).isBetween(e.interval().get(0), e.interval().get(1));
  }
}
