package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Context;
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
  private static final double REACH = 5 * NEAR;
  private static final double FLOOR = 1e-8;
  private static final int GROUPS = 10;
  private static final int FINE = 100;
  private static final double[] AT = CONSTANTS.stream().mapToDouble(Double::doubleValue).toArray();

  /** By hundredth from -2 to 2: which constants may lie within 0.05, as bits. */
  private static final int[] NEARBY = new int[4 * FINE];

  static {
    for (int bin = 0; bin < NEARBY.length; bin++) {
      double middle = (bin + 0.5) / FINE - 2;
      for (int k = 0; k < AT.length; k++) {
        NEARBY[bin] |= Math.abs(middle - AT[k]) < REACH + 1.0 / FINE ? 1 << k : 0;
      }
    }
  }

  private final int n;
  private final float[] values;
  private int at;

  /** By group of tokens and constant: pairs within 0.01, then by 0.02 farther out. */
  private final long[][][] counts = new long[GROUPS + 1][CONSTANTS.size()][3];

  private final double[] nearest = new double[CONSTANTS.size()];

  private SampledCosines(int n) {
    this.n = n;
    this.values = new float[n * (n - 1) / 2];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
  }

  static Sampled of(Context c, TokenRows rows, SeedDraws draws) {
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
          c.checkCancelled();
          s.tile(first, count, other, others, products);
        });
    return new Sampled(n, Spread.of(s.values), s.constants());
  }

  private void tile(int first, int count, int other, int others, float[] products) {
    for (int i = 0; i < count; i++) {
      int group = group(first + i);
      int start = first == other ? i + 1 : 0;
      for (int j = start; j < others; j++) {
        values[at++] = products[i * others + j];
      }
      for (int j = start; j < others; j++) {
        count(products[i * others + j], group == group(other + j) ? group : GROUPS);
      }
    }
  }

  private int group(int i) {
    return (int) ((long) i * GROUPS / n);
  }

  private void count(double v, int group) {
    // Most pairs lie near no constant: one look at a coarse table tells.
    int bin = (int) ((v + 2) * FINE);
    int candidates = NEARBY[Math.max(0, Math.min(NEARBY.length - 1, bin))];
    for (int k = 0; candidates != 0; k++, candidates >>= 1) {
      double far = Math.abs(v - AT[k]);
      if ((candidates & 1) != 0 && far < REACH) {
        nearest[k] = Math.min(nearest[k], far);
        counts[group][k][far < NEAR ? 0 : far < 3 * NEAR ? 1 : 2]++;
      }
    }
  }

  private List<Constant> constants() {
    List<Constant> all = new ArrayList<>();
    for (int k = 0; k < nearest.length; k++) {
      long[] sum = new long[3];
      List<Double> groups = new ArrayList<>();
      for (long[][] group : counts) {
        long[] own = group[k];
        for (int i = 0; i < 3; i++) {
          sum[i] += own[i];
        }
        if (group != counts[GROUPS] && smooth(own) > 0) {
          groups.add(excess(own));
        }
      }
      boolean known = groups.size() == GROUPS;
      all.add(
          new Constant(
              CONSTANTS.get(k),
              (double) sum[0] / values.length,
              nearest[k] == Double.POSITIVE_INFINITY ? far(CONSTANTS.get(k)) : nearest[k],
              smooth(sum) > 0 ? excess(sum) : null,
              known ? Samples.deviation(groups) / Math.sqrt(groups.size()) : null));
    }
    return all;
  }

  /** Pairs within 0.01 by the cubic through the four shares 0.02 and 0.04 to either side. */
  private static double smooth(long[] own) {
    return (4.0 * own[1] - own[2]) / 6;
  }

  private static double excess(long[] own) {
    return own[0] / smooth(own);
  }

  private double far(double constant) {
    double least = Double.POSITIVE_INFINITY;
    for (float v : values) {
      least = Math.min(least, Math.abs(v - constant));
    }
    return least;
  }
}
