package dev.orograph.instrument.embedding;

import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import dev.orograph.instrument.rows.Whitening;
import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.FloatRows;
import dev.orograph.linalg.Scope;
import java.util.Arrays;

/**
 * Rows of a matrix as points whose Euclidean distances order them as a metric does: of length 1 for
 * cosines, as they are, or whitened by the covariance of all whole rows ({@link Whitening}; held in
 * float32).
 */
final class RowsByMetric {
  private RowsByMetric() {}

  /**
   * Those points.
   *
   * @param which whole rows
   * @param scope owns what is held of them
   */
  static Entries of(
      Metric metric, TokenRows rows, int[] which, int threads, Scope scope, Runnable check) {
    return switch (metric) {
      case COSINE -> {
        double[] factors = Arrays.stream(which).mapToDouble(rows::norm).toArray();
        Arrays.setAll(factors, i -> factors[i] > 0 ? 1 / factors[i] : 1);
        yield Entries.scaled(rows.of(which), factors);
      }
      case EUCLIDEAN -> rows.of(which);
      case CAUSAL -> whitened(rows, which, threads, scope, check);
    };
  }

  private static Entries whitened(
      TokenRows rows, int[] which, int threads, Scope scope, Runnable check) {
    int d = rows.width();
    FloatRows white = new FloatRows(which.length, d, scope);
    try (Scope local = new Scope()) {
      Moments.Scattered m = Moments.scattered(rows.of(rows.whole()), threads, local, check);
      new Whitening(m.moments())
          .factor(m, threads)
          .solve(
              rows.less(which, m.moments().mean()),
              threads,
              (done, all) -> check.run(),
              (first, block, count) -> {
                float[] row = new float[d];
                for (int i = 0; i < count; i++) {
                  for (int j = 0; j < d; j++) {
                    row[j] = (float) block[i * d + j];
                  }
                  white.put(first + i, row);
                }
              });
    }
    return white;
  }

  /** Bytes that the points take, and what they are made with. */
  static long bytes(Metric metric, long rows, long points, long columns, int threads) {
    return metric == Metric.CAUSAL
        ? 4 * points * columns
            + 8 * columns * columns
            + Moments.bytes(rows, columns)
            + Cholesky.bytes(columns, threads)
        : 8 * points;
  }

  /** What the metric says of points at a Euclidean distance r: the cosine 1 - r^2 / 2, or r. */
  static double value(Metric metric, double distance) {
    return metric == Metric.COSINE ? 1 - distance * distance / 2 : distance;
  }

  /** What it is called beside a number. */
  static String measure(Metric metric) {
    return switch (metric) {
      case COSINE -> "cosine";
      case EUCLIDEAN -> "distance";
      case CAUSAL -> "causal distance";
    };
  }
}
