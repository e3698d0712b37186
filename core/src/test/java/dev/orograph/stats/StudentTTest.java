package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StudentTTest {
  private static final double ROUNDING = 1e-13;

  /**
   * 97.5 % and 99.5 % points from mpmath with 40 digits, also for fractional degrees; for many of
   * them the logarithms of two Gamma functions of their size cancel.
   */
  @ParameterizedTest
  @CsvSource({
    "0.5, 164.55767348048853, 4113.9645888041812",
    "1, 12.706204736174705, 63.656741162871581",
    "1.5, 6.0166631044279319, 17.820310514462807",
    "2.3, 3.8071632082321321, 8.0037452668710906",
    "3, 3.1824463052837096, 5.8409093097333573",
    "5.75, 2.4729333058839569, 3.7745455224860571",
    "10, 2.2281388519862747, 3.1692726726169512",
    "29, 2.0452296421327043, 2.7563859036706055",
    "40.25, 2.0206844244252831, 2.7036238161341229",
    "120, 1.9799304050824408, 2.617421145106866",
    "10000, 1.9602012398906263, 2.5763210466685289",
    "1000000, 1.959966356814107, 2.5758342201053342"
  })
  void quantilesAgreeWithAnotherProgram(double degrees, double at95, double at99) {
    double cancelled = ROUNDING + Math.ulp(1.0) * degrees * Math.log1p(degrees);
    assertThat(StudentT.central(0.95, degrees) / at95).isCloseTo(1, within(cancelled));
    assertThat(StudentT.central(0.99, degrees) / at99).isCloseTo(1, within(cancelled));
  }

  /** One degree is Cauchy's distribution, two have t = p / sqrt((1 - p^2) / 2). */
  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.5, 0.95, 0.999})
  void closedForms(double p) {
    double tan = Math.tan(Math.PI * p / 2);
    assertThat(StudentT.central(p, 1)).isCloseTo(tan, within(ROUNDING * tan));
    double root = p / Math.sqrt((1 - p * p) / 2);
    assertThat(StudentT.central(p, 2)).isCloseTo(root, within(ROUNDING * root));
    // Four degrees: P = x (3 - x^2) / 2 with x = t / sqrt(4 + t^2).
    double t = StudentT.central(p, 4);
    double x = t / Math.sqrt(4 + t * t);
    assertThat(x * (3 - x * x) / 2).isCloseTo(p, within(ROUNDING));
  }

  /** Normal deviates as rare as t, from mpmath with 40 digits; some tails are below 1e-300. */
  @ParameterizedTest
  @CsvSource({
    "2, 0.3, 0.26308422704733145",
    "2, 300, 4.3943410617614878",
    "7, 5.3, 3.2576551863176177",
    "9, 20, 5.7470847766238057",
    "99, 2, 1.975250801715323",
    "99, 300, 25.935031250174536",
    "999, 300, 67.12540382454638"
  })
  void normalDeviatesAgreeWithAnotherProgram(double degrees, double t, double z) {
    assertThat(StudentT.normal(t, degrees) / z).isCloseTo(1, within(1e-12));
    assertThat(StudentT.normal(-t, degrees)).isEqualTo(-StudentT.normal(t, degrees));
  }

  @Test
  void normalDeviatesLieBelowTAndComeCloseToIt() {
    assertThat(StudentT.normal(0, 5)).isZero();
    for (double t = 0.01; t < 1e4; t *= 3) {
      assertThat(StudentT.normal(t, 3)).isLessThan(t);
      assertThat(StudentT.normal(t * 1.01, 3)).isGreaterThan(StudentT.normal(t, 3));
    }
    assertThat(StudentT.normal(4, 1e8)).isCloseTo(4, within(1e-6));
  }

  @Test
  void probabilitiesRiseFromZeroToOneAcrossBothFractions() {
    for (double degrees : new double[] {0.7, 2, 7.3, 200}) {
      assertThat(StudentT.within(0, degrees)).isZero();
      double before = 0;
      for (double t = 0.01; t < 20; t *= 1.1) {
        double p = StudentT.within(t, degrees);
        assertThat(p).isBetween(before, 1.0);
        before = p;
      }
    }
    // A normal distribution in the limit.
    assertThat(StudentT.within(1, 1e8)).isCloseTo(Gaussian.below(1), within(1e-7));
  }
}
