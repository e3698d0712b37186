package dev.orograph.cli;

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

  @Override
  default void close() {
    // Most hold nothing.
  }
}
