package dev.orograph.instrument.levelset;

import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.RowParts;
import dev.orograph.linalg.Scope;
import java.util.Arrays;
import java.util.stream.IntStream;

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

  /** By Euclidean distance; threads change no bit. */
  static Hit[] nearest(Work work, TokenRows rows, double[][] points, int threads) {
    Hit[][] best = hits(points.length, new Hit(-1, Double.POSITIVE_INFINITY));
    RowParts.forEach(
        rows.entries(),
        threads,
        (part, first, n, block) -> {
          work.checkCancelled();
          for (int k = 0; k < points.length; k++) {
            for (int r = 0; r < n; r++) {
              double sum = square(block, r, points[k]);
              if (sum < best[part][k].value()) {
                best[part][k] = new Hit(first + r, sum);
              }
            }
          }
        });
    return IntStream.range(0, points.length)
        .mapToObj(
            k -> {
              Hit least = best[0][k];
              for (Hit[] part : best) {
                least = part[k].value() < least.value() ? part[k] : least;
              }
              return new Hit(least.token(), Math.sqrt(least.value()));
            })
        .toArray(Hit[]::new);
  }

  /** |row r - x|^2. */
  static double square(double[] block, int r, double[] x) {
    double sum = 0;
    int at = r * x.length;
    for (int j = 0; j < x.length; j++) {
      double by = block[at + j] - x[j];
      sum += by * by;
    }
    return sum;
  }

  private static Hit[][] hits(int points, Hit first) {
    Hit[][] best = new Hit[RowParts.COUNT][points];
    for (Hit[] part : best) {
      Arrays.fill(part, first);
    }
    return best;
  }

  /**
   * By the largest |cosine| between a direction and a row less the mean of the whole rows; threads
   * change no bit.
   */
  static Hit[] along(Work work, TokenRows rows, double[][] directions, int threads) {
    double[] mean = mean(work, rows, threads);
    int d = mean.length;
    int count = directions.length;
    Hit[][] best = hits(count, new Hit(-1, 0));
    double[] shift = new double[count];
    double[] lengths = new double[count];
    double[] packed = new double[count * d];
    for (int k = 0; k < count; k++) {
      shift[k] = InnerProduct.of(mean, directions[k]);
      lengths[k] = Landscape.length(directions[k]);
      for (int j = 0; j < d; j++) {
        packed[k + j * count] = directions[k][j];
      }
    }
    try (Scope scope = new Scope()) {
      Matrix all = scope.matrix(count, d);
      all.put(0, 0, packed, 0, packed.length);
      RowParts.forEach(
          rows.entries(),
          threads,
          (part, first, n, block) -> {
            work.checkCancelled();
            double[] dots = products(all, block, n);
            for (int r = 0; r < n; r++) {
              double length = Math.sqrt(square(block, r, mean));
              for (int k = 0; k < count && length > 0; k++) {
                double cosine = Math.abs(dots[r * count + k] - shift[k]) / (length * lengths[k]);
                if (cosine > best[part][k].value()) {
                  best[part][k] = new Hit(first + r, cosine);
                }
              }
            }
          });
    }
    return IntStream.range(0, count)
        .mapToObj(
            k -> {
              Hit most = best[0][k];
              for (Hit[] part : best) {
                most = part[k].value() > most.value() ? part[k] : most;
              }
              return most;
            })
        .toArray(Hit[]::new);
  }

  /** Products of all directions, {@code (count, d)}, with n rows: n times count numbers. */
  private static double[] products(Matrix directions, double[] block, int n) {
    int d = directions.columns();
    return Lapack.with(
        1,
        () -> {
          try (Scope scope = new Scope()) {
            Matrix rows = scope.matrix(d, n);
            rows.put(0, 0, block, 0, n * d);
            Matrix dots = directions.times(rows, scope);
            double[] values = new double[directions.rows() * n];
            dots.get(0, 0, values, 0, values.length);
            return values;
          }
        });
  }

  /** The mean of the whole rows. */
  private static double[] mean(Work work, TokenRows rows, int threads) {
    int d = rows.width();
    double[][] sums = new double[RowParts.COUNT][d];
    RowParts.forEach(
        rows.entries(),
        threads,
        (part, first, n, block) -> {
          work.checkCancelled();
          for (int r = 0; r < n; r++) {
            if (!Double.isNaN(rows.norm(first + r))) {
              add(sums[part], block, r * d);
            }
          }
        });
    double[] mean = new double[d];
    for (double[] sum : sums) {
      add(mean, sum, 0);
    }
    double count = Math.max(1, rows.whole().length);
    Arrays.setAll(mean, j -> mean[j] / count);
    return mean;
  }

  private static void add(double[] to, double[] block, int at) {
    for (int j = 0; j < to.length; j++) {
      to[j] += block[at + j];
    }
  }
}
