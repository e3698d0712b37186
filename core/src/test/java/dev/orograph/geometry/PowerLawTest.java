package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tail fit against planted tails and against a plain version. */
class PowerLawTest {
  /** Logarithms and powers in another order. */
  private static final double ROUNDING = 1e-12;

  /** An estimate may lie so many of its standard errors, (alpha - 1) / sqrt k, away. */
  private static final double STANDARD_ERRORS = 3;

  @ParameterizedTest
  @CsvSource({"2.0, 1", "2.5, 2", "3.5, 3", "5.0, 4"})
  void recoversAPlantedExponent(double alpha, int seed) {
    double[] s = pareto(3000, alpha, seed);
    PowerLaw fit = PowerLaw.ofSquares(s);
    assertThat(fit.alpha())
        .isCloseTo(alpha, within(STANDARD_ERRORS * (alpha - 1) / Math.sqrt(fit.tail())));
    assertThat(fit.tail()).isGreaterThan(300);
    assertThat(fit.xMin()).isEqualTo(s[fit.tail() - 1] * s[fit.tail() - 1]);
  }

  /** Where the body is flat, the tail begins near where it was planted. */
  @Test
  void findsWhereTheTailBegins() {
    double[] tail = pareto(1000, 2.5, 9);
    double[] both = Arrays.copyOf(tail, 3000);
    Generator g = Generator.of(10);
    for (int i = 1000; i < 3000; i++) {
      both[i] = Math.sqrt(0.05 + 0.95 * g.random());
    }
    PowerLaw fit = PowerLaw.ofSquares(descending(both));
    assertThat(fit.alpha()).isCloseTo(2.5, within(STANDARD_ERRORS * 1.5 / Math.sqrt(fit.tail())));
    assertThat(fit.xMin()).isBetween(0.8, 1.5);
  }

  /** Every candidate x_min, every distance to its end, with powers instead of logarithms. */
  @ParameterizedTest
  @ValueSource(ints = {10, 11, 50, 257})
  void likeThePlainVersion(int n) {
    for (int seed = 0; seed < 8; seed++) {
      double[] s = new double[n];
      Generator g = Generator.of(100L * n + seed);
      for (int i = 0; i < n; i++) {
        s[i] = seed % 2 == 0 ? g.random() + 0.01 : Math.exp(g.standardNormal());
      }
      if (seed > 5) {
        Arrays.fill(s, 0, n / 3, 1);
      }
      s = descending(s);
      PowerLaw fit = PowerLaw.ofSquares(s);
      PowerLaw plain = plain(s);
      assertThat(fit.tail()).isEqualTo(plain.tail());
      assertThat(fit.alpha()).isCloseTo(plain.alpha(), within(ROUNDING * plain.alpha()));
      assertThat(fit.ks()).isCloseTo(plain.ks(), within(ROUNDING));
      assertThat(fit.xMin()).isCloseTo(plain.xMin(), within(ROUNDING * plain.xMin()));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0x1p-600, 0x1p500})
  void scaleChangesNothingButTheBeginning(double scale) {
    double[] s = pareto(200, 3, 5);
    PowerLaw one = PowerLaw.ofSquares(s);
    PowerLaw scaled = PowerLaw.ofSquares(Arrays.stream(s).map(v -> v * scale).toArray());
    assertThat(scaled.tail()).isEqualTo(one.tail());
    // Logarithms of about 700 hold 13 digits behind the point.
    assertThat(scaled.alpha()).isCloseTo(one.alpha(), within(1e-9));
    assertThat(scaled.ks()).isCloseTo(one.ks(), within(1e-9));
  }

  @Test
  void zerosStandOutside() {
    double[] s = pareto(40, 2.5, 6);
    assertThat(PowerLaw.ofSquares(Arrays.copyOf(s, 60))).isEqualTo(PowerLaw.ofSquares(s));
  }

  @Test
  void fewerThanTenValuesHaveNoTail() {
    double[] s = pareto(10, 2.5, 7);
    assertThat(PowerLaw.ofSquares(s)).isNotNull();
    assertThat(PowerLaw.ofSquares(Arrays.copyOf(s, 9))).isNull();
    assertThat(PowerLaw.ofSquares(Arrays.copyOf(Arrays.copyOf(s, 9), 30))).isNull();
    assertThat(PowerLaw.ofSquares(new double[0])).isNull();
    assertThat(PowerLaw.ofSquares(new double[20])).isNull();
  }

  @Test
  void equalValuesHaveNoTail() {
    double[] s = new double[30];
    Arrays.fill(s, 0.5);
    assertThat(PowerLaw.ofSquares(s)).isNull();
  }

  /** Roots of Pareto numbers with p(l) ~ l^-alpha from 1 on, largest first. */
  private static double[] pareto(int n, double alpha, long seed) {
    double[] s = new double[n];
    Generator g = Generator.of(seed);
    for (int i = 0; i < n; i++) {
      s[i] = Math.sqrt(Math.pow(1 - g.random(), -1 / (alpha - 1)));
    }
    return descending(s);
  }

  private static double[] descending(double[] s) {
    double[] sorted = s.clone();
    Arrays.sort(sorted);
    double[] d = new double[s.length];
    for (int i = 0; i < s.length; i++) {
      d[i] = sorted[s.length - 1 - i];
    }
    return d;
  }

  private static PowerLaw plain(double[] s) {
    PowerLaw best = null;
    for (int k = 10; k <= s.length; k++) {
      double x = s[k - 1] * s[k - 1];
      double sum = 0;
      for (int i = 0; i < k; i++) {
        sum += Math.log(s[i] * s[i] / x);
      }
      if (sum <= 0) {
        continue;
      }
      double alpha = 1 + k / sum;
      double ks = 0;
      for (int i = 1; i <= k; i++) {
        double l = s[k - i] * s[k - i];
        double f = 1 - Math.pow(l / x, 1 - alpha);
        ks = Math.max(ks, Math.abs((double) i / k - f));
        ks = Math.max(ks, Math.abs((double) (i - 1) / k - f));
      }
      if (best == null || ks < best.ks()) {
        best = new PowerLaw(alpha, ks, k, x);
      }
    }
    return best;
  }
}
