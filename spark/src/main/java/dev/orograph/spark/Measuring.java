package dev.orograph.spark;

import dev.orograph.instrument.Job;
import java.io.Serializable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** What an executor does with a {@link Piece}: the same as a thread of the local engine. */
final class Measuring<
        S extends Record & Serializable,
        D extends Record & Serializable,
        R extends Record & Serializable>
    extends AbstractFunction1<Iterator<Piece<D>>, Outcome> implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Run run;
  private final Job<S, D, R> job;

  /**
   * What all tasks of a run have in common.
   *
   * @param id of this run of the program
   * @param kernels what the driver's kernels add up to, the workers' too
   * @param pass the driver's kernels for a forward pass
   * @param memory bytes that the tasks under way in one process may take together
   * @param threads native threads that they may take together, or 0 where the worker knows better
   */
  record Run(String id, String kernels, String pass, long memory, int threads)
      implements Serializable {}

  Measuring(Run run, Job<S, D, R> job) {
    this.run = run;
    this.job = job;
  }

  @Override
  public Outcome apply(Iterator<Piece<D>> pieces) {
    return Worker.of(run).measure(job, pieces.next());
  }
}
