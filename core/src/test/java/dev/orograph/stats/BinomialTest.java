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

  /** The ends p solve (h/n - p)^2 = z^2 p (1 - p) / n. */
  @Test
  void wilsonsEndsSolveTheirEquation() {
    double z = 1.959963984540054;
    for (int hits : new int[] {1, 20, 500, 999}) {
      for (double p : Binomial.interval(hits, 1000)) {
        double off = hits / 1000.0 - p;
        assertThat(off * off).isCloseTo(z * z * p * (1 - p) / 1000, within(1e-12));
      }
    }
    assertThat(Binomial.interval(0, 10).get(0)).isEqualTo(0);
    assertThat(Binomial.interval(0, 10).get(1)).isCloseTo(z * z / (10 + z * z), within(1e-12));
    assertThat(Binomial.interval(10, 10).get(1)).isEqualTo(1);
    assertThat(Binomial.interval(0, 0)).containsExactly(0.0, 1.0);
    assertThatThrownBy(() -> Binomial.interval(6, 5)).hasMessageContaining("6 hits of 5");
  }

  @Test
  void twoSided() {
    assertThat(Binomial.twoSided(9, 10, 0.5)).isCloseTo(22 / 1024.0, within(1e-14));
    assertThat(Binomial.twoSided(1, 10, 0.5)).isCloseTo(22 / 1024.0, within(1e-14));
    assertThat(Binomial.twoSided(5, 10, 0.5)).isEqualTo(1);
    assertThat(Binomial.twoSided(4, 4, 3 / 32.0))
        .isCloseTo(2 * Math.pow(3 / 32.0, 4), within(1e-16));
    assertThat(Binomial.twoSided(0, 4, 0.8125)).isCloseTo(2 * Math.pow(0.1875, 4), within(1e-14));
  }

  /** Rare successes of many trials: the binomial law itself, to its distance from Poisson's. */
  @Test
  void poisson() {
    assertThat(Binomial.poissonTwoSided(0, 0.1)).isEqualTo(1);
    assertThat(Binomial.poissonTwoSided(0, 5)).isCloseTo(2 * Math.exp(-5), within(1e-14));
    assertThat(Binomial.poissonTwoSided(2, 0.1))
        .isCloseTo(2 * (1 - Math.exp(-0.1) * 1.1), within(1e-14));
    for (int hits : new int[] {3, 12, 20}) {
      double exact = Binomial.twoSided(hits, 100_000, 9e-5);
      // The laws differ by about p (hits - 9)^2 / 2 of themselves.
      assertThat(Binomial.poissonTwoSided(hits, 9)).isCloseTo(exact, within(6e-3 * exact));
    }
    // e^-0.1 0.1^15 / 15! and what follows it.
    assertThat(Binomial.poissonTwoSided(15, 0.1)).isBetween(1.38e-27, 1.40e-27);
  }
}
