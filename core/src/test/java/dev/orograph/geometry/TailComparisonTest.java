package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class TailComparisonTest {
  private static final int N = 400;

  /** Square roots, largest first, of the values that evenly spread shares of a law have. */
  private static double[] singular(DoubleUnaryOperator quantile, long seed) {
    Generator g = Generator.of(seed);
    double[] s = new double[N];
    for (int i = 0; i < N; i++) {
      s[i] = -Math.sqrt(quantile.applyAsDouble(g.random()));
    }
    Arrays.sort(s);
    return Arrays.stream(s).map(v -> -v).toArray();
  }

  private static TailComparison of(double[] s, int draws) {
    return TailComparison.of(s, 0, PowerLaw.ofSquares(s), draws, Generator.of(1));
  }

  @Test
  void aPowerLawIsPlausibleAndBeatsAnExponential() {
    double[] s = singular(u -> Math.pow(1 - u, -1 / 1.5), 7);
    TailComparison t = of(s, 100);
    assertThat(t.p()).isGreaterThan(TailComparison.PLAUSIBLE);
    assertThat(t.exponential()).isPositive();
    assertThat(t.exponentialP()).isLessThan(0.01);
    assertThat(t.cutoffP()).isGreaterThan(0.05);
  }

  @Test
  void anExponentialIsNone() {
    double[] s = singular(u -> 1 - 0.7 * Math.log(1 - u), 8);
    PowerLaw whole = new PowerLaw(alpha(s), 0.2, N, s[N - 1] * s[N - 1]);
    TailComparison t = TailComparison.of(s, 0, whole, 0, Generator.of(1));
    assertThat(t.p()).isNull();
    assertThat(t.exponential()).isNegative();
    assertThat(t.exponentialP()).isLessThan(0.01);
    assertThat(t.cutoffP()).isLessThan(1e-6);
    // t^-a e^(-b t) with a = 0 is the exponential of rate b = x_min / 0.7.
    assertThat(t.cutoffRate()).isCloseTo(s[N - 1] * s[N - 1] / 0.7, within(0.5));
    assertThat(Math.abs(t.cutoffAlpha())).isLessThan(0.8);
  }

  /** A uniform spectrum has no tail: as steep a law as fits it is ruled out. */
  @Test
  void theBootstrapRulesOutABlock() {
    double[] s = new double[N];
    for (int i = 0; i < N; i++) {
      s[i] = Math.sqrt(2 - (double) i / N) * (i < 200 ? 10 : 1);
    }
    PowerLaw fit = new PowerLaw(alpha(s), PowerLaw.ofSquares(s).ks() + 0.1, N, s[N - 1] * s[N - 1]);
    assertThat(TailComparison.of(s, 0, fit, 100, Generator.of(3)).p()).isLessThan(0.05);
  }

  /** The likeliest cut-off against a search over a grid, its normaliser by the plain sum. */
  @Test
  void theCutoffAgainstAGrid() {
    double[] s = singular(u -> 1 / (1 - u) > 30 ? 1 + u * 20 : 1 / (1 - u), 9);
    PowerLaw whole = new PowerLaw(alpha(s), 0.1, N, s[N - 1] * s[N - 1]);
    TailComparison t = TailComparison.of(s, 0, whole, 0, Generator.of(1));
    double best = Double.NEGATIVE_INFINITY;
    for (double a = t.cutoffAlpha() - 0.4; a < t.cutoffAlpha() + 0.41; a += 0.05) {
      for (double b = Math.max(0.001, t.cutoffRate() - 0.06);
          b < t.cutoffRate() + 0.061;
          b += 0.01) {
        best = Math.max(best, likelihood(s, a, b));
      }
    }
    assertThat(likelihood(s, t.cutoffAlpha(), t.cutoffRate())).isGreaterThan(best - 0.01);
  }

  private static double alpha(double[] s) {
    double sum = 0;
    for (double v : s) {
      sum += 2 * Math.log(v / s[N - 1]);
    }
    return 1 + N / sum;
  }

  private static double likelihood(double[] s, double a, double b) {
    double z = 0;
    double step = 0.0005;
    for (double y = step / 2; y < 12; y += step) {
      z += step * Math.exp((1 - a) * y - b * Math.exp(y));
    }
    double sum = -N * Math.log(z);
    for (double v : s) {
      double x = v / s[N - 1] * (v / s[N - 1]);
      sum -= a * Math.log(x) + b * x;
    }
    return sum;
  }
}
