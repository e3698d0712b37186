package dev.orograph.survey;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Work that goes on beside the caller's.
 *
 * @param <T> what it gives
 */
public final class Beside<T> {
  private final CompletableFuture<T> running;

  private Beside(CompletableFuture<T> running) {
    this.running = running;
  }

  /** Starts it. */
  public static <T> Beside<T> start(Supplier<T> work) {
    return new Beside<>(CompletableFuture.supplyAsync(work));
  }

  /** Waits for what it gives; what it throws is thrown here. */
  public T result() {
    try {
      return running.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
