package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Work;
import dev.orograph.instrument.embedding.PairFigures.Constant;
import dev.orograph.instrument.embedding.PairFigures.Sampled;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.RowProducts;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All cosines of a sample of tokens, rows divided by their norm + 1e-8 as the seeds do. */
final class SampledCosines {
  /** The values that the seeds look for. */
  static final List<Double> CONSTANTS =
      List.of(0.0, 0.1, 0.19471, 0.2, 0.29154, 0.29514, 0.3, 0.5, 0.7, 0.9);

  private static final double NEAR = 0.01;
  private static final double[] REACHES = {NEAR, 3 * NEAR, 5 * NEAR};
  private static final double FLOOR = 1e-8;
  private static final int GROUPS = 10;
  private static final int FINE = 1000;
  private static final double[] AT = CONSTANTS.stream().mapToDouble(Double::doubleValue).toArray();

  /**
   * By bin from -2 to 2: the constants nearby, as bits, where one of them, or an end of what counts
   * as near to it, is so close that each value must be looked at; 0 for the others, by far most.
   */
  private static final int[] LOOK = new int[4 * FINE];

  static {
    for (int bin = 0; bin < LOOK.length; bin++) {
      boolean close = false;
      int nearby = 0;
      for (int k = 0; k < AT.length; k++) {
        double far = Math.abs(middle(bin) - AT[k]);
        close |= far < 2.0 / FINE;
        for (double reach : REACHES) {
          close |= Math.abs(far - reach) < 0.6 / FINE;
        }
        nearby |= far < REACHES[REACHES.length - 1] + 1.0 / FINE ? 1 << k : 0;
      }
      LOOK[bin] = close ? nearby : 0;
    }
  }

  private final int n;
  private final float[] values;
  private int at;

  /** By groups of both tokens and constant: pairs within 0.01, then by 0.02 farther out. */
  private final long[][][] counts = new long[GROUPS * GROUPS][CONSTANTS.size()][REACHES.length];

  /** By groups of both tokens and bin. */
  private final int[][] plain = new int[GROUPS * GROUPS][LOOK.length];

  /** By constant: how far off the nearest value is, of those that were looked at. */
  private final double[] nearest = new double[CONSTANTS.size()];

  SampledCosines(int n) {
    this.n = n;
    this.values = new float[n * (n - 1) / 2];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
  }

  static Sampled of(Work work, TokenRows rows, SeedDraws draws) {
    int[] sample = rows.wholeOf(draws.cosines());
    int n = sample.length;
    if (n < 2) {
      return new Sampled(n, null, List.of());
    }
    SampledCosines s = new SampledCosines(n);
    double[] row = new double[rows.width()];
    RowProducts.visit(
        n,
        rows.width(),
        (i, into) -> {
          rows.read(sample[i], row, 0);
          double norm = rows.norm(sample[i]) + FLOOR;
          for (int j = 0; j < row.length; j++) {
            into[j] = (float) (row[j] / norm);
          }
        },
        (first, count, other, others, products) -> {
          work.checkCancelled();
          s.tile(first, count, other, others, products);
        });
    return s.sampled();
  }

  /** What all tiles tell. */
  Sampled sampled() {
    Spread spread = Spread.of(values);
    return new Sampled(n, spread, constants(spread));
  }

  /** See {@link RowProducts.Tiles}. */
  void tile(int first, int count, int other, int others, float[] products) {
    for (int i = 0; i < count; i++) {
      int start = first == other ? i + 1 : 0;
      int group = (int) ((long) (first + i) * GROUPS / n);
      System.arraycopy(products, i * others + start, values, at, others - start);
      at += others - start;
      // Columns come after the row's own place, group by group.
      for (int from = start, b = group; from < others; b++) {
        int end = (int) (((b + 1L) * n + GROUPS - 1) / GROUPS) - other;
        int to = Math.max(from, Math.min(others, end));
        count(products, i * others + from, i * others + to, group * GROUPS + b);
        from = to;
      }
    }
  }

  private void count(float[] products, int from, int to, int group) {
    int[] bins = plain[group];
    for (int i = from; i < to; i++) {
      int bin = (int) ((products[i] + 2) * FINE);
      if (LOOK[bin] == 0) {
        bins[bin]++;
      } else {
        look(products[i], LOOK[bin], group);
      }
    }
  }

  private void look(double v, int nearby, int group) {
    for (int left = nearby; left != 0; left &= left - 1) {
      int k = Integer.numberOfTrailingZeros(left);
      double far = Math.abs(v - AT[k]);
      nearest[k] = Math.min(nearest[k], far);
      count(far, 1, counts[group][k]);
    }
  }

  private static void count(double far, int times, long[] own) {
    int reach = 0;
    while (reach < REACHES.length && far >= REACHES[reach]) {
      reach++;
    }
    if (reach < REACHES.length) {
      own[reach] += times;
    }
  }

  private static double middle(int bin) {
    return (bin + 0.5) / FINE - 2;
  }

  private List<Constant> constants(Spread spread) {
    for (int group = 0; group < plain.length; group++) {
      for (int bin = 0; bin < LOOK.length; bin++) {
        for (int k = 0; k < AT.length; k++) {
          count(Math.abs(middle(bin) - AT[k]), plain[group][bin], counts[group][k]);
        }
      }
    }
    List<Constant> all = new ArrayList<>();
    for (int k = 0; k < nearest.length; k++) {
      long[] sum = new long[REACHES.length];
      long[][] without = new long[GROUPS][REACHES.length];
      for (int a = 0; a < GROUPS; a++) {
        for (int b = a; b < GROUPS; b++) {
          long[] own = counts[a * GROUPS + b][k];
          for (int i = 0; i < sum.length; i++) {
            sum[i] += own[i];
            for (int g = 0; g < GROUPS; g++) {
              without[g][i] += g == a || g == b ? 0 : own[i];
            }
          }
        }
      }
      all.add(
          new Constant(
              CONSTANTS.get(k),
              (double) sum[0] / values.length,
              nearest(k, spread),
              smooth(sum) > 0 ? excess(sum) : null,
              error(without)));
    }
    return all;
  }

  /** Jackknife over groups of tokens: their pairs within and with others left out in turn. */
  private static Double error(long[][] without) {
    List<Double> excesses = new ArrayList<>();
    for (long[] own : without) {
      if (!(smooth(own) > 0)) {
        return null;
      }
      excesses.add(excess(own));
    }
    return Samples.deviation(excesses) * (GROUPS - 1) / Math.sqrt(GROUPS);
  }

  /** Pairs within 0.01 by the cubic through the four shares 0.02 and 0.04 to either side. */
  private static double smooth(long[] own) {
    return (4.0 * own[1] - own[2]) / 6;
  }

  private static double excess(long[] own) {
    return own[0] / smooth(own);
  }

  /** How far a constant is from the nearest value. */
  private double nearest(int k, Spread spread) {
    if (AT[k] < spread.min() || AT[k] > spread.max()) {
      return Math.min(Math.abs(spread.min() - AT[k]), Math.abs(spread.max() - AT[k]));
    }
    if (nearest[k] <= 1.0 / FINE) {
      return nearest[k];
    }
    double least = Double.POSITIVE_INFINITY;
    for (float v : values) {
      least = Math.min(least, Math.abs(v - AT[k]));
    }
    return least;
  }
}
