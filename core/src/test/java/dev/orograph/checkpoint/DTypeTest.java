package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DTypeTest {
  @Test
  void namesAndSizesAreThoseOfTheFormat() {
    assertThat(DType.of("BF16")).isEqualTo(DType.BF16);
    assertThat(DType.F8_E5M2.bytes()).isEqualTo(1);
    assertThat(DType.BOOL.floating()).isFalse();
    assertThat(DType.F16.floating()).isTrue();
    for (DType dtype : DType.values()) {
      if (dtype.block() > 1) {
        assertThat(dtype.name()).matches("Q\\d_\\d");
        assertThatThrownBy(() -> DType.of(dtype.name()))
            .isInstanceOf(IllegalArgumentException.class);
        continue;
      }
      assertThat(dtype.elementBytes()).isEqualTo(dtype.bytes());
      assertThat(DType.of(dtype.name())).isSameAs(dtype);
      String digits = dtype.name().replaceAll("^(BF|F|I|U)(\\d+).*", "$2");
      assertThat(dtype.bytes()).isEqualTo(dtype == DType.BOOL ? 1 : Integer.parseInt(digits) / 8);
      assertThat(dtype.floating()).isEqualTo(dtype.name().contains("F"));
    }
  }

  @Test
  void otherNamesAreRefusedWithThoseThatAreRead() {
    for (String name : new String[] {"F4", "F8_E8M0", "f32", "C64", ""}) {
      assertThatThrownBy(() -> DType.of(name))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("dtype is " + name + ", expected one of " + DType.names());
    }
  }

  @Test
  void integersDecodeWithTheirSign() {
    assertThat(DType.I8.decode(0xFF)).isEqualTo(-1);
    assertThat(DType.U8.decode(0xFF)).isEqualTo(255);
    assertThat(DType.I16.decode(0x8000)).isEqualTo(-32768);
    assertThat(DType.U16.decode(0x8000)).isEqualTo(32768);
    assertThat(DType.I32.decode(0xFFFF_FFFFL)).isEqualTo(-1);
    assertThat(DType.U32.decode(0xFFFF_FFFFL)).isEqualTo(4294967295.0);
    assertThat(DType.I64.decode(-5)).isEqualTo(-5);
    assertThat(DType.U64.decode(-1)).isEqualTo(1.8446744073709552e19);
    assertThat(DType.BOOL.decode(0)).isEqualTo(0);
    assertThat(DType.BOOL.decode(2)).isEqualTo(1);
    assertThat(DType.BOOL.decode(0x100)).isEqualTo(0);
  }

  /** Around every power of two, and around every tie of a double or a float there. */
  @Test
  void wideIntegersAroundPowersOfTwoAreRoundedOnce() {
    for (int power = 0; power < 64; power++) {
      for (int tie = 0; tie <= power; tie++) {
        for (int by = -2; by <= 2; by++) {
          requireRoundedOnce((1L << power) + (1L << tie) + by);
          requireRoundedOnce((1L << power) - (1L << tie) + by);
          requireRoundedOnce(-(1L << power) + (1L << tie) + by);
        }
      }
    }
    requireRoundedOnce(0);
    requireRoundedOnce(Long.MAX_VALUE);
    requireRoundedOnce(Long.MIN_VALUE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void wideIntegersAreRoundedOnce(long seed) {
    SplittableRandom draws = new SplittableRandom(seed);
    for (int i = 0; i < 5000; i++) {
      // Of every size, not only the largest.
      requireRoundedOnce(draws.nextLong() >> draws.nextInt(64));
    }
  }

  private static void requireRoundedOnce(long bits) {
    String what = Long.toHexString(bits);
    BigInteger unsigned = new BigInteger(Long.toUnsignedString(bits));
    assertThat(DType.U64.decode(bits)).as(what).isEqualTo(unsigned.doubleValue());
    assertThat(DType.U64.decodeFloat(bits)).as(what).isEqualTo(unsigned.floatValue());
    assertThat(DType.I64.decode(bits)).as(what).isEqualTo(BigInteger.valueOf(bits).doubleValue());
    assertThat(DType.I64.decodeFloat(bits))
        .as(what)
        .isEqualTo(BigInteger.valueOf(bits).floatValue());
  }

  @Test
  void roundingTwiceWouldShow() {
    // 2^63 + 2^39 + 1: through float64 the last bit is lost and the tie goes down.
    long bits = (1L << 63) + (1L << 39) + 1;
    float once = new BigDecimal(Long.toUnsignedString(bits)).floatValue();
    assertThat(DType.U64.decodeFloat(bits))
        .isEqualTo(once)
        .isNotEqualTo((float) DType.U64.decode(bits));
    long signed = (1L << 62) + (1L << 38) + 1;
    assertThat(DType.I64.decodeFloat(signed)).isNotEqualTo((float) DType.I64.decode(signed));
  }
}
