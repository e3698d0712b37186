package dev.orograph.instrument.rows;

import dev.orograph.geometry.ParticipationRatio;
import dev.orograph.instrument.Work;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Gram;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.LeadingEigenvectors;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.RowParts;
import dev.orograph.linalg.Scope;
import dev.orograph.linalg.SymmetricEigenvalues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Mean and covariance of the rows of a matrix, n of them in d dimensions: computed once, for all
 * instruments that ask.
 */
public final class Moments {
  private static final int DIMENSIONS_PER_COMPONENT = 100;

  private final int count;
  private final double[] mean;
  private final double[] variances;
  private final double[] eigenvalues;
  private final List<double[]> components;
  private final double alongMean;
  private final double fourth;

  /**
   * Puts them together.
   *
   * @param ascending eigenvalues of the Gram matrix on the short side of the centred points
   */
  private Moments(Sums sums, double[] ascending, List<double[]> components) {
    this.count = sums.count;
    this.mean = sums.mean;
    this.variances = sums.variances;
    this.components = components;
    this.alongMean = sums.along;
    this.fourth = sums.fourth;
    eigenvalues = new double[mean.length];
    for (int i = 0; i < ascending.length; i++) {
      eigenvalues[i] = Math.max(0, ascending[ascending.length - 1 - i]) / count;
    }
  }

  /** Key of the shared value. */
  private record Of(TokenRows.Matrix matrix) {}

  /** Those of all whole rows of a matrix. */
  public static Moments of(Work work, TokenRows rows) {
    int leading = Math.max(1, rows.width() / DIMENSIONS_PER_COMPONENT);
    return work.once(
        new Of(rows.matrix()), () -> of(rows.of(rows.whole()), leading, work::checkCancelled));
  }

  /** Those of some rows; at least one. */
  public static Moments of(Work work, TokenRows rows, int[] which) {
    return of(rows.of(which), 0, work::checkCancelled);
  }

  /**
   * Moments, and what a factor of the covariance is made of.
   *
   * @param moments of the points
   * @param scatter the sum of (x - mean)(x - mean)' over them, {@code (d, d)}: its lower triangle
   */
  public record Scattered(Moments moments, Matrix scatter) {}

  /**
   * Those of any points, {@code (n, d)}, with their scatter; at least one point. No components. Not
   * to be called inside of {@link Lapack#with}.
   *
   * @param threads native threads, part of what fixes the digits
   * @param scope owns the scatter
   * @param check called every now and then; what it throws ends the work
   */
  public static Scattered scattered(Entries points, int threads, Scope scope, Runnable check) {
    Sums sums = new Sums(points, threads, check);
    Matrix scatter = Gram.ofColumns(sums.centred, threads, scope);
    try (Scope local = new Scope()) {
      Matrix gram =
          points.rows() < points.columns()
              ? Lapack.with(1, () -> Gram.of(sums.centred, local))
              : lower(scatter, local);
      double[] ascending = SymmetricEigenvalues.of(gram, threads);
      return new Scattered(new Moments(sums, ascending, List.of()), scatter);
    }
  }

  private static Moments of(Entries points, int leading, Runnable check) {
    Sums sums = new Sums(points, 1, check);
    Entries centred = sums.centred;
    try (Scope scope = new Scope()) {
      Matrix gram = Lapack.with(1, () -> Gram.of(centred, scope));
      List<double[]> components = new ArrayList<>();
      int most = Math.min(leading, gram.rows() - 1);
      if (most > 0) {
        try (Scope local = new Scope()) {
          Matrix copy = lower(gram, local);
          LeadingEigenvectors found =
              Lapack.with(1, () -> LeadingEigenvectors.of(copy, most, local));
          for (int k = 0; k < most && found.values().get(k) > 0; k++) {
            double[] v = new double[gram.rows()];
            found.vectors().get(0, k, v, 0, v.length);
            components.add(centred.rows() >= centred.columns() ? v : across(centred, v));
          }
        }
      }
      return new Moments(sums, SymmetricEigenvalues.of(gram, 1), components);
    }
  }

  /** What two passes over the points add up. */
  private static final class Sums {
    private final int count;
    private final double[] mean;
    private final Entries centred;
    private final double[] variances;
    private final double along;
    private final double fourth;

    Sums(Entries points, int threads, Runnable check) {
      count = Math.toIntExact(points.rows());
      mean = mean(points, threads, check);
      centred = Entries.less(points, mean);
      int d = mean.length;
      double[][] squares = new double[RowParts.COUNT][d];
      double[] alongs = new double[RowParts.COUNT];
      double[] fourths = new double[RowParts.COUNT];
      RowParts.forEach(
          centred,
          threads,
          (part, first, rows, block) -> {
            double[] sums = squares[part];
            for (int i = 0; i < rows; i++) {
              double square = 0;
              double dot = 0;
              for (int j = 0; j < d; j++) {
                double x = block[i * d + j];
                double v = x * x;
                sums[j] += v;
                square += v;
                dot += x * mean[j];
              }
              alongs[part] += dot * dot / count;
              fourths[part] += square * square;
            }
          });
      variances = new double[d];
      for (double[] sums : squares) {
        for (int j = 0; j < d; j++) {
          variances[j] += sums[j] / count;
        }
      }
      along = Arrays.stream(alongs).sum();
      fourth = Arrays.stream(fourths).sum();
    }
  }

  /**
   * The mean of points, {@code (d)}: taken about the first, so that equal ones leave nothing when
   * it is subtracted.
   *
   * @param threads threads to use; they change no bit
   * @param check called every now and then; what it throws ends the work
   */
  public static double[] mean(Entries points, int threads, Runnable check) {
    int d = Math.toIntExact(points.columns());
    double[] start = new double[d];
    points.read(0, start, 0, d);
    double[][] sums = new double[RowParts.COUNT][d];
    RowParts.forEach(
        points,
        threads,
        (part, first, count, block) -> {
          check.run();
          double[] sum = sums[part];
          for (int i = 0; i < count; i++) {
            for (int j = 0; j < d; j++) {
              sum[j] += block[i * d + j] - start[j];
            }
          }
        });
    double[] mean = start;
    for (double[] sum : sums) {
      for (int j = 0; j < d; j++) {
        mean[j] += sum[j] / points.rows();
      }
    }
    return mean;
  }

  /** A copy of the lower triangle. */
  private static Matrix lower(Matrix a, Scope scope) {
    Matrix copy = scope.matrix(a.rows(), a.rows());
    double[] column = new double[a.rows()];
    for (int j = 0; j < a.rows(); j++) {
      a.get(j, j, column, 0, a.rows() - j);
      copy.put(j, j, column, 0, a.rows() - j);
    }
    return copy;
  }

  /** The unit vector along X^T v, for the few rows X of which v combines. */
  private static double[] across(Entries rows, double[] v) {
    double[] sum = new double[Math.toIntExact(rows.columns())];
    double[] row = new double[sum.length];
    double square = 0;
    for (int i = 0; i < v.length; i++) {
      rows.read((long) i * row.length, row, 0, row.length);
      for (int j = 0; j < row.length; j++) {
        sum[j] += v[i] * row[j];
      }
    }
    for (double s : sum) {
      square += s * s;
    }
    for (int j = 0; j < sum.length; j++) {
      sum[j] /= Math.sqrt(square);
    }
    return sum;
  }

  /** Bytes that computing it takes: the Gram matrix, its copy, and what its reduction needs. */
  public static long bytes(long rows, long columns) {
    double side = Math.min(rows, columns);
    return (long) (24 * side * side) + (64L << 20);
  }

  /** Rows n. */
  public int count() {
    return count;
  }

  /** Dimensions d. */
  public int width() {
    return mean.length;
  }

  /** The mean row, {@code (d)}; not to be changed. */
  public double[] mean() {
    return mean;
  }

  /** Variance of each dimension with n in the denominator, {@code (d)}; not to be changed. */
  public double[] variances() {
    return variances;
  }

  /**
   * Eigenvalues of the covariance with n in the denominator, descending, {@code (d)}; not to be
   * changed.
   */
  public double[] eigenvalues() {
    return eigenvalues;
  }

  /**
   * The same with what a sample of n rows adds to their spread taken out: those of a cloud that the
   * rows may be a sample of (see {@link ParticipationRatio#shrunk}).
   */
  public double[] shrunkEigenvalues() {
    return ParticipationRatio.shrunk(eigenvalues, participation());
  }

  /** Participation ratio corrected for the number of rows; NaN for fewer than four. */
  public double participation() {
    return count < 4 ? Double.NaN : ParticipationRatio.corrected(count, total(), squares(), fourth);
  }

  /**
   * The leading principal components, one for every hundred dimensions and at least one (Mu and
   * Viswanath 2018), unit vectors {@code (d)}; fewer where the rows span fewer. Not to be changed.
   */
  public List<double[]> components() {
    return components;
  }

  /** Sum of the eigenvalues: the total variance. */
  public double total() {
    return sum(eigenvalues, 1);
  }

  /** Sum of the squared eigenvalues. */
  public double squares() {
    return sum(eigenvalues, 2);
  }

  /** Squared length of the mean row. */
  public double meanSquare() {
    return sum(mean, 2);
  }

  /** m'Sm: the covariance along the mean row, times its squared length. */
  public double alongMean() {
    return alongMean;
  }

  /** Sum over the rows of the fourth power of their distance from the mean. */
  public double fourthPowers() {
    return fourth;
  }

  private static double sum(double[] values, int power) {
    double sum = 0;
    for (double v : values) {
      sum += power == 1 ? v : v * v;
    }
    return sum;
  }
}
