package dev.orograph.instrument;

import dev.orograph.linalg.Scope;
import java.io.Serializable;
import java.util.List;

/**
 * One analysis of a run, as it travels to wherever its tasks are measured.
 *
 * @param instrument the analysis, which has no state
 * @param subjects the models it is given
 * @param settings its settings
 * @param seed seed of every draw
 * @param memory bytes of anonymous memory that all tasks together may take
 * @param folder where its tasks leave arrays and snapshots, as every worker sees it
 * @param <S> settings
 * @param <D> detail of a task
 * @param <R> result of a task
 */
public record Job<
        S extends Record & Serializable,
        D extends Record & Serializable,
        R extends Record & Serializable>(
    Instrument<S, D, R> instrument,
    List<Subject> subjects,
    S settings,
    long seed,
    long memory,
    String folder)
    implements Serializable {
  /** Bytes of a task from which on what it leaves free with the allocator is given back. */
  private static final long LARGE = 64L << 20;

  /** Measures one of its tasks, whatever engine it is that runs it. */
  public R measure(Work work, Task<D> task) {
    try {
      return instrument.measure(work, settings, task);
    } finally {
      if (task.bytes() >= LARGE) {
        Scope.giveBack();
      }
    }
  }

  /** Id of the analysis. */
  public String id() {
    return instrument.card().id();
  }
}
