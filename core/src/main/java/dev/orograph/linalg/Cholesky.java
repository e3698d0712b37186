package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLeft;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsm;

import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.DoublePointer;

/**
 * The lower triangular R with C = R R' of a symmetric positive definite C, {@code (d, d)}, and rows
 * x brought to z = R^-1 x, where C is the identity: |z|^2 = x' C^-1 x. The relative error of such a
 * squared length is about d eps64 times the condition number of C.
 */
public final class Cholesky {
  private static final int ROWS = 512;

  private final Matrix factor;

  private Cholesky(Matrix factor) {
    this.factor = factor;
  }

  /**
   * Factorises in place.
   *
   * @param c of which the lower triangle is read; becomes R, and lives as long as its scope
   * @param threads native threads, part of what fixes the digits
   * @throws ArithmeticException if C is not positive definite
   */
  public static Cholesky of(Matrix c, int threads) {
    int d = c.rows();
    int info =
        Lapack.with(
            threads, () -> LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, (byte) 'L', d, c.pointer(), d));
    if (info > 0) {
      throw new ArithmeticException("the matrix is not positive definite from column " + info);
    }
    Lapack.check("dpotrf", info);
    return new Cholesky(c);
  }

  /** Receives rows, in blocks, from several threads at a time. */
  public interface Solved {
    /**
     * Rows {@code first} to {@code first + count - 1}.
     *
     * @param block z, {@code (count, d)} row-major, valid during the call
     */
    void rows(int first, double[] block, int count);
  }

  /** Bytes that one thread takes. */
  public static long bytes(long d, int threads) {
    return threads * (16L * ROWS * d + Lapack.BYTES_PER_THREAD);
  }

  /** How many rows {@link Solved} gets at most, so that it can tell blocks apart. */
  public static int block() {
    return ROWS;
  }

  /**
   * Solves for many rows. Not to be called inside of {@link Lapack#with}.
   *
   * @param x {@code (n, d)}; must allow reading by several threads
   * @param threads threads to use, the caller's included; they change no bit of the result
   * @param watch called between blocks, by any of the threads
   */
  public void solve(Entries x, int threads, NearestNeighbours.Watch watch, Solved solved) {
    int n = Math.toIntExact(x.rows());
    int d = factor.rows();
    long blocks = (n + ROWS - 1L) / ROWS;
    AtomicLong done = new AtomicLong();
    Crew crew = new Crew((int) Math.max(1, Math.min(threads, blocks)));
    crew.run(
        member -> {
          try (Scope scope = new Scope()) {
            DoublePointer z = scope.doubles((long) ROWS * d);
            double[] block = new double[ROWS * d];
            for (int b = crew.ticket(); b < blocks && !crew.failed(); b = crew.ticket()) {
              int first = b * ROWS;
              int count = Math.min(ROWS, n - first);
              x.read((long) first * d, block, 0, count * d);
              solve(z, block, count);
              solved.rows(first, block, count);
              watch.done(done.incrementAndGet(), blocks);
            }
          }
        });
  }

  /** Replaces one row. */
  public void solve(double[] x) {
    try (Scope scope = new Scope()) {
      solve(scope.doubles(x.length), x, 1);
    }
  }

  private void solve(DoublePointer z, double[] block, int count) {
    int d = factor.rows();
    z.put(block, 0, count * d);
    Lapack.with(
        1,
        () -> {
          cblas_dtrsm(
              CblasColMajor,
              CblasLeft,
              CblasLower,
              CblasNoTrans,
              CblasNonUnit,
              d,
              count,
              1,
              factor.pointer(),
              d,
              z,
              d);
          return null;
        });
    z.get(block, 0, count * d);
  }
}
