package dev.orograph.instrument.levelset;

import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.InnerProduct;
import java.util.Arrays;

/** The rows of a matrix that are nearest to some points, all found in one reading of it. */
final class Nearby {
  private Nearby() {}

  /**
   * A row.
   *
   * @param token its number; -1 for none
   * @param value its distance, or the magnitude of its cosine
   */
  record Hit(int token, double value) {}

  /** By Euclidean distance. */
  static Hit[] nearest(Work work, TokenRows rows, double[][] points) {
    Hit[] best = new Hit[points.length];
    Arrays.fill(best, new Hit(-1, Double.POSITIVE_INFINITY));
    rows.panels(
        work,
        (first, block, n) -> {
          for (int r = 0; r < n; r++) {
            for (int k = 0; k < points.length; k++) {
              double sum = 0;
              for (int j = 0; j < points[k].length; j++) {
                double by = block[r * points[k].length + j] - points[k][j];
                sum += by * by;
              }
              if (sum < best[k].value()) {
                best[k] = new Hit(first + r, sum);
              }
            }
          }
        });
    for (int k = 0; k < best.length; k++) {
      best[k] = new Hit(best[k].token(), Math.sqrt(best[k].value()));
    }
    return best;
  }

  /**
   * By the largest |cosine| between a direction and a row less a point.
   *
   * @param less what is taken from every row: their mean
   */
  static Hit[] along(Work work, TokenRows rows, double[] less, double[][] directions) {
    Hit[] best = new Hit[directions.length];
    Arrays.fill(best, new Hit(-1, 0));
    int d = less.length;
    double[] shift = new double[directions.length];
    double[] lengths = new double[directions.length];
    for (int k = 0; k < directions.length; k++) {
      shift[k] = InnerProduct.of(less, directions[k]);
      lengths[k] = Landscape.length(directions[k]);
    }
    rows.panels(
        work,
        (first, block, n) -> {
          for (int r = 0; r < n; r++) {
            double square = 0;
            for (int j = 0; j < d; j++) {
              double by = block[r * d + j] - less[j];
              square += by * by;
            }
            double length = Math.sqrt(square);
            for (int k = 0; k < directions.length && length > 0; k++) {
              double dot = -shift[k];
              for (int j = 0; j < d; j++) {
                dot += block[r * d + j] * directions[k][j];
              }
              double cosine = Math.abs(dot) / (length * lengths[k]);
              if (cosine > best[k].value()) {
                best[k] = new Hit(first + r, cosine);
              }
            }
          }
        });
    return best;
  }
}
