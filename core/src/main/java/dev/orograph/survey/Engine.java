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
    /** A task is measured from now on; told from any thread, by engines that know. */
    default void begun(Task<D> task) {}

    /** One result. */
    void accept(Task<D> task, R result);
  }

  /** Tasks that were handed over. */
  interface Pending {
    /** Returns when every result was handed over; throws the first failure of any job. */
    void await();
  }

  /**
   * Takes all tasks of a job to measure. Jobs are begun in the order in which they came; a failure
   * stops the rest, those of other jobs too. Several threads may call it at once.
   */
  <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Pending start(Job<S, D, R> job, List<Task<D>> tasks, Sink<D, R> sink);

  /** Measures all tasks of a job: {@link #start}, and waits for their end. */
  default <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      void measure(Job<S, D, R> job, List<Task<D>> tasks, Sink<D, R> sink) {
    start(job, tasks, sink).await();
  }

  @Override
  void close();
}
