package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every product once, each as the plain loop gives it. */
@Tag("numeric")
class RowProductsTest {
  @ParameterizedTest
  @CsvSource({"1,1", "2,3", "7,1", "511,3", "512,2", "513,5", "1024,1", "1030,9", "20,700"})
  void everyPairOnceAndRight(int n, int d) {
    double[] w = Plain.rounded(Plain.gaussian(n, d, 17L * n + d));
    int[] seen = new int[n * n];
    RowProducts.visit(
        n,
        d,
        (i, into) -> {
          for (int j = 0; j < d; j++) {
            into[j] = (float) w[i * d + j];
          }
        },
        (first, count, other, others, products) -> {
          assertThat(other).isGreaterThanOrEqualTo(first);
          for (int i = 0; i < count; i++) {
            for (int j = 0; j < others; j++) {
              seen[(first + i) * n + other + j]++;
              double expected = 0;
              double size = 0;
              for (int k = 0; k < d; k++) {
                double term = w[(first + i) * d + k] * w[(other + j) * d + k];
                expected += term;
                size += Math.abs(term);
              }
              assertThat((double) products[i * others + j])
                  .isCloseTo(expected, within(0x1p-23 * (1 + d) * size));
            }
          }
        });
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        assertThat(seen[i * n + j]).as("%d, %d", i, j).isEqualTo(1);
      }
    }
  }

  @Test
  void noRowsNoTiles() {
    boolean[] called = new boolean[1];
    RowProducts.visit(0, 4, (i, into) -> {}, (a, b, c, d, e) -> called[0] = true);
    assertThat(called).containsExactly(false);
  }

  /** Its bits do not follow what was computed in the process before. */
  @Test
  void theSameTwice() {
    assertThat(sums()).isEqualTo(sums());
  }

  private static float[] sums() {
    float[] all = new float[600 * 600];
    RowProducts.visit(
        600,
        33,
        (i, into) -> Arrays.setAll(new int[33], j -> (int) (into[j] = 1f / (1 + i + 7 * j))),
        (first, count, other, others, products) -> {
          for (int i = 0; i < count; i++) {
            System.arraycopy(products, i * others, all, (first + i) * 600 + other, others);
          }
        });
    return all;
  }
}
