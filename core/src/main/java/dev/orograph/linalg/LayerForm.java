package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

import org.bytedeco.javacpp.DoublePointer;

/**
 * The bilinear form of a whole attention, M = sum over heads of Q_h^T K_h, {@code (d, d)}: formed,
 * a head at a time. For one head see {@link BilinearForm}, which forms nothing.
 */
public final class LayerForm {
  private final Matrix m;
  private final double square;

  private LayerForm(Matrix m) {
    this.m = m;
    double sum = 0;
    double[] column = new double[m.rows()];
    for (int j = 0; j < m.columns(); j++) {
      m.get(0, j, column, 0, column.length);
      for (double v : column) {
        sum += v * v;
      }
    }
    this.square = sum;
  }

  /** Gives the query or the key weight of a head. */
  public interface Heads {
    /** The weight of that query head, or that of the key head it uses, {@code (h, d)} row-major. */
    double[] read(int head);
  }

  /**
   * Forms M in the scope's memory, d^2 doubles.
   *
   * @param queries query weights, all of one width
   * @param keys key weights
   * @param heads query heads
   * @param d inputs
   */
  public static LayerForm of(Heads queries, Heads keys, int heads, int d, Scope scope) {
    Matrix m = scope.matrix(d, d);
    for (int head = 0; head < heads; head++) {
      double[] q = queries.read(head);
      double[] k = keys.read(head);
      int h = q.length / d;
      double before = head == 0 ? 0 : 1;
      try (Scope local = new Scope()) {
        DoublePointer a = local.doubles(q.length);
        DoublePointer b = local.doubles(k.length);
        a.put(q, 0, q.length);
        b.put(k, 0, k.length);
        Lapack.with(
            1,
            () -> {
              cblas_dgemm(
                  CblasColMajor,
                  CblasNoTrans,
                  CblasTrans,
                  d,
                  d,
                  h,
                  1,
                  a,
                  d,
                  b,
                  d,
                  before,
                  m.pointer(),
                  d);
              return null;
            });
      }
    }
    return new LayerForm(m);
  }

  /** Whether M is zero, which has no score. */
  public boolean zero() {
    return square == 0;
  }

  /** How symmetric M is: tr(M M) / tr(M M^T); see {@link BilinearForm#score}. */
  public double score() {
    return score(null);
  }

  /** The same with the columns of K, which are those of M, in another order. */
  public double score(int[] columns) {
    int d = m.rows();
    double sum = 0;
    double[] column = new double[d];
    for (int j = 0; j < d; j++) {
      m.get(0, columns == null ? j : columns[j], column, 0, d);
      double part = 0;
      for (int i = 0; i < d; i++) {
        part += column[i] * m.get(j, columns == null ? i : columns[i]);
      }
      sum += part;
    }
    return sum / square;
  }

  /**
   * The mean of {@link #score(int[])} over all orders, exactly: with T = tr(M M^T), r and c the row
   * and column sums of M and s their sum, 1/d + (s^2 - |r|^2 - |c|^2 + T) / (d (d - 1) T).
   */
  public double expectedScore() {
    int d = m.rows();
    if (d == 1) {
      return score();
    }
    double[] rows = new double[d];
    double[] column = new double[d];
    double columns = 0;
    double all = 0;
    for (int j = 0; j < d; j++) {
      m.get(0, j, column, 0, d);
      double sum = 0;
      for (int i = 0; i < d; i++) {
        sum += column[i];
        rows[i] += column[i];
      }
      columns += sum * sum;
      all += sum;
    }
    double ofRows = 0;
    for (double r : rows) {
      ofRows += r * r;
    }
    return (1 + (all * all - ofRows - columns + square) / ((d - 1) * square)) / d;
  }
}
