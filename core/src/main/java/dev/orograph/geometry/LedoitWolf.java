package dev.orograph.geometry;

/**
 * How far a covariance S of n rows in d dimensions should be moved towards m I, m = tr S / d: the
 * weight w of (1 - w) S + w m I that is expected to come nearest to the true covariance. Source:
 * Ledoit & Wolf 2004, A well-conditioned estimator for large-dimensional covariance matrices.
 */
public final class LedoitWolf {
  private LedoitWolf() {}

  /**
   * The weight, from 0 to 1: min(b, a) / a with a = tr S^2 - (tr S)^2 / d and b = (mean of |x|^4 -
   * tr S^2) / n, x the centred rows. 1 where S is a multiple of I already.
   *
   * @param n rows
   * @param d dimensions
   * @param trace tr S, S with 1/n
   * @param traceOfSquare tr S^2
   * @param fourthPowers sum over the rows of |x|^4
   */
  public static double weight(
      double n, double d, double trace, double traceOfSquare, double fourthPowers) {
    double away = traceOfSquare - trace * (trace / d);
    double noise = (fourthPowers / n - traceOfSquare) / n;
    return away > 0 ? Math.max(0, Math.min(noise, away)) / away : 1;
  }
}
