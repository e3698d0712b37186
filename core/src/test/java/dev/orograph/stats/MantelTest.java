package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MantelTest {
  /** Numbers are kept in float32. */
  private static final double SINGLE = 1e-6;

  private static final int N = 40;

  private static float[] upper(float[] square, int n) {
    float[] pairs = new float[n * (n - 1) / 2];
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        pairs[k++] = square[i * n + j];
      }
    }
    return pairs;
  }

  /** Cosines of random vectors, with a share of another measure in them. */
  private static float[] measure(int n, Generator g, float[] other, double share) {
    int d = 3;
    double[] x = new double[n * d];
    g.standardNormal(x);
    float[] square = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int k = 0; k < d; k++) {
          sum += x[i * d + k] * x[j * d + k];
        }
        square[i * n + j] = (float) (sum + (other == null ? 0 : share * other[i * n + j]));
      }
    }
    return square;
  }

  private static double plain(float[] a, float[] b) {
    double[] x = new double[a.length];
    double[] y = new double[a.length];
    for (int k = 0; k < a.length; k++) {
      x[k] = a[k];
      y[k] = b[k];
    }
    double mx = Arrays.stream(x).average().orElseThrow();
    double my = Arrays.stream(y).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int k = 0; k < x.length; k++) {
      xy += (x[k] - mx) * (y[k] - my);
      xx += (x[k] - mx) * (x[k] - mx);
      yy += (y[k] - my) * (y[k] - my);
    }
    return xy / Math.sqrt(xx * yy);
  }

  @Test
  void isPearsonsOverPairs() {
    Generator g = Generator.of(1);
    float[] a = measure(N, g, null, 0);
    float[] b = measure(N, g, a, 0.7);
    Mantel m = new Mantel(N, upper(a, N), b);
    assertThat(m.value()).isEqualTo(plain(upper(a, N), upper(b, N)), within(SINGLE));
    assertThat(Arrays.stream(m.shares()).sum()).isEqualTo(m.value(), within(SINGLE));
    double[] x = new double[a.length];
    double[] y = new double[a.length];
    float[] ua = upper(a, N);
    float[] ub = upper(b, N);
    x = Arrays.copyOf(x, ua.length);
    y = Arrays.copyOf(y, ua.length);
    for (int k = 0; k < ua.length; k++) {
      x[k] = ua[k];
      y[k] = ub[k];
    }
    assertThat(m.ranks().value()).isEqualTo(Spearman.of(x, y).value(), within(SINGLE));
  }

  @Test
  void anOrderOfAllMembersIsAPermutationOfOne() {
    Generator g = Generator.of(2);
    float[] a = measure(N, g, null, 0);
    Mantel m = new Mantel(N, upper(a, N), a);
    assertThat(m.value()).isEqualTo(1, within(SINGLE));
    double shuffled = m.shuffled(Generator.of(3)).value();
    assertThat(m.permuted(1, Generator.of(3)).get(0)).isEqualTo(shuffled, within(SINGLE));
  }

  /** Twenty controls: z has mean 0 and deviation 1, p is spread evenly. */
  @Test
  void controlsAreNotToldFromChance() {
    List<Double> z = new ArrayList<>();
    List<Double> p = new ArrayList<>();
    for (int c = 0; c < 20; c++) {
      Generator g = Generator.keyed(7, "control", "" + c);
      Mantel m = new Mantel(N, upper(measure(N, g, null, 0), N), measure(N, g, null, 0));
      Estimate e = Estimate.of(m.value()).among(m.permuted(99, g));
      z.add(e.z());
      p.add(e.p());
    }
    // Means of twenty standard normal numbers deviate by .22, their deviations by .16.
    assertThat(Samples.mean(z)).isBetween(-0.7, 0.7);
    assertThat(Samples.deviation(z)).isBetween(0.5, 1.5);
    assertThat(Samples.mean(p)).isBetween(0.3, 0.7);
    assertThat(p).filteredOn(v -> v < 0.05).hasSizeLessThan(5);
  }

  /** Pairs that share members depend on each other: a Gaussian null would call chance a finding. */
  @Test
  void theNullIsWiderThanForIndependentPairs() {
    Generator g = Generator.of(11);
    float[] a = measure(N, g, null, 0);
    float[] b = measure(N, g, null, 0);
    double[] own = new double[2 * N];
    g.standardNormal(own);
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        a[i * N + j] += (float) (3 * (own[i] + own[j]));
        b[i * N + j] += (float) (3 * (own[N + i] + own[N + j]));
      }
    }
    Mantel m = new Mantel(N, upper(a, N), b);
    double sd = Samples.deviation(m.permuted(300, g));
    assertThat(sd).isGreaterThan(2 / Math.sqrt((double) m.pairs()));
  }

  @Test
  void whatFiguresExplainIsTakenOut() {
    Generator g = Generator.of(5);
    double[] x = new double[N];
    g.standardNormal(x);
    float[] a = measure(N, g, null, 0);
    float[] b = measure(N, g, null, 0);
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        float by = (float) (5 * Math.abs(x[i] - x[j]) + 2 * (x[i] + x[j]));
        a[i * N + j] += by;
        b[i * N + j] += by;
      }
    }
    Mantel m = new Mantel(N, upper(a, N), b);
    assertThat(m.value()).isGreaterThan(0.8);
    Mantel left = m.without(List.of(x));
    assertThat(Math.abs(left.value())).isLessThan(0.3);
    assertThat(left.without(List.of(x)).value()).isEqualTo(left.value(), within(1e-4));
    assertThat(m.without(List.of(x, x.clone())).value())
        .as("a figure given twice changes nothing")
        .isEqualTo(left.value(), within(1e-4));
  }

  @Test
  void resamplesCoverTheValueAndAreRepeated() {
    Generator g = Generator.of(6);
    float[] a = measure(N, g, null, 0);
    Mantel m = new Mantel(N, upper(a, N), measure(N, g, a, 0.7));
    double[] draws = m.resampled(200, Generator.of(9));
    assertThat(m.resampled(200, Generator.of(9))).isEqualTo(draws);
    Arrays.sort(draws);
    assertThat(m.value()).isBetween(draws[4], draws[195]);
  }
}
