package dev.orograph.geometry;

/**
 * The edge above which the largest singular value of a matrix of independent entries lies with
 * probability .01.
 *
 * <p>For {@code (n, p)} entries of variance 1 the largest eigenvalue of W^T W, less mu and over
 * sigma, follows the Tracy-Widom law of order 1, with a = sqrt(n - 1/2), b = sqrt(p - 1/2), mu = (a
 * + b)^2 and sigma = (a + b) (1/a + 1/b)^(1/3). Johnstone 2001 found the constants; with the halves
 * of Ma 2012 the error is of order min(n, p)^(-2/3), so that they serve matrices of ten rows. The
 * Marchenko-Pastur edge is the limit; of finite matrices one in six reaches over it.
 *
 * <p>Source: Tracy & Widom 1996; Johnstone 2001; Ma 2012; the law's quantiles: Bejan 2005.
 */
public final class TracyWidom {
  /** The .99 quantile of the law of order 1. */
  private static final double QUANTILE = 2.0234;

  /** Mean and standard deviation of the law of order 1. */
  private static final double MEAN = -1.2065;

  private static final double DEVIATION = 1.2680;

  private TracyWidom() {}

  /** The edge, in the unit of singular values. */
  public static double edge(double deviation, long rows, long columns) {
    return deviation * Math.sqrt(centre(rows, columns) + QUANTILE * spread(rows, columns));
  }

  /** Mean of the largest squared singular value of entries of variance 1. */
  public static double mean(long rows, long columns) {
    return centre(rows, columns) + MEAN * spread(rows, columns);
  }

  /** Its standard deviation. */
  public static double deviation(long rows, long columns) {
    return DEVIATION * spread(rows, columns);
  }

  private static double centre(long rows, long columns) {
    double sum = Math.sqrt(rows - 0.5) + Math.sqrt(columns - 0.5);
    return sum * sum;
  }

  private static double spread(long rows, long columns) {
    double a = Math.sqrt(rows - 0.5);
    double b = Math.sqrt(columns - 0.5);
    return (a + b) * Math.cbrt(1 / a + 1 / b);
  }
}
