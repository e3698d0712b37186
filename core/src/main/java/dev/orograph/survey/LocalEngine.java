package dev.orograph.survey;

import dev.orograph.instrument.Job;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Workshop;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Threads of this process, shared by all analyses that measure at the same time. Tasks that came
 * first go first; among those that came together the most expensive one that fits into the memory
 * and the threads still free. A task counts for as many threads as its native code takes. One that
 * is larger than the whole budget, of memory or of threads, runs alone. After a failure nothing
 * more starts.
 */
public final class LocalEngine implements Engine {
  private final int threads;
  private final long memory;
  private final Workshop workshop;
  private final List<Thread> workers = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private int batches;
  private long held;
  private int busy;
  private int running;
  private boolean closed;
  private Throwable failure;

  /**
   * An engine.
   *
   * @param threads how many tasks run at once, each counted for the native threads that it takes
   * @param memory bytes that the tasks under way may take together
   * @param workshop what this process has open for them
   */
  public LocalEngine(int threads, long memory, Workshop workshop) {
    this.threads = threads;
    this.memory = memory;
    this.workshop = workshop;
  }

  /** Tasks that came together. */
  private static final class Batch {
    final int turn;
    final List<Waiting> all = new ArrayList<>();
    int left;

    Batch(int turn) {
      this.turn = turn;
    }
  }

  /** One task to measure. */
  private record Waiting(Batch batch, Task<?> task, Runnable work) {}

  @Override
  public <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Pending start(Job<S, D, R> job, List<Task<D>> tasks, Sink<D, R> sink) {
    Object oneAtATime = new Object();
    Batch batch;
    synchronized (this) {
      batch = new Batch(batches++);
    }
    for (Task<D> task : tasks) {
      batch.all.add(
          new Waiting(
              batch,
              task,
              () -> {
                sink.begun(task);
                R result = job.measure(workshop.at(job, task), task);
                synchronized (oneAtATime) {
                  sink.accept(task, result);
                }
              }));
    }
    submit(batch);
    return () -> await(batch);
  }

  private synchronized void submit(Batch batch) {
    if (closed) {
      fail(new CancellationException("closed"));
    }
    if (failure != null) {
      return;
    }
    batch.left = batch.all.size();
    waiting.addAll(batch.all);
    waiting.sort(
        Comparator.comparingInt((Waiting w) -> w.batch().turn)
            .thenComparingDouble(w -> -w.task().work()));
    while (workers.size() < Math.min(threads, waiting.size() + running)) {
      Thread t = new Thread(this::work, "orograph-" + workers.size());
      t.setDaemon(true);
      workers.add(t);
      t.start();
    }
    notifyAll();
  }

  /** Returns when the last task has ended; after a failure, when none of them runs any more. */
  private synchronized void await(Batch batch) {
    boolean interrupted = false;
    while (batch.left > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
        fail(new CancellationException("interrupted"));
        workers.forEach(Thread::interrupt);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  private void work() {
    for (Waiting next = take(); next != null; next = take()) {
      try {
        next.work().run();
      } catch (RuntimeException | Error e) {
        fail(e);
      } finally {
        done(next);
      }
    }
  }

  private synchronized Waiting take() {
    while (!closed) {
      for (int i = 0; i < waiting.size(); i++) {
        Waiting next = waiting.get(i);
        Task<?> task = next.task();
        if (running == 0
            || (held + task.bytes() <= memory && busy + task.nativeThreads() <= threads)) {
          waiting.remove(i);
          held += task.bytes();
          busy += task.nativeThreads();
          running++;
          return next;
        }
      }
      try {
        wait();
      } catch (InterruptedException e) {
        fail(new CancellationException("interrupted"));
      }
    }
    return null;
  }

  private synchronized void done(Waiting ended) {
    held -= ended.task().bytes();
    busy -= ended.task().nativeThreads();
    running--;
    ended.batch().left--;
    notifyAll();
  }

  /** The first failure is the one that is told; what still waits is given up. */
  private synchronized void fail(Throwable t) {
    if (failure == null) {
      failure = t;
    } else if (failure != t) {
      failure.addSuppressed(t);
    }
    waiting.forEach(w -> w.batch().left--);
    waiting.clear();
    notifyAll();
  }

  /** Gives up what still waits; whoever measures it is told so. */
  @Override
  public synchronized void close() {
    if (!waiting.isEmpty()) {
      fail(new CancellationException("closed"));
    }
    closed = true;
    notifyAll();
  }
}
