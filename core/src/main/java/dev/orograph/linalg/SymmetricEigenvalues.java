package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsterf_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsytrd_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import org.bytedeco.javacpp.DoublePointer;

/**
 * Eigenvalues of a symmetric matrix, without vectors: reduction to a tridiagonal matrix, then the
 * root-free QR iteration. The error in every value is about eps64 times the largest magnitude.
 */
public final class SymmetricEigenvalues {
  /** From about this order on our own reduction is faster than LAPACK's. */
  private static final int BAND_REDUCTION = 2500;

  private SymmetricEigenvalues() {}

  /**
   * Eigenvalues in ascending order.
   *
   * @param a a square matrix with finite entries of which the lower triangle is read; overwritten
   * @param threads native threads, part of what fixes the digits
   * @throws ArithmeticException if LAPACK does not converge
   */
  public static double[] of(Matrix a, int threads) {
    return Lapack.with(threads, () -> ascending(a, threads));
  }

  /**
   * The same by threads of ours over native code of one thread each, where that is worth it; their
   * number changes no digit. Not to be called inside of {@link Lapack#with}.
   */
  static double[] sideBySide(Matrix a, int threads) {
    int n = a.rows();
    return Lapack.with(
        1,
        () ->
            n >= BAND_REDUCTION
                ? BandReduction.eigenvalues(a.pointer(), n, threads)
                : ascending(a, 1));
  }

  /** {@link #of} inside of {@link Lapack#with}. */
  static double[] ascending(Matrix a, int threads) {
    int n = a.rows();
    if (n == 0) {
      return new double[0];
    }
    if (n >= BAND_REDUCTION) {
      return Lapack.singly(threads, () -> BandReduction.eigenvalues(a.pointer(), n, threads));
    }
    try (Scope scope = new Scope()) {
      // What dsyevd does without vectors, less its scans of the whole matrix.
      DoublePointer d = scope.doubles(n);
      DoublePointer e = scope.doubles(n);
      DoublePointer tau = scope.doubles(n);
      int work = Math.multiplyExact(n, 64);
      int info =
          LAPACKE_dsytrd_work(
              LAPACK_COL_MAJOR,
              (byte) 'L',
              n,
              a.pointer(),
              n,
              d,
              e,
              tau,
              scope.doubles(work),
              work);
      Lapack.check("dsytrd", info);
      Lapack.check("dsterf", LAPACKE_dsterf_work(n, d, e));
      double[] ascending = new double[n];
      d.get(ascending);
      return ascending;
    }
  }
}
