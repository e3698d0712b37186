package dev.orograph.stats;

/**
 * Student's t distribution for any positive number of degrees of freedom v, also a fractional one:
 * P(|T| &lt; t) = 1 - I_x(v/2, 1/2) with x = v / (v + t^2) and I the regularised incomplete beta
 * function by its continued fraction; relative error about 1e-13 + eps64 v ln v. Source: Abramowitz
 * & Stegun 26.7.1, 26.5.8.
 */
public final class StudentT {
  private static final double TINY = 1e-300;
  private static final int TERMS = 10_000;

  private StudentT() {}

  /**
   * The t that |T| stays below with that probability: 12.706 for 0.95 and one degree of freedom.
   *
   * @param probability between 0 and 1, both excluded
   * @param degrees degrees of freedom, positive
   */
  public static double central(double probability, double degrees) {
    double high = 1;
    while (within(high, degrees) < probability && high < 1e150) {
      high *= 2;
    }
    double low = 0;
    // Bisection halves until neighbouring doubles are reached.
    for (double middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
      if (within(middle, degrees) < probability) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /**
   * The normal deviate that is as rare as t, P(|Z| &lt; z) = P(|T| &lt; t), with the sign of t:
   * what t is worth when its deviation was taken from few values. It never lies beyond t and comes
   * close to it for many degrees of freedom. Found by bisection on the logarithms of the tails, so
   * that no tail is too small.
   *
   * @param degrees degrees of freedom, positive
   */
  public static double normal(double t, double degrees) {
    double tail = logBeyond(Math.abs(t), degrees);
    double low = 0;
    double high = Math.abs(t);
    for (double middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
      if (Gaussian.logBeyond(middle) > tail) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Math.copySign(high, t);
  }

  /** P(|T| &lt; t) for t at least 0. */
  static double within(double t, double degrees) {
    double square = t * t;
    double x = degrees / (degrees + square);
    return outer(x, degrees)
        ? 1 - Math.exp(logBeta(x, square / (degrees + square), degrees / 2, 0.5))
        : Math.exp(logBeta(square / (degrees + square), x, 0.5, degrees / 2));
  }

  /** log P(|T| &gt; t) for t at least 0. */
  private static double logBeyond(double t, double degrees) {
    double square = t * t;
    double x = degrees / (degrees + square);
    return outer(x, degrees)
        ? logBeta(x, square / (degrees + square), degrees / 2, 0.5)
        : Math.log1p(-within(t, degrees));
  }

  /** Of the two tails of the beta function the one whose fraction converges. */
  private static boolean outer(double x, double degrees) {
    return x < (degrees / 2 + 1) / (degrees / 2 + 2.5);
  }

  /** log I_x(a, b), y = 1 - x, for x below (a + 1) / (a + b + 2). */
  private static double logBeta(double x, double y, double a, double b) {
    if (x == 0) {
      return Double.NEGATIVE_INFINITY;
    }
    double front =
        LogGamma.of(a + b) - LogGamma.of(a) - LogGamma.of(b) + a * Math.log(x) + b * Math.log(y);
    double c = 1;
    double d = 1 / away(1 - (a + b) * x / (a + 1));
    double fraction = d;
    for (int m = 1; m < TERMS; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / away(1 + even * d);
      c = away(1 + even / c);
      fraction *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / away(1 + odd * d);
      c = away(1 + odd / c);
      fraction *= d * c;
      if (Math.abs(d * c - 1) < 1e-16) {
        break;
      }
    }
    return front + Math.log(fraction / a);
  }

  private static double away(double v) {
    return Math.abs(v) < TINY ? TINY : v;
  }
}
