package dev.orograph.stats;

import java.util.Arrays;

/**
 * What several Markov chains of one length say of a figure: how far they agree and how many
 * independent draws they are worth.
 *
 * <p>With every chain cut in two halves (m of them, length n): W the mean variance within, B / n
 * the variance of the means, V = W (n - 1) / n + B / n; R-hat = sqrt(V / W). Effective draws m n /
 * t, t = -1 + 2 sum of the sums of neighbouring autocorrelations 1 - (W - mean autocovariance) / V,
 * as long as those are positive and made monotone (Geyer 1992), at most m n log10(m n). Source:
 * Gelman et al. 2013; Vehtari et al. 2021.
 *
 * @param rHat near 1 where the chains agree; NaN where the figure does not vary
 * @param effective draws; NaN where the figure does not vary
 * @param mean over all chains
 * @param error standard error of the mean: deviation / sqrt(effective)
 */
public record Chains(double rHat, double effective, double mean, double error) {
  /**
   * The figures.
   *
   * @param chains {@code (chains, draws)}, at least 4 draws each
   */
  public static Chains of(double[][] chains) {
    int n = chains[0].length / 2;
    if (n < 2) {
      throw new IllegalArgumentException(chains[0].length + " draws are too few");
    }
    int m = 2 * chains.length;
    double[][] halves = new double[m][];
    for (int c = 0; c < chains.length; c++) {
      int length = chains[c].length;
      halves[2 * c] = Arrays.copyOfRange(chains[c], 0, n);
      halves[2 * c + 1] = Arrays.copyOfRange(chains[c], length - n, length);
    }
    double[] means = Arrays.stream(halves).mapToDouble(Chains::mean).toArray();
    double all = mean(means);
    double within = 0;
    double between = 0;
    for (int c = 0; c < m; c++) {
      within += autocovariance(halves[c], means[c], 0) / (n - 1) / m;
      between += (means[c] - all) * (means[c] - all) / (m - 1);
    }
    double variance = within * (n - 1) / n + between;
    if (!(within > 0)) {
      boolean same = !(between > 0);
      return new Chains(same ? Double.NaN : Double.POSITIVE_INFINITY, Double.NaN, all, Double.NaN);
    }
    double tau = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int lag = 0; lag + 1 < n; lag += 2) {
      double pair =
          correlation(halves, means, lag, within, variance)
              + correlation(halves, means, lag + 1, within, variance);
      if (!(pair > 0)) {
        break;
      }
      least = Math.min(least, pair);
      tau += 2 * least;
    }
    double draws = (double) m * n;
    double effective = Math.min(draws / tau, draws * Math.log10(draws));
    effective = effective > 0 ? effective : draws * Math.log10(draws);
    return new Chains(
        Math.sqrt(variance / within), effective, all, Math.sqrt(variance / effective));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  /** Sum of products of deviations at a lag. */
  private static double autocovariance(double[] x, double mean, int lag) {
    double sum = 0;
    for (int i = 0; i + lag < x.length; i++) {
      sum += (x[i] - mean) * (x[i + lag] - mean);
    }
    return sum;
  }

  private static double correlation(
      double[][] halves, double[] means, int lag, double within, double variance) {
    int n = halves[0].length;
    double mean = 0;
    for (int c = 0; c < halves.length; c++) {
      mean += autocovariance(halves[c], means[c], lag) / (n - 1) / halves.length;
    }
    return 1 - (within - mean) / variance;
  }
}
