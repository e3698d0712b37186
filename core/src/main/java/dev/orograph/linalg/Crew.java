package dev.orograph.linalg;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A few threads that run one body together, with numbered tasks handed out in order and a barrier.
 * The caller is member 0. Waiting spins for some microseconds, then sleeps in short naps, so that a
 * busy machine is not made busier. When one member fails, the others stop at their next wait.
 */
public final class Crew {
  private static final int SPINS = 5_000;
  private static final long NAP_NANOS = 10_000;

  private final int size;
  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicInteger tickets = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile int generation;

  /** A crew of {@code size} members, the calling thread included; at least 1. */
  public Crew(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a crew needs at least 1 member, not " + size);
    }
    this.size = size;
  }

  int size() {
    return size;
  }

  /**
   * Runs {@code body} once per member with its number, and returns when all have ended. The first
   * failure of a member is thrown on, as it is.
   */
  public void run(IntConsumer body) {
    Thread[] helpers = new Thread[size - 1];
    for (int i = 0; i < helpers.length; i++) {
      int member = i + 1;
      helpers[i] = new Thread(() -> guarded(body, member), "orograph-crew-" + member);
      helpers[i].setDaemon(true);
      helpers[i].start();
    }
    guarded(body, 0);
    boolean interrupted = false;
    for (Thread helper : helpers) {
      // The members share native memory that the caller frees: never leave before the last one.
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable cause = failure.get();
    if (cause instanceof Error e) {
      throw e;
    }
    if (cause instanceof RuntimeException e) {
      throw e;
    }
  }

  /** Whether a member has failed, so that the work of the others is of no use. */
  public boolean failed() {
    return failure.get() != null;
  }

  private void guarded(IntConsumer body, int member) {
    try {
      body.accept(member);
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  /** The next task number since the last barrier, from 0. */
  public int ticket() {
    return tickets.getAndIncrement();
  }

  /** Waits for all members, then starts the task numbers again from 0. */
  public void barrier() {
    int mine = generation;
    if (arrived.incrementAndGet() == size) {
      arrived.set(0);
      tickets.set(0);
      generation = mine + 1;
    } else {
      for (int spins = 0; generation == mine; spins++) {
        pause(spins);
      }
    }
  }

  /** One turn of a waiting loop; {@code spins} counts the turns already made. */
  void pause(int spins) {
    if (failed()) {
      throw new IllegalStateException("another member of the crew failed");
    }
    if (spins < SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(this, NAP_NANOS);
    }
  }
}
