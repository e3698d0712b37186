package dev.orograph.geometry;

import dev.orograph.random.Generator;
import dev.orograph.stats.Bootstrap;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Gaussian;
import java.util.Arrays;

/**
 * Intrinsic dimension from the two nearest neighbours of every point: where density hardly changes
 * over that distance, mu = r2 / r1 is Pareto distributed, P(mu > m) = m^-d. Duplicates must be
 * gone: r1 > 0.
 *
 * <p>Source: Facco, d'Errico, Rodriguez & Laio 2017.
 */
public final class TwoNN {
  /** Share of the largest ratios that the fit leaves out. */
  private static final double DISCARDED = 0.1;

  private static final int SAMPLES = 200;

  /** Logarithms of r2 / r1, ascending. */
  private final double[] logs;

  private final double sum;

  /**
   * From distances to neighbours.
   *
   * @param distances {@code (n, k)} row-major, ascending in each row, positive
   * @param k at least 2
   */
  public TwoNN(double[] distances, int k) {
    logs = new double[distances.length / k];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.log(distances[i * k + 1] / distances[i * k]);
    }
    Arrays.sort(logs);
    double total = 0;
    for (double l : logs) {
      total += l;
    }
    sum = total;
  }

  /** Whether any ratio differs from 1; a lattice has none, and no dimension here. */
  public boolean defined() {
    return sum > 0;
  }

  /**
   * The unbiased maximum-likelihood estimate (n - 1) / sum ln mu, with the interval that holds
   * where the n ratios are independent: 2 d sum ln mu is then chi-squared with 2 n degrees of
   * freedom (its quantiles by Wilson & Hilferty 1931). Ratios of points that are each other's
   * neighbours are not independent, so it is somewhat too narrow.
   */
  public Estimate likelihood() {
    int n = logs.length;
    double z = Gaussian.quantile(0.975);
    return Estimate.of((n - 1) / sum)
        .within(chiSquared(2.0 * n, -z) / (2 * sum), chiSquared(2.0 * n, z) / (2 * sum));
  }

  private static double chiSquared(double degrees, double z) {
    double spread = 2 / (9 * degrees);
    return degrees * Math.pow(1 - spread + z * Math.sqrt(spread), 3);
  }

  /**
   * The slope of the line through the origin through (ln mu, -ln(1 - F)), F = i / n being the
   * empirical distribution, the largest tenth left out; the interval by a bootstrap over points
   * whose ratios stay as they are.
   */
  public Estimate fit(Generator generator) {
    int[] once = new int[logs.length];
    Arrays.fill(once, 1);
    Estimate e = Estimate.of(slope(once));
    var interval = Bootstrap.interval(logs.length, SAMPLES, generator, this::slope);
    return interval == null ? e : e.within(interval.get(0), interval.get(1));
  }

  /** The slope where the i-th smallest ratio comes that many times. */
  private double slope(int[] counts) {
    int n = logs.length;
    int keep = (int) (n * (1 - DISCARDED));
    double products = 0;
    double squares = 0;
    int rank = 0;
    for (int i = 0; i < n && rank < keep; i++) {
      for (int c = 0; c < counts[i] && rank < keep; c++) {
        rank++;
        products -= logs[i] * Math.log(1 - (double) rank / n);
        squares += logs[i] * logs[i];
      }
    }
    return products / squares;
  }
}
