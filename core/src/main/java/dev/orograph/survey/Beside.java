package dev.orograph.survey;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Work that goes on beside the caller's, on a thread of its own.
 *
 * @param <T> what it gives
 */
public final class Beside<T> {
  private final FutureTask<T> running;
  private final Thread thread;

  private Beside(Supplier<T> work) {
    running = new FutureTask<>(work::get);
    thread = new Thread(running, "orograph-beside");
    thread.setDaemon(true);
  }

  /** Starts it. */
  public static <T> Beside<T> start(Supplier<T> work) {
    Beside<T> beside = new Beside<>(work);
    beside.thread.start();
    return beside;
  }

  /**
   * Waits for what it gives; what it throws is thrown here. A caller that is interrupted interrupts
   * the work and still waits for its end.
   */
  public T result() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return running.get();
        } catch (InterruptedException e) {
          interrupted = true;
          thread.interrupt();
        } catch (ExecutionException e) {
          throw thrown(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException thrown(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
  }
}
