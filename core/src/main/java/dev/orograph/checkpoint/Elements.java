package dev.orograph.checkpoint;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.EnumMap;
import java.util.Map;

/**
 * Elements of one window, decoded in bulk. Patterns are copied a few thousand at a time into an
 * array that stays in the first-level cache and decoded from there, which the compiler turns into
 * straight loops; views of the window are at any byte address, aligned or not.
 */
@SuppressWarnings("EnumOrdinal") // an index into tables of this run, never stored
final class Elements {
  private static final int CHUNK = 2048;

  /** For each type of one byte all 256 numbers, which a float holds exactly. */
  private static final Map<DType, float[]> BYTES = new EnumMap<>(DType.class);

  static {
    for (DType dtype : DType.values()) {
      if (dtype.bytes() == 1) {
        float[] table = new float[256];
        for (int bits = 0; bits < table.length; bits++) {
          table[bits] = dtype.decodeFloat(bits);
        }
        BYTES.put(dtype, table);
      }
    }
  }

  private Elements() {}

  /** Decodes n elements from byte {@code at} of a little-endian window. */
  static void decode(DType dtype, ByteBuffer window, int at, double[] into, int offset, int n) {
    switch (dtype) {
      case F64 -> window.asDoubleBuffer().get(at >> 3, into, offset, n);
      case F32 -> {
        FloatBuffer source = window.asFloatBuffer();
        float[] chunk = new float[Math.min(n, CHUNK)];
        for (int done = 0; done < n; done += chunk.length) {
          int m = Math.min(chunk.length, n - done);
          source.get((at >> 2) + done, chunk, 0, m);
          for (int i = 0; i < m; i++) {
            into[offset + done + i] = chunk[i];
          }
        }
      }
      case F16, BF16 -> {
        boolean binary16 = dtype == DType.F16;
        ShortBuffer source = window.asShortBuffer();
        short[] chunk = new short[Math.min(n, CHUNK)];
        for (int done = 0; done < n; done += chunk.length) {
          int m = Math.min(chunk.length, n - done);
          source.get((at >> 1) + done, chunk, 0, m);
          if (binary16) {
            binary16(chunk, m, into, offset + done);
          } else {
            bfloat16(chunk, m, into, offset + done);
          }
        }
      }
      case F8_E4M3, F8_E5M2, I8, U8, BOOL -> {
        float[] table = BYTES.get(dtype);
        byte[] chunk = new byte[Math.min(n, CHUNK)];
        for (int done = 0; done < n; done += chunk.length) {
          int m = Math.min(chunk.length, n - done);
          window.get(at + done, chunk, 0, m);
          for (int i = 0; i < m; i++) {
            into[offset + done + i] = table[chunk[i] & 0xFF];
          }
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          into[offset + i] = dtype.decode(pattern(dtype, window, at + i * dtype.bytes()));
        }
      }
    }
  }

  /** As above, rounded once to float32. */
  static void decode(DType dtype, ByteBuffer window, int at, float[] into, int offset, int n) {
    switch (dtype) {
      case F32 -> window.asFloatBuffer().get(at >> 2, into, offset, n);
      case F16, BF16 -> {
        boolean binary16 = dtype == DType.F16;
        ShortBuffer source = window.asShortBuffer();
        short[] chunk = new short[Math.min(n, CHUNK)];
        for (int done = 0; done < n; done += chunk.length) {
          int m = Math.min(chunk.length, n - done);
          source.get((at >> 1) + done, chunk, 0, m);
          if (binary16) {
            binary16(chunk, m, into, offset + done);
          } else {
            bfloat16(chunk, m, into, offset + done);
          }
        }
      }
      case F8_E4M3, F8_E5M2, I8, U8, BOOL -> {
        float[] table = BYTES.get(dtype);
        byte[] chunk = new byte[Math.min(n, CHUNK)];
        for (int done = 0; done < n; done += chunk.length) {
          int m = Math.min(chunk.length, n - done);
          window.get(at + done, chunk, 0, m);
          for (int i = 0; i < m; i++) {
            into[offset + done + i] = table[chunk[i] & 0xFF];
          }
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          into[offset + i] = dtype.decodeFloat(pattern(dtype, window, at + i * dtype.bytes()));
        }
      }
    }
  }

  private static long pattern(DType dtype, ByteBuffer window, int at) {
    return switch (dtype.bytes()) {
      case 2 -> window.getShort(at);
      case 4 -> window.getInt(at);
      default -> window.getLong(at);
    };
  }

  private static void binary16(short[] chunk, int m, double[] into, int offset) {
    for (int i = 0; i < m; i++) {
      into[offset + i] = SmallFloat.binary16(chunk[i]);
    }
  }

  private static void bfloat16(short[] chunk, int m, double[] into, int offset) {
    for (int i = 0; i < m; i++) {
      into[offset + i] = SmallFloat.bfloat16(chunk[i]);
    }
  }

  private static void binary16(short[] chunk, int m, float[] into, int offset) {
    for (int i = 0; i < m; i++) {
      into[offset + i] = SmallFloat.binary16(chunk[i]);
    }
  }

  private static void bfloat16(short[] chunk, int m, float[] into, int offset) {
    for (int i = 0; i < m; i++) {
      into[offset + i] = SmallFloat.bfloat16(chunk[i]);
    }
  }
}
