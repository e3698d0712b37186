package dev.orograph.instrument;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.finding.Section;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * One analysis: it cuts its work into tasks, measures each on any worker, and concludes. It has no
 * state of its own.
 *
 * @param <S> settings
 * @param <D> what a task needs beside its place in the model
 * @param <R> what measuring a task gives; small, large arrays are named in it
 */
public interface Instrument<
        S extends Record & Serializable,
        D extends Record & Serializable,
        R extends Record & Serializable>
    extends Serializable {
  /** What it is. */
  Card card();

  /** What it needs; asked once, before anything runs. */
  Needs needs();

  /** Its options, and its settings under them. */
  Choices<S> choices();

  /**
   * Its settings under a user's options.
   *
   * @throws IllegalArgumentException for what cannot be meant, in words that name the option
   */
  default S settings(Options options) {
    return choices().settings(card().id(), options);
  }

  /** Type of a result, so that a stored one can be read again. */
  Class<R> resultType();

  /** What stands in its way beside its needs, or empty; asked where those are met. */
  default Optional<String> obstacle(Work work, S settings) {
    return Optional.empty();
  }

  /** Its tasks in a fixed order, with distinct labels; none where there is nothing to measure. */
  List<Task<D>> tasks(Work work, S settings);

  /**
   * The tasks of a further stage, which need what was measured before; labels are distinct over all
   * stages.
   *
   * @param before all results so far, in the order of their tasks
   */
  default List<Task<D>> more(Work work, S settings, List<R> before) {
    return List.of();
  }

  /** Measures one task. Must depend on nothing but its arguments. */
  R measure(Work work, S settings, Task<D> task);

  /**
   * Small arrays that a result holds itself, since they would take a file each; they are written
   * among those that its task left in {@link Work#arrays}.
   */
  default List<SafetensorsWriter.Entry> arrays(R result) {
    return List.of();
  }

  /** Turns the results, in the order of their tasks, into findings; touches no model. */
  Section conclude(S settings, List<R> results);
}
