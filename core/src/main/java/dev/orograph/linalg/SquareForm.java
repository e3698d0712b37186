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
  private final int threads;

  private SquareForm(Matrix a, int threads) {
    this.a = a;
    this.threads = threads;
  }

  /** Gives some rows of Q, to several threads at once. */
  public interface Rows {
    /** Rows {@code from} to {@code from + count} of Q, {@code (count, d)} row-major. */
    double[] read(int from, int count);
  }

  /** Bytes that forming it takes beside A and K, and decomposing it beside A and a copy. */
  public static long bytes(long n, long d, int threads) {
    return 8 * (2L * threads * BLOCK * d + 512 * n);
  }

  /**
   * Forms A in the scope's memory. Not to be called inside of {@link Lapack#with}.
   *
   * @param q rows of Q, read in blocks
   * @param transposedK K^T, {@code (d, n)}
   * @param threads threads to use, here and to decompose it; they change no digit
   */
  public static SquareForm of(Rows q, Matrix transposedK, int threads, Scope scope) {
    int n = transposedK.columns();
    int d = transposedK.rows();
    Matrix a = scope.matrix(n, n);
    Crew crew = new Crew(threads);
    crew.run(
        member -> {
          try (Scope local = new Scope()) {
            DoublePointer rows = local.doubles((long) Math.min(n, BLOCK) * d);
            for (int t = crew.ticket(); (long) t * BLOCK < n; t = crew.ticket()) {
              int from = t * BLOCK;
              int block = Math.min(BLOCK, n - from);
              double[] read = q.read(from, block);
              rows.put(read, 0, read.length);
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
                        a.at(from, 0, 1),
                        n);
                    return null;
                  });
            }
          }
        });
    return new SquareForm(a, threads);
  }

  /**
   * Singular values, largest first, from the Gram matrix: the error in every value is at most about
   * sqrt(eps64) s1 = 1.5e-8 s1.
   */
  public double[] singularValues() {
    int n = a.rows();
    // Down the columns lie the rows of the transpose, which has the same singular values.
    Entries transpose =
        Entries.of(
            n,
            n,
            (from, into, offset, length) ->
                a.get((int) (from % n), (int) (from / n), into, offset, length));
    try (Scope scope = new Scope()) {
      Matrix gram = Gram.ofColumns(transpose, threads, scope);
      return SingularValues.ofGram(SymmetricEigenvalues.sideBySide(gram, threads));
    }
  }

  /**
   * A's symmetric part.
   *
   * @param asymmetry |A - A^T|_F / |A|_F, from 0 (symmetric) to 2 (antisymmetric); NaN for zero
   * @param eigenvalues eigenvalues of (A + A^T) / 2, ascending
   */
  public record Symmetric(double asymmetry, List<Double> eigenvalues) {}

  /** Decomposes the symmetric part, which takes A's place. Not inside of {@link Lapack#with}. */
  public Symmetric symmetric() {
    double asymmetry = Lapack.with(1, this::symmetrized);
    return new Symmetric(
        asymmetry, Arrays.stream(SymmetricEigenvalues.sideBySide(a, threads)).boxed().toList());
  }

  private double symmetrized() {
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
      return Math.sqrt(2) * apart / whole;
    }
  }
}
