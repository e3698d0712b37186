package dev.orograph.instrument;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** Values that pieces of work share within one process; see {@link Context#once}. */
public final class Shared {
  private final ConcurrentMap<Object, CompletableFuture<Object>> values = new ConcurrentHashMap<>();

  /** The value of that key; whoever asks while it is being made waits. A failure is not kept. */
  @SuppressWarnings("unchecked")
  public <T> T once(Object key, Supplier<T> value) {
    CompletableFuture<Object> mine = new CompletableFuture<>();
    CompletableFuture<Object> there = values.putIfAbsent(key, mine);
    if (there == null) {
      try {
        mine.complete(value.get());
      } catch (RuntimeException | Error e) {
        values.remove(key, mine);
        mine.completeExceptionally(e);
        throw e;
      }
      there = mine;
    }
    try {
      return (T) there.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
