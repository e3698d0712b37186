package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.SingularValues;
import dev.orograph.random.Generator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The edge against Gaussian matrices, with and without something planted in them. */
@Tag("numeric")
class MarchenkoPasturTest {
  private static final int ROWS = 400;
  private static final int COLUMNS = 200;
  private static final double DEVIATION = 0.3;

  /** Tracy-Widom fluctuations of the largest value at this size, relative to the edge. */
  private static final double FLUCTUATION = 0.03;

  @Test
  void theLargestValueOfNoiseLiesAtTheEdge() {
    double edge = MarchenkoPastur.edge(DEVIATION, ROWS, COLUMNS);
    assertThat(edge).isCloseTo(0.3 * (20 + Math.sqrt(200)), within(1e-12));
    assertThat(MarchenkoPastur.edge(DEVIATION, COLUMNS, ROWS)).isEqualTo(edge);
    for (long seed = 0; seed < 3; seed++) {
      double[] s = values(noise(seed));
      assertThat(s[0]).isCloseTo(edge, within(FLUCTUATION * edge));
      assertThat(MarchenkoPastur.spikes(s, edge * (1 + FLUCTUATION))).isZero();
    }
  }

  @Test
  void plantedDirectionsAreCounted() {
    double edge = MarchenkoPastur.edge(DEVIATION, ROWS, COLUMNS);
    double[] w = noise(7);
    for (int k = 0; k < 3; k++) {
      plant(w, 2 * edge, k);
    }
    double[] s = values(w);
    assertThat(MarchenkoPastur.spikes(s, edge * (1 + FLUCTUATION))).isEqualTo(3);
    assertThat(s[2]).isGreaterThan(1.5 * edge);
  }

  @Test
  void aValueAtTheEdgeIsNoSpike() {
    double[] s = {3, 2, 2, 1};
    assertThat(MarchenkoPastur.spikes(s, 2)).isEqualTo(1);
    assertThat(MarchenkoPastur.spikes(s, 3)).isZero();
    assertThat(MarchenkoPastur.spikes(s, 0)).isEqualTo(4);
    assertThat(MarchenkoPastur.spikes(new double[0], 0)).isZero();
  }

  private static double[] noise(long seed) {
    double[] w = new double[ROWS * COLUMNS];
    Generator.of(seed).normal(0, DEVIATION, w);
    return w;
  }

  /** Adds size u v^T, u and v block indicators that are orthogonal to those of any other k. */
  private static void plant(double[] w, double size, int k) {
    int block = 50;
    for (int i = k * block; i < (k + 1) * block; i++) {
      for (int j = k * block; j < (k + 1) * block; j++) {
        w[i * COLUMNS + j] += size / block;
      }
    }
  }

  private static double[] values(double[] w) {
    return SingularValues.of(Entries.of(ROWS, COLUMNS, w), 1).values();
  }
}
