package dev.orograph.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class Log1pTest {
  /**
   * Two arguments at which a sum without fused multiply-add has another last bit, then the ends of
   * the branches: {@code math.log1p(float.fromhex(...))} in Python, {@code log1pf} through ctypes,
   * on glibc 2.36.
   */
  @Test
  void lastBitsAreTheCLibrarys() {
    assertThat(Log1p.of(-0x1.390f1f15f2deep-2)).isEqualTo(-0x1.75a3bf29edde4p-2);
    assertThat(Log1p.of(-0x1.a7d61c5bd11cep-1)).isEqualTo(-0x1.c25659ca88049p+0);
    assertThat(Log1p.of(-0x1.2bec300000000p-2)).isEqualTo(-0x1.62e42b6d81640p-2);
    assertThat(Log1p.of(-0x1.2bec3ffffffffp-2)).isEqualTo(-0x1.62e4420e1ff0fp-2);
    assertThat(Log1p.of(-0x1.2bec400000000p-2)).isEqualTo(-0x1.62e4420e1ff10p-2);
    assertThat(Log1p.of(-0x1.2bec4ffffffffp-2)).isEqualTo(-0x1.62e458aebefdfp-2);
    assertThat(Log1p.of(-0x1.2bec500000000p-2)).isEqualTo(-0x1.62e458aebefe0p-2);
    assertThat(Log1p.of(-0x1.2bec5ffffffffp-2)).isEqualTo(-0x1.62e46f4f5e8afp-2);
    assertThat(Log1p.of(-0x1.0000000000000p-29)).isEqualTo(-0x1.0000000400000p-29);
    assertThat(Log1p.of(-0x1.fffffffffffffp-30)).isEqualTo(-0x1.00000003fffffp-29);
    assertThat(Log1p.of(-0x1.0000000000000p-53)).isEqualTo(-0x1.0000000000000p-53);
    assertThat(Log1p.of(-0x1.0000000000000p-1)).isEqualTo(-0x1.62e42fefa39efp-1);
    assertThat(Log1p.of(-0x1.8000000000000p-1)).isEqualTo(-0x1.62e42fefa39efp+0);
    assertThat(Log1p.of(-0x1.0000000000001p-1)).isEqualTo(-0x1.62e42fefa39f1p-1);
    assertThat(Log1p.of(-0x1.fffffffffffffp-2)).isEqualTo(-0x1.62e42fefa39eep-1);
    assertThat(Log1p.of(-0x1.fffffffffffffp-1)).isEqualTo(-0x1.25e4f7b2737fap+5);
    assertThat(Log1p.of(-0x1.0000000000000p-2)).isEqualTo(-0x1.269621134db92p-2);
    assertThat(Log1p.of(-0x1.2bec333018866p-2)).isEqualTo(-0x1.62e42fefa39eep-2);
    assertThat(Log1p.of(-0x1.0000000800000p-1)).isEqualTo(-0x1.62e42fffa39efp-1);
    assertThat(Log1p.of(-0x1.fffffff000000p-2)).isEqualTo(-0x1.62e42fdfa39efp-1);
    assertThat(Log1p.of(-0x1.0000000000000p-1f)).isEqualTo(-0x1.62e4300000000p-1f);
    assertThat(Log1p.of(-0x1.8000000000000p-1f)).isEqualTo(-0x1.62e4300000000p+0f);
    assertThat(Log1p.of(-0x1.fffffe0000000p-1f)).isEqualTo(-0x1.0a2b240000000p+4f);
    assertThat(Log1p.of(-0x1.0000000000000p-24f)).isEqualTo(-0x1.0000000000000p-24f);
    assertThat(Log1p.of(-0x1.2beb5c0000000p-2f)).isEqualTo(-0x1.62e3000000000p-2f);
    assertThat(Log1p.of(-0x1.2bedfa0000000p-2f)).isEqualTo(-0x1.62e6b40000000p-2f);
    assertThat(Log1p.of(-0x1.ff7cee0000000p-1f)).isEqualTo(-0x1.ba18e00000000p+2f);
    assertThat(Log1p.of(-0x1.0000020000000p-1f)).isEqualTo(-0x1.62e4340000000p-1f);
    assertThat(Log1p.of(-0x1.fffffc0000000p-2f)).isEqualTo(-0x1.62e42c0000000p-1f);
  }

  @Test
  void staysWithinTwoUnitsOfAnotherLibrary() {
    Generator g = Generator.of(1);
    for (int i = 0; i < 100_000; i++) {
      double u = g.random() * Math.pow(2, -(i % 40));
      double exact = StrictMath.log1p(-u);
      assertThat(Log1p.of(-u)).isCloseTo(exact, within(2 * Math.ulp(exact)));
      float v = (float) u;
      float exactFloat = (float) StrictMath.log1p(-(double) v);
      if (v < 1) {
        assertThat(Log1p.of(-v)).isCloseTo(exactFloat, within(2 * Math.ulp(exactFloat)));
      }
    }
  }

  @Test
  void zeroStaysZero() {
    assertThat(Log1p.of(-0.0)).isEqualTo(-0.0);
    assertThat(Log1p.of(-0f)).isEqualTo(-0f);
  }
}
