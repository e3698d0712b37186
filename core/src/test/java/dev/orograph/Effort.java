package dev.orograph;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.junit.jupiter.api.function.Executable;

/**
 * The processor time of a thread, which other work on the machine does not lengthen. What a
 * machine's speed is nobody knows, so efforts are compared with each other.
 */
public final class Effort {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Effort() {}

  /** Nanoseconds of processor that this thread has had. */
  public static long now() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** Nanoseconds of processor that the work takes this thread. */
  public static long of(Executable work) throws Throwable {
    long before = now();
    work.execute();
    return now() - before;
  }
}
