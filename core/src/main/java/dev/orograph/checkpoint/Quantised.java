package dev.orograph.checkpoint;

import java.nio.ByteBuffer;

/**
 * Whole numbers q that stand for float32 numbers {@code (q - z) s}, with a scale s and a zero point
 * z for the whole tensor, for each index along one axis, or for each block of such. They are
 * decoded while they are read, to the number that a runtime computes with: the difference exactly,
 * then one product in float32, which is rounded to binary16 where the scale is one. Source: ONNX,
 * operators DequantizeLinear, MatMulInteger and QuantizeLinear; ONNX Runtime, MatMulNBits.
 *
 * <p>Element e, counted as stored, has the scale of index 0, {@code a}, or {@code (o ceil(axis /
 * block) + a / block) inner + i}, where {@code e = (o axis + a) inner + i}.
 *
 * @param type of the stored numbers; where it is floating and {@code rounded} is not set, q is
 *     decoded from it
 * @param bits of a stored number: 4 (two in a byte, the first in its lower half) or those of the
 *     type
 * @param count elements
 * @param scale where the scales lie
 * @param zero where the zero points lie; null where they are {@code offset}
 * @param offset the zero point where none are stored
 * @param axis size of the axis along which scales differ; 1 for one scale
 * @param inner elements from one index of that axis to the next
 * @param block indices that share a scale
 * @param rounded null, or the type of whole numbers to which stored floating ones are rounded
 *     before
 */
public record Quantised(
    DType type,
    int bits,
    long count,
    TensorInfo scale,
    TensorInfo zero,
    int offset,
    long axis,
    long inner,
    long block,
    DType rounded)
    implements Encoded {

  @Override
  public long length() {
    return Math.multiplyExact(count, (long) Float.BYTES);
  }

  @Override
  public String stored() {
    String numbers = rounded == null ? type.name() : rounded.name();
    return (bits < 8 ? numbers.charAt(0) + Integer.toString(bits) : numbers) + " with scales";
  }

  /** Bytes that so many numbers take. */
  static long bytes(long count, int bits) {
    return Math.addExact(Math.multiplyExact(count, (long) bits), 7L) / 8;
  }

  /** How many scales there must be. */
  long scales() {
    if (axis == 1) {
      return 1;
    }
    long blocks = (axis + block - 1) / block;
    return block == 1 ? axis : count / axis * blocks;
  }

  /** The stored numbers, scales and zero points, mapped. */
  final class Open implements Decoded {
    private final MappedWindows numbers;
    private final MappedWindows scales;
    private final MappedWindows zeros;
    private final boolean half;

    Open(MappedWindows numbers, int windowBits) {
      this.numbers = numbers;
      this.half = scale.dtype() == DType.F16;
      MappedWindows scalesOrNull = null;
      try {
        scalesOrNull = TensorData.map(scale, windowBits);
        this.zeros = zero == null ? null : TensorData.map(zero, windowBits);
        this.scales = scalesOrNull;
      } catch (RuntimeException e) {
        if (scalesOrNull != null) {
          scalesOrNull.close();
        }
        throw e;
      }
    }

    @Override
    public float value(long e) {
      long at = axis == 1 ? 0 : index(e);
      float s =
          half
              ? SmallFloat.binary16((int) bits(scales, at, 16))
              : Float.intBitsToFloat((int) bits(scales, at, 32));
      int z = zero == null ? offset : (int) whole(zero.dtype(), bits, bits(zeros, at, zeroBits()));
      long stored = bits(numbers, e, bits);
      float product;
      if (rounded != null) {
        product = (quantised(type.decodeFloat(stored), s, z) - z) * s;
      } else if (type.floating()) {
        product = type.decodeFloat(stored) * s;
      } else {
        product = (float) (whole(type, bits, stored) - z) * s;
      }
      return half ? SmallFloat.roundedToBinary16(product) : product;
    }

    private int zeroBits() {
      return bits < 8 ? bits : zero.dtype().bytes() * 8;
    }

    private long index(long e) {
      long a = e / inner % axis;
      if (block == 1) {
        return a;
      }
      long outer = e / inner / axis;
      return (outer * ((axis + block - 1) / block) + a / block) * inner + e % inner;
    }

    /** As QuantizeLinear: to the nearest whole number, ties to even, within the type. */
    private int quantised(float x, float s, int z) {
      boolean signed = rounded.name().startsWith("I");
      int wide = rounded.bytes() * 8;
      long least = signed ? -(1L << (wide - 1)) : 0;
      long most = signed ? (1L << (wide - 1)) - 1 : (1L << wide) - 1;
      double q = Math.rint(x / s) + z;
      return (int) Math.max((double) least, Math.min((double) most, q));
    }

    @Override
    public void close() {
      scales.close();
      if (zeros != null) {
        zeros.close();
      }
    }
  }

  private static long whole(DType type, int bits, long pattern) {
    boolean signed = type.name().startsWith("I");
    return signed ? pattern << (64 - bits) >> (64 - bits) : pattern;
  }

  /** The pattern of element e, without a sign. */
  private static long bits(MappedWindows windows, long e, int wide) {
    long at = e * wide / 8;
    ByteBuffer window = windows.windowOf(at);
    int position = windows.positionOf(at);
    return switch (wide) {
      case 4 -> window.get(position) >> (e % 2 * 4) & 0xF;
      case 8 -> window.get(position) & 0xFF;
      case 16 -> window.getShort(position) & 0xFFFF;
      case 32 -> window.getInt(position) & 0xFFFF_FFFFL;
      default -> window.getLong(position);
    };
  }
}
