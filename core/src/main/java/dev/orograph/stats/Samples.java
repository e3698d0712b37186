package dev.orograph.stats;

import java.util.List;

/** What a handful of values says about their mean, and about a value set against them. */
public final class Samples {
  /** Fewest values whose spread says something about the next. */
  public static final int FEWEST = 3;

  private static final double COVERAGE = 0.95;

  private Samples() {}

  /** Arithmetic mean. */
  public static double mean(List<Double> values) {
    double sum = 0;
    for (double v : values) {
      sum += v;
    }
    return sum / values.size();
  }

  /** Median, the mean of the middle two where there are two. */
  public static double median(List<Double> values) {
    List<Double> v = values.stream().sorted().toList();
    int n = v.size();
    return (v.get((n - 1) / 2) + v.get(n / 2)) / 2;
  }

  /** Standard deviation with n - 1 in the denominator; needs two values. */
  public static double deviation(List<Double> values) {
    double mean = mean(values);
    double sum = 0;
    for (double v : values) {
      sum += (v - mean) * (v - mean);
    }
    return Math.sqrt(sum / (values.size() - 1));
  }

  /**
   * The mean with its 95 % interval by Student's t, the values taken as a sample (layers of one
   * kind). No interval for fewer than {@value #FEWEST}: two layers say too little about a third;
   * nor where all are equal, which says no more.
   */
  public static Estimate meanOf(List<Double> values) {
    double mean = mean(values);
    Estimate e = Estimate.of(mean);
    int n = values.size();
    double deviation = n < FEWEST ? 0 : deviation(values);
    if (!(deviation > 0)) {
      return e;
    }
    double half = StudentT.central(COVERAGE, n - 1) * deviation / Math.sqrt(n);
    return e.within(mean - half, mean + half);
  }

  /**
   * The mean of the values less the mean of the other sample, against 0 by its standard error
   * sqrt(v1 / n1 + v2 / n2), v the variances with n - 1, and with the 95 % interval of Welch's t:
   * e^4 / (v1^2 / (n1^2 (n1 - 1)) + v2^2 / (n2^2 (n2 - 1))) degrees of freedom, e the standard
   * error. A value alone for fewer than {@value #FEWEST} on a side, or where nothing varies.
   */
  public static Estimate difference(List<Double> values, List<Double> less) {
    Estimate e = Estimate.of(mean(values) - mean(less));
    if (values.size() < FEWEST || less.size() < FEWEST) {
      return e;
    }
    double a = Math.pow(deviation(values), 2) / values.size();
    double b = Math.pow(deviation(less), 2) / less.size();
    double error = Math.sqrt(a + b);
    if (error == 0) {
      return e;
    }
    // As shares of the sum, so that no square of a tiny variance becomes 0.
    double share = a / (a + b);
    double degrees =
        1 / (share * share / (values.size() - 1) + (1 - share) * (1 - share) / (less.size() - 1));
    double half = StudentT.central(COVERAGE, degrees) * error;
    return e.within(e.value() - half, e.value() + half).against(0, error);
  }
}
