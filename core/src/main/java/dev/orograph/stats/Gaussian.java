package dev.orograph.stats;

/**
 * What independent centred Gaussian numbers give, in closed form: the null model of how the
 * magnitudes of weights are spread. Means are limits for large N, deviations their leading terms.
 */
public final class Gaussian {
  /** Gini coefficient of |w|: sqrt 2 - 1. */
  public static final double GINI = Math.sqrt(2) - 1;

  /**
   * N times the variance of the Gini coefficient of |w|, the second moment of its influence
   * function (2/m)(h(x) - 2t) - (2t/m^2)(x - m) with m = E|w|, h(x) = E max(x, |w|), t = E max / 2,
   * by quadrature.
   */
  private static final double GINI_VARIANCE = 0.0644537986;

  private Gaussian() {}

  /** P(|w| < t) for t in standard deviations: erf(t / sqrt 2). */
  public static double below(double t) {
    return erf(t / Math.sqrt(2));
  }

  /** Hoyer's sparseness of n numbers: (sqrt n - sqrt(2 n / pi)) / (sqrt n - 1). */
  public static double hoyer(double n) {
    double root = Math.sqrt(n);
    return root * (1 - Math.sqrt(2 / Math.PI)) / (root - 1);
  }

  /** Its standard deviation, sqrt((1 - 3 / pi) / n) sqrt n / (sqrt n - 1) by the delta method. */
  public static double hoyerDeviation(double n) {
    return Math.sqrt(1 - 3 / Math.PI) / (Math.sqrt(n) - 1);
  }

  /** Standard deviation of the Gini coefficient of n numbers. */
  public static double giniDeviation(double n) {
    return Math.sqrt(GINI_VARIANCE / n);
  }

  /** log P(|w| > t) for t at least 0, also where the probability itself is below every double. */
  static double logBeyond(double t) {
    double a = t / Math.sqrt(2);
    return a < 2.5 ? Math.log1p(-erf(a)) : -a * a - Math.log(Math.sqrt(Math.PI) * fraction(a));
  }

  /** P(|w| > |z|), also where that is tiny; 1e-300 where it is less. */
  public static double beyond(double z) {
    return Math.max(1e-300, Math.exp(logBeyond(Math.abs(z))));
  }

  /**
   * The z of which P(|w| > z) = p, p above 0; bisection on logarithms, so that no p is too small.
   */
  public static double deviate(double p) {
    double low = 0;
    double high = 40;
    for (double middle = 20; middle > low && middle < high; middle = (low + high) / 2) {
      if (logBeyond(middle) > Math.log(p)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /**
   * N times the variance of the share of N numbers below t of their own standard deviations: p (1 -
   * p) - 2 (t phi(t))^2, p = P(|w| < t), by the delta method; what the share owes to the deviation
   * that is taken of the same numbers is the second term.
   */
  public static double belowVariance(double t) {
    double p = below(t);
    double density = Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI);
    return Math.max(0, p * (1 - p) - 2 * t * density * t * density);
  }

  /** Kurtosis of n numbers, fourth central moment over squared variance: 3 (n - 1) / (n + 1). */
  public static double kurtosis(double n) {
    return 3 * (n - 1) / (n + 1);
  }

  /**
   * Its standard deviation, the root of 24 n (n - 2) (n - 3) / ((n + 1)^2 (n + 3) (n + 5)),
   * exactly; for three or fewer numbers 0. Source: Fisher 1930.
   */
  public static double kurtosisDeviation(double n) {
    return Math.sqrt(
        Math.max(0, 24 * n * (n - 2) * (n - 3) / ((n + 1) * (n + 1) * (n + 3) * (n + 5))));
  }

  /** Its skewness, exactly; for three or fewer numbers 0. Source: Anscombe & Glynn 1983. */
  public static double kurtosisSkewness(double n) {
    return n < 4
        ? 0
        : 6
            * (n * n - 5 * n + 2)
            / ((n + 7) * (n + 9))
            * Math.sqrt(6 * (n + 3) * (n + 5) / (n * (n - 2) * (n - 3)));
  }

  /**
   * The normal deviate that a standardised value is worth whose law is skewed to the right: that of
   * the reciprocal of a chi-squared number with the same skewness b, A = 6 + 8/b (2/b + sqrt(1 +
   * 4/b^2)) degrees of freedom, z = (1 - 2/(9A) - cbrt((1 - 2/A) / (1 + x sqrt(2/(A - 4))))) /
   * sqrt(2/(9A)). Source: Anscombe & Glynn 1983, for the kurtosis of a Gaussian sample.
   */
  public static double skewed(double x, double skewness) {
    if (!(skewness > 1e-6)) {
      return x;
    }
    double a = 6 + 8 / skewness * (2 / skewness + Math.sqrt(1 + 4 / (skewness * skewness)));
    double base = (1 - 2 / a) / Math.max(1e-12, 1 + x * Math.sqrt(2 / (a - 4)));
    return (1 - 2 / (9 * a) - Math.cbrt(base)) / Math.sqrt(2 / (9 * a));
  }

  /** P(w < x). */
  public static double cumulative(double x) {
    return (1 + erf(x / Math.sqrt(2))) / 2;
  }

  /** The x with P(w < x) = p, by bisection; infinite for 0 and 1. */
  public static double quantile(double p) {
    if (!(p > 0 && p < 1)) {
      return p == 0 ? Double.NEGATIVE_INFINITY : p == 1 ? Double.POSITIVE_INFINITY : Double.NaN;
    }
    double low = -9;
    double high = 9;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (cumulative(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /**
   * Expected k-th smallest of n numbers, k from 1: the quantile of (k - 3/8) / (n + 1/4). Source:
   * Blom 1958; the smallest and largest are off by at most 0.026.
   */
  public static double ordered(double k, double n) {
    return quantile((k - 0.375) / (n + 0.25));
  }

  /**
   * The error function to about 1e-13: its Maclaurin series below 2.5, the continued fraction of
   * erfc above. Source: Abramowitz & Stegun 7.1.5 and 7.1.14.
   */
  static double erf(double x) {
    double a = Math.abs(x);
    double value;
    if (a < 2.5) {
      double term = a;
      double sum = a;
      for (int k = 1; k < 100 && Math.abs(term) > 1e-18 * sum; k++) {
        term *= -a * a / k;
        sum += term / (2 * k + 1);
      }
      value = 2 / Math.sqrt(Math.PI) * sum;
    } else if (a < 6.5) {
      value = 1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction(a);
    } else {
      value = 1;
    }
    return x < 0 ? -value : value;
  }

  /** exp(-a^2) / (sqrt pi erfc a) by its continued fraction, for a from 2.5. */
  private static double fraction(double a) {
    double f = a;
    for (int k = 120; k >= 1; k--) {
      f = a + k / 2.0 / f;
    }
    return f;
  }
}
