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

  Slices(int threads) {
    workers = Executors.newFixedThreadPool(threads, Slices::worker);
  }

  private static Thread worker(Runnable work) {
    Thread t =
        new Thread(
            () -> {
              torch.set_num_threads(1); // of this thread
              work.run();
            },
            "orograph-forward");
    t.setDaemon(true);
    return t;
  }

  /** Entries of a slice. */
  static int rows(int positions) {
    return Math.max(1, POSITIONS / Math.max(1, positions));
  }

  /** The slices of a batch; one where it is small or cannot be cut. */
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
   *     the thread of the caller; also where another piece failed
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
          failure = e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
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
