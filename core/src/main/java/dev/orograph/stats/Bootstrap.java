package dev.orograph.stats;

import dev.orograph.random.Generator;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Percentile bootstrap: the figure of samples of n members drawn with replacement from the n.
 * Source: Efron & Tibshirani 1993, chapter 13.
 */
public final class Bootstrap {
  private static final double TAIL = 0.025;

  private Bootstrap() {}

  /**
   * 95 % interval [low, high] of a figure, quantiles linear; null where fewer than two samples give
   * a finite one.
   *
   * @param n how many members
   * @param draws how many samples
   * @param figure of a sample, given as how often each member is in it
   */
  public static List<Double> interval(
      int n, int draws, Generator generator, ToDoubleFunction<int[]> figure) {
    int[] counts = new int[n];
    double[] values = new double[draws];
    int finite = 0;
    for (int b = 0; b < draws; b++) {
      Arrays.fill(counts, 0);
      for (long member : generator.integers(0, n, n)) {
        counts[(int) member]++;
      }
      double value = figure.applyAsDouble(counts);
      if (Double.isFinite(value)) {
        values[finite++] = value;
      }
    }
    if (finite < 2) {
      return null;
    }
    double[] sorted = Arrays.copyOf(values, finite);
    Arrays.sort(sorted);
    return List.of(quantile(sorted, TAIL), quantile(sorted, 1 - TAIL));
  }

  /**
   * A figure with the middle 95 % of its draws as interval, quantiles linear; without one where
   * fewer than two of them are finite.
   */
  public static Estimate around(Estimate e, double[] draws) {
    double[] sorted = Arrays.stream(draws).filter(Double::isFinite).sorted().toArray();
    return sorted.length < 2
        ? e
        : e.within(Quantiles.ofSorted(sorted, TAIL), Quantiles.ofSorted(sorted, 1 - TAIL));
  }

  private static double quantile(double[] sorted, double p) {
    double at = p * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
