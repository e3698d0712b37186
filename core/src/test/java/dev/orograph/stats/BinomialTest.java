package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Tails against counts of coin tosses, which are fractions. */
class BinomialTest {
  @Test
  void coins() {
    assertThat(Binomial.atLeast(2, 3, 0.5)).isCloseTo(0.5, within(1e-14));
    assertThat(Binomial.atLeast(9, 10, 0.5)).isCloseTo(11 / 1024.0, within(1e-14));
    assertThat(Binomial.atLeast(4, 4, 0.75)).isCloseTo(81 / 256.0, within(1e-14));
    assertThat(Binomial.atLeast(1, 4, 0.25)).isCloseTo(1 - 81 / 256.0, within(1e-14));
  }

  @Test
  void ends() {
    assertThat(Binomial.atLeast(0, 5, 0.1)).isEqualTo(1);
    assertThat(Binomial.atLeast(5, 5, 1)).isEqualTo(1);
    assertThat(Binomial.atLeast(1, 5, 0)).isEqualTo(0);
    assertThatThrownBy(() -> Binomial.atLeast(6, 5, 0.5)).hasMessageContaining("6 hits of 5");
  }
}
