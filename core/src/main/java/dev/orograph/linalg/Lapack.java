package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bytedeco.javacpp.DoublePointer;

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

  private static synchronized void setThreads(int threads) {
    if (current != threads) {
      blas_set_num_threads(threads);
      current = threads;
    }
  }

  /**
   * A digest of the arithmetic that the chosen kernels do: two machines with the same digest add in
   * the same order, as far as a 97 x 61 product can tell.
   */
  public static String kernels() {
    return Kernels.DIGEST;
  }

  /** Computed once, when first asked for: it loads the library. */
  private static final class Kernels {
    static final String DIGEST = with(1, Kernels::digest);

    private static String digest() {
      try (Scope scope = new Scope()) {
        int n = 97;
        int k = 61;
        DoublePointer a = scope.doubles((long) n * k);
        for (int i = 0; i < n * k; i++) {
          a.put(i, StrictMath.sin(1.0 + i));
        }
        Matrix c = scope.matrix(n, n);
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, n, k, 1, a, n, 0, c.pointer(), n);
        long digest = 0xcbf29ce484222325L;
        for (int j = 0; j < n; j++) {
          for (int i = j; i < n; i++) {
            digest = (digest ^ Double.doubleToLongBits(c.get(i, j))) * 0x100000001b3L;
          }
        }
        return "openblas-" + Long.toHexString(digest);
      }
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
