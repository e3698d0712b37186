package dev.orograph.stats;

/** Exact tails of the binomial distribution, by summing its terms in logarithms. */
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
}
