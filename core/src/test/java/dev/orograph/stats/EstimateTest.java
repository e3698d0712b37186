package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EstimateTest {
  private static final double ROUNDING = 1e-14;

  @Test
  void aValueAlone() {
    Estimate e = Estimate.of(3);
    assertThat(e).isEqualTo(new Estimate(3, null, null, null, null, null, null));
    assertThat(e.within(2, 5).interval()).containsExactly(2.0, 5.0);
  }

  @Test
  void againstAClosedForm() {
    Estimate e = Estimate.of(7).within(6, 8).against(1, 2);
    assertThat(e.z()).isEqualTo(3);
    assertThat(e.expected()).isEqualTo(1);
    assertThat(e.deviation()).isEqualTo(2);
    assertThat(e.draws()).isNull();
    // 2 (1 - Phi(3)), by mpmath.
    assertThat(e.p()).isCloseTo(0.0026997960632601866, within(1e-12));
    assertThat(e.interval()).containsExactly(6.0, 8.0);
    assertThat(Estimate.of(-5).against(1, 2).z()).isEqualTo(-3);
    assertThat(Estimate.of(7).against(1, 0).z()).isNull();
  }

  @Test
  void amongDraws() {
    // Mean 3, deviation sqrt(10 / 4), distances 2 1 0 1 2.
    List<Double> nulls = List.of(1.0, 2.0, 3.0, 4.0, 5.0);
    Estimate e = Estimate.of(5).among(nulls);
    assertThat(e.expected()).isEqualTo(3);
    assertThat(e.deviation()).isCloseTo(Math.sqrt(2.5), within(ROUNDING));
    assertThat(e.draws()).isEqualTo(5);
    // t = 2 / sqrt(2.5 (1 + 1/5)) with four degrees of freedom, by mpmath.
    assertThat(e.z()).isCloseTo(1.009990169249582, within(ROUNDING));
    // The tail of that t is also that of z: P(|T| > 1.1547) with four degrees of freedom.
    assertThat(e.p()).isCloseTo(0.3125, within(1e-12));
    assertThat(Estimate.of(1).among(nulls).p()).as("two-sided").isCloseTo(e.p(), within(ROUNDING));
    assertThat(Estimate.of(3).among(nulls).p()).isEqualTo(1);
    assertThat(Estimate.of(3).among(nulls).z()).isZero();
  }

  @Test
  void aStartIsNoChance() {
    Estimate e = Estimate.of(5).within(4, 6).from(1);
    assertThat(e.expected()).isEqualTo(1);
    assertThat(e.interval()).containsExactly(4.0, 6.0);
    assertThat(e.deviation()).isNull();
    assertThat(e.z()).isNull();
    assertThat(e.draws()).isNull();
  }

  @Test
  void twoDrawsGiveAMeanButNoSpread() {
    Estimate e = Estimate.of(5).among(List.of(1.0, 2.0));
    assertThat(e.expected()).isEqualTo(1.5);
    assertThat(e.draws()).isEqualTo(2);
    assertThat(e.deviation()).isNull();
    assertThat(e.z()).isNull();
    assertThat(e.p()).isNull();
    assertThat(Estimate.of(5).among(List.of())).isEqualTo(Estimate.of(5));
  }

  @Test
  void equalDrawsGiveNoScore() {
    Estimate e = Estimate.of(5).among(Collections.nCopies(4, 2.0));
    assertThat(e.deviation()).isZero();
    assertThat(e.z()).isNull();
    assertThat(e.p()).isEqualTo(1.0 / 5);
  }

  /** A mean over parts varies less than a draw does: t = 2 / sqrt(2.5 (1/4 + 1/5)). */
  @Test
  void aMeanOfParts() {
    Estimate e = Estimate.of(5).among(List.of(1.0, 2.0, 3.0, 4.0, 5.0), 0.25);
    assertThat(e.deviation()).isCloseTo(Math.sqrt(2.5) / 2, within(ROUNDING));
    assertThat(e.z()).isCloseTo(StudentT.normal(2 / Math.sqrt(2.5 * 0.45), 4), within(ROUNDING));
  }

  @Test
  void intervalsStayInTheRange() {
    assertThat(Estimate.of(3).within(-2, 8).inside(1, 5).interval()).containsExactly(1.0, 5.0);
    assertThat(Estimate.of(3).inside(1, 5).interval()).isNull();
  }

  @Test
  void aCountHasNoZ() {
    Estimate e = Estimate.of(3).beside(1, null, 0.1, 7);
    assertThat(e.z()).isNull();
    assertThat(e.p()).isEqualTo(0.1);
    assertThat(e.draws()).isEqualTo(7);
  }
}
