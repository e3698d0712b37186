package dev.orograph.geometry;

import java.util.Arrays;

/** How many dimensions a cloud of points fills: (tr S)^2 / tr S^2 of its covariance S. */
public final class ParticipationRatio {
  private ParticipationRatio() {}

  /** (sum l)^2 / sum l^2 of variances or eigenvalues l; 0 where all are 0. */
  public static double of(double[] values) {
    double most = 0;
    for (double v : values) {
      most = Math.max(most, v);
    }
    if (most == 0) {
      return 0;
    }
    double sum = 0;
    double squares = 0;
    for (double v : values) {
      sum += v / most;
      squares += v / most * (v / most);
    }
    return sum * (sum / squares);
  }

  /** Below this share of the first estimate the second one is rounding. */
  private static final double ROUNDING = 1e-13;

  /**
   * The participation ratio from unbiased estimators of (tr S)^2 and tr S^2 (Himeno and Yamada
   * 2014; Chun et al. 2025), equal to E|a|^2 |b|^2 / E(a.b)^2 with a, b differences of distinct
   * rows. NaN where all those products a.b are 0: such rows set no bound on their dimension.
   *
   * @param n rows, at least 4
   * @param trace tr C of the covariance C with 1/n
   * @param traceOfSquare tr C^2
   * @param fourthPowers sum over the rows of |x - mean|^4
   */
  public static double corrected(
      double n, double trace, double traceOfSquare, double fourthPowers) {
    if (n < 4) {
      throw new IllegalArgumentException("needs at least 4 rows, not " + n);
    }
    double grow = n / (n - 1);
    double t = trace * grow;
    double q = traceOfSquare * grow * grow;
    double f = fourthPowers / (n - 1);
    double scale = (n - 1) / (n * (n - 2) * (n - 3));
    double squared = scale * ((n - 1) * (n - 2) * q + t * t - n * f);
    double product = scale * (2 * q + (n * n - 3 * n + 1) * t * t - n * f);
    return squared > ROUNDING * product ? product / squared : Double.NaN;
  }

  /**
   * Eigenvalues of a covariance with what a sample adds to their spread taken out: drawn together
   * around their mean by one factor, at most 1, so that their participation ratio is the {@link
   * #corrected} one and their sum is kept. A sample of n rows of a cloud with these eigenvalues has
   * about the given ones again. All equal where the corrected ratio is d or more; as they are where
   * it is not known.
   *
   * @param eigenvalues all d of them
   * @param corrected the corrected participation ratio, or NaN
   */
  public static double[] shrunk(double[] eigenvalues, double corrected) {
    int d = eigenvalues.length;
    double sum = Arrays.stream(eigenvalues).sum();
    double even = sum / d * sum;
    double squares = Arrays.stream(eigenvalues).map(v -> v * v).sum();
    if (!(corrected > 0) || !(squares > even)) {
      return eigenvalues.clone();
    }
    double share = Math.max(0, sum / corrected * sum - even) / (squares - even);
    double factor = Math.sqrt(Math.min(1, share));
    return Arrays.stream(eigenvalues).map(v -> sum / d + factor * (v - sum / d)).toArray();
  }

  /**
   * IsoScore as its authors define it (Rudman et al. 2022, steps 3 to 7), from the eigenvalues of
   * the covariance. It equals (PR - 1) / (d - 1).
   */
  public static double isoScore(double[] eigenvalues) {
    int d = eigenvalues.length;
    double square = 0;
    for (double v : eigenvalues) {
      square += v * v;
    }
    if (d < 2 || square == 0) {
      return 0;
    }
    double scale = Math.sqrt(d) / Math.sqrt(square);
    double off = 0;
    for (double v : eigenvalues) {
      off += (v * scale - 1) * (v * scale - 1);
    }
    double defect = Math.sqrt(off) / Math.sqrt(2 * (d - Math.sqrt(d)));
    double phi = Math.pow(d - defect * defect * (d - Math.sqrt(d)), 2) / ((double) d * d);
    return (d * phi - 1) / (d - 1);
  }
}
