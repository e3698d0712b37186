package dev.orograph.geometry.shells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.geometry.shells.ThermalChain.Pairs;
import dev.orograph.random.Generator;
import dev.orograph.stats.Chains;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sampler against the sum over all states of small systems. */
class ThermalChainTest {
  private static final Pairs NONE = new Pairs(new int[0], new int[0], new double[0]);
  private static final int CHAINS = 4;

  private static double h(double[] e, int[] s, double[][] w, Shells shells) {
    double h = 0;
    for (int i = 0; i < e.length; i++) {
      h += Math.abs(e[i] - shells.energy(s[i]));
      for (int j = 0; j < i; j++) {
        h += w[i][j] * Math.abs(shells.energy(s[i]) - shells.energy(s[j]));
      }
    }
    return h;
  }

  /** Points, shells, temperature, coupling: at most 5^4 states. */
  @ParameterizedTest
  @CsvSource({"1, 5, 1, 0", "3, 4, 1, 0.7", "3, 4, 3, 0.2", "4, 5, 2, 0.5", "2, 6, 0.5, 0.3"})
  void marginalsAndEnergyAreThoseOfAllStates(int n, int count, double kT, double coupling) {
    Shells shells = new Shells(count);
    Generator g = Generator.of(11);
    double[] e = IntStream.range(0, n).mapToDouble(i -> g.random() * 8).toArray();
    double[][] w = new double[n][n];
    int all = n * (n - 1) / 2;
    int[] first = new int[all];
    int[] second = new int[all];
    double[] weight = new double[all];
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = 0; j < i; j++, k++) {
        first[k] = i;
        second[k] = j;
        weight[k] = coupling * g.random();
        w[i][j] = weight[k];
      }
    }
    Pairs pairs = new Pairs(first, second, weight);
    double[][] exact = new double[n][count];
    double mean = 0;
    double sum = 0;
    int states = (int) Math.pow(count, n);
    for (int code = 0; code < states; code++) {
      int[] s = new int[n];
      for (int i = 0, rest = code; i < n; i++, rest /= count) {
        s[i] = rest % count;
      }
      double h = h(e, s, w, shells);
      double odds = Math.exp(-h / kT);
      sum += odds;
      mean += odds * h;
      for (int i = 0; i < n; i++) {
        exact[i][s[i]] += odds;
      }
    }
    int sweeps = 4000;
    double[][] energy = new double[CHAINS][sweeps];
    double[][][][] inside = new double[n][count][CHAINS][sweeps];
    for (int c = 0; c < CHAINS; c++) {
      ThermalChain chain =
          new ThermalChain(shells, e, kT, pairs, Generator.keyed(5, "chain", "" + c));
      for (int t = 0; t < sweeps; t++) {
        chain.sweep();
        int[] s = chain.state();
        energy[c][t] = chain.energy();
        if (t % 500 == 0) {
          assertThat(chain.energy()).isCloseTo(h(e, s, w, shells), within(1e-9));
        }
        for (int i = 0; i < n; i++) {
          inside[i][s[i]][c][t] = 1;
        }
      }
      assertThat(chain.acceptance()).isBetween(0.2, 1.0);
    }
    Chains drawn = Chains.of(energy);
    assertThat(drawn.rHat()).isLessThan(1.02);
    assertThat(drawn.effective()).isGreaterThan(400);
    assertThat(drawn.mean()).isCloseTo(mean / sum, within(4 * drawn.error()));
    for (int i = 0; i < n; i++) {
      for (int s = 0; s < count; s++) {
        Chains share = Chains.of(inside[i][s]);
        double p = exact[i][s] / sum;
        // Of a rare state the chains' own spread says little; that of as many draws does.
        double error = Math.sqrt(p * (1 - p) / Math.min(drawn.effective(), 4000.0));
        double allowed = 4.5 * Math.max(Double.isNaN(share.error()) ? 0 : share.error(), error);
        assertThat(share.mean()).as("point %d in shell %d", i, s).isCloseTo(p, within(allowed));
      }
    }
  }

  @Test
  void drawsFollowTheBoltzmannDistribution() {
    Shells shells = new Shells(4);
    double[] odds = new double[4];
    int[] counts = new int[4];
    int draws = 100_000;
    for (int k = 0; k < draws; k++) {
      counts[ThermalChain.draw(shells, 3, 1, (k + 0.5) / draws, odds)]++;
    }
    double sum = IntStream.range(0, 4).mapToDouble(s -> Math.exp(-far(shells, s))).sum();
    for (int s = 0; s < 4; s++) {
      double expected = draws * Math.exp(-far(shells, s)) / sum;
      assertThat((double) counts[s]).isCloseTo(expected, within(1.0));
    }
    // Far from all levels every exp(-|E - e|) is 0 in float64; the nearest shell is still the one.
    assertThat(ThermalChain.draw(shells, 1e6, 1, 0.5, odds)).isEqualTo(3);
    assertThat(ThermalChain.draw(shells, -1e6, 1, 0.3, odds)).isZero();
  }

  private static double far(Shells shells, int s) {
    return Math.abs(3 - shells.energy(s));
  }

  @Test
  void theSameSeedGivesTheSameShells() {
    double[] e = IntStream.range(0, 50).mapToDouble(i -> i).toArray();
    ThermalChain a = new ThermalChain(new Shells(16), e, 1, NONE, Generator.of(1));
    ThermalChain b = new ThermalChain(new Shells(16), e, 1, NONE, Generator.of(1));
    a.sweep();
    b.sweep();
    assertThat(a.state()).isEqualTo(b.state());
    ThermalChain one = new ThermalChain(new Shells(1), e, 1, NONE, Generator.of(1));
    one.sweep();
    assertThat(one.state()).containsOnly(0);
  }

  @Test
  void aTemperatureThatIsNoneIsRefused() {
    for (double kT : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(
              () -> new ThermalChain(new Shells(4), new double[1], kT, NONE, Generator.of(1)))
          .hasMessageContaining("a temperature above 0");
    }
  }
}
