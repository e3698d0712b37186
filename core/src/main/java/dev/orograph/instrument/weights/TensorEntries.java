package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.linalg.Entries;

/**
 * A mapped matrix as entries.
 *
 * @param data the mapped tensor, two-dimensional
 */
record TensorEntries(TensorData data) implements Entries {
  @Override
  public long rows() {
    return data.info().rows();
  }

  @Override
  public long columns() {
    return data.info().columns();
  }

  @Override
  public void read(long from, double[] into, int offset, int length) {
    data.read(from, into, offset, length);
  }
}
