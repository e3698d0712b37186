package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplesTest {
  private static final double ROUNDING = 1e-14;

  /** Student's t from a table with three digits behind the point. */
  private static final double TABLE = 0.0006;

  /** Student's t from an expansion for many values. */
  private static final double EXPANSION = 0.0025;

  @Test
  void meanMedianDeviation() {
    List<Double> v = List.of(4.0, 1.0, 3.0, 12.0);
    assertThat(Samples.mean(v)).isEqualTo(5);
    assertThat(Samples.median(v)).isEqualTo(3.5);
    assertThat(Samples.median(List.of(4.0, 1.0, 3.0))).isEqualTo(3);
    assertThat(Samples.median(List.of(-7.0))).isEqualTo(-7);
    // Squares of -1, -4, -2, 7 over 3.
    assertThat(Samples.deviation(v)).isCloseTo(Math.sqrt(70.0 / 3), within(ROUNDING));
    assertThat(Samples.deviation(List.of(2.0, 2.0))).isZero();
  }

  @Test
  void twoValuesHaveNoInterval() {
    assertThat(Samples.meanOf(List.of(1.0, 3.0))).isEqualTo(Estimate.of(2));
    assertThat(Samples.meanOf(List.of(1.0)).interval()).isNull();
  }

  /** 97.5 % points of Student's t from SciPy 1.10. */
  @ParameterizedTest
  @CsvSource({
    "2, 4.302652729696142",
    "3, 3.182446305284263",
    "10, 2.228138851964939",
    "29, 2.045229642132703",
    "30, 2.042272456301238",
    "31, 2.039513446396408",
    "40, 2.021075390306273",
    "120, 1.979930405082440"
  })
  void theIntervalIsStudents(int degrees, double t) {
    List<Double> v = new ArrayList<>();
    for (int i = 0; i <= degrees; i++) {
      v.add(10.0 + i % 3);
    }
    Estimate e = Samples.meanOf(v);
    double unit = Samples.deviation(v) / Math.sqrt(v.size());
    assertThat(e.value()).isEqualTo(Samples.mean(v));
    double tolerance = degrees <= 30 ? TABLE : EXPANSION;
    assertThat((e.interval().get(1) - e.value()) / unit).isCloseTo(t, within(tolerance));
    assertThat((e.value() - e.interval().get(0)) / unit).isCloseTo(t, within(tolerance));
    assertThat(e.z()).isNull();
  }
}
