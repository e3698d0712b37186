package dev.orograph.stats;

/**
 * The chi-square distribution: the regularised incomplete gamma function P(k/2, x/2) by its series
 * or its continued fraction (Abramowitz and Stegun 6.5.29 and 6.5.31), to 1e-13.
 */
public final class ChiSquare {
  private static final double ENOUGH = 1e-15;
  private static final int MOST = 100_000;

  private ChiSquare() {}

  /**
   * The probability of a value below x.
   *
   * @param degrees degrees of freedom, positive
   */
  public static double below(double x, double degrees) {
    if (!(x > 0)) {
      return 0;
    }
    double a = degrees / 2;
    double y = x / 2;
    double front = Math.exp(a * Math.log(y) - y - LogGamma.of(a));
    return y < a + 1 ? front * series(a, y) : 1 - front * fraction(a, y);
  }

  private static double series(double a, double y) {
    double term = 1 / a;
    double sum = term;
    for (int n = 1; n < MOST && term > ENOUGH * sum; n++) {
      term *= y / (a + n);
      sum += term;
    }
    return sum;
  }

  /** Lentz's way of evaluating it. */
  private static double fraction(double a, double y) {
    double b = y + 1 - a;
    double c = 1 / Double.MIN_NORMAL;
    double d = 1 / b;
    double h = d;
    for (int i = 1; i < MOST; i++) {
      double an = i * (a - i);
      b += 2;
      d = 1 / (an * d + b);
      c = b + an / c;
      double by = d * c;
      h *= by;
      if (Math.abs(by - 1) < ENOUGH) {
        break;
      }
    }
    return h;
  }

  /**
   * The value that lies above a share p of the distribution.
   *
   * @param p between 0 and 1, both excluded
   */
  public static double quantile(double p, double degrees) {
    if (!(p > 0 && p < 1)) {
      throw new IllegalArgumentException("a share between 0 and 1, not " + p);
    }
    double low = 0;
    double high = degrees + 10;
    while (below(high, degrees) < p) {
      high *= 2;
    }
    for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
      double middle = (low + high) / 2;
      if (below(middle, degrees) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }
}
