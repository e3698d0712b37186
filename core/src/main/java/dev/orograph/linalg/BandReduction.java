package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.*;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * All eigenvalues of a large dense symmetric matrix, by successive band reduction.
 *
 * <p>Stage 1 turns the matrix into a band of half width b, b columns at a time: QR of the panel
 * below the band gives {@code Q = I - V T V'}; with {@code X = A V T} and {@code S = T' V' X}, the
 * rest becomes {@code A - V (X - V S / 2)' - (X - V S / 2) V'}. 4/3 n^3 flops, all in matrix
 * products ({@link PanelReduction}); the next panel is factored while the other members finish the
 * update. Stage 2 ({@link BulgeChase}, 6 n^2 b flops) makes the band tridiagonal, and LAPACK's
 * {@code dsterf} (O(n^2), one thread) ends it. Only orthogonal similarities are used, so every
 * error is of order {@code n * eps * ||A||}.
 *
 * <p>Why not LAPACK's {@code dsyevd_2stage}: without OpenMP it takes b = 32, runs thin products at
 * two thirds of the speed, factors panels alone, and chases bulges on one thread. Why not {@code
 * dsyevd}: half of its flops are matrix-vector products, bound by memory beyond the cache.
 *
 * <p>The tiles depend on n only, each is computed by one thread with single-threaded BLAS, and the
 * sums have a fixed order: the bits do not depend on the number of threads.
 *
 * <p>Sources: C. Bischof, B. Lang, X. Sun, "A framework for symmetric band reduction", ACM TOMS 26
 * (2000); A. Haidar, H. Ltaief, J. Dongarra, "Parallel reduction to condensed forms for symmetric
 * eigenvalue problems using aggregated fine-grained and memory-aware kernels", SC 2011.
 */
final class BandReduction {
  private BandReduction() {}

  /**
   * Ascending eigenvalues of the symmetric matrix whose lower triangle is in {@code a}.
   *
   * <p>Call it inside of {@code Lapack.with(1, ...)} or {@link Lapack#singly}: each member of its
   * crew calls BLAS of one thread.
   *
   * @param a {@code (n, n)}, column-major, at position 0; destroyed, the upper triangle too
   * @param threads threads to use, the caller's included; they change no bit
   * @throws ArithmeticException if an entry is not finite, or {@code dsterf} does not converge
   */
  static double[] eigenvalues(DoublePointer a, int n, int threads) {
    return eigenvalues(a, n, threads, n < 3000 ? 32 : 64);
  }

  /** As above with half width {@code b} of the band, for tests. */
  @SuppressWarnings("try") // the scope frees all buffers
  static double[] eigenvalues(DoublePointer a, int n, int threads, int b) {
    if (n < 1) {
      return new double[0];
    }
    Crew crew = new Crew(threads);
    try (PointerScope scope = new PointerScope()) {
      DoublePointer matrix = new DoublePointer(a);
      double scale = scale(matrix, n);
      DoublePointer band = new DoublePointer(2L * b * (n + 1));
      LAPACKE_dlaset_work(LAPACK_COL_MAJOR, (byte) 'A', 2 * b, n + 1, 0, 0, band, 2 * b);
      PanelReduction reduction = new PanelReduction(matrix, band, n, b, crew);
      crew.run(reduction::reduce);
      crew.run(new BulgeChase(band, n, b, crew)::chase);
      double[] d = new double[n];
      double[] e = new double[n];
      for (int i = 0; i < n; i++) {
        d[i] = band.get(2L * b * i);
        e[i] = band.get(2L * b * i + 1);
      }
      int info = LAPACKE_dsterf_work(n, d, e);
      if (info != 0) {
        throw new ArithmeticException("dsterf: " + info + " eigenvalues did not converge, n=" + n);
      }
      for (int i = 0; i < n; i++) {
        d[i] /= scale;
      }
      return d;
    }
  }

  /** Multiplies by a power of two where squares could leave the range; returns the factor. */
  private static double scale(DoublePointer a, int n) {
    double largest = 0;
    for (int j = 0; j < n; j++) {
      largest = Math.max(largest, cblas_dasum(n - j, a.position(j + (long) j * n), 1));
    }
    if (!Double.isFinite(largest)) {
      throw new ArithmeticException("matrix of order " + n + " has NaN or infinite entries");
    }
    boolean usual = largest == 0 || (largest > 1e-100 && largest < 1e100);
    double factor = usual ? 1 : Math.scalb(1.0, Math.min(1000, -Math.getExponent(largest)));
    for (int j = 0; j < n && !usual; j++) {
      cblas_dscal(n - j, factor, a.position(j + (long) j * n), 1);
    }
    a.position(0);
    return factor;
  }
}
