package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesdd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;

/**
 * A square matrix A = U S V' with all its singular vectors, by LAPACK's divide and conquer ({@code
 * dgesdd}) in float64; the signs of a pair of vectors are free, their products are not.
 *
 * @param left U, a vector per column, {@code (n, n)}
 * @param values S, descending
 * @param rightTransposed V', a vector per row, {@code (n, n)}
 */
public record SingularVectors(Matrix left, List<Double> values, Matrix rightTransposed) {
  /**
   * Of a square matrix; inside of {@link Lapack#with}.
   *
   * @param a {@code (n, n)} with finite entries; overwritten
   * @param scope owns the vectors
   * @throws ArithmeticException if LAPACK does not converge
   */
  public static SingularVectors of(Matrix a, Scope scope) {
    int n = a.rows();
    if (n < 1 || a.columns() != n) {
      throw new IllegalArgumentException("a " + n + " x " + a.columns() + " matrix");
    }
    Matrix left = scope.matrix(n, n);
    Matrix right = scope.matrix(n, n);
    double[] values = new double[n];
    try (Scope local = new Scope()) {
      DoublePointer s = local.doubles(n);
      Lapack.check(
          "dgesdd",
          LAPACKE_dgesdd(
              LAPACK_COL_MAJOR,
              (byte) 'A',
              n,
              n,
              a.pointer(),
              n,
              s,
              left.pointer(),
              n,
              right.pointer(),
              n));
      s.get(values);
    }
    return new SingularVectors(left, Arrays.stream(values).boxed().toList(), right);
  }

  /** Bytes of native memory that it takes, the result included: dgesdd works in about 4 n^2. */
  public static long bytes(long n) {
    return Math.multiplyExact(8L * 7, n * n);
  }
}
