package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TwoNN on clouds of known dimension, on exact Pareto ratios, and by hand. */
class TwoNNTest {
  private static final double ROUNDING = 1e-12;

  @ParameterizedTest
  @CsvSource({"true,2", "true,5", "true,10", "false,2"})
  void theDimensionLiesInTheInterval(boolean normal, int d) {
    TwoNN twonn = new TwoNN(Clouds.distances(Clouds.linear(normal, 3000, d, 40, d), 2), 2);
    Estimate mle = twonn.likelihood();
    assertThat((double) d).isBetween(mle.interval().get(0), mle.interval().get(1));
    Estimate fit = twonn.fit(Generator.of(1));
    assertThat((double) d).isBetween(fit.interval().get(0), fit.interval().get(1));
    assertThat(fit.value()).isBetween(fit.interval().get(0), fit.interval().get(1));
  }

  /** Of a cube of some dimensions most is near its faces, where 3,000 points look flatter. */
  @ParameterizedTest
  @CsvSource({"5,4.5", "10,8"})
  void facesOfACubeLowerTheEstimate(int d, double least) {
    TwoNN cube = new TwoNN(Clouds.distances(Clouds.linear(false, 3000, d, 40, 3), 2), 2);
    assertThat(cube.likelihood().interval().get(1)).isLessThan(d);
    assertThat(cube.likelihood().value()).isGreaterThan(least);
  }

  /** Intervals of 400 samples of exact Pareto ratios: 95 % of them hold the dimension. */
  @Test
  void theIntervalCoversAsOftenAsItSays() {
    Generator g = Generator.of(11);
    int n = 60;
    int covered = 0;
    double mean = 0;
    for (int s = 0; s < 400; s++) {
      double[] distances = new double[2 * n];
      for (int i = 0; i < n; i++) {
        distances[2 * i] = 1;
        distances[2 * i + 1] = Math.pow(1 - g.random(), -1 / 7.0);
      }
      Estimate e = new TwoNN(distances, 2).likelihood();
      covered += e.interval().get(0) <= 7 && e.interval().get(1) >= 7 ? 1 : 0;
      mean += e.value() / 400;
    }
    // Three standard errors of 400 trials.
    assertThat(covered / 400.0).isCloseTo(0.95, within(3 * Math.sqrt(.95 * .05 / 400)));
    assertThat(mean).isCloseTo(7, within(3 * 7 / Math.sqrt(60.0 * 400)));
  }

  /** Quantiles of chi-squared with 20 degrees, SciPy: 9.590777, 34.169607. */
  @Test
  void byHand() {
    double[] distances = new double[30];
    for (int i = 0; i < 10; i++) {
      distances[3 * i] = 1;
      distances[3 * i + 1] = Math.exp(0.1 * (i + 1));
      distances[3 * i + 2] = 9;
    }
    TwoNN twonn = new TwoNN(distances, 3);
    Estimate e = twonn.likelihood();
    assertThat(e.value()).isCloseTo(9 / 5.5, within(ROUNDING));
    assertThat(e.interval().get(0)).isCloseTo(9.590777 / 11, within(2e-3));
    assertThat(e.interval().get(1)).isCloseTo(34.169607 / 11, within(2e-3));
    double products = 0;
    double squares = 0;
    for (int i = 1; i <= 9; i++) {
      products -= 0.1 * i * Math.log(1 - i / 10.0);
      squares += 0.01 * i * i;
    }
    assertThat(twonn.fit(Generator.of(1)).value()).isCloseTo(products / squares, within(ROUNDING));
  }

  @Test
  void aLatticeHasNoRatios() {
    double[] ones = new double[20];
    Arrays.fill(ones, 1);
    assertThat(new TwoNN(ones, 2).defined()).isFalse();
  }
}
