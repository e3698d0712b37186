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
 * Threads of this process. The most expensive piece that fits into the memory still free starts
 * first; a piece larger than the whole budget runs alone.
 */
public final class LocalEngine implements Engine {
  private final int threads;
  private final long memory;
  private final Function<Piece, Context> contexts;

  /**
   * An engine.
   *
   * @param threads how many pieces run at once
   * @param memory bytes that the pieces under way may take together
   * @param contexts the context of a piece
   */
  public LocalEngine(int threads, long memory, Function<Piece, Context> contexts) {
    this.threads = threads;
    this.memory = memory;
    this.contexts = contexts;
  }

  @Override
  public <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      void measure(
          Instrument<S, U, R> instrument,
          List<Subject> subjects,
          S settings,
          List<U> pieces,
          Sink<U, R> sink) {
    Queue<U> queue = new Queue<>(pieces, memory);
    Runnable worker =
        () -> {
          for (U piece = queue.take(); piece != null; piece = queue.take()) {
            try {
              R result = instrument.measure(contexts.apply(piece), subjects, settings, piece);
              synchronized (sink) {
                sink.accept(piece, result);
              }
            } catch (RuntimeException | Error e) {
              queue.fail(e);
            } finally {
              queue.done(piece);
            }
          }
        };
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < Math.min(threads, pieces.size()); i++) {
      Thread t = new Thread(worker, "orograph-" + instrument.card().id() + "-" + i);
      t.setDaemon(true);
      t.start();
      workers.add(t);
    }
    for (Thread t : workers) {
      join(t, workers, queue);
    }
    queue.rethrow();
  }

  private static void join(Thread t, List<Thread> workers, Queue<?> queue) {
    boolean interrupted = false;
    while (t.isAlive()) {
      try {
        t.join();
      } catch (InterruptedException e) {
        interrupted = true;
        queue.fail(new CancellationException("interrupted"));
        workers.forEach(Thread::interrupt);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {}

  /** Pieces that wait, and the memory that the ones under way hold. */
  private static final class Queue<U extends Piece> {
    private final List<U> waiting;
    private final long memory;
    private long held;
    private int running;
    private Throwable failure;

    Queue(List<U> pieces, long memory) {
      waiting = new ArrayList<>(pieces);
      waiting.sort(Comparator.comparingDouble((U p) -> -p.work()));
      this.memory = memory;
    }

    synchronized U take() {
      while (failure == null && !waiting.isEmpty()) {
        for (int i = 0; i < waiting.size(); i++) {
          U piece = waiting.get(i);
          if (running == 0 || held + piece.bytes() <= memory) {
            waiting.remove(i);
            held += piece.bytes();
            running++;
            return piece;
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

    synchronized void done(U piece) {
      held -= piece.bytes();
      running--;
      notifyAll();
    }

    synchronized void fail(Throwable t) {
      if (failure == null) {
        failure = t;
      } else if (failure != t) {
        failure.addSuppressed(t);
      }
      notifyAll();
    }

    synchronized void rethrow() {
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
    }
  }
}
