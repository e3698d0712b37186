package dev.orograph.instrument;

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
  /** Id of the analysis. */
  public String id() {
    return instrument.card().id();
  }
}
