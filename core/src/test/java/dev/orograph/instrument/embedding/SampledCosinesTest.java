package dev.orograph.instrument.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.instrument.embedding.PairFigures.Constant;
import dev.orograph.instrument.embedding.PairFigures.Sampled;
import dev.orograph.random.Generator;
import dev.orograph.stats.Samples;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pairs near a constant, against a count of one pair after the other. */
@Tag("numeric")
class SampledCosinesTest {
  private static final int GROUPS = 10;

  @ParameterizedTest
  @CsvSource({
    "97, 97, -1, 1",
    "97, 16, -1, 1",
    "64, 9, -0.1, 0.3",
    "40, 7, 0.28, 0.3",
    "40, 40, 0.35, 0.36",
    "30, 11, -0.9, -0.8",
    "11, 4, 0.95, 1",
    "2, 1, 0, 1",
  })
  void countsAsOneByOne(int n, int side, double low, double high) {
    compare(Generator.of(n + side), n, side, low, high);
  }

  /** Few pairs, so that a constant between them may have none near. */
  @Test
  void countsFewAsOneByOne() {
    for (long seed = 1; seed <= 500; seed++) {
      compare(Generator.of(seed), 5, 2, 0.25, 0.35);
    }
  }

  private static void compare(Generator g, int n, int side, double low, double high) {
    float[] all = new float[n * n];
    for (int i = 0; i < all.length; i++) {
      // Every third lies where counting changes: at a constant, or as far off as still counts.
      double at = SampledCosines.CONSTANTS.get((int) g.integers(0, 10));
      double end = at + new double[] {0, 0.01, 0.03, 0.05}[(int) g.integers(0, 4)];
      double v = i % 3 == 0 && end >= low && end <= high ? end : low + (high - low) * g.random();
      all[i] = Math.nextUp((float) v);
    }
    SampledCosines cosines = new SampledCosines(n);
    for (int i = 0; i < n; i += side) {
      for (int j = i; j < n; j += side) {
        int count = Math.min(side, n - i);
        int others = Math.min(side, n - j);
        float[] products = new float[side * side];
        for (int k = 0; k < count; k++) {
          System.arraycopy(all, (i + k) * n + j, products, k * others, others);
        }
        cosines.tile(i, count, j, others, products);
      }
    }
    Sampled found = cosines.sampled();
    assertThat(found.spread().count()).isEqualTo(n * (n - 1L) / 2);
    List<Constant> constants = found.constants();
    assertThat(constants).hasSameSizeAs(SampledCosines.CONSTANTS);
    constants.forEach(k -> check(k, all, n));
  }

  private static void check(Constant k, float[] all, int n) {
    long[] sum = new long[3];
    long[][] without = new long[GROUPS][3];
    double nearest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        double far = Math.abs(all[i * n + j] - k.at());
        nearest = Math.min(nearest, far);
        if (far < 0.05) {
          int reach = far < 0.01 ? 0 : far < 3 * 0.01 ? 1 : 2;
          sum[reach]++;
          for (int g = 0; g < GROUPS; g++) {
            without[g][reach] += i * GROUPS / n == g || j * GROUPS / n == g ? 0 : 1;
          }
        }
      }
    }
    List<Double> excesses =
        Arrays.stream(without)
            .filter(own -> 4 * own[1] > own[2])
            .map(SampledCosinesTest::excess)
            .toList();
    assertThat(k.nearest()).isEqualTo(nearest);
    assertThat(k.share()).isEqualTo(sum[0] / (n * (n - 1) / 2.0));
    if (4 * sum[1] > sum[2]) {
      assertThat(k.excess()).isCloseTo(excess(sum), within(1e-12));
    } else {
      assertThat(k.excess()).isNull();
    }
    if (excesses.size() == GROUPS) {
      double error = Samples.deviation(excesses) * (GROUPS - 1) / Math.sqrt(GROUPS);
      assertThat(k.error()).isCloseTo(error, within(1e-12));
    } else {
      assertThat(k.error()).isNull();
    }
  }

  private static double excess(long[] own) {
    return own[0] * 6 / (4.0 * own[1] - own[2]);
  }
}
