package dev.orograph.instrument.embedding;

import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.Gram;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;

/** All Euclidean distances of a sample of tokens, in float64. */
final class SampledDistances {
  /** A squared distance below this share of the squared norms is taken from the rows themselves. */
  private static final double CANCELLED = 1e-6;

  private SampledDistances() {}

  /** How they are spread; null for fewer than two whole rows. */
  static Spread of(TokenRows rows, int[] drawn) {
    int[] sample = rows.wholeOf(drawn);
    int n = sample.length;
    if (n < 2) {
      return null;
    }
    double[] values = new double[n * (n - 1) / 2];
    try (Scope scope = new Scope()) {
      double[] centre = centre(rows, sample);
      Matrix gram = Lapack.with(1, () -> Gram.ofRows(rows.less(sample, centre), scope));
      double[] squares = new double[n];
      for (int i = 0; i < n; i++) {
        squares[i] = gram.get(i, i);
      }
      double[] column = new double[n];
      int at = 0;
      for (int j = 0; j < n; j++) {
        gram.get(j, j, column, 0, n - j);
        if (distances(squares, j, column, values, at)) {
          again(rows, sample, j, values, at);
        }
        at += n - 1 - j;
      }
    }
    return Spread.of(values);
  }

  private static double[] centre(TokenRows rows, int[] sample) {
    double[] centre = new double[rows.width()];
    double[] row = new double[rows.width()];
    for (int i : sample) {
      rows.read(i, row, 0);
      for (int j = 0; j < row.length; j++) {
        centre[j] += row[j] / sample.length;
      }
    }
    return centre;
  }

  /**
   * Of row j from those after it, by their products; NaN where these have cancelled.
   *
   * @return whether any has
   */
  private static boolean distances(
      double[] squares, int j, double[] products, double[] to, int at) {
    boolean cancelled = false;
    for (int i = j + 1; i < squares.length; i++) {
      double sum = squares[i] + squares[j];
      double square = sum - 2 * products[i - j];
      boolean good = square > CANCELLED * sum;
      cancelled |= !good;
      to[at + i - j - 1] = good ? Math.sqrt(square) : Double.NaN;
    }
    return cancelled;
  }

  /** Fills in those that are NaN. */
  private static void again(TokenRows rows, int[] sample, int j, double[] to, int at) {
    for (int i = j + 1; i < sample.length; i++) {
      if (Double.isNaN(to[at + i - j - 1])) {
        to[at + i - j - 1] = distance(rows, sample[i], sample[j]);
      }
    }
  }

  private static double distance(TokenRows rows, int i, int j) {
    double[] a = new double[rows.width()];
    double[] b = new double[rows.width()];
    rows.read(i, a, 0);
    rows.read(j, b, 0);
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (a[k] - b[k]) * (a[k] - b[k]);
    }
    return Math.sqrt(sum);
  }
}
