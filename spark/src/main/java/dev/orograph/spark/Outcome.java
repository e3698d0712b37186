package dev.orograph.spark;

import java.io.Serializable;
import java.util.List;

/**
 * What comes back of a {@link Piece}: results of its tasks in their order, up to the first that
 * failed.
 *
 * @param measured results
 * @param failure of the task behind them, or null
 */
record Outcome(List<Measured> measured, Failure failure) implements Serializable {
  /**
   * A result and the arrays that its task left.
   *
   * @param folder where they lie on a path that the driver sees too, or ""
   * @param files the arrays themselves where it does not see them
   */
  record Measured(Record result, String folder, List<Left> files) implements Serializable {}

  /** A file that a task left, as a whole. */
  @SuppressWarnings("ArrayRecordComponent") // It travels, and nobody compares it.
  record Left(String name, byte[] bytes) implements Serializable {}
}
