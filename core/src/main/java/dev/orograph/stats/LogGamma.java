package dev.orograph.stats;

/** The logarithm of the gamma function, by Lanczos' sum: no overflow, however large x is. */
public final class LogGamma {
  private static final double[] LANCZOS = {
    0.9999999999998099,
    676.5203681218851,
    -1259.1392167224028,
    771.3234287776531,
    -176.6150291621406,
    12.507343278686905,
    -0.13857109526572012,
    9.984369578019572e-06,
    1.5056327351493116e-07
  };

  private LogGamma() {}

  /** ln Gamma(x) for x at least 1/2, by Lanczos' sum, to about 1e-15 relative. */
  public static double of(double x) {
    double sum = LANCZOS[0];
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (x - 1 + i);
    }
    double t = x + 6.5;
    return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(t) - t + Math.log(sum);
  }
}
