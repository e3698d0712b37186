package dev.orograph.instrument.corpus;

import dev.orograph.model.forward.Inputs;
import java.util.List;
import java.util.function.IntFunction;

/** What a model is given to read: sequences or images, some at a time. */
interface Corpus extends AutoCloseable {
  /**
   * Whole numbers that are stored beside the states, {@code (size, width)}.
   *
   * @param name their name in the file
   * @param width columns
   * @param row one of {@code size} rows
   */
  record Beside(String name, int width, IntFunction<int[]> row) {}

  /** How many. */
  int size();

  /** Some of them. */
  Inputs inputs(int from, int to);

  /** What is stored beside the states. */
  List<Beside> beside();

  /**
   * Which positions of one entry are seen; null for all.
   *
   * @param state name of a state
   * @param positions how many it has
   */
  default int[] seen(String state, int entry, int positions) {
    return null;
  }

  @Override
  default void close() {
    // Most hold nothing.
  }
}
