package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;

/**
 * The rows of a weight W {@code (outputs, inputs)}, whichever way it is stored.
 *
 * @param data the mapped matrix
 * @param transposed whether it is stored {@code (inputs, outputs)}
 */
record OutputRows(TensorData data, boolean transposed) {
  private static final int CHUNK = 1 << 13;

  /** Bits of the largest finite magnitude. */
  private static final int LARGEST = 0x7f7fffff;

  /** Rows {@code from} to {@code from + count}, {@code (count, inputs)} row-major. */
  double[] read(int from, int count) {
    int inputs = (int) (transposed ? data.info().rows() : data.info().columns());
    double[] rows = new double[Math.multiplyExact(count, inputs)];
    if (!transposed) {
      data.read((long) from * inputs, rows, 0, rows.length);
      return rows;
    }
    long outputs = data.info().columns();
    double[] part = new double[count];
    for (int c = 0; c < inputs; c++) {
      data.read(c * outputs + from, part, 0, count);
      for (int i = 0; i < count; i++) {
        rows[i * inputs + c] = part[i];
      }
    }
    return rows;
  }

  /** Entries that are NaN or infinite. */
  long nonFinite() {
    long count = 0;
    long n = data.info().count();
    float[] chunk = new float[CHUNK];
    double[] wide = new double[data.info().dtype().elementBytes() > Float.BYTES ? CHUNK : 0];
    for (long at = 0; at < n; at += CHUNK) {
      int length = (int) Math.min(CHUNK, n - at);
      if (wide.length > 0) {
        data.read(at, wide, 0, length);
        for (int i = 0; i < length; i++) {
          count += Double.isFinite(wide[i]) ? 0 : 1;
        }
      } else {
        data.read(at, chunk, 0, length);
        for (int i = 0; i < length; i++) {
          // The top bit of the difference says which is larger, without a branch.
          count += (LARGEST - (Float.floatToRawIntBits(chunk[i]) & Integer.MAX_VALUE)) >>> 31;
        }
      }
    }
    return count;
  }
}
