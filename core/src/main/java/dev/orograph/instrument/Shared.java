package dev.orograph.instrument;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** Values that pieces of work share within one process; see {@link Work#once}. */
public final class Shared implements AutoCloseable {
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

  /** Closes the values that want it; none of those who asked may be under way. */
  @Override
  public void close() {
    for (CompletableFuture<Object> made : values.values()) {
      if (made.getNow(null) instanceof AutoCloseable value) {
        try {
          value.close();
        } catch (Exception e) {
          throw e instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        }
      }
    }
    values.clear();
  }
}
