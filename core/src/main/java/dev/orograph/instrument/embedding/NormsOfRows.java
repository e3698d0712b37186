package dev.orograph.instrument.embedding;

import dev.orograph.finding.Unlike;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import java.io.Serializable;
import java.util.Arrays;

/**
 * How long the rows of a matrix are.
 *
 * @param task which matrix
 * @param broken rows with NaN or an infinite number, left out of everything else
 * @param zeros rows shorter than 1e-6
 * @param norms the norms; null where no row is whole
 * @param kurtosis fourth moment of the norms over the squared variance
 * @param lowerMedian the lower of the middle two, as torch gives the median
 * @param shortest token with the smallest norm
 * @param longest token with the largest norm
 * @param dimensions means and standard deviations of the dimensions
 * @param gaussian mean and standard deviation of the norms of a Gaussian cloud with the same mean
 *     and covariance, or null
 * @param tokens which tokens are unlike the others by the norm of their row; null where no row is
 *     whole
 */
public record NormsOfRows(
    Task<TokenMatrix> task,
    int broken,
    int zeros,
    Spread norms,
    double kurtosis,
    double lowerMedian,
    Token shortest,
    Token longest,
    Dimensions dimensions,
    Level gaussian,
    Unlike tokens)
    implements Serializable {
  private static final double ZERO = 1e-6;

  /**
   * Means and standard deviations of the dimensions.
   *
   * @param meanOfMeans mean of the means
   * @param meanOfDeviations mean of the standard deviations, ddof 0
   * @param spreadOfMeans standard deviation of the means, ddof 1
   * @param spreadOfDeviations that of the standard deviations, ddof 1 both
   * @param rows rows that they are over, for ddof 1
   */
  public record Dimensions(
      double meanOfMeans,
      double meanOfDeviations,
      double spreadOfMeans,
      double spreadOfDeviations,
      int rows)
      implements Serializable {
    /** Mean of the standard deviations, ddof 1. */
    double meanOfSampleDeviations() {
      return rows < 2 ? 0 : meanOfDeviations * Math.sqrt(rows / (rows - 1.0));
    }
  }

  /**
   * A level with its spread.
   *
   * @param mean the level
   * @param deviation how far single values lie from it
   */
  public record Level(double mean, double deviation) implements Serializable {}

  static NormsOfRows of(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    int[] whole = rows.whole();
    if (whole.length == 0) {
      return new NormsOfRows(task, rows.broken(), 0, null, 0, 0, null, null, null, null, null);
    }
    double[] norms = rows.norms();
    int least = 0;
    int most = 0;
    int zeros = 0;
    for (int i = 0; i < norms.length; i++) {
      least = norms[i] < norms[least] ? i : least;
      most = norms[i] > norms[most] ? i : most;
      zeros += norms[i] < ZERO ? 1 : 0;
    }
    Spread spread = Spread.of(norms);
    double fourth = 0;
    for (double n : norms) {
      fourth += Math.pow((n - spread.mean()) / spread.deviation(), 4) / norms.length;
    }
    double[] sorted = norms.clone();
    Arrays.sort(sorted);
    double[] means = new double[rows.width()];
    double[] deviations = new double[rows.width()];
    dimensions(work, rows, means, deviations);
    return new NormsOfRows(
        task,
        rows.broken(),
        zeros,
        spread,
        spread.deviation() > 0 ? fourth : 0,
        sorted[(sorted.length - 1) / 2],
        Token.of(rows, whole[least], norms[least]),
        Token.of(rows, whole[most], norms[most]),
        new Dimensions(
            mean(means),
            mean(deviations),
            sampleDeviation(means),
            sampleDeviation(deviations) * Math.sqrt(whole.length / Math.max(1.0, whole.length - 1)),
            whole.length),
        settings.sound() ? gaussian(Moments.of(work, rows)) : null,
        Unlike.of("token", "norm", null, norms, i -> Token.of(rows, whole[i], norms[i]).name()));
  }

  /**
   * By the first two moments of |x|^2, M = tr S + |m|^2 and V = 2 tr S^2 + 4 m'Sm, a multiple of a
   * chi-squared number with v = 2 M^2 / V degrees (Satterthwaite), whose root has the mean sqrt(M)
   * (1 - 1/4v + 1/32v^2). What a sample of n rows adds is taken out: tr S^2 is unbiased, |m|^2 is
   * less tr S / n and m'Sm less tr S^2 / n.
   */
  private static Level gaussian(Moments m) {
    double n = m.count();
    double total = m.total() * n / Math.max(1, n - 1);
    double participation = m.participation();
    double squares = participation > 0 ? total * (total / participation) : m.squares();
    double mean = Math.max(0, m.meanSquare() - total / n);
    double along = mean == 0 ? 0 : Math.max(0, m.alongMean() - squares / n);
    double square = total + mean;
    double variance = 2 * squares + 4 * along;
    if (square == 0) {
      return new Level(0, 0);
    }
    double inverse = variance / (2 * square * square);
    double level = 1 - inverse / 4 + inverse * inverse / 32;
    return new Level(
        Math.sqrt(square) * level, Math.sqrt(square) * Math.sqrt(Math.max(0, 1 - level * level)));
  }

  /** Of whole rows, the standard deviations with ddof 0; two sums about the first row. */
  private static void dimensions(Work work, TokenRows rows, double[] means, double[] deviations) {
    int d = rows.width();
    double[] start = new double[d];
    rows.read(rows.whole()[0], start, 0);
    rows.panels(
        work,
        (first, block, n) -> {
          for (int i = 0; i < n; i++) {
            if (!Double.isNaN(rows.norm(first + i))) {
              for (int j = 0; j < d; j++) {
                double v = block[i * d + j] - start[j];
                means[j] += v;
                deviations[j] += v * v;
              }
            }
          }
        });
    int count = rows.whole().length;
    for (int j = 0; j < d; j++) {
      double mean = means[j] / count;
      deviations[j] = Math.sqrt(Math.max(0, deviations[j] / count - mean * mean));
      means[j] = start[j] + mean;
    }
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double sampleDeviation(double[] values) {
    if (values.length < 2) {
      return 0;
    }
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }
}
