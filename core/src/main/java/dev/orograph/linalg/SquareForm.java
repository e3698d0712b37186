package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas.cblas_dcopy;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dnrm2;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;

/**
 * The square matrix A = Q K^T, {@code (n, n)}, of two matrices Q and K, {@code (n, d)}: formed, a
 * few rows of Q at a time, and decomposed.
 */
public final class SquareForm {
  /** Rows of Q at a time; fewer would pack K too often. */
  private static final int BLOCK = 512;

  private final Matrix a;

  private SquareForm(Matrix a) {
    this.a = a;
  }

  /** Gives some rows of Q. */
  public interface Rows {
    /** Rows {@code from} to {@code from + count} of Q, {@code (count, d)} row-major. */
    double[] read(int from, int count);
  }

  /**
   * Forms A in the scope's memory.
   *
   * @param q rows of Q, read in blocks
   * @param transposedK K^T, {@code (d, n)}
   */
  public static SquareForm of(Rows q, Matrix transposedK, Scope scope) {
    int n = transposedK.columns();
    int d = transposedK.rows();
    Matrix a = scope.matrix(n, n);
    try (Scope local = new Scope()) {
      DoublePointer rows = local.doubles((long) Math.min(n, BLOCK) * d);
      for (int from = 0; from < n; from += BLOCK) {
        int block = Math.min(BLOCK, n - from);
        double[] read = q.read(from, block);
        rows.put(read, 0, read.length);
        int at = from;
        Lapack.with(
            1,
            () -> {
              cblas_dgemm(
                  CblasColMajor,
                  CblasTrans,
                  CblasNoTrans,
                  block,
                  n,
                  d,
                  1,
                  rows,
                  d,
                  transposedK.pointer(),
                  d,
                  0,
                  a.at(at, 0, 1),
                  n);
              return null;
            });
      }
    }
    return new SquareForm(a);
  }

  /** Singular values, largest first; see {@link SingularValues#large} for their error. */
  public double[] singularValues() {
    int n = a.rows();
    return SingularValues.large(
        // Down the columns lie the rows of the transpose, which has the same singular values.
        new Entries() {
          @Override
          public long rows() {
            return n;
          }

          @Override
          public long columns() {
            return n;
          }

          @Override
          public void read(long from, double[] into, int offset, int length) {
            a.get((int) (from % n), (int) (from / n), into, offset, length);
          }
        },
        1);
  }

  /**
   * A's symmetric part.
   *
   * @param asymmetry |A - A^T|_F / |A|_F, from 0 (symmetric) to 2 (antisymmetric); NaN for zero
   * @param eigenvalues eigenvalues of (A + A^T) / 2, ascending
   */
  public record Symmetric(double asymmetry, List<Double> eigenvalues) {}

  /** Decomposes the symmetric part, which takes A's place. */
  public Symmetric symmetric() {
    return Lapack.with(1, this::decomposed);
  }

  private Symmetric decomposed() {
    int n = a.rows();
    try (Scope scope = new Scope()) {
      DoublePointer difference = scope.doubles(n);
      double whole = 0;
      double apart = 0;
      for (int j = 0; j < n; j++) {
        // From the diagonal on down the column, and along the row.
        int length = n - j;
        DoublePointer column = a.at(j, j, length);
        whole = Math.hypot(whole, cblas_dnrm2(length, column, 1));
        if (length > 1) {
          whole = Math.hypot(whole, cblas_dnrm2(length - 1, a.at(j, j + 1, 1), n));
        }
        cblas_dcopy(length, column, 1, difference, 1);
        cblas_daxpy(length, -1, column, n, difference, 1);
        apart = Math.hypot(apart, cblas_dnrm2(length, difference, 1));
        cblas_dscal(length, 0.5, column, 1);
        if (length > 1) {
          cblas_daxpy(length - 1, 0.5, a.at(j, j + 1, 1), n, a.at(j + 1, j, length - 1), 1);
        }
        a.set(j, j, 2 * a.get(j, j));
      }
      return new Symmetric(
          Math.sqrt(2) * apart / whole,
          Arrays.stream(SymmetricEigenvalues.ascending(a, 1)).boxed().toList());
    }
  }
}
