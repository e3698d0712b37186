package dev.orograph.geometry.shells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import dev.orograph.stats.Spearman;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against every assignment there is, and against its own multipliers. */
class CapacityOptimumTest {
  private static double cost(double[] energies, int[] shells, Shells s, double power) {
    return IntStream.range(0, energies.length)
        .mapToDouble(i -> Math.pow(Math.abs(energies[i] - s.energy(shells[i])), power))
        .sum();
  }

  private static double least(
      double[] energies, int[] quotas, int[] shells, int at, Shells s, double power) {
    if (at == energies.length) {
      return cost(energies, shells, s, power);
    }
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < quotas.length; k++) {
      if (quotas[k] > 0) {
        quotas[k]--;
        shells[at] = k;
        least = Math.min(least, least(energies, quotas, shells, at + 1, s, power));
        quotas[k]++;
      }
    }
    return least;
  }

  private static int[] whole(short[] shells) {
    return IntStream.range(0, shells.length).map(i -> shells[i]).toArray();
  }

  @Test
  void noAssignmentCostsLess() {
    Shells shells = new Shells(4);
    Generator g = Generator.of(3);
    for (int trial = 0; trial < 30; trial++) {
      double[] e = IntStream.range(0, 7).mapToDouble(i -> g.random() * 8).toArray();
      int[] quotas = trial % 2 == 0 ? shells.quotas(7) : new int[] {2, 0, 4, 1};
      int[] best = whole(CapacityOptimum.of(Spearman.order(e), quotas));
      for (double power : new double[] {1, 2, 3}) {
        double least = least(e, quotas.clone(), new int[7], 0, shells, power);
        assertThat(cost(e, best, shells, power)).isCloseTo(least, within(1e-12 * (1 + least)));
      }
    }
  }

  @Test
  void everyPointIsInTheBestShellAtThePrices() {
    Shells shells = new Shells(32);
    Generator g = Generator.of(4);
    double[] e = IntStream.range(0, 900).mapToDouble(i -> g.random() * 190).toArray();
    int[] order = Spearman.order(e);
    int[] quotas = shells.quotas(e.length);
    int[] best = whole(CapacityOptimum.of(order, quotas));
    double[] sorted = Arrays.stream(order).mapToDouble(i -> e[i]).toArray();
    double[] prices = CapacityOptimum.prices(sorted, quotas, shells);
    for (int i = 0; i < e.length; i++) {
      double own = Math.abs(e[i] - shells.energy(best[i])) + prices[best[i]];
      for (int s = 0; s < 32; s++) {
        double other = Math.abs(e[i] - shells.energy(s)) + prices[s];
        assertThat(own).isLessThanOrEqualTo(other + 1e-9);
      }
    }
    int[] counts = new int[32];
    Arrays.stream(best).forEach(s -> counts[s]++);
    assertThat(counts).isEqualTo(quotas);
  }
}
