package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Work;
import dev.orograph.linalg.Entries;
import java.util.List;

/**
 * Mapped matrices of one shape as the rows of a matrix, each with all its entries in a row.
 *
 * @param work asked between reads whether to go on
 * @param layers one matrix per row
 */
record LayersAsRows(Work work, List<TensorData> layers) implements Entries {
  @Override
  public long rows() {
    return layers.size();
  }

  @Override
  public long columns() {
    return layers.get(0).info().count();
  }

  @Override
  public void read(long from, double[] into, int offset, int length) {
    work.checkCancelled();
    int done = 0;
    while (done < length) {
      long at = (from + done) % columns();
      int n = (int) Math.min(length - done, columns() - at);
      layers.get((int) ((from + done) / columns())).read(at, into, offset + done, n);
      done += n;
    }
  }
}
