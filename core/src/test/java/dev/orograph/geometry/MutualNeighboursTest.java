package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.Entries;
import dev.orograph.random.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mutual nearest neighbours against sets counted by hand, and against chance. */
@Tag("numeric")
class MutualNeighboursTest {
  private static Entries line(double... places) {
    return Entries.of(places.length, 1, places);
  }

  private static MutualNeighbours of(Entries a, Entries b, int k) {
    return MutualNeighbours.of(a, b, k, 1, () -> {});
  }

  @Test
  void countedByHand() {
    // Nearest two: 0: 1 2, 1: 0 2, 2: 1 0, 3: 2 1 on the first line.
    // On the second, places 0 3 1 9: 0: 2 1, 1: 2 0, 2: 0 1, 3: 1 2.
    MutualNeighbours m = of(line(0, 1, 2.5, 9), line(0, 3, 1, 9), 2);
    assertThat(m.shares()).containsExactly(1, 1, 1, 1);
    // Nearest one: 0: 1, 1: 0, 2: 1, 3: 2; and 0: 2, 1: 2, 2: 0, 3: 1.
    assertThat(of(line(0, 1, 2.5, 9), line(0, 3, 1, 9), 1).shares()).containsExactly(0, 0, 0, 0);
    assertThat(m.chance()).isCloseTo(2 / 3.0, within(1e-15));
  }

  @Test
  void namesThatAreUndone() {
    double[] x = new double[200];
    Generator.of(1).standardNormal(x);
    int[] order = Generator.of(2).permutation(100);
    double[] y = new double[200];
    for (int i = 0; i < 100; i++) {
      // Point i of the second is called order[i].
      y[2 * i] = x[2 * order[i]];
      y[2 * i + 1] = x[2 * order[i] + 1];
    }
    MutualNeighbours m = of(Entries.of(100, 2, x), Entries.of(100, 2, y), 5);
    assertThat(Arrays.stream(m.shuffled(order)).average().orElseThrow())
        .isCloseTo(1, within(1e-12));
    assertThat(Arrays.stream(m.shares()).average().orElseThrow()).isLessThan(0.3);
  }

  @Test
  void unrelatedPointsShareWhatChanceGives() {
    double[] x = new double[4000];
    double[] y = new double[4000];
    Generator.of(3).standardNormal(x);
    Generator.of(4).standardNormal(y);
    MutualNeighbours m = of(Entries.of(1000, 4, x), Entries.of(1000, 4, y), 10);
    assertThat(Arrays.stream(m.shares()).average().orElseThrow())
        .isCloseTo(m.chance(), within(0.005));
  }
}
