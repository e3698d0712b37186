package dev.orograph.model.train;

import java.util.List;

/**
 * The examples of each batch: the same for the same number however often and in whatever order they
 * are asked for, so that a training can be resumed anywhere.
 */
public interface Batches {
  /**
   * The examples of batch {@code number}, counted from 0.
   *
   * @return one example at least
   */
  List<Example> at(long number);

  /** What tells these batches from others: a digest of examples, sizes and seed. */
  String fingerprint();
}
