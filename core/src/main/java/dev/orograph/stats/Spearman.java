package dev.orograph.stats;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rank correlation with the order in which values stand: the correlation of their ranks (ties get
 * the mean of theirs) with 1, 2, ..., n.
 *
 * <p>If every order of the values is equally likely, its mean is 0 and its standard deviation
 * exactly 1/sqrt(n - 1), ties or not. Source: Spearman 1904; Kendall 1948.
 */
public final class Spearman {
  private static final int BITS = 11;
  private static final int MASK = (1 << BITS) - 1;

  private Spearman() {}

  /** Standard deviation over all orders of n values, n at least 2. */
  public static double deviation(int n) {
    return 1 / Math.sqrt(n - 1.0);
  }

  /**
   * The rank correlation of two vectors, ties sharing the mean of their ranks, with the 95 %
   * interval tanh(atanh r -+ 1.96 sqrt((1 + r^2 / 2) / (n - 3))), which takes pairs for independent
   * (Bonett & Wright 2000). NaN where there are fewer than two values or those of a side are equal;
   * no interval for fewer than four.
   */
  public static Estimate of(double[] a, double[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(a.length + " values against " + b.length);
    }
    int n = a.length;
    double[] x = ranks(a);
    double[] y = ranks(b);
    double middle = (n + 1) / 2.0;
    double product = 0;
    double own = 0;
    double other = 0;
    for (int i = 0; i < n; i++) {
      product += (x[i] - middle) * (y[i] - middle);
      own += (x[i] - middle) * (x[i] - middle);
      other += (y[i] - middle) * (y[i] - middle);
    }
    double r = product / Math.sqrt(own) / Math.sqrt(other);
    Estimate e = Estimate.of(r);
    if (n < 4 || !(Math.abs(r) < 1)) {
      return e;
    }
    double centre = Math.log((1 + r) / (1 - r)) / 2;
    double half = Gaussian.quantile(0.975) * Math.sqrt((1 + r * r / 2) / (n - 3));
    return e.within(Math.tanh(centre - half), Math.tanh(centre + half));
  }

  /** The correlation, or NaN where there are fewer than two values or all are equal. */
  public static double ofOrder(double[] values) {
    return correlation(ranks(values));
  }

  /** Ranks from 1, ties sharing the mean of theirs; what is not a number comes last. */
  public static double[] ranks(double[] values) {
    int[] order = order(values);
    double[] ranks = new double[values.length];
    for (int i = 0; i < order.length; ) {
      int end = i + 1;
      while (end < order.length && values[order[end]] == values[order[i]]) {
        end++;
      }
      for (int k = i; k < end; k++) {
        ranks[order[k]] = (i + 1 + end) / 2.0;
      }
      i = end;
    }
    return ranks;
  }

  /** Places in ascending order of their values, ties by lower place, by six passes over 11 bits. */
  public static int[] order(double[] values) {
    int n = values.length;
    long[] keys = new long[n];
    int[] from = new int[n];
    for (int i = 0; i < n; i++) {
      long bits = Double.doubleToLongBits(values[i]);
      keys[i] = bits ^ ((bits >> 63) | Long.MIN_VALUE);
      from[i] = i;
    }
    int[] to = new int[n];
    for (int shift = 0; shift < Long.SIZE; shift += BITS) {
      int[] starts = new int[(1 << BITS) + 1];
      for (int i = 0; i < n; i++) {
        starts[(int) ((keys[i] >>> shift) & MASK) + 1]++;
      }
      for (int b = 0; b < MASK; b++) {
        starts[b + 1] += starts[b];
      }
      for (int i : from) {
        to[starts[(int) ((keys[i] >>> shift) & MASK)]++] = i;
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  /**
   * Two-sided p-values (1 + b) / (1 + draws) of several correlations, b of the random orders being
   * at least as far from 0. All are set against the same orders.
   *
   * @param all vectors of one length, at least 2
   */
  public static List<Double> p(List<double[]> all, int draws, Generator generator) {
    int n = all.get(0).length;
    double middle = (n + 1) / 2.0;
    List<double[]> centred = new ArrayList<>();
    double[] own = new double[all.size()];
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    for (int v = 0; v < own.length; v++) {
      centred.add(Arrays.stream(ranks(all.get(v))).map(r -> r - middle).toArray());
      own[v] = Math.abs(product(centred.get(v), order));
    }
    int[] far = new int[own.length];
    for (int k = 0; k < draws; k++) {
      generator.shuffle(order);
      for (int v = 0; v < own.length; v++) {
        // Products of halves of whole numbers are exact, so that equal is equal.
        far[v] += Math.abs(product(centred.get(v), order)) >= own[v] ? 1 : 0;
      }
    }
    return Arrays.stream(far).mapToObj(b -> (1.0 + b) / (1.0 + draws)).toList();
  }

  private static double correlation(double[] ranks) {
    int n = ranks.length;
    double middle = (n + 1) / 2.0;
    double product = 0;
    double own = 0;
    double other = 0;
    for (int i = 0; i < n; i++) {
      product += (ranks[i] - middle) * (i + 1 - middle);
      own += (ranks[i] - middle) * (ranks[i] - middle);
      other += (i + 1 - middle) * (i + 1 - middle);
    }
    return product / Math.sqrt(own * other);
  }

  private static double product(double[] centred, int[] order) {
    double sum = 0;
    for (int i = 0; i < order.length; i++) {
      sum += centred[order[i]] * i;
    }
    return sum;
  }
}
