package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;

/**
 * A copy of a matrix whose entries can be shuffled: the null model that keeps every entry and
 * forgets where it stood. 16-bit weights are held as they are stored; others as float32.
 */
final class ShuffledEntries implements Entries {
  private static final int CHUNK = 1 << 16;
  private final long rows;
  private final long columns;
  private final DType dtype;
  private final ShortBuffer shorts;
  private final IntBuffer ints;

  ShuffledEntries(TensorData data, Scope scope) {
    rows = data.info().rows();
    columns = data.info().columns();
    dtype = data.info().dtype();
    long count = data.info().count();
    boolean two = dtype.bytes() == 2;
    shorts = two ? scope.shorts(count) : null;
    ints = two ? null : scope.ints(count);
    short[] raw = new short[two ? CHUNK : 0];
    float[] values = new float[two ? 0 : CHUNK];
    for (long at = 0; at < count; at += CHUNK) {
      int n = (int) Math.min(CHUNK, count - at);
      if (two) {
        data.readRaw(at, raw, 0, n);
        shorts.put((int) at, raw, 0, n);
      } else {
        data.read(at, values, 0, n);
        for (int i = 0; i < n; i++) {
          ints.put((int) at + i, Float.floatToRawIntBits(values[i]));
        }
      }
    }
  }

  /** Bytes that a copy takes. */
  static long bytes(DType dtype, long count) {
    return count * (dtype.bytes() == 2 ? 2 : 4);
  }

  /** Shuffles all entries, as NumPy's generator shuffles a vector. */
  void shuffle(Generator generator) {
    if (shorts != null) {
      generator.shuffle(shorts);
    } else {
      generator.shuffle(ints);
    }
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public long columns() {
    return columns;
  }

  @Override
  public void read(long from, double[] into, int offset, int length) {
    int at = (int) from;
    if (shorts != null) {
      for (int i = 0; i < length; i++) {
        into[offset + i] = dtype.decode(shorts.get(at + i) & 0xffffL);
      }
    } else {
      for (int i = 0; i < length; i++) {
        into[offset + i] = Float.intBitsToFloat(ints.get(at + i));
      }
    }
  }
}
