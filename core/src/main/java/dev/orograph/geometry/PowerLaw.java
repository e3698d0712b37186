package dev.orograph.geometry;

import java.io.Serializable;

/**
 * Power-law tail of eigenvalues l = s^2: p(l) ~ l^-alpha for l >= x_min.
 *
 * <p>alpha = 1 + k / sum ln(l / x_min) over the k values in the tail; x_min is the value, at least
 * {@value #LEAST} of them in the tail, with the smallest two-sided Kolmogorov-Smirnov distance.
 * Source: Clauset, Shalizi & Newman 2009; for weights: Martin, Peng & Mahoney 2021.
 *
 * @param alpha the exponent
 * @param ks Kolmogorov-Smirnov distance between the tail and the fit
 * @param tail number of values in the tail
 * @param xMin where the tail begins
 */
public record PowerLaw(double alpha, double ks, int tail, double xMin) implements Serializable {
  /** Fewest values that a tail may have. */
  public static final int LEAST = 10;

  private static final int PLACES = 8;

  /**
   * Fits the tail of the squares of singular values.
   *
   * @param descending singular values, largest first
   * @return the fit, or null where fewer than {@value #LEAST} positive distinct values allow none
   */
  public static PowerLaw ofSquares(double[] descending) {
    return ofSquares(descending, 0);
  }

  /**
   * The same of the values that are more than rounding.
   *
   * @param floor at and below which a value is none
   * @return the fit, or null where fewer than {@value #LEAST} distinct values above it allow none
   */
  public static PowerLaw ofSquares(double[] descending, double floor) {
    int n = descending.length;
    double[] log = new double[n];
    for (int i = 0; i < n; i++) {
      // Relative to the largest, so that equal values have a spread of exactly 0.
      log[i] = 2 * (Math.log(descending[i]) - Math.log(descending[0]));
    }
    PowerLaw best = null;
    double sum = 0;
    for (int k = 1; k <= n && descending[k - 1] > Math.max(0, floor); k++) {
      sum += log[k - 1];
      double spread = sum - k * log[k - 1];
      if (k < LEAST || spread <= 0) {
        continue;
      }
      double alpha = 1 + k / spread;
      double limit = best == null ? Double.POSITIVE_INFINITY : best.ks;
      double ks = distance(log, k, alpha, limit);
      if (ks < limit) {
        double x = descending[k - 1];
        best = new PowerLaw(alpha, ks, k, x * x);
      }
    }
    return best;
  }

  /**
   * Largest distance between the empirical and the fitted distribution; where it is not below the
   * limit, whatever is not below it either.
   */
  private static double distance(double[] log, int k, double alpha, double limit) {
    // Most tails are far from their law, and a few places show it.
    for (int i = k / PLACES; i < k; i += k / PLACES + 1) {
      double off = apart(log, k, alpha, i + 1);
      if (off >= limit) {
        return off;
      }
    }
    double worst = 0;
    for (int i = 1; i <= k && worst < limit; i++) {
      worst = Math.max(worst, apart(log, k, alpha, i));
    }
    return worst;
  }

  /** How far apart the distributions are at the i-th smallest value of the tail. */
  private static double apart(double[] log, int k, double alpha, int i) {
    double f = 1 - Math.exp((1 - alpha) * (log[k - i] - log[k - 1]));
    return Math.max(Math.abs((double) i / k - f), Math.abs((i - 1.0) / k - f));
  }
}
