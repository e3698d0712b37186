package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.random.Generator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Occurrences by hand, and the point that everybody is near to. */
@Tag("numeric")
class HubnessTest {
  @Test
  void byHand() {
    // Everybody names 0, which names 1.
    Hubness h = new Hubness(new int[] {1, 0, 0, 0}, 4);
    assertThat(h.occurrence(0)).isEqualTo(3);
    assertThat(h.most()).isEqualTo(3);
    assertThat(h.hubs(3)).containsExactly(0, 1, 2);
    assertThat(h.between(0, 1)).isEqualTo(2);
    assertThat(h.between(1, 4)).isEqualTo(2);
    // 3, 1, 0, 0: deviations 2, 0, -1, -1.
    assertThat(h.skewness()).isCloseTo((8 - 1 - 1) / 4.0 / Math.pow(6 / 4.0, 1.5), within(1e-15));
  }

  @Test
  void aRingHasNoHubs() {
    Hubness ring = new Hubness(new int[] {1, 3, 0, 2, 1, 3, 0, 2}, 4);
    assertThat(ring.skewness()).isNaN();
  }

  /** The centre of a sphere of many dimensions is nearer to all than they are to each other. */
  @Test
  void theCentreOfASphere() {
    int n = 1200;
    int d = 100;
    double[] x = new double[n * d];
    Generator.of(4).standardNormal(x);
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int j = i * d; j < (i + 1) * d; j++) {
        sum += x[j] * x[j];
      }
      for (int j = i * d; j < (i + 1) * d; j++) {
        x[j] *= i == 77 ? 0 : 1 / Math.sqrt(sum);
      }
    }
    NearestNeighbours found = NearestNeighbours.of(Entries.of(n, d, x), 10, 2);
    Hubness h = new Hubness(found.neighbours(10), n);
    assertThat(h.hubs(1)).containsExactly(77);
    assertThat(h.most()).isEqualTo(n - 1);
    assertThat(h.skewness()).isGreaterThan(10);
  }
}
