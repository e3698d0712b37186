package dev.orograph.checkpoint;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The element types that this version reads. All are little-endian. Plain types are named as in
 * safetensors; of these, types of less than a byte (F4, F6), scale types (F8_E8M0), the FNUZ
 * variants and complex numbers are not read and are refused by name. In the block types of GGUF 32
 * elements of a row share a scale d (and an offset m), see {@link Blocks}. Sources: safetensors,
 * {@code Dtype}; ggml, {@code ggml-common.h}.
 */
public enum DType {
  /** IEEE binary64. */
  F64(8, true),
  /** IEEE binary32. */
  F32(4, true),
  /** IEEE binary16. */
  F16(2, true),
  /** The upper half of an IEEE binary32. */
  BF16(2, true),
  /** OCP E4M3 without infinities (torch.float8_e4m3fn). */
  F8_E4M3(1, true),
  /** OCP E5M2 (torch.float8_e5m2). */
  F8_E5M2(1, true),
  /** Signed, 64 bits. */
  I64(8, false),
  /** Signed, 32 bits. */
  I32(4, false),
  /** Signed, 16 bits. */
  I16(2, false),
  /** Signed, 8 bits. */
  I8(1, false),
  /** Unsigned, 64 bits. */
  U64(8, false),
  /** Unsigned, 32 bits. */
  U32(4, false),
  /** Unsigned, 16 bits. */
  U16(2, false),
  /** Unsigned, 8 bits. */
  U8(1, false),
  /** One byte; zero is false, anything else true. */
  BOOL(1, false),
  /** d q, q signed of 8 bits. */
  Q8_0(34, true, 32),
  /** d (q - 8), q of 4 bits. */
  Q4_0(18, true, 32),
  /** d q + m, q of 4 bits. */
  Q4_1(20, true, 32),
  /** d (q - 16), q of 5 bits. */
  Q5_0(22, true, 32),
  /** d q + m, q of 5 bits. */
  Q5_1(24, true, 32);

  private final int bytes;
  private final boolean floating;
  private final int block;

  DType(int bytes, boolean floating) {
    this(bytes, floating, 1);
  }

  DType(int bytes, boolean floating, int block) {
    this.bytes = bytes;
    this.floating = floating;
    this.block = block;
  }

  /**
   * The plain type of a name as it stands in a safetensors header: {@code BF16}.
   *
   * @throws IllegalArgumentException for any other name, with those that are read
   */
  public static DType of(String name) {
    for (DType dtype : values()) {
      if (dtype.block == 1 && dtype.name().equals(name)) {
        return dtype;
      }
    }
    throw new IllegalArgumentException("dtype is " + name + ", expected one of " + names());
  }

  /** The names of all plain types, for messages. */
  static String names() {
    return Arrays.stream(values())
        .filter(dtype -> dtype.block == 1)
        .map(DType::name)
        .collect(Collectors.joining(", "));
  }

  /** Bytes of one element; of a block type those of a whole block. */
  public int bytes() {
    return bytes;
  }

  /** Elements that are stored together; 1 but for block types. */
  public int block() {
    return block;
  }

  /**
   * Bytes of one element by itself: of a block type those of the float32 that it decodes to
   * exactly.
   */
  public int elementBytes() {
    return block == 1 ? bytes : Float.BYTES;
  }

  /** Whether elements are floating-point numbers. */
  public boolean floating() {
    return floating;
  }

  /**
   * The number that a pattern stands for. Exact, except that I64 and U64 beyond 2^53 are rounded to
   * the nearest double, ties to even.
   *
   * @param bits the pattern in the lower {@code 8 * bytes()} bits; the others are ignored
   * @throws IllegalStateException for a block type, whose elements have no patterns of their own
   */
  public double decode(long bits) {
    return switch (this) {
      case F64 -> Double.longBitsToDouble(bits);
      case F32 -> Float.intBitsToFloat((int) bits);
      case F16 -> SmallFloat.binary16((int) bits);
      case BF16 -> SmallFloat.bfloat16((int) bits);
      case F8_E4M3 -> SmallFloat.e4m3((int) bits);
      case F8_E5M2 -> SmallFloat.e5m2((int) bits);
      case I64 -> bits;
      case I32 -> (int) bits;
      case I16 -> (short) bits;
      case I8 -> (byte) bits;
      case U64 -> bits >= 0 ? bits : (double) halved(bits) * 2;
      case U32 -> bits & 0xFFFF_FFFFL;
      case U16 -> bits & 0xFFFF;
      case U8 -> bits & 0xFF;
      case BOOL -> (bits & 0xFF) == 0 ? 0 : 1;
      case Q8_0, Q4_0, Q4_1, Q5_0, Q5_1 ->
          throw new IllegalStateException(this + " is decoded by blocks");
    };
  }

  /** As {@link #decode}, rounded once to float32 (ties to even), as NumPy's {@code astype} does. */
  float decodeFloat(long bits) {
    return switch (this) {
      case I64 -> (float) bits;
      case U64 -> bits >= 0 ? (float) bits : (float) halved(bits) * 2;
      default -> (float) decode(bits);
    };
  }

  /** Half of an unsigned number, its last bit kept as a sticky bit so that rounding stays right. */
  private static long halved(long unsigned) {
    return (unsigned >>> 1) | (unsigned & 1);
  }
}
