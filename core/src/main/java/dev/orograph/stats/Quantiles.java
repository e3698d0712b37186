package dev.orograph.stats;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Quantiles by linear interpolation between order statistics, NumPy's default. */
public final class Quantiles {
  private static final int BITS = 16;

  /** Of equal width: few enough that their counts stay in a core's own cache. */
  private static final int BINS = 1 << 12;

  private Quantiles() {}

  /** The p-quantile of values in ascending order, at place p (n - 1). */
  public static double ofSorted(double[] ascending, double p) {
    double at = p * (ascending.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, ascending.length - 1);
    return between(ascending[below], ascending[above], at - below);
  }

  /**
   * Quantiles of many values of which only some are sorted: those in the bins, of equal width from
   * the smallest value to the largest, where the quantiles lie. The values stay as they are.
   *
   * @param values finite values, at least one
   * @param p wanted quantiles
   */
  public static double[] of(double[] values, double... p) {
    double min = min(values);
    double max = max(values);
    int[] starts = starts(values, min, max);
    // Where the values of each wanted bin go; ranks within a bin follow its start.
    int[] ranks = ranks(values.length, p);
    int[] places = new int[BINS];
    Arrays.fill(places, -1);
    int kept = 0;
    for (int rank : ranks) {
      int bin = binOf(starts, rank);
      if (places[bin] < 0) {
        places[bin] = kept;
        kept += starts[bin + 1] - starts[bin];
      }
    }
    double[] some = new double[kept];
    int[] next = places.clone();
    take(values, min, max, next, some);
    for (int bin = 0; bin < places.length; bin++) {
      if (places[bin] >= 0) {
        Arrays.sort(some, places[bin], next[bin]);
      }
    }
    double[] quantiles = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      double[] ends = new double[2];
      for (int e = 0; e < 2; e++) {
        int rank = ranks[2 * i + e];
        int bin = binOf(starts, rank);
        ends[e] = some[places[bin] + rank - starts[bin]];
      }
      quantiles[i] = between(ends[0], ends[1], p[i] * (values.length - 1) - ranks[2 * i]);
    }
    return quantiles;
  }

  // A loop to a method: Java compiles a long method with several once for each of them.

  private static double min(double[] values) {
    double min = values[0];
    for (double v : values) {
      min = Math.min(min, v);
    }
    return min;
  }

  private static double max(double[] values) {
    double max = values[0];
    for (double v : values) {
      max = Math.max(max, v);
    }
    return max;
  }

  /** By bin: how many values lie in those before. */
  private static int[] starts(double[] values, double min, double max) {
    int[] starts = new int[BINS + 1];
    for (double v : values) {
      starts[bin(v, min, max) + 1]++;
    }
    for (int b = 1; b < starts.length; b++) {
      starts[b] += starts[b - 1];
    }
    return starts;
  }

  /** Puts the values of wanted bins to the places that are next there; the others have -1. */
  private static void take(double[] values, double min, double max, int[] next, double[] into) {
    for (double v : values) {
      int bin = bin(v, min, max);
      if (next[bin] >= 0) {
        into[next[bin]++] = v;
      }
    }
  }

  /** Never falls as v rises. Halves, since the range may be more than a double holds. */
  private static int bin(double v, double min, double max) {
    double share = (v / 2 - min / 2) / (max / 2 - min / 2);
    return (int) Math.min(share * BINS, BINS - 1);
  }

  /** The bin that holds the value of a rank. */
  private static int binOf(int[] starts, int rank) {
    int bin = 0;
    while (starts[bin + 1] <= rank) {
      bin++;
    }
    return bin;
  }

  /** The ranks below and above each quantile. */
  private static int[] ranks(int n, double[] p) {
    int[] ranks = new int[2 * p.length];
    for (int i = 0; i < p.length; i++) {
      ranks[2 * i] = (int) Math.floor(p[i] * (n - 1));
      ranks[2 * i + 1] = Math.min(ranks[2 * i] + 1, n - 1);
    }
    return ranks;
  }

  /**
   * Quantiles of many values without sorting them: two passes count them by the leading and the
   * trailing half of their bits. The values stay as they are.
   *
   * @param values finite values, at least one
   * @param p wanted quantiles
   */
  public static double[] of(float[] values, double... p) {
    int[] leading = leading(values);
    int[] ranks = ranks(values.length, p);
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
    trailing(values, wanted);
    double[] quantiles = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      double low = value(bins[2 * i], wanted[bins[2 * i]], within[2 * i]);
      double high = value(bins[2 * i + 1], wanted[bins[2 * i + 1]], within[2 * i + 1]);
      quantiles[i] = between(low, high, p[i] * (values.length - 1) - ranks[2 * i]);
    }
    return quantiles;
  }

  private static int[] leading(float[] values) {
    int[] counts = new int[1 << BITS];
    for (float v : values) {
      counts[key(v) >>> BITS]++;
    }
    return counts;
  }

  private static void trailing(float[] values, int[][] wanted) {
    for (float v : values) {
      int[] counts = wanted[key(v) >>> BITS];
      if (counts != null) {
        counts[key(v) & ((1 << BITS) - 1)]++;
      }
    }
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
