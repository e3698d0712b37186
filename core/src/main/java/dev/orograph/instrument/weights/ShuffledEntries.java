package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * A copy of a matrix whose entries can be shuffled: the null model that keeps every entry and
 * forgets where it stood. Weights of 16 and 64 bits are held as they are stored; others as float32,
 * which holds them exactly.
 */
final class ShuffledEntries implements Entries {
  private static final int CHUNK = 1 << 16;
  private final long rows;
  private final long columns;
  private final DType dtype;
  private final ShortBuffer shorts;
  private final IntBuffer ints;
  private final LongBuffer longs;

  ShuffledEntries(TensorData data, Scope scope) {
    rows = data.info().rows();
    columns = data.info().columns();
    dtype = data.info().dtype();
    long count = data.info().count();
    shorts = dtype.elementBytes() == 2 ? scope.shorts(count) : null;
    longs = dtype.elementBytes() == 8 ? scope.longs(count) : null;
    ints = shorts == null && longs == null ? scope.ints(count) : null;
    short[] raw = new short[shorts != null ? CHUNK : 0];
    long[] wide = new long[longs != null ? CHUNK : 0];
    float[] values = new float[ints != null ? CHUNK : 0];
    for (long at = 0; at < count; at += CHUNK) {
      int n = (int) Math.min(CHUNK, count - at);
      if (shorts != null) {
        data.readRaw(at, raw, 0, n);
        shorts.put((int) at, raw, 0, n);
      } else if (longs != null) {
        data.readRaw(at, wide, 0, n);
        longs.put((int) at, wide, 0, n);
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
    return count * (dtype.elementBytes() == 1 ? Float.BYTES : dtype.elementBytes());
  }

  /** Shuffles all entries, as NumPy's generator shuffles a vector. */
  void shuffle(Generator generator) {
    if (shorts != null) {
      generator.shuffle(shorts);
    } else if (longs != null) {
      generator.shuffle(longs);
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
    } else if (longs != null) {
      for (int i = 0; i < length; i++) {
        into[offset + i] = dtype.decode(longs.get(at + i));
      }
    } else {
      for (int i = 0; i < length; i++) {
        into[offset + i] = Float.intBitsToFloat(ints.get(at + i));
      }
    }
  }
}
