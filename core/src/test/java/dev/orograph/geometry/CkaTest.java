package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.random.Generator;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** CKA against an independent program, its invariances, and unrelated points. */
class CkaTest {
  private static final int ROWS = 1500;
  private static final int WIDTH = 128;

  @Test
  void asTheReference() throws IOException {
    JsonNode expected =
        RealCheckpoints.reference("sound.json")
            .path("cka on the first 1500 rows of tinystories lm_head");
    double[] x = new double[ROWS * WIDTH];
    try (Checkpoint c = Checkpoint.open(RealCheckpoints.at("tinystories-656k-llama"));
        TensorData data = c.map(c.tensor("lm_head.weight").orElseThrow())) {
      data.read(0, x, 0, x.length);
    }
    double[] left = new double[ROWS * WIDTH / 2];
    double[] right = new double[ROWS * WIDTH / 2];
    for (int i = 0; i < ROWS; i++) {
      System.arraycopy(x, i * WIDTH, left, i * WIDTH / 2, WIDTH / 2);
      System.arraycopy(x, i * WIDTH + WIDTH / 2, right, i * WIDTH / 2, WIDTH / 2);
    }
    double[] noise = new double[ROWS * WIDTH];
    Generator.of(3).standardNormal(noise);
    Cka whole = Cka.of(x, ROWS, WIDTH);
    same(
        Cka.of(left, ROWS, WIDTH / 2),
        Cka.of(right, ROWS, WIDTH / 2),
        expected.path("first_64_dims_against_last_64"));
    same(
        whole,
        Cka.of(noise, ROWS, WIDTH),
        expected.path("against standard_normal of default_rng(3), shape (1500,128)"));
    same(whole, whole, expected.path("self"));
  }

  private static void same(Cka a, Cka b, JsonNode expected) {
    assertThat(a.linear(b)).isCloseTo(expected.path("linear").asDouble(), within(1e-10));
    assertThat(a.debiased(b)).isCloseTo(expected.path("debiased").asDouble(), within(1e-10));
  }

  @Test
  void scaleShiftAndRotationChangeNothing() {
    double[] x = gaussian(40 * 2, 1);
    double[] y = new double[x.length];
    for (int i = 0; i < 40; i++) {
      y[2 * i] = 3 * (0.6 * x[2 * i] - 0.8 * x[2 * i + 1]) + 7;
      y[2 * i + 1] = 3 * (0.8 * x[2 * i] + 0.6 * x[2 * i + 1]) - 2;
    }
    Cka a = Cka.of(x, 40, 2);
    Cka b = Cka.of(y, 40, 2);
    assertThat(a.linear(b)).isCloseTo(1, within(1e-12));
    assertThat(a.debiased(b)).isCloseTo(1, within(1e-12));
  }

  /** With more dimensions than points the plain figure nears 1, the debiased one stays at 0. */
  @Test
  void unrelatedPoints() {
    Cka a = Cka.of(gaussian(50 * 400, 2), 50, 400);
    Cka b = Cka.of(gaussian(50 * 400, 3), 50, 400);
    assertThat(a.linear(b)).isGreaterThan(0.8);
    // Its deviation is about sqrt(2) / n for white data.
    assertThat(a.debiased(b)).isCloseTo(0, within(6 * Math.sqrt(2) / 50));
  }

  @Test
  void permutedIsThatOfPermutedRows() {
    double[] x = gaussian(20 * 3, 4);
    int[] order = Generator.of(5).permutation(20);
    double[] moved = new double[x.length];
    for (int i = 0; i < 20; i++) {
      System.arraycopy(x, 3 * order[i], moved, 3 * i, 3);
    }
    Cka other = Cka.of(gaussian(20 * 3, 6), 20, 3);
    assertThat(Cka.of(x, 20, 3).permuted(order).debiased(other))
        .isCloseTo(Cka.of(moved, 20, 3).debiased(other), within(1e-12));
    assertThat(Cka.of(x, 20, 3).permuted(order).debiased(other))
        .isNotCloseTo(Cka.of(x, 20, 3).debiased(other), within(1e-6));
  }

  @Test
  void tooFewPointsAreRefused() {
    assertThatThrownBy(() -> Cka.of(new double[9], 3, 3)).hasMessageContaining("3 rows");
    Cka constant = Cka.of(new double[12], 4, 3);
    assertThat(constant.linear(constant)).isNaN();
    assertThat(constant.debiased(constant)).isNaN();
  }

  private static double[] gaussian(int n, long seed) {
    double[] x = new double[n];
    Generator.of(seed).standardNormal(x);
    return x;
  }
}
