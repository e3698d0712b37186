package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.random.Generator;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Counting by halves of the bits against sorting. */
class QuantilesTest {
  private static final double[] P = {0, 0.01, 0.05, 0.25, 1 / 3.0, 0.5, 0.75, 0.95, 0.99, 1};

  static Stream<float[]> awkward() {
    float[] normal = new float[10_001];
    float[] whole = new float[5000];
    float[] bits = new float[5000];
    float[] near = new float[3000];
    Generator g = Generator.of(1);
    for (int i = 0; i < normal.length; i++) {
      normal[i] = (float) g.standardNormal();
    }
    for (int i = 0; i < whole.length; i++) {
      whole[i] = g.integers(-3, 4);
      float any = Float.intBitsToFloat((int) g.nextLong());
      bits[i] = Float.isFinite(any) ? any : 0;
    }
    for (int i = 0; i < near.length; i++) {
      // All leading halves alike: only the trailing ones order them.
      near[i] = Float.intBitsToFloat(Float.floatToRawIntBits(1) + (int) g.integers(0, 60_000));
    }
    float tiny = Float.MIN_VALUE;
    return Stream.of(
        normal,
        whole,
        bits,
        near,
        new float[] {-7},
        new float[] {2, 1},
        new float[] {0f, -0f, 0f, -0f},
        new float[] {tiny, -tiny, 3 * tiny, 0, -2 * tiny},
        new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, 0},
        new float[100]);
  }

  @ParameterizedTest
  @MethodSource("awkward")
  void theyAreThoseOfSortedValues(float[] values) {
    float[] before = values.clone();
    double[] sorted = new double[values.length];
    Arrays.setAll(sorted, i -> values[i]);
    Arrays.sort(sorted);
    double[] found = Quantiles.of(values, P);
    for (int i = 0; i < P.length; i++) {
      assertThat(found[i]).as("%s", P[i]).isEqualTo(Quantiles.ofSorted(sorted, P[i]));
    }
    assertThat(values).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("awkward")
  void ofDoublesToo(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    double[] scaled = Arrays.stream(wide).map(v -> v * 0x1p896 * 0.7).toArray();
    for (double[] of : List.of(wide, scaled)) {
      double[] sorted = of.clone();
      Arrays.sort(sorted);
      double[] before = of.clone();
      double[] found = Quantiles.of(of, P);
      for (int i = 0; i < P.length; i++) {
        assertThat(found[i]).as("%s", P[i]).isEqualTo(Quantiles.ofSorted(sorted, P[i]));
      }
      assertThat(of).isEqualTo(before);
    }
  }

  /** The range of the values is more than a double holds, or less than a double divides. */
  @Test
  void doublesAtTheEndsOfTheirRange() {
    double huge = Double.MAX_VALUE;
    assertThat(Quantiles.of(new double[] {huge, -huge, 1}, 0, 0.5, 1))
        .containsExactly(-huge, 1, huge);
    double tiny = Double.MIN_VALUE;
    assertThat(Quantiles.of(new double[] {tiny, 0, 2 * tiny, -tiny, 0}, 0, 0.25, 0.5, 0.75, 1))
        .containsExactly(-tiny, 0, 0, tiny, 2 * tiny);
    assertThat(Quantiles.of(new double[] {3, 3, 3}, 0.5)).containsExactly(3);
  }

  /** NumPy's default: places p (n - 1), linear between. */
  @Test
  void linearBetweenOrderStatistics() {
    double[] sorted = {1, 2, 4, 8};
    assertThat(Quantiles.ofSorted(sorted, 0.5)).isEqualTo(3);
    assertThat(Quantiles.ofSorted(sorted, 0.25)).isEqualTo(1.75);
    assertThat(Quantiles.ofSorted(sorted, 1)).isEqualTo(8);
    assertThat(Quantiles.of(new float[] {8, 1, 4, 2}, 0.5, 0.25)).containsExactly(3, 1.75);
  }
}
