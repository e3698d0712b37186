package dev.orograph.model.forward;

import dev.orograph.linalg.Lapack;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Cuts a batch into slices whose states stay in the processor's caches, and computes them side by
 * side, each with one native thread. Where a batch is cut follows from its shape alone, so the
 * number of threads changes no digit.
 */
final class Slices implements AutoCloseable {
  /** Positions of a slice. */
  private static final int POSITIONS = 512;

  private final ExecutorService workers;
  private final int threads;

  Slices(int threads) {
    this.threads = threads;
    workers = Executors.newFixedThreadPool(threads, Worker::new);
  }

  /** A thread for native work on one core, which knows whom it may ask for help. */
  private final class Worker extends Thread {
    Worker(Runnable work) {
      super(
          () -> {
            torch.set_num_threads(1); // of this thread
            work.run();
          },
          "orograph-forward");
      setDaemon(true);
    }

    Slices crew() {
      return Slices.this;
    }
  }

  /**
   * The results of some pieces of one slice's work, in their order, in the scope around this call.
   * Workers that have nothing else to do take part.
   *
   * @param side whether pieces may be computed by other threads
   */
  static Tensor[] parts(int count, boolean side, IntFunction<Tensor> piece) {
    Parts parts = new Parts(count, piece);
    if (side && Thread.currentThread() instanceof Worker worker) {
      Slices crew = worker.crew();
      for (int i = 1; i < Math.min(count, crew.threads); i++) {
        crew.workers.execute(parts::help);
      }
    }
    return parts.all();
  }

  /** Entries of a slice. */
  static int rows(int positions) {
    return Math.max(1, POSITIONS / Math.max(1, positions));
  }

  /** The slices of a batch; one where it is small. */
  static List<Inputs> of(Inputs in, int positions) {
    int rows = rows(positions);
    List<Inputs> slices = new ArrayList<>();
    for (int from = 0; from < in.batch(); from += rows) {
      slices.add(in.slice(from, Math.min(in.batch(), from + rows)));
    }
    return slices;
  }

  /** The wanted states of all slices, put together again. */
  States run(List<Inputs> slices, Function<Inputs, States> pass) {
    List<States> parts = new ArrayList<>();
    try {
      each(slices.stream().<Supplier<States>>map(s -> () -> pass.apply(s)).toList(), parts::add);
      return joined(parts);
    } finally {
      parts.forEach(States::close);
    }
  }

  /**
   * Pieces of native work side by side, each with one native thread.
   *
   * @param taken is given what each returns, in the order of the pieces whatever their timing, in
   *     the thread of the caller; also where another piece failed, or {@code taken} itself. The
   *     first failure is thrown when all have ended
   */
  <T> void each(List<Supplier<T>> pieces, Consumer<T> taken) {
    // Helpers of this thread's own operations would spin beside the workers.
    torch.set_num_threads(1);
    Lapack.with(
        1,
        () -> {
          all(pieces, taken);
          return null;
        });
  }

  private <T> void all(List<Supplier<T>> pieces, Consumer<T> taken) {
    List<Future<T>> running = pieces.stream().map(p -> workers.submit(p::get)).toList();
    RuntimeException failure = null;
    boolean interrupted = false;
    for (Future<T> each : running) {
      // Never leave before the last one: they share weights that the caller may free.
      while (true) {
        try {
          taken.accept(each.get());
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          RuntimeException cause =
              e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
          failure = failure == null ? cause : failure;
          break;
        } catch (RuntimeException e) {
          failure = failure == null ? e : failure;
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static States joined(List<States> parts) {
    States all = new States();
    for (String name : parts.get(0).names()) {
      try (PointerScope scope = new PointerScope()) {
        Tensor[] each = parts.stream().map(p -> p.get(name).tensor()).toArray(Tensor[]::new);
        all.put(new State(name, Torch.keep(Torch.cat(0, each))));
      }
    }
    return all;
  }

  @Override
  public void close() {
    workers.shutdown();
  }
}
