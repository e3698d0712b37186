package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closed forms and invariances of the figures of a spectrum. */
class SpectrumTest {
  /** Rounding of a sum of at most a few hundred terms. */
  private static final double ROUNDING = 1e-13;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 317})
  void equalValuesHaveFullRank(int n) {
    double[] s = new double[n];
    Arrays.fill(s, 0.7);
    Spectrum equal = new Spectrum(s);
    assertThat(equal.participationRatio()).isCloseTo(n, within(n * ROUNDING));
    assertThat(equal.stableRank()).isCloseTo(n, within(n * ROUNDING));
    assertThat(equal.effectiveRank()).isCloseTo(n, within(n * ROUNDING));
    assertThat(equal.activeShare()).isEqualTo(1);
    assertThat(equal.frobenius()).isCloseTo(0.7 * Math.sqrt(n), within(n * ROUNDING));
    assertThat(equal.largest()).isEqualTo(0.7);
    assertThat(equal.smallest()).isEqualTo(0.7);
    assertThat(equal.condition()).isEqualTo(0.7 / (0.7 + 1e-10));
  }

  @Test
  void oneDirectionHasRankOne() {
    Spectrum one = new Spectrum(new double[] {5, 0, 0, 0});
    assertThat(one.participationRatio()).isEqualTo(1);
    assertThat(one.stableRank()).isEqualTo(1);
    assertThat(one.effectiveRank()).isEqualTo(1);
    assertThat(one.activeShare()).isEqualTo(0.25);
    assertThat(one.rankAt(0.9)).isEqualTo(1);
    assertThat(one.condition()).isEqualTo(5 / 1e-10);
    assertThat(one.frobenius()).isEqualTo(5);
  }

  /** s_i = q^i: all sums are geometric. */
  @ParameterizedTest
  @CsvSource({"0.9, 50", "0.5, 30", "0.99, 200"})
  void aGeometricSequenceInClosedForm(double q, int n) {
    double[] s = new double[n];
    for (int i = 0; i < n; i++) {
      s[i] = 3 * Math.pow(q, i);
    }
    double sum = (1 - Math.pow(q, n)) / (1 - q);
    double squares = (1 - Math.pow(q, 2 * n)) / (1 - q * q);
    double indices =
        q * (1 - n * Math.pow(q, n - 1) + (n - 1) * Math.pow(q, n)) / ((1 - q) * (1 - q));
    double entropy = Math.log(sum) - Math.log(q) * indices / sum;
    Spectrum geometric = new Spectrum(s);
    assertThat(geometric.stableRank()).isCloseTo(squares, within(squares * ROUNDING));
    assertThat(geometric.participationRatio()).isCloseTo(sum * sum / squares, within(n * ROUNDING));
    assertThat(geometric.effectiveRank()).isCloseTo(Math.exp(entropy), within(n * ROUNDING));
    assertThat(geometric.frobenius()).isCloseTo(3 * Math.sqrt(squares), within(n * ROUNDING));
    // The smallest k with 1 - q^k >= 0.9 (1 - q^n).
    double k = Math.log(1 - 0.9 * (1 - Math.pow(q, n))) / Math.log(q);
    assertThat(geometric.rankAt(0.9)).isEqualTo((int) Math.ceil(k));
    // q^i > 0.01 for i below log 0.01 / log q.
    double active = Math.min(n, Math.ceil(Math.log(0.01) / Math.log(q)));
    assertThat(geometric.activeShare()).isEqualTo(active / n);
  }

  /** searchsorted(cumsum(s) / sum(s), share, left) + 1. */
  @Test
  void theRankAtAShareIsTheFirstThatReachesIt() {
    Spectrum s = new Spectrum(new double[] {5, 3, 1, 1});
    assertThat(s.rankAt(0.5)).isEqualTo(1);
    assertThat(s.rankAt(0.51)).isEqualTo(2);
    assertThat(s.rankAt(0.8)).isEqualTo(2);
    assertThat(s.rankAt(0.81)).isEqualTo(3);
    assertThat(s.rankAt(0.9)).isEqualTo(3);
    assertThat(s.rankAt(1)).isEqualTo(4);
  }

  @Test
  void exactlyOnePercentIsNotActive() {
    assertThat(new Spectrum(new double[] {100, 1, 1}).activeShare()).isEqualTo(1.0 / 3);
    assertThat(new Spectrum(new double[] {100, Math.nextUp(1.0), 1}).activeShare())
        .isEqualTo(2.0 / 3);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0x1p-1000, 0x1p-40, 0x1p40, 0x1p1000})
  void ratiosDoNotDependOnScale(double scale) {
    double[] s = new double[40];
    Generator.of(1).random(s);
    Arrays.sort(s);
    double[] descending = new double[40];
    for (int i = 0; i < 40; i++) {
      descending[i] = s[39 - i];
    }
    Spectrum one = new Spectrum(descending);
    Spectrum scaled = new Spectrum(Arrays.stream(descending).map(v -> v * scale).toArray());
    assertThat(scaled.stableRank()).isEqualTo(one.stableRank());
    assertThat(scaled.participationRatio()).isEqualTo(one.participationRatio());
    assertThat(scaled.effectiveRank()).isEqualTo(one.effectiveRank());
    assertThat(scaled.activeShare()).isEqualTo(one.activeShare());
    assertThat(scaled.rankAt(0.9)).isEqualTo(one.rankAt(0.9));
    assertThat(scaled.frobenius()).isEqualTo(one.frobenius() * scale);
    assertThat(scaled.largest()).isEqualTo(one.largest() * scale);
  }

  @Test
  void ofAZeroMatrixEveryRatioIsZero() {
    Spectrum zero = new Spectrum(new double[3]);
    assertThat(zero.stableRank()).isZero();
    assertThat(zero.participationRatio()).isZero();
    assertThat(zero.effectiveRank()).isZero();
    assertThat(zero.activeShare()).isZero();
    assertThat(zero.rankAt(0.9)).isZero();
    assertThat(zero.condition()).isZero();
    assertThat(zero.frobenius()).isZero();
  }

  @Test
  void refusesWhatIsNoSpectrum() {
    assertThatThrownBy(() -> new Spectrum(new double[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a spectrum needs at least one value");
    for (double[] wrong :
        new double[][] {
          {1, 2}, {2, 1, 1.5}, {1, -1}, {-1}, {Double.NaN}, {1, Double.NaN}, {Double.NaN, 1}
        }) {
      assertThatThrownBy(() -> new Spectrum(wrong))
          .as(Arrays.toString(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not descending");
    }
  }
}
