package dev.orograph.checkpoint;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The element types of the safetensors format that this version reads. All are little-endian; types
 * of less than a byte (F4, F6), scale types (F8_E8M0), the FNUZ variants and complex numbers are
 * not read and are refused by name. Source: safetensors, {@code Dtype}.
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
  BOOL(1, false);

  private final int bytes;
  private final boolean floating;

  DType(int bytes, boolean floating) {
    this.bytes = bytes;
    this.floating = floating;
  }

  /**
   * The type of a name as it stands in a header: {@code BF16}.
   *
   * @throws IllegalArgumentException for any other name, with those that are read
   */
  public static DType of(String name) {
    for (DType dtype : values()) {
      if (dtype.name().equals(name)) {
        return dtype;
      }
    }
    throw new IllegalArgumentException("dtype is " + name + ", expected one of " + names());
  }

  /** All names, for messages. */
  static String names() {
    return Arrays.stream(values()).map(DType::name).collect(Collectors.joining(", "));
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
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
