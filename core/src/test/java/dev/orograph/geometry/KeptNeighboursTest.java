package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import org.junit.jupiter.api.Test;

class KeptNeighboursTest {
  private static double[][] cloud(int n, int d, long seed) {
    Generator g = Generator.of(seed);
    double[][] x = new double[n][d];
    for (double[] row : x) {
      g.standardNormal(row);
    }
    return x;
  }

  @Test
  void aRotationOrScaleKeepsAll() {
    double[][] x = cloud(60, 2, 1);
    double[][] y = new double[60][];
    for (int i = 0; i < 60; i++) {
      y[i] = new double[] {-3 * x[i][1], 3 * x[i][0]};
    }
    KeptNeighbours.Kept kept = new KeptNeighbours(x, 5).of(y);
    assertThat(kept.trustworthiness()).isEqualTo(1);
    assertThat(kept.overlap()).isEqualTo(1);
  }

  @Test
  void anotherCloudKeepsWhatChanceKeeps() {
    KeptNeighbours.Kept kept = new KeptNeighbours(cloud(400, 8, 1), 10).of(cloud(400, 8, 2));
    assertThat(kept.overlap()).isCloseTo(10.0 / 399, within(0.02));
    assertThat(kept.trustworthiness()).isCloseTo(0.5, within(0.03));
  }

  /** Points on a line at 0 1 2.1 3.3 4.6 6; the map swaps the first with the last; k = 1. */
  @Test
  void byHand() {
    double[] at = {0, 1, 2.1, 3.3, 4.6, 6};
    double[] to = {6, 1, 2.1, 3.3, 4.6, 0};
    double[][] x = new double[6][];
    double[][] y = new double[6][];
    for (int i = 0; i < 6; i++) {
      x[i] = new double[] {at[i]};
      y[i] = new double[] {to[i]};
    }
    // Nearest before: 1 0 1 2 3 4. After: 4 5 1 2 3 1. Strangers: 0 sees 4 (rank 4), 1 sees 5
    // (rank 5), 5 sees 1 (rank 4): ranks less k add up to 3 + 4 + 3.
    KeptNeighbours.Kept kept = new KeptNeighbours(x, 1).of(y);
    assertThat(kept.overlap()).isCloseTo(3 / 6.0, within(1e-15));
    assertThat(kept.trustworthiness()).isCloseTo(1 - 2.0 * 10 / (6 * (12 - 3 - 1)), within(1e-15));
    assertThatThrownBy(() -> new KeptNeighbours(x, 3)).hasMessageContaining("3 neighbours");
  }
}
