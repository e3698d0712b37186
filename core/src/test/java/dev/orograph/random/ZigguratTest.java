package dev.orograph.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ZigguratTest {
  private static final double SCALE = 0x1p52;

  /** The SHA-256 of the tables in NumPy 1.24.2's {@code libnpyrandom.a}. */
  @Test
  void tablesAreNumPysBitForBit() {
    assertThat(Reference.sha(ZigguratTables.THRESHOLDS))
        .isEqualTo("565295797825931547a1036f5b012a247be54abbe077c39fe06c8ed1e9d0a5a9");
    assertThat(Reference.sha(ZigguratTables.WIDTHS))
        .isEqualTo("33c6472209e1d09ea3548f0291e5e1ad67fb4f1d0305e9f1086689584b7bb7fa");
    assertThat(Reference.sha(ZigguratTables.HEIGHTS))
        .isEqualTo("acd898d9d87e212f657755ba43b21e40958090a7ff2103c9e79f4ea1b0fe2bc5");
    assertThat(Reference.sha(ZigguratTables.floatThresholds()))
        .isEqualTo("b00c1701b8ee9b5e5bb285bef552e979942af25328141d131b0ad8183643fd39");
    assertThat(Reference.sha(ZigguratTables.floats(ZigguratTables.WIDTHS, 0x1p29)))
        .isEqualTo("7e876b6f831f031c494d3f21c00f1845928d7ba8984b207e08b3fcba766a67fd");
    assertThat(Reference.sha(ZigguratTables.floats(ZigguratTables.HEIGHTS, 1)))
        .isEqualTo("3ec75aef4fc5308b6f948d1fd8d0eef691a752eebbaa91914fc111948aea6ad8");
  }

  /** All layers have one area: x(i) (f(i-1) - f(i)), with x in units of 2^-52. */
  @Test
  void layersHaveEqualAreas() {
    double[] width = ZigguratTables.doubles(ZigguratTables.WIDTHS);
    double[] height = ZigguratTables.doubles(ZigguratTables.HEIGHTS);
    double area = width[0] * SCALE * height[255];
    assertThat(area).isCloseTo(0.004928673233974655, within(1e-17));
    assertThat(width[255] * SCALE).isEqualTo(ZigguratTables.TAIL);
    for (int i = 1; i < 256; i++) {
      double x = width[i] * SCALE;
      // NumPy's heights carry an error of up to 2e-15 of their value (see ZigguratTables).
      assertThat(x * (height[i - 1] - height[i])).isCloseTo(area, within(4e-15 * x));
      assertThat(height[i]).isCloseTo(Math.exp(-0.5 * x * x), within(2e-15));
    }
  }

  @Test
  void momentsAreThoseOfTheNormalDistribution() {
    double[] x = new double[1_000_000];
    Generator.of(12).standardNormal(x);
    double mean = 0;
    double square = 0;
    double fourth = 0;
    int tail = 0;
    for (double v : x) {
      mean += v / x.length;
      square += v * v / x.length;
      fourth += v * v * v * v / x.length;
      tail += Math.abs(v) > ZigguratTables.TAIL ? 1 : 0;
    }
    // Five standard errors each: 1, sqrt(2) and sqrt(96) over a thousand; 258 expected in the tail.
    assertThat(mean).isCloseTo(0, within(0.005));
    assertThat(square).isCloseTo(1, within(0.0071));
    assertThat(fourth).isCloseTo(3, within(0.049));
    assertThat(tail).isBetween(178, 338);
  }
}
