package dev.orograph.stats;

import java.util.List;

/** What a handful of values says about their mean, and about a value set against them. */
public final class Samples {
  /** 97.5 % points of Student's t for 1 to 30 degrees of freedom. */
  private static final double[] T975 = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

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
   * kind). No interval for fewer than three: two layers say too little about a third.
   */
  public static Estimate meanOf(List<Double> values) {
    double mean = mean(values);
    Estimate e = Estimate.of(mean);
    int n = values.size();
    if (n < 3) {
      return e;
    }
    double t = n - 2 < T975.length ? T975[n - 2] : 1.96 + 2.4 / (n - 1);
    double half = t * deviation(values) / Math.sqrt(n);
    return e.within(mean - half, mean + half);
  }
}
