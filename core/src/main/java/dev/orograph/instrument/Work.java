package dev.orograph.instrument;

import dev.orograph.input.Text;
import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;

/**
 * What a task may use while it is planned and measured. It is made anew wherever the task runs,
 * from a {@link Job}.
 */
public interface Work {
  /** By which a reason is known that {@link #noRoom} gave. */
  String NO_ROOM = " MB and --memory leaves ";

  /** How many models the analysis is given. */
  int models();

  /**
   * The model of that number, from 0; opened once per process, closed by whoever runs the tasks.
   */
  Model model(int i);

  /** The first model. */
  default Model model() {
    return model(0);
  }

  /** Identifies the content of the model of that number: sha256 over headers and sampled bytes. */
  String fingerprint(int i);

  /** A generator keyed by seed, analysis and task: the same however work is split. */
  Generator generator(Task<?> task);

  /**
   * Where this task may leave arrays, as safetensors files that the survey merges into {@code
   * arrays/}. It is empty when a task begins: what a killed one left is gone.
   */
  Path arrays();

  /**
   * A folder that lives until the task has a result, through kills and restarts: for a training's
   * snapshots and for output that is streamed. A task that finds something there goes on with it,
   * and its result must be the same as if it had found nothing.
   */
  Path keep();

  /**
   * What a task of an earlier stage left in its {@link #arrays}; empty where this process does not
   * see the run's folder. A result must be the same either way.
   *
   * @param label the task's
   */
  Optional<Path> left(String label);

  /**
   * A value that several tasks need: made by the first that asks, kept until the survey ends (and
   * closed then, where it is {@link AutoCloseable}), and counted by every task that asks in its
   * bytes. It must follow from the key and the models.
   *
   * @param key what it is; two analyses that mean the same use the same key
   */
  <T> T once(Object key, Supplier<T> value);

  /** Bytes of anonymous memory that all tasks together may take. */
  long memory();

  /**
   * Why there is no room for so many bytes; empty where there is.
   *
   * @param what what needs them, with its verb, such as "a training needs"
   */
  default Optional<String> noRoom(String what, long bytes) {
    return bytes <= memory()
        ? Optional.empty()
        : Optional.of(
            what
                + " "
                + Text.grouped(bytes >> 20)
                + NO_ROOM
                + Text.grouped(memory() >> 20)
                + " MB");
  }

  /**
   * How many fit: {@code most}, an eighth less again and again while they take more than there is,
   * but none less from {@code fewest} on.
   *
   * @param memory bytes that may be taken
   * @param bytes what so many take
   */
  static int fitting(long memory, int most, int fewest, IntToLongFunction bytes) {
    int n = most;
    while (n > fewest && bytes.applyAsLong(n) > memory) {
      n -= n / 8;
    }
    return n;
  }

  /**
   * Called often by long tasks.
   *
   * @throws java.util.concurrent.CancellationException when the run is being stopped
   */
  void checkCancelled();
}
