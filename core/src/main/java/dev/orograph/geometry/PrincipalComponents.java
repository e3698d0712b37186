package dev.orograph.geometry;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Gram;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.LeadingEigenvectors;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Points;
import dev.orograph.linalg.RowParts;
import dev.orograph.linalg.Scope;
import java.util.List;

/**
 * Principal component analysis of n points in d dimensions: the leading eigenvectors of their
 * covariance (1/n), in float64. n d^2 / 2 multiplications for the covariance, and d^2 numbers held.
 * Source: Pearson 1901; Hotelling 1933.
 */
public final class PrincipalComponents {
  private final double[] mean;
  private final Matrix directions;
  private final List<Double> variances;
  private final double total;

  private PrincipalComponents(
      double[] mean, Matrix directions, List<Double> variances, double total) {
    this.mean = mean;
    this.directions = directions;
    this.variances = variances;
    this.total = total;
  }

  /**
   * Those of some points. Not to be called inside of {@link Lapack#with}.
   *
   * @param points {@code (n, d)}, finite, at least one; must allow reading by several threads
   * @param count how many, 1 to d
   * @param threads native threads, part of what fixes the digits
   * @param scope owns the directions
   */
  public static PrincipalComponents of(Entries points, int count, int threads, Scope scope) {
    double[] mean = mean(points, threads);
    int n = Math.toIntExact(points.rows());
    try (Scope local = new Scope()) {
      Matrix gram = Gram.ofColumns(Entries.less(points, mean), threads, local);
      double total = 0;
      for (int j = 0; j < mean.length; j++) {
        total += gram.get(j, j) / n;
      }
      LeadingEigenvectors leading =
          Lapack.with(threads, () -> LeadingEigenvectors.of(gram, count, scope));
      List<Double> variances =
          leading.values().stream().map(v -> (Double) Math.max(0, v / n)).toList();
      return new PrincipalComponents(mean, leading.vectors(), variances, total);
    }
  }

  /** Bytes of native memory that it takes, the directions included. */
  public static long bytes(long d, long count) {
    return Math.addExact(Math.multiplyExact(8 * d, 2 * d + 2 * count), 64L << 20);
  }

  /**
   * The mean of points, {@code (n, d)}, about the first one, so that equal points leave nothing
   * when it is subtracted.
   *
   * @param threads change no bit
   */
  public static double[] mean(Entries points, int threads) {
    int d = Math.toIntExact(points.columns());
    double[] mean = new double[d];
    points.read(0, mean, 0, d);
    double[] start = mean.clone();
    double[][] sums = new double[RowParts.COUNT][d];
    RowParts.forEach(
        points,
        threads,
        (part, first, rows, block) -> {
          double[] sum = sums[part];
          for (int i = 0; i < rows; i++) {
            for (int j = 0; j < d; j++) {
              sum[j] += block[i * d + j] - start[j];
            }
          }
        });
    for (double[] sum : sums) {
      for (int j = 0; j < d; j++) {
        mean[j] += sum[j] / points.rows();
      }
    }
    return mean;
  }

  /** Mean of the points, {@code (d)}; not to be changed. */
  public double[] mean() {
    return mean;
  }

  /**
   * Coordinates of points along the directions, about the mean. Not to be called inside of {@link
   * Lapack#with}.
   *
   * @param points {@code (n, d)}
   * @param threads native threads, part of what fixes the digits
   * @return {@code (count, n)}
   */
  public Matrix coordinates(Entries points, int threads, Scope scope) {
    return Lapack.with(threads, () -> Points.along(directions, Entries.less(points, mean), scope));
  }

  /** Unit vectors, one per column, {@code (d, count)}, the largest variance first. */
  public Matrix directions() {
    return directions;
  }

  /** Variances along the directions, descending, {@code (count)}. */
  public List<Double> variances() {
    return variances;
  }

  /** Variance in all directions. */
  public double total() {
    return total;
  }

  /** Share of the variance that lies along the directions; 1 where all points coincide. */
  public double kept() {
    double sum = variances.stream().mapToDouble(v -> v).sum();
    return total > 0 ? Math.min(1, sum / total) : 1;
  }
}
