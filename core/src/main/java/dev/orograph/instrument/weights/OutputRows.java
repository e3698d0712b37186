package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.linalg.BilinearForm;

/**
 * The rows of a weight W {@code (outputs, inputs)}, whichever way it is stored, in units of a power
 * of two that keeps products of four entries in range.
 */
final class OutputRows {
  private static final int CHUNK = 1 << 13;

  /** Bits of the largest finite magnitude. */
  private static final int LARGEST = 0x7f7fffff;

  private final TensorData data;
  private final boolean transposed;
  private final long nonFinite;
  private final int exponent;

  /**
   * Looks through a mapped matrix once.
   *
   * @param data the matrix
   * @param transposed whether it is stored {@code (inputs, outputs)}
   */
  OutputRows(TensorData data, boolean transposed) {
    this.data = data;
    this.transposed = transposed;
    boolean wide = data.info().dtype().elementBytes() > Float.BYTES;
    long n = data.info().count();
    float[] floats = new float[wide ? 0 : CHUNK];
    double[] doubles = new double[wide ? CHUNK : 0];
    long broken = 0;
    double largest = 0;
    for (long at = 0; at < n; at += CHUNK) {
      int length = (int) Math.min(CHUNK, n - at);
      if (wide) {
        data.read(at, doubles, 0, length);
        for (int i = 0; i < length; i++) {
          broken += Double.isFinite(doubles[i]) ? 0 : 1;
          largest = Math.max(largest, Math.abs(doubles[i]));
        }
      } else {
        data.read(at, floats, 0, length);
        int most = 0;
        for (int i = 0; i < length; i++) {
          int bits = Float.floatToRawIntBits(floats[i]) & Integer.MAX_VALUE;
          // The top bit of the difference says which is larger, without a branch.
          broken += (LARGEST - bits) >>> 31;
          most = Math.max(most, bits);
        }
        largest = Math.max(largest, Float.intBitsToFloat(most));
      }
    }
    this.nonFinite = broken;
    this.exponent = broken > 0 ? 0 : BilinearForm.exponent(largest);
  }

  /** Entries that are NaN or infinite. */
  long nonFinite() {
    return nonFinite;
  }

  /** Rows are given in units of two to this power; 0 but for extreme weights. */
  int exponent() {
    return exponent;
  }

  /** Rows {@code from} to {@code from + count}, {@code (count, inputs)} row-major. */
  double[] read(int from, int count) {
    int inputs = (int) (transposed ? data.info().rows() : data.info().columns());
    double[] rows = new double[Math.multiplyExact(count, inputs)];
    if (transposed) {
      long outputs = data.info().columns();
      double[] part = new double[count];
      for (int c = 0; c < inputs; c++) {
        data.read(c * outputs + from, part, 0, count);
        for (int i = 0; i < count; i++) {
          rows[i * inputs + c] = part[i];
        }
      }
    } else {
      data.read((long) from * inputs, rows, 0, rows.length);
    }
    for (int i = 0; exponent != 0 && i < rows.length; i++) {
      rows[i] = Math.scalb(rows[i], -exponent);
    }
    return rows;
  }
}
