package dev.orograph.stats;

import java.util.List;

/** Tails of the binomial distribution, by summing its terms in logarithms, and its proportion. */
public final class Binomial {
  private Binomial() {}

  /**
   * P(X at least {@code hits}) for {@code n} independent trials that each succeed with probability
   * {@code p}: the sum over k from hits to n of C(n, k) p^k (1 - p)^(n - k).
   *
   * @param p from 0 to 1
   */
  public static double atLeast(int hits, int n, double p) {
    if (n < 0 || hits > n || !(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException(hits + " hits of " + n + " at " + p);
    }
    if (hits <= 0 || p == 1) {
      return 1;
    }
    if (p == 0) {
      return 0;
    }
    double sum = 0;
    double choose = 0;
    for (int k = 1; k <= n; k++) {
      choose += Math.log((n - k + 1.0) / k);
      if (k >= hits) {
        sum += Math.exp(choose + k * Math.log(p) + (n - k) * Math.log1p(-p));
      }
    }
    return Math.min(1, sum);
  }

  /**
   * Two-sided p-value of {@code hits}: twice the smaller of P(X at most hits) and P(X at least
   * hits), 1 at most.
   */
  public static double twoSided(int hits, int n, double p) {
    double below = hits >= n ? 1 : atLeast(n - hits, n, 1 - p);
    return Math.min(1, 2 * Math.min(below, atLeast(hits, n, p)));
  }

  /**
   * The same for many trials that rarely succeed: Poisson's law of mean {@code expected}.
   *
   * @param hits a whole number
   * @param expected at least 0
   */
  public static double poissonTwoSided(double hits, double expected) {
    double term = Math.exp(-expected);
    double below = term;
    double least = 0;
    for (int k = 1; k <= hits; k++) {
      least = below;
      term *= expected / k;
      below += term;
    }
    double atLeast = hits == 0 ? 1 : 1 - least;
    if (hits > expected && atLeast < 1e-9) {
      // The tail itself, where 1 less the rest is rounding.
      atLeast = 0;
      for (double k = hits, t = term; t > 1e-20 * atLeast; t *= expected / ++k) {
        atLeast += t;
      }
    }
    return Math.min(1, 2 * Math.min(below, atLeast));
  }

  /**
   * Wilson's 95 % interval of the probability behind {@code hits} of {@code n} trials (Wilson
   * 1927): (h + z^2 / 2 -+ z sqrt(h (n - h) / n + z^2 / 4)) / (n + z^2), z the normal quantile; 0
   * to 1 for no trials.
   */
  public static List<Double> interval(int hits, int n) {
    if (hits < 0 || hits > n) {
      throw new IllegalArgumentException(hits + " hits of " + n);
    }
    if (n == 0) {
      return List.of(0.0, 1.0);
    }
    double z = Gaussian.quantile(0.975);
    double middle = hits + z * z / 2;
    double half = z * Math.sqrt((double) hits * (n - hits) / n + z * z / 4);
    return List.of(
        Math.max(0, (middle - half) / (n + z * z)), Math.min(1, (middle + half) / (n + z * z)));
  }
}
