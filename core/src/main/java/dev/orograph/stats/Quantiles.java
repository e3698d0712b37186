package dev.orograph.stats;

import java.util.HashMap;
import java.util.Map;

/** Quantiles by linear interpolation between order statistics, NumPy's default. */
public final class Quantiles {
  private static final int BITS = 16;

  private Quantiles() {}

  /** The p-quantile of values in ascending order, at place p (n - 1). */
  public static double ofSorted(double[] ascending, double p) {
    double at = p * (ascending.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, ascending.length - 1);
    return between(ascending[below], ascending[above], at - below);
  }

  /**
   * Quantiles of many values without sorting them: two passes count them by the leading and the
   * trailing half of their bits. The values stay as they are.
   *
   * @param values finite values, at least one
   * @param p wanted quantiles
   */
  public static double[] of(float[] values, double... p) {
    int[] leading = new int[1 << BITS];
    for (float v : values) {
      leading[key(v) >>> BITS]++;
    }
    int[] ranks = new int[2 * p.length];
    for (int i = 0; i < p.length; i++) {
      ranks[2 * i] = (int) Math.floor(p[i] * (values.length - 1));
      ranks[2 * i + 1] = Math.min(ranks[2 * i] + 1, values.length - 1);
    }
    Map<Integer, int[]> trailing = new HashMap<>();
    int[][] wanted = new int[leading.length][];
    int[] bins = new int[ranks.length];
    int[] within = new int[ranks.length];
    for (int r = 0; r < ranks.length; r++) {
      within[r] = ranks[r];
      for (; within[r] >= leading[bins[r]]; bins[r]++) {
        within[r] -= leading[bins[r]];
      }
      wanted[bins[r]] = trailing.computeIfAbsent(bins[r], b -> new int[1 << BITS]);
    }
    for (float v : values) {
      int[] counts = wanted[key(v) >>> BITS];
      if (counts != null) {
        counts[key(v) & ((1 << BITS) - 1)]++;
      }
    }
    double[] quantiles = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      double low = value(bins[2 * i], wanted[bins[2 * i]], within[2 * i]);
      double high = value(bins[2 * i + 1], wanted[bins[2 * i + 1]], within[2 * i + 1]);
      quantiles[i] = between(low, high, p[i] * (values.length - 1) - ranks[2 * i]);
    }
    return quantiles;
  }

  /** The value of that rank among those with the same leading bits. */
  private static double value(int bin, int[] counts, int rank) {
    int low = 0;
    for (int left = rank; left >= counts[low]; low++) {
      left -= counts[low];
    }
    int key = (bin << BITS) | low;
    return Float.intBitsToFloat(key < 0 ? key ^ Integer.MIN_VALUE : ~key);
  }

  /** Bits that order as the numbers do. */
  private static int key(float v) {
    int bits = Float.floatToRawIntBits(v);
    return bits ^ ((bits >> 31) | Integer.MIN_VALUE);
  }

  private static double between(double low, double high, double share) {
    return share == 0 ? low : low + (high - low) * share;
  }
}
