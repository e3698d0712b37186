package dev.orograph.geometry.shells;

import java.util.Arrays;

/**
 * The exact optimum under the capacity budget: each point in one shell, shell s with n_s points,
 * n_s its capacity in whole points ({@link Shells#quotas}), so that sum_i f(|E_i - e_{s_i}|) is
 * least, for any convex f: the points in the order of their prominence, ties by lower index, fill
 * the shells from the innermost out (an exchange of two points that stand otherwise never gains).
 *
 * <p>Its proof are the multipliers of Karush, Kuhn and Tucker ({@link #prices}): with them each
 * point's own shell has the least |E_i - e_s| + price_s of all shells.
 */
public final class CapacityOptimum {
  private CapacityOptimum() {}

  /**
   * The shell of each point.
   *
   * @param order places of the points in ascending order of prominence
   * @param quotas points by shell, as many as there are points
   */
  public static short[] of(int[] order, int[] quotas) {
    short[] shells = new short[order.length];
    int at = 0;
    for (int s = 0; s < quotas.length; s++) {
      for (int k = 0; k < quotas[s]; k++) {
        shells[order[at++]] = (short) s;
      }
    }
    if (at != order.length) {
      throw new IllegalArgumentException(at + " places for " + order.length + " points");
    }
    return shells;
  }

  /**
   * The multipliers of the capacities for the cost |E - e_s|, up to a constant; infinite for shells
   * without room. A price above another's says by how much the total cost falls when a point's room
   * moves there.
   *
   * @param energies of the points, in ascending order of prominence
   */
  public static double[] prices(double[] energies, int[] quotas, Shells shells) {
    double[] prices = new double[quotas.length];
    Arrays.fill(prices, Double.POSITIVE_INFINITY);
    int before = -1;
    int end = 0;
    for (int s = 0; s < quotas.length; s++) {
      if (quotas[s] == 0) {
        continue;
      }
      if (before < 0) {
        prices[s] = 0;
      } else {
        double low = gain(energies[end - 1], before, s, shells);
        double high = gain(energies[end], before, s, shells);
        prices[s] = prices[before] - (low + high) / 2;
      }
      before = s;
      end += quotas[s];
    }
    return prices;
  }

  /** What a point would lose in the outer shell; falls as its energy rises. */
  private static double gain(double energy, int inner, int outer, Shells shells) {
    return Math.abs(energy - shells.energy(outer)) - Math.abs(energy - shells.energy(inner));
  }
}
