package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dsyr2k;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;

/**
 * The bilinear form M = Q^T K, {@code (d, d)}, of two matrices Q and K, {@code (h, d)} each,
 * through problems of size 2h: M itself is never formed. For attention Q and K are the query and
 * key weights of one head, and x^T M y is the score of a query from x with a key from y.
 *
 * <p>With [Q^T K^T] = U R, U orthonormal and R = [R1 R2] with r = min(d, 2h) rows, the singular
 * values of M are those of R1 R2^T, and the eigenvalues of its symmetric part (M + M^T) / 2 are
 * those of (R1 R2^T + R2 R1^T) / 2, the rest being zero. R comes from the Cholesky factorisation of
 * the Gram matrix of [Q^T K^T], or from a QR factorisation where that is ill-conditioned; the error
 * in every value is below about 1e-10 of the largest. Traces come from the h x h products Q Q^T, K
 * K^T and K Q^T.
 */
public final class BilinearForm {
  /** Smallest over largest diagonal entry of R down to which the Cholesky factor is trusted. */
  private static final double TRUSTED = 1e-5;

  /** Powers of two within which products of four entries stay in range. */
  private static final int MODERATE = 100;

  private final int d;
  private final int h;
  private final double[] q;
  private final double[] k;
  private final int[] order;
  private final double unit;
  private final Matrix transposedQ;
  private final Matrix transposedK;
  private final double[] qq;
  private final double[] kk;
  private final double[] kq;

  /** The same form with other columns of K, or with none moved. */
  private BilinearForm(BilinearForm of, int[] order, double[] kq) {
    this.d = of.d;
    this.h = of.h;
    this.q = of.q;
    this.k = of.k;
    this.order = order;
    this.unit = of.unit;
    this.transposedQ = of.transposedQ;
    this.transposedK = of.transposedK;
    this.qq = of.qq;
    this.kk = of.kk;
    this.kq = kq;
  }

  private BilinearForm(double[] q, double[] k, int d, double unit, Scope scope) {
    this.d = d;
    this.h = q.length / d;
    this.q = q;
    this.k = k;
    this.order = null;
    this.unit = unit;
    this.transposedQ = scope.matrix(d, h);
    this.transposedK = scope.matrix(d, h);
    transposedQ.put(0, 0, q, 0, q.length);
    transposedK.put(0, 0, k, 0, k.length);
    this.qq = square(transposedQ);
    this.kk = square(transposedK);
    this.kq = product(transposedK, transposedQ);
  }

  /**
   * The form of two matrices; it and its permutations are for one thread.
   *
   * @param q Q, {@code (h, d)} row-major, finite; must not be changed afterwards
   * @param k K, likewise
   * @param d inputs, at least 1
   * @param scope owner of the memory that the form takes, 2 h d doubles
   */
  public static BilinearForm of(double[] q, double[] k, int d, Scope scope) {
    if (q.length != k.length || q.length == 0 || q.length % d != 0) {
      throw new IllegalArgumentException(
          q.length + " and " + k.length + " entries, " + d + " wide");
    }
    // Powers of two change no digit.
    int a = exponent(q);
    int b = exponent(k);
    double unit = Math.scalb(Math.scalb(1.0, a), b);
    return Lapack.with(1, () -> new BilinearForm(scaled(q, a), scaled(k, b), d, unit, scope));
  }

  /**
   * The same with the columns of K in another order: column c is K's column {@code columns[c]}. An
   * earlier permutation of the same form is no longer to be used.
   */
  public BilinearForm permuted(int[] columns) {
    double[] moved = moved(columns);
    transposedK.put(0, 0, moved, 0, moved.length);
    return Lapack.with(1, () -> new BilinearForm(this, columns, product(transposedK, transposedQ)));
  }

  private double[] moved(int[] columns) {
    double[] moved = new double[k.length];
    for (int row = 0; row < k.length; row += d) {
      for (int c = 0; c < d; c++) {
        moved[row + c] = k[row + columns[c]];
      }
    }
    return moved;
  }

  /** Squared Frobenius norm of M, tr(Q Q^T K K^T), in units of {@link #unit} squared. */
  private double square() {
    double sum = 0;
    for (int i = 0; i < qq.length; i++) {
      sum += qq[i] * kk[i];
    }
    return sum;
  }

  /** Frobenius norm of M. */
  public double frobenius() {
    return Math.sqrt(Math.max(0, square())) * unit;
  }

  /**
   * How symmetric M is: tr(M M) / tr(M M^T), 1 for a symmetric M, -1 for an antisymmetric one; NaN
   * for zero.
   */
  public double score() {
    double sum = 0;
    for (int i = 0; i < h; i++) {
      for (int j = 0; j < h; j++) {
        sum += kq[i + j * h] * kq[j + i * h];
      }
    }
    return sum / square();
  }

  /**
   * The mean of {@link #score} over all orders of K's columns, exactly: with T = tr(M M^T), q and k
   * the row sums of Q and K, 1/d + ((q.k)^2 - k^T Q Q^T k - q^T K K^T q + T) / (d (d - 1) T).
   */
  public double expectedScore() {
    if (d == 1) {
      return score();
    }
    double[] sumQ = rowSums(q);
    double[] sumK = rowSums(k); // In any order of the columns.
    double both = 0;
    for (int i = 0; i < h; i++) {
      both += sumQ[i] * sumK[i];
    }
    double t = square();
    double rest = both * both - quadratic(qq, sumK) - quadratic(kk, sumQ) + t;
    return (1 + rest / ((d - 1) * t)) / d;
  }

  /** The largest singular value of M. */
  public double spectralNorm() {
    return Lapack.with(
        1,
        () -> {
          try (Scope scope = new Scope()) {
            Matrix r = factor(scope);
            int rows = Math.min(h, r.rows());
            // Below its first h rows R1 is zero.
            Matrix p = scope.matrix(rows, r.rows());
            cblas_dgemm(
                CblasColMajor,
                CblasNoTrans,
                CblasTrans,
                rows,
                r.rows(),
                h,
                1,
                r.pointer(),
                r.rows(),
                r.at(0, h, r.rows() * h),
                r.rows(),
                0,
                p.pointer(),
                rows);
            Matrix gram = scope.matrix(rows, rows);
            cblas_dsyrk(
                CblasColMajor,
                CblasLower,
                CblasNoTrans,
                rows,
                r.rows(),
                1,
                p.pointer(),
                rows,
                0,
                gram.pointer(),
                rows);
            double[] squares = SymmetricEigenvalues.ascending(gram, 1);
            return Math.sqrt(Math.max(0, squares[rows - 1])) * unit;
          }
        });
  }

  /** Eigenvalues of (M + M^T) / 2 that may differ from zero, min(2h, d) of them, ascending. */
  public double[] eigenvalues() {
    return Lapack.with(
        1,
        () -> {
          try (Scope scope = new Scope()) {
            Matrix r = factor(scope);
            int n = r.rows();
            Matrix s = scope.matrix(n, n);
            cblas_dsyr2k(
                CblasColMajor,
                CblasLower,
                CblasNoTrans,
                n,
                h,
                0.5,
                r.pointer(),
                n,
                r.at(0, h, n * h),
                n,
                0,
                s.pointer(),
                n);
            double[] values = SymmetricEigenvalues.ascending(s, 1);
            for (int i = 0; i < n; i++) {
              values[i] *= unit;
            }
            return values;
          }
        });
  }

  /** R of [Q^T K^T], {@code (min(d, 2h), 2h)}, upper triangular. */
  private Matrix factor(Scope scope) {
    if (2 * h <= d) {
      Matrix gram = scope.matrix(2 * h, 2 * h);
      double[] column = new double[2 * h];
      for (int j = 0; j < h; j++) {
        System.arraycopy(qq, j * h, column, 0, h);
        System.arraycopy(kq, j * h, column, h, h);
        gram.put(0, j, column, 0, 2 * h);
        for (int i = 0; i < h; i++) {
          column[i] = kq[j + i * h];
        }
        System.arraycopy(kk, j * h, column, h, h);
        gram.put(0, h + j, column, 0, 2 * h);
      }
      int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, (byte) 'U', 2 * h, gram.pointer(), 2 * h);
      if (info == 0 && upper(gram)) {
        return gram;
      }
    }
    Matrix both = scope.matrix(d, 2 * h);
    both.put(0, 0, q, 0, q.length);
    both.put(0, h, order == null ? k : moved(order), 0, k.length);
    DoublePointer tau = scope.doubles(2L * h);
    Lapack.check("dgeqrf", LAPACKE_dgeqrf(LAPACK_COL_MAJOR, d, 2 * h, both.pointer(), d, tau));
    int rows = Math.min(d, 2 * h);
    Matrix r = scope.matrix(rows, 2 * h);
    double[] column = new double[rows];
    for (int j = 0; j < 2 * h; j++) {
      int length = Math.min(rows, j + 1);
      both.get(0, j, column, 0, length);
      r.put(0, j, column, 0, length);
    }
    return r;
  }

  /** Clears what lies below the diagonal; whether the diagonal is well away from zero. */
  private boolean upper(Matrix r) {
    int n = r.rows();
    double[] zeros = new double[n];
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int j = 0; j < n; j++) {
      double diagonal = r.get(j, j);
      least = Math.min(least, diagonal);
      most = Math.max(most, diagonal);
      r.put(j + 1 < n ? j + 1 : 0, j + 1 < n ? j : 0, zeros, 0, j + 1 < n ? n - j - 1 : 0);
    }
    return least > TRUSTED * most;
  }

  /** A B^T, {@code (h, h)} column-major, of the transposes of A and B. */
  private static double[] product(Matrix a, Matrix b) {
    int d = a.rows();
    int h = a.columns();
    try (Scope scope = new Scope()) {
      Matrix c = scope.matrix(h, h);
      cblas_dgemm(
          CblasColMajor,
          CblasTrans,
          CblasNoTrans,
          h,
          h,
          d,
          1,
          a.pointer(),
          d,
          b.pointer(),
          d,
          0,
          c.pointer(),
          h);
      double[] values = new double[h * h];
      c.get(0, 0, values, 0, values.length);
      return values;
    }
  }

  /** A A^T of the transpose of A. */
  private static double[] square(Matrix a) {
    int h = a.columns();
    try (Scope scope = new Scope()) {
      Matrix c = scope.matrix(h, h);
      cblas_dsyrk(
          CblasColMajor,
          CblasLower,
          CblasTrans,
          h,
          a.rows(),
          1,
          a.pointer(),
          a.rows(),
          0,
          c.pointer(),
          h);
      double[] values = new double[h * h];
      c.get(0, 0, values, 0, values.length);
      for (int j = 0; j < h; j++) {
        for (int i = 0; i < j; i++) {
          values[i + j * h] = values[j + i * h];
        }
      }
      return values;
    }
  }

  private double[] rowSums(double[] m) {
    double[] sums = new double[h];
    for (int row = 0; row < h; row++) {
      // Two chains side by side: one alone would wait for every addition.
      double even = 0;
      double odd = 0;
      int end = (row + 1) * d;
      for (int i = row * d; i + 1 < end; i += 2) {
        even += m[i];
        odd += m[i + 1];
      }
      sums[row] = even + odd + (d % 2 == 1 ? m[end - 1] : 0);
    }
    return sums;
  }

  private double quadratic(double[] m, double[] v) {
    double sum = 0;
    for (int j = 0; j < h; j++) {
      for (int i = 0; i < h; i++) {
        sum += v[i] * m[i + j * h] * v[j];
      }
    }
    return sum;
  }

  /**
   * The exponent of a matrix's largest magnitude where products of four of its entries could leave
   * the range of float64, otherwise 0. Divided by that power of two they do not, and no digit
   * changes.
   */
  public static int exponent(double largest) {
    int exponent = largest == 0 ? 0 : Math.getExponent(largest);
    return Math.abs(exponent) > MODERATE ? exponent : 0;
  }

  private static int exponent(double[] m) {
    double largest = 0;
    for (double v : m) {
      largest = Math.max(largest, Math.abs(v));
    }
    return exponent(largest);
  }

  private static double[] scaled(double[] m, int exponent) {
    return exponent == 0 ? m : Arrays.stream(m).map(v -> Math.scalb(v, -exponent)).toArray();
  }
}
