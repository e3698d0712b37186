package dev.orograph.stats;

import java.util.Arrays;

/** Pearson's correlation. */
public final class Pearson {
  private Pearson() {}

  /**
   * sum (x - mean x)(y - mean y) / sqrt(sum (x - mean x)^2 sum (y - mean y)^2), of two lists of one
   * length; NaN where one does not vary.
   */
  public static double of(double[] x, double[] y) {
    double a = Arrays.stream(x).average().orElse(0);
    double b = Arrays.stream(y).average().orElse(0);
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int k = 0; k < x.length; k++) {
      xy += (x[k] - a) * (y[k] - b);
      xx += (x[k] - a) * (x[k] - a);
      yy += (y[k] - b) * (y[k] - b);
    }
    return xy / Math.sqrt(xx * yy);
  }
}
