package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_dasum;
import static org.bytedeco.openblas.global.openblas.cblas_ddot;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas.cblas_dnrm2;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The native library: its thread count, which is one setting for the whole process, and what it
 * answers.
 *
 * <p>Bits depend on the thread count, so work says how many native threads it takes and never
 * follows the machine: calls that take one run side by side, a call that takes more runs alone.
 */
public final class Lapack {
  private static final ReentrantReadWriteLock LOCK = new ReentrantReadWriteLock(true);

  /** Threads last set; 0 before the library was first used. */
  private static int current;

  /** Bytes that the library keeps for a thread that multiplies large matrices. */
  static final long BYTES_PER_THREAD = 1L << 25;

  static {
    ownMemory();
  }

  private Lapack() {}

  /**
   * JavaCPP refuses native memory beyond the size of the Java heap, or a few times that; here
   * pieces of work state what they take and a {@link Scope} gives it back, so the heap says
   * nothing. Must come before its first class.
   */
  public static void ownMemory() {
    System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
    System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
  }

  /** Native work. */
  public interface Work<T> {
    /** Runs it. */
    T run();
  }

  /**
   * Runs native work with exactly that many native threads.
   *
   * @throws IllegalArgumentException if {@code threads} is below 1
   * @throws IllegalStateException if more than one thread is asked for inside work that has one: it
   *     would wait for itself
   */
  public static <T> T with(int threads, Work<T> work) {
    if (threads < 1) {
      throw new IllegalArgumentException("native threads: " + threads);
    }
    if (threads == 1) {
      LOCK.readLock().lock();
      try {
        setThreads(1);
        return work.run();
      } finally {
        LOCK.readLock().unlock();
      }
    }
    if (LOCK.getReadHoldCount() > 0) {
      throw new IllegalStateException(threads + " native threads inside work that has one");
    }
    LOCK.writeLock().lock();
    try {
      setThreads(threads);
      return work.run();
    } finally {
      setThreads(1);
      LOCK.writeLock().unlock();
    }
  }

  /**
   * Runs work that shares its threads out itself, inside of {@link #with} that has so many: until
   * it ends the native library takes one thread for each call.
   */
  static <T> T singly(int threads, Work<T> work) {
    setThreads(1);
    try {
      return work.run();
    } finally {
      setThreads(threads);
    }
  }

  private static synchronized void setThreads(int threads) {
    if (current != threads) {
      blas_set_num_threads(threads);
      current = threads;
    }
  }

  /**
   * A digest of the arithmetic that the chosen kernels do: two machines with the same digest add in
   * the same order, as far as products of 97 by 61 numbers can tell (the first half: X X' alone),
   * and a Cholesky factor and eigenvectors of what they make.
   */
  public static String kernels() {
    return Kernels.DIGEST;
  }

  /** Computed once, when first asked for: it loads the library. */
  private static final class Kernels {
    static final String DIGEST = with(1, Kernels::digest);

    private static final int N = 97;
    private static final int K = 61;
    private static final long START = 0xcbf29ce484222325L;

    private static String digest() {
      try (Scope scope = new Scope()) {
        DoublePointer a = scope.doubles((long) N * K);
        FloatPointer single = scope.floats((long) N * K);
        for (int i = 0; i < N * K; i++) {
          double value = StrictMath.sin(1.0 + i);
          a.put(i, value);
          single.put(i, (float) value);
        }
        Matrix c = scope.matrix(N, N);
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, N, K, 1, a, N, 0, c.pointer(), N);
        long own = START;
        for (int j = 0; j < N; j++) {
          for (int i = j; i < N; i++) {
            own = mixed(own, c.get(i, j));
          }
        }
        return "openblas-"
            + Long.toHexString(own)
            + "-"
            + Long.toHexString(others(a, single, c, scope));
      }
    }

    /** Other routines have kernels of their own, by which some processors differ alone. */
    private static long others(DoublePointer a, FloatPointer single, Matrix c, Scope scope) {
      long digest = START;
      Matrix full = scope.matrix(N, N);
      cblas_dgemm(
          CblasColMajor, CblasNoTrans, CblasTrans, N, N, K, 1, a, N, a, N, 0, full.pointer(), N);
      digest = mixed(digest, full);
      DoublePointer y = scope.doubles(N);
      cblas_dgemv(CblasColMajor, CblasNoTrans, N, K, 1, a, N, a, 1, 0, y, 1);
      for (int i = 0; i < N; i++) {
        digest = mixed(digest, y.get(i));
      }
      digest = mixed(digest, cblas_ddot(N, a, 1, y, 1));
      digest = mixed(digest, cblas_dnrm2(N, y, 1));
      digest = mixed(digest, cblas_dasum(N, y, 1));
      FloatPointer product = scope.floats((long) N * N);
      cblas_sgemm(
          CblasColMajor, CblasNoTrans, CblasTrans, N, N, K, 1, single, N, single, N, 0, product, N);
      for (int i = 0; i < N * N; i++) {
        digest = mixed(digest, product.get(i));
      }
      for (int i = 0; i < N; i++) {
        full.set(i, i, full.get(i, i) + N);
      }
      check("dpotrf", LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, (byte) 'L', N, full.pointer(), N));
      digest = mixed(digest, full);
      LeadingEigenvectors e = LeadingEigenvectors.of(c, K, scope);
      for (double value : e.values()) {
        digest = mixed(digest, value);
      }
      return mixed(digest, e.vectors());
    }

    private static long mixed(long digest, Matrix m) {
      long all = digest;
      for (int j = 0; j < m.columns(); j++) {
        for (int i = 0; i < m.rows(); i++) {
          all = mixed(all, m.get(i, j));
        }
      }
      return all;
    }

    private static long mixed(long digest, double value) {
      return (digest ^ Double.doubleToLongBits(value)) * 0x100000001b3L;
    }
  }

  static void check(String routine, int info) {
    if (info != 0) {
      throw new ArithmeticException(
          routine
              + (info < 0 ? " was given a wrong argument " + -info : " did not converge: " + info));
    }
  }
}
