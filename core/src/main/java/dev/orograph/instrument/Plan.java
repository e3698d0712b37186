package dev.orograph.instrument;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Whether an analysis applies, and its first tasks if it does.
 *
 * @param tasks in a fixed order; none where it does not apply
 * @param whyNot why it does not apply, or null
 * @param <D> detail of a task
 */
public record Plan<D extends Record & Serializable>(List<Task<D>> tasks, String whyNot) {
  /** Asks an analysis once for all: its needs, what else stands in its way, and its tasks. */
  public static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Plan<D> of(Instrument<S, D, R> instrument, Work work, S settings) {
    Optional<String> whyNot =
        instrument.needs().unmet(work).or(() -> instrument.obstacle(work, settings));
    if (whyNot.isPresent()) {
      return new Plan<>(List.of(), whyNot.get());
    }
    List<Task<D>> tasks = instrument.tasks(work, settings);
    return tasks.isEmpty()
        ? new Plan<>(tasks, instrument.needs().lacking())
        : new Plan<>(tasks, null);
  }

  /** Whether the analysis applies. */
  public boolean applies() {
    return whyNot == null;
  }
}
