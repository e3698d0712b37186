package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bootstrap of a mean has the interval that its variance gives. */
class BootstrapTest {
  @Test
  void theIntervalOfAMean() {
    double[] values = new double[400];
    Generator.of(3).standardNormal(values);
    List<Double> interval =
        Bootstrap.interval(
            400,
            4000,
            Generator.of(7),
            counts -> {
              double sum = 0;
              for (int i = 0; i < 400; i++) {
                sum += counts[i] * values[i];
              }
              return sum / 400;
            });
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / 400;
    double half = Gaussian.quantile(0.975) * Math.sqrt(variance / 400);
    assertThat(interval.get(0)).isCloseTo(mean - half, within(half / 10));
    assertThat(interval.get(1)).isCloseTo(mean + half, within(half / 10));
  }

  @Test
  void membersAreDrawnAsOftenAsThereAre() {
    List<Double> interval =
        Bootstrap.interval(9, 50, Generator.of(1), counts -> Arrays.stream(counts).sum());
    assertThat(interval).containsExactly(9.0, 9.0);
    assertThat(Bootstrap.interval(9, 50, Generator.of(1), counts -> Double.NaN)).isNull();
  }
}
