package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every pattern against the definition written out plainly, and the landmarks of each format. */
class SmallFloatTest {
  private static double plain(int bits, int exponentBits, int fractionBits) {
    double sign = (bits >> (exponentBits + fractionBits)) == 0 ? 1 : -1;
    int e = (bits >> fractionBits) % (1 << exponentBits);
    double fraction = (bits % (1 << fractionBits)) / Math.pow(2, fractionBits);
    double bias = Math.pow(2, exponentBits - 1) - 1;
    return e == 0
        ? sign * fraction * Math.pow(2, 1 - bias)
        : sign * (1 + fraction) * Math.pow(2, e - bias);
  }

  private static double plainIeee(int bits, int exponentBits, int fractionBits) {
    int top = (1 << exponentBits) - 1;
    if ((bits >> fractionBits) % (1 << exponentBits) != top) {
      return plain(bits, exponentBits, fractionBits);
    }
    if (bits % (1 << fractionBits) != 0) {
      return Double.NaN;
    }
    return bits >> (exponentBits + fractionBits) == 0
        ? Double.POSITIVE_INFINITY
        : Double.NEGATIVE_INFINITY;
  }

  @Test
  void all65536Binary16Patterns() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertSame(DType.F16, bits, plainIeee(bits, 5, 10));
    }
    assertThat(DType.F16.decode(0x3C00)).isEqualTo(1);
    assertThat(DType.F16.decode(0x7BFF)).isEqualTo(65504);
    assertThat(DType.F16.decode(0x0001)).isEqualTo(0x1p-24);
    assertThat(DType.F16.decode(0x3555)).isEqualTo(0.333251953125);
    assertThat(DType.F16.decode(0xFC00)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(1 / DType.F16.decode(0x8000)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void all65536Bfloat16Patterns() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertSame(DType.BF16, bits, plainIeee(bits, 8, 7));
    }
    assertThat(DType.BF16.decode(0x3F80)).isEqualTo(1);
    assertThat(DType.BF16.decode(0x7F7F)).isEqualTo(0xFFp120);
    assertThat(DType.BF16.decode(0x0001)).isEqualTo(0x1p-133);
  }

  @Test
  void all256E4m3Patterns() {
    for (int bits = 0; bits < 256; bits++) {
      assertSame(DType.F8_E4M3, bits, bits % 128 == 127 ? Double.NaN : plain(bits, 4, 3));
    }
    assertThat(DType.F8_E4M3.decode(0x7E)).isEqualTo(448);
    assertThat(DType.F8_E4M3.decode(0xFE)).isEqualTo(-448);
    assertThat(DType.F8_E4M3.decode(0x78)).isEqualTo(256);
    assertThat(DType.F8_E4M3.decode(0x01)).isEqualTo(0.001953125);
    assertThat(DType.F8_E4M3.decode(0x7F)).isNaN();
    assertThat(DType.F8_E4M3.decode(0xFF)).isNaN();
  }

  @Test
  void all256E5m2Patterns() {
    for (int bits = 0; bits < 256; bits++) {
      assertSame(DType.F8_E5M2, bits, plainIeee(bits, 5, 2));
    }
    assertThat(DType.F8_E5M2.decode(0x7B)).isEqualTo(57344);
    assertThat(DType.F8_E5M2.decode(0x7C)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(DType.F8_E5M2.decode(0xFC)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(DType.F8_E5M2.decode(0x01)).isEqualTo(0x1p-16);
  }

  /** Equal to the bit, so also in the sign of zero; NaN is NaN. Bits above the type are ignored. */
  private static void assertSame(DType dtype, int bits, double expected) {
    long above = -1L << (8 * dtype.bytes());
    double found = dtype.decode(bits | above);
    if (Double.doubleToLongBits(found) != Double.doubleToLongBits(expected)
        || Float.floatToIntBits(dtype.decodeFloat(bits))
            != Float.floatToIntBits((float) expected)) {
      throw new AssertionError(
          dtype + " " + Integer.toHexString(bits) + " is " + found + ", expected " + expected);
    }
  }
}
