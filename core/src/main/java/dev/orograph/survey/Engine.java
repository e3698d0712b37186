package dev.orograph.survey;

import dev.orograph.instrument.Job;
import dev.orograph.instrument.Task;
import java.io.Serializable;
import java.util.List;

/** Measures tasks somewhere and hands each result over as soon as it is there. */
public interface Engine extends AutoCloseable {
  /**
   * Takes results, one at a time, in any order.
   *
   * @param <D> detail of a task
   * @param <R> result of a task
   */
  interface Sink<D extends Record & Serializable, R extends Record & Serializable> {
    /** One result. */
    void accept(Task<D> task, R result);
  }

  /**
   * Measures all tasks of a job. Returns when every result was handed over; the first failure stops
   * the rest, those of other jobs too, and is thrown. Several threads may call it at once.
   */
  <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      void measure(Job<S, D, R> job, List<Task<D>> tasks, Sink<D, R> sink);

  @Override
  void close();
}
