package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import java.util.Arrays;

/**
 * Points in native memory, {@code (d, n)}: a point per column. What a cloud of them is asked for,
 * inside of {@link Lapack#with}.
 */
public final class Points {
  private static final int TILE = 1024;
  private static final int QUERIES = 64;

  private Points() {}

  /** Moves their mean to the origin. */
  public static void centre(Matrix points) {
    int d = points.rows();
    int n = points.columns();
    double[] mean = new double[d];
    double[] point = new double[d];
    for (int j = 0; j < n; j++) {
      points.get(0, j, point, 0, d);
      for (int i = 0; i < d; i++) {
        mean[i] += point[i] / n;
      }
    }
    for (int j = 0; j < n; j++) {
      points.get(0, j, point, 0, d);
      for (int i = 0; i < d; i++) {
        point[i] -= mean[i];
      }
      points.put(0, j, point, 0, d);
    }
  }

  /** {@code P P^T / n}, {@code (d, d)}, of centred points their covariance; lower triangle only. */
  public static Matrix covariance(Matrix points, Scope scope) {
    int d = points.rows();
    int n = points.columns();
    Matrix c = scope.matrix(d, d);
    cblas_dsyrk(
        CblasColMajor,
        CblasLower,
        CblasNoTrans,
        d,
        n,
        1.0 / n,
        points.pointer(),
        d,
        0,
        c.pointer(),
        d);
    return c;
  }

  /**
   * Their coordinates along directions.
   *
   * @param directions {@code (d, q)}
   * @return {@code (q, n)}
   */
  public static Matrix along(Matrix directions, Matrix points, Scope scope) {
    int d = points.rows();
    int q = directions.columns();
    Matrix c = scope.matrix(q, points.columns());
    cblas_dgemm(
        CblasColMajor,
        CblasTrans,
        CblasNoTrans,
        q,
        points.columns(),
        d,
        1,
        directions.pointer(),
        d,
        points.pointer(),
        d,
        0,
        c.pointer(),
        q);
    return c;
  }

  /**
   * The same of points that are read where they lie, some at a time, so that only what comes of
   * them is held.
   *
   * @param points {@code (n, d)}, a point per row
   * @return {@code (q, n)}
   */
  public static Matrix along(Matrix directions, Entries points, Scope scope) {
    int d = directions.rows();
    int q = directions.columns();
    int n = Math.toIntExact(points.rows());
    Matrix c = scope.matrix(q, n);
    try (Scope local = new Scope()) {
      Matrix some = local.matrix(d, Math.min(n, TILE));
      double[] block = new double[d * some.columns()];
      for (int from = 0; from < n; from += TILE) {
        int count = Math.min(TILE, n - from);
        points.read((long) from * d, block, 0, count * d);
        some.put(0, 0, block, 0, count * d);
        cblas_dgemm(
            CblasColMajor,
            CblasTrans,
            CblasNoTrans,
            q,
            count,
            d,
            1,
            directions.pointer(),
            d,
            some.pointer(),
            d,
            0,
            c.at(0, from, q * count),
            q);
      }
    }
    return c;
  }

  /**
   * The nearest other points by Euclidean distance, nearest first, ties by lower index. Squared
   * distances are |a|^2 + |b|^2 - 2 a.b, so what differs by less than about 1e-8 of the points'
   * size counts as tied or may be swapped.
   *
   * @param queries indices of points
   * @param k how many, below n
   * @return indices, {@code (queries, k)}
   */
  public static int[][] nearest(Matrix points, int[] queries, int k) {
    int d = points.rows();
    int n = points.columns();
    if (k < 1 || k >= n) {
      throw new IllegalArgumentException(k + " neighbours among " + n + " points");
    }
    double[] squares = new double[n];
    double[] column = new double[d];
    for (int j = 0; j < n; j++) {
      points.get(0, j, column, 0, d);
      for (double v : column) {
        squares[j] += v * v;
      }
    }
    int[][] nearest = new int[queries.length][k];
    try (Scope local = new Scope()) {
      Matrix asked = local.matrix(d, QUERIES);
      Matrix products = local.matrix(TILE, QUERIES);
      double[] row = new double[TILE];
      double[][] least = new double[QUERIES][k];
      for (int from = 0; from < queries.length; from += QUERIES) {
        int count = Math.min(QUERIES, queries.length - from);
        for (int q = 0; q < count; q++) {
          points.get(0, queries[from + q], column, 0, d);
          asked.put(0, q, column, 0, d);
          Arrays.fill(least[q], Double.POSITIVE_INFINITY);
        }
        for (int start = 0; start < n; start += TILE) {
          int width = Math.min(TILE, n - start);
          cblas_dgemm(
              CblasColMajor,
              CblasTrans,
              CblasNoTrans,
              width,
              count,
              d,
              -2,
              points.at(0, start, width * d),
              d,
              asked.pointer(),
              d,
              0,
              products.pointer(),
              TILE);
          for (int q = 0; q < count; q++) {
            products.get(0, q, row, 0, width);
            for (int j = 0; j < width; j++) {
              double distance = squares[start + j] + row[j];
              if (distance < least[q][k - 1] && start + j != queries[from + q]) {
                insert(least[q], nearest[from + q], distance, start + j);
              }
            }
          }
        }
      }
    }
    return nearest;
  }

  private static void insert(double[] least, int[] nearest, double distance, int index) {
    int at = least.length - 1;
    while (at > 0 && least[at - 1] > distance) {
      least[at] = least[at - 1];
      nearest[at] = nearest[at - 1];
      at--;
    }
    least[at] = distance;
    nearest[at] = index;
  }
}
