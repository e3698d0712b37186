package dev.orograph.instrument;

import dev.orograph.finding.Section;
import java.io.Serializable;
import java.util.List;

/**
 * One analysis: it plans pieces of work, measures each on any worker, and concludes.
 *
 * @param <S> settings
 * @param <U> one piece of work
 * @param <R> what measuring a piece gives; small, large arrays are named in it
 */
public interface Instrument<
    S extends Record & Serializable,
    U extends Record & Piece & Serializable,
    R extends Record & Serializable> {
  /** What it is. */
  Card card();

  /** Its settings under the user's options. */
  S settings(Options options);

  /** Type of a result, so that a stored one can be read again. */
  Class<R> resultType();

  /** Whether measuring takes a forward pass, whose last digits libtorch's kernels decide. */
  default boolean forwardPass() {
    return false;
  }

  /** Whether it applies to the subjects, or why not. */
  Applicability applies(Context c, List<Subject> subjects, S settings);

  /**
   * The next pieces of work, in a fixed order; called again with all results so far until it
   * returns none.
   */
  List<U> plan(Context c, List<Subject> subjects, S settings, List<R> before);

  /** Measures one piece. Must depend on nothing but its arguments. */
  R measure(Context c, List<Subject> subjects, S settings, U piece);

  /** Turns the results, in plan order, into findings. */
  Section conclude(List<Subject> subjects, S settings, List<R> results);
}
