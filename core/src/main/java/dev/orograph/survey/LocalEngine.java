package dev.orograph.survey;

import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Piece;
import dev.orograph.instrument.Subject;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * Threads of this process, shared by all instruments that measure at the same time. Pieces that
 * came first go first; among those that came together the most expensive one that fits into the
 * memory still free. A piece larger than the whole budget runs alone. After a failure nothing more
 * starts.
 */
public final class LocalEngine implements Engine {
  private final int threads;
  private final long memory;
  private final List<Thread> workers = new ArrayList<>();
  private final List<Task> waiting = new ArrayList<>();
  private int batches;
  private long held;
  private int running;
  private boolean closed;
  private Throwable failure;

  /**
   * An engine.
   *
   * @param threads how many pieces run at once
   * @param memory bytes that the pieces under way may take together
   */
  public LocalEngine(int threads, long memory) {
    this.threads = threads;
    this.memory = memory;
  }

  /** Pieces that came together. */
  private static final class Batch {
    final int turn;
    final List<Task> all = new ArrayList<>();
    int left;

    Batch(int turn) {
      this.turn = turn;
    }
  }

  /** One piece to measure. */
  private record Task(Batch batch, Piece piece, Runnable work) {}

  @Override
  public <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      void measure(
          Function<Piece, Context> contexts,
          Instrument<S, U, R> instrument,
          List<Subject> subjects,
          S settings,
          List<U> pieces,
          Sink<U, R> sink) {
    Object oneAtATime = new Object();
    Batch batch;
    synchronized (this) {
      batch = new Batch(batches++);
    }
    for (U piece : pieces) {
      batch.all.add(
          new Task(
              batch,
              piece,
              () -> {
                R result = instrument.measure(contexts.apply(piece), subjects, settings, piece);
                synchronized (oneAtATime) {
                  sink.accept(piece, result);
                }
              }));
    }
    submit(batch);
    await(batch);
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
        Comparator.comparingInt((Task t) -> t.batch().turn)
            .thenComparingDouble(t -> -t.piece().work()));
    while (workers.size() < Math.min(threads, waiting.size() + running)) {
      Thread t = new Thread(this::work, "orograph-" + workers.size());
      t.setDaemon(true);
      workers.add(t);
      t.start();
    }
    notifyAll();
  }

  /** Returns when the last piece has ended; after a failure, when none of them runs any more. */
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
    for (Task task = take(); task != null; task = take()) {
      try {
        task.work().run();
      } catch (RuntimeException | Error e) {
        fail(e);
      } finally {
        done(task);
      }
    }
  }

  private synchronized Task take() {
    while (!closed) {
      for (int i = 0; i < waiting.size(); i++) {
        Task task = waiting.get(i);
        if (running == 0 || held + task.piece().bytes() <= memory) {
          waiting.remove(i);
          held += task.piece().bytes();
          running++;
          return task;
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

  private synchronized void done(Task task) {
    held -= task.piece().bytes();
    running--;
    task.batch().left--;
    notifyAll();
  }

  /** The first failure is the one that is told; what still waits is given up. */
  private synchronized void fail(Throwable t) {
    if (failure == null) {
      failure = t;
    } else if (failure != t) {
      failure.addSuppressed(t);
    }
    waiting.forEach(task -> task.batch().left--);
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
