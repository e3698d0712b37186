package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import org.junit.jupiter.api.Test;

class ChainsTest {
  /** x' = a x + sqrt(1 - a^2) noise: m n draws are worth m n (1 - a) / (1 + a). */
  private static double[][] autoregressive(double a, int chains, int n, double apart) {
    Generator g = Generator.of(7);
    double[][] x = new double[chains][n];
    for (int c = 0; c < chains; c++) {
      double v = g.standardNormal();
      for (int t = 0; t < n; t++) {
        x[c][t] = v + c * apart;
        v = a * v + Math.sqrt(1 - a * a) * g.standardNormal();
      }
    }
    return x;
  }

  @Test
  void drawsAreWorthWhatTheirMemoryLeaves() {
    for (double a : new double[] {0, 0.5, 0.9}) {
      double expected = 40_000 * (1 - a) / (1 + a);
      Chains c = Chains.of(autoregressive(a, 4, 10_000, 0));
      assertThat(c.effective()).as("a = %s", a).isBetween(0.85 * expected, 1.15 * expected);
      assertThat(c.rHat()).isCloseTo(1, within(0.01));
      assertThat(Math.abs(c.mean())).isLessThan(4 * c.error());
    }
  }

  @Test
  void chainsApartDoNotAgree() {
    Chains c = Chains.of(autoregressive(0, 4, 1000, 2));
    assertThat(c.rHat()).isGreaterThan(1.5);
    assertThat(c.effective()).isLessThan(20);
  }

  @Test
  void whatDoesNotVarySaysNothing() {
    assertThat(Chains.of(new double[2][10]).rHat()).isNaN();
    assertThat(Chains.of(new double[][] {{1, 1, 1, 1}, {2, 2, 2, 2}}).rHat()).isInfinite();
    assertThatThrownBy(() -> Chains.of(new double[2][3])).hasMessageContaining("too few");
  }
}
