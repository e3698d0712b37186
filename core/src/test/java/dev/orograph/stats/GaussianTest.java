package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The closed forms against constants computed to 20 digits (mpmath 1.3) and against simulation. */
class GaussianTest {
  private static final double[][] ERF = {
    {1e-10, 1.1283791670955126e-10},
    {0.001, 0.0011283787909692365},
    {0.1, 0.1124629160182849},
    {0.5, 0.5204998778130465},
    {1, 0.8427007929497149},
    {1.5, 0.9661051464753108},
    {2, 0.9953222650189527},
    {2.4, 0.999311486103355},
    {2.49, 0.9995707121322661},
    {2.5, 0.999593047982555},
    {2.51, 0.9996142945182758},
    {3, 0.9999779095030014},
    {3.5, 0.9999992569016276},
    {4, 0.9999999845827421},
    {5, 0.9999999999984626},
    {6, 1.0},
    {6.4, 1},
    {6.6, 1},
    {10, 1}
  };

  private static final double SERIES = 1e-12;
  private static final int NUMBERS = 4000;
  private static final int DRAWS = 2000;

  /** A simulation may miss by so many of its standard errors. */
  private static final double STANDARD_ERRORS = 4;

  @Test
  void theErrorFunction() {
    for (double[] pair : ERF) {
      assertThat(Gaussian.erf(pair[0])).isCloseTo(pair[1], within(SERIES * pair[1]));
      assertThat(Gaussian.erf(-pair[0])).isEqualTo(-Gaussian.erf(pair[0]));
    }
    assertThat(Gaussian.erf(0)).isZero();
    assertThat(Gaussian.erf(Double.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(Gaussian.erf(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
  }

  @Test
  void sharesBelowMultiplesOfADeviation() {
    assertThat(Gaussian.below(0.01)).isCloseTo(0.007978712629263208, within(SERIES));
    assertThat(Gaussian.below(0.1)).isCloseTo(0.07965567455405796, within(SERIES));
    assertThat(Gaussian.below(0.5)).isCloseTo(0.3829249225480262, within(SERIES));
    assertThat(Gaussian.below(1)).isCloseTo(0.6826894921370859, within(SERIES));
    assertThat(Gaussian.below(3)).isCloseTo(0.9973002039367398, within(SERIES));
    assertThat(Gaussian.below(0)).isZero();
  }

  /** SciPy 1.10: {@code norm.cdf}, {@code norm.ppf}. */
  @Test
  void cumulativeAndQuantile() {
    assertThat(Gaussian.cumulative(-5)).isCloseTo(2.866515718791933e-07, within(SERIES));
    assertThat(Gaussian.cumulative(-1.5)).isCloseTo(0.06680720126885807, within(SERIES));
    assertThat(Gaussian.cumulative(0)).isEqualTo(0.5);
    assertThat(Gaussian.cumulative(2)).isCloseTo(0.9772498680518208, within(SERIES));
    assertThat(Gaussian.quantile(1e-6)).isCloseTo(-4.753424308822899, within(1e-7));
    assertThat(Gaussian.quantile(0.025)).isCloseTo(-1.9599639845400545, within(1e-11));
    assertThat(Gaussian.quantile(0.5)).isCloseTo(0, within(1e-12));
    assertThat(Gaussian.quantile(0.999)).isCloseTo(3.090232306167813, within(1e-9));
    assertThat(Gaussian.quantile(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Gaussian.quantile(1)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Gaussian.quantile(-0.1)).isNaN();
  }

  /** Expected largest of n by quadrature with SciPy; Blom's approximation is furthest off for 2. */
  @Test
  void expectedExtremes() {
    double[][] largest = {
      {2, 0.5641895835477564},
      {10, 1.5387527308351778},
      {1024, 3.2482396013736548},
      {100000, 4.384319403107942}
    };
    for (double[] pair : largest) {
      assertThat(Gaussian.ordered(pair[0], pair[0])).isCloseTo(pair[1], within(0.026));
      assertThat(Gaussian.ordered(1, pair[0]))
          .isCloseTo(-Gaussian.ordered(pair[0], pair[0]), within(1e-6));
    }
    assertThat(Gaussian.ordered(1, 1)).isCloseTo(0, within(1e-12));
  }

  @Test
  void hoyerAndGiniAsSimulated() {
    List<Double> hoyer = new ArrayList<>();
    List<Double> gini = new ArrayList<>();
    double[] below = new double[3];
    Generator g = Generator.of(2026);
    float[] x = new float[NUMBERS];
    for (int draw = 0; draw < DRAWS; draw++) {
      g.standardNormal(x);
      Magnitudes m = new Magnitudes(NUMBERS, 1, new double[] {0.01, 0.1, 0.5});
      m.addAll(NUMBERS, (from, into, at, n) -> System.arraycopy(x, (int) from, into, at, n));
      hoyer.add(m.hoyer());
      gini.add(m.gini());
      for (int i = 0; i < 3; i++) {
        below[i] += m.shares()[i] / DRAWS;
      }
    }
    assertMean(hoyer, Gaussian.hoyer(NUMBERS), Gaussian.hoyerDeviation(NUMBERS));
    assertMean(gini, Gaussian.GINI, Gaussian.giniDeviation(NUMBERS));
    double[] at = {0.01, 0.1, 0.5};
    for (int i = 0; i < 3; i++) {
      double p = Gaussian.below(at[i]);
      double error = Math.sqrt(p * (1 - p) / ((double) NUMBERS * DRAWS));
      assertThat(below[i]).isCloseTo(p, within(STANDARD_ERRORS * error));
    }
  }

  private static void assertMean(List<Double> drawn, double mean, double deviation) {
    double error = deviation / Math.sqrt(DRAWS);
    assertThat(Samples.mean(drawn)).isCloseTo(mean, within(STANDARD_ERRORS * error));
    double errorOfDeviation = deviation / Math.sqrt(2.0 * DRAWS);
    assertThat(Samples.deviation(drawn))
        .isCloseTo(deviation, within(STANDARD_ERRORS * errorOfDeviation));
  }

  /** The integral behind the constant, by Simpson's rule. */
  @Test
  void theVarianceOfGiniByQuadrature() {
    double m = Math.sqrt(2 / Math.PI);
    double t = 1 / Math.sqrt(Math.PI);
    int steps = 4000;
    double h = 10.0 / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double x = i * h;
      double density = Math.sqrt(2 / Math.PI) * Math.exp(-x * x / 2);
      double largerOfTwo = x * Gaussian.below(x) + density;
      double influence = 2 / m * (largerOfTwo - 2 * t) - 2 * t / (m * m) * (x - m);
      double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * influence * influence * density * h / 3;
    }
    assertThat(sum).isCloseTo(0.06445379860775147, within(1e-10));
    assertThat(Gaussian.giniDeviation(1)).isCloseTo(Math.sqrt(sum), within(1e-9));
    assertThat(Gaussian.giniDeviation(100)).isCloseTo(Math.sqrt(sum) / 10, within(1e-10));
  }

  @Test
  void limits() {
    assertThat(Gaussian.GINI).isCloseTo(0.41421356237309503, within(2e-16));
    assertThat(Gaussian.hoyer(1e16)).isCloseTo(0.2021154391971352, within(1e-8));
  }

  /** The share below half of the numbers' own deviation, and their kurtosis, by simulation. */
  @Test
  void whatTheOwnDeviationTakesOff() {
    int n = 500;
    int trials = 4000;
    double[] shares = new double[trials];
    double[] kurtoses = new double[trials];
    Generator g = Generator.of(23);
    double[] w = new double[n];
    for (int t = 0; t < trials; t++) {
      g.standardNormal(w);
      double mean = Arrays.stream(w).average().orElseThrow();
      double second = Arrays.stream(w).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      double edge = Math.sqrt(second) / 2;
      shares[t] = Arrays.stream(w).filter(v -> Math.abs(v) < edge).count() / (double) n;
      kurtoses[t] =
          Arrays.stream(w).map(v -> Math.pow(v - mean, 4)).average().orElseThrow()
              / (second * second);
    }
    // A deviation of 4,000 is known to 1.2 %, that of kurtosis to somewhat less.
    double share = Math.sqrt(Gaussian.belowVariance(0.5) / n);
    assertThat(deviation(shares)).isCloseTo(share, within(0.05 * share));
    double kurtosis = Gaussian.kurtosisDeviation(n);
    assertThat(deviation(kurtoses)).isCloseTo(kurtosis, within(0.08 * kurtosis));
    assertThat(Arrays.stream(kurtoses).average().orElseThrow())
        .isCloseTo(Gaussian.kurtosis(n), within(5 * kurtosis / Math.sqrt(trials)));
  }

  private static double deviation(double[] values) {
    return Samples.deviation(Arrays.stream(values).boxed().toList());
  }
}
