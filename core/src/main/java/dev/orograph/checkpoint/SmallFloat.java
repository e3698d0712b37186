package dev.orograph.checkpoint;

/**
 * Floating-point numbers of 8 and 16 bits, decoded exactly.
 *
 * <p>With sign s, exponent field e of E bits, fraction field m of M bits and bias b = 2^(E-1) - 1:
 * normal (-1)^s (1 + m 2^-M) 2^(e-b); subnormal (e = 0) (-1)^s m 2^(1-b-M). IEEE 754 binary16 (E 5,
 * M 10) and OCP E5M2 reserve the largest e for infinity (m = 0) and NaN. OCP E4M3 ("FN") has no
 * infinity: only the patterns 0x7F and 0xFF are NaN, and the largest number is 448. Source: IEEE
 * 754-2019; OCP 8-bit Floating Point Specification, revision 1.0.
 */
final class SmallFloat {
  /** Every binary16 number, by its pattern. 256 KiB, which stays in a second-level cache. */
  private static final float[] BINARY16 = new float[1 << 16];

  static {
    for (int bits = 0; bits < BINARY16.length; bits++) {
      BINARY16[bits] = (float) ieee(bits, 5, 10);
    }
  }

  private SmallFloat() {}

  /** The number of an IEEE binary16 pattern; a double and a float hold all of them. */
  static float binary16(int bits) {
    return BINARY16[bits & 0xFFFF];
  }

  /** The number of a bfloat16 pattern: the upper half of an IEEE binary32. */
  static float bfloat16(int bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The number of an OCP E4M3 pattern (torch.float8_e4m3fn). */
  static float e4m3(int bits) {
    return (bits & 0x7F) == 0x7F ? Float.NaN : (float) finite(bits, 4, 3);
  }

  /** The number of an OCP E5M2 pattern (torch.float8_e5m2). */
  static float e5m2(int bits) {
    return (float) ieee(bits, 5, 2);
  }

  /** The nearest binary16 number, ties to even. */
  static float roundedToBinary16(float x) {
    float size = Math.abs(x);
    if (!(size < 65_520)) {
      return Float.isNaN(x) ? x : Math.copySign(Float.POSITIVE_INFINITY, x);
    }
    double step = Math.scalb(1.0, Math.max(Math.getExponent(size), -14) - 10);
    return Math.copySign((float) (Math.rint(size / step) * step), x);
  }

  private static double ieee(int bits, int exponentBits, int fractionBits) {
    int top = (1 << exponentBits) - 1;
    if (((bits >> fractionBits) & top) != top) {
      return finite(bits, exponentBits, fractionBits);
    }
    if ((bits & ((1 << fractionBits) - 1)) != 0) {
      return Double.NaN;
    }
    boolean negative = ((bits >> (exponentBits + fractionBits)) & 1) != 0;
    return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  private static double finite(int bits, int exponentBits, int fractionBits) {
    int bias = (1 << (exponentBits - 1)) - 1;
    int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
    int fraction = bits & ((1 << fractionBits) - 1);
    int whole = exponent == 0 ? fraction : fraction | (1 << fractionBits);
    double size = Math.scalb((double) whole, Math.max(exponent, 1) - bias - fractionBits);
    return ((bits >> (exponentBits + fractionBits)) & 1) != 0 ? -size : size;
  }
}
