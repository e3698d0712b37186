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

  /** SciPy's quantiles of Student's t are good to about 1e-10. */
  private static final double SCIPY = 1e-9;

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
    assertThat((e.interval().get(1) - e.value()) / unit).isCloseTo(t, within(SCIPY));
    assertThat((e.value() - e.interval().get(0)) / unit).isCloseTo(t, within(SCIPY));
    assertThat(e.z()).isNull();
  }

  /** The two samples of Rosetta Code's Welch test; statistics from SciPy 1.10. */
  @Test
  void theDifferenceIsWelchs() {
    List<Double> a =
        List.of(
            27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7,
            21.4);
    List<Double> b =
        List.of(
            27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5,
            24.4);
    Estimate e = Samples.difference(a, b);
    assertThat(e.value()).isCloseTo(-2.833333333333332, within(SCIPY));
    assertThat(e.deviation()).isCloseTo(0.9931223809239542, within(SCIPY));
    assertThat(e.z()).isCloseTo(-2.8529548701715215, within(SCIPY));
    assertThat(e.expected()).isZero();
    assertThat(e.interval().get(0)).isCloseTo(-4.868022741791965, within(SCIPY));
    assertThat(e.interval().get(1)).isCloseTo(-0.7986439248746993, within(SCIPY));
  }

  /** Sizes 10 and 20, 9.9 degrees of freedom. */
  @Test
  void theDifferenceOfUnequalSamples() {
    List<Double> a = List.of(17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8);
    List<Double> b =
        List.of(
            21.5, 22.8, 21.0, 23.0, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8, 20.7, 21.7, 21.5, 22.5,
            23.6, 21.5, 22.5, 23.5, 21.5, 21.8);
    Estimate e = Samples.difference(a, b);
    assertThat(e.interval().get(0)).isCloseTo(-3.6984213253524234, within(SCIPY));
    assertThat(e.interval().get(1)).isCloseTo(0.6484213253524262, within(SCIPY));
    Estimate back = Samples.difference(b, a);
    assertThat(back.value()).isEqualTo(-e.value());
    assertThat(back.interval().get(0)).isCloseTo(-e.interval().get(1), within(SCIPY));
  }

  @Test
  void theDifferenceOfFewOrConstantValuesHasNoInterval() {
    List<Double> three = List.of(1.0, 2.0, 3.0);
    assertThat(Samples.difference(List.of(4.0, 6.0), three)).isEqualTo(Estimate.of(3));
    assertThat(Samples.difference(three, List.of(4.0))).isEqualTo(Estimate.of(-2));
    List<Double> constant = List.of(5.0, 5.0, 5.0);
    assertThat(Samples.difference(constant, constant)).isEqualTo(Estimate.of(0));
    // One side that varies is enough: its own degrees of freedom are left.
    Estimate e = Samples.difference(three, constant);
    double half = StudentT.central(0.95, 2) / Math.sqrt(3);
    assertThat(e.interval().get(1) - e.value()).isCloseTo(half, within(ROUNDING));
  }
}
