package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.random.Generator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Groups that were planted, and those of equal points. */
class KMeansTest {
  private static void goOn() {}

  @Test
  void findsPlantedGroups() {
    float[][] points = new float[60][2];
    Generator g = Generator.of(5);
    int[] sizes = {10, 30, 20};
    int at = 0;
    for (int group = 0; group < 3; group++) {
      for (int i = 0; i < sizes[group]; i++, at++) {
        points[at][0] = (float) (100 * group + g.standardNormal());
        points[at][1] = (float) g.standardNormal();
      }
    }
    KMeans found = KMeans.of(points, 3, Generator.of(1), KMeansTest::goOn);
    assertThat(found.central()).extracting(List::size).containsExactly(30, 20, 10);
    assertThat(found.members().subList(0, 10)).containsOnly(2);
    assertThat(found.members().subList(10, 40)).containsOnly(0);
    assertThat(found.members().subList(40, 60)).containsOnly(1);
    assertThat(found).isEqualTo(KMeans.of(points, 3, Generator.of(1), KMeansTest::goOn));
    // Nearest to the mean of its group comes first.
    double[] mean = new double[2];
    for (int i = 10; i < 40; i++) {
      mean[0] += points[i][0] / 30;
      mean[1] += points[i][1] / 30;
    }
    double before = -1;
    for (int i : found.central().get(0)) {
      double far = Math.hypot(points[i][0] - mean[0], points[i][1] - mean[1]);
      assertThat(far).isGreaterThanOrEqualTo(before);
      before = far;
    }
  }

  /** Each point is nearest to the mean of its own group. */
  @Test
  void endsWhereNoPointWouldMove() {
    float[][] points = new float[300][3];
    Generator g = Generator.of(8);
    for (float[] p : points) {
      for (int t = 0; t < 3; t++) {
        p[t] = (float) g.standardNormal();
      }
    }
    KMeans found = KMeans.of(points, 2, Generator.of(2), KMeansTest::goOn);
    double[][] means = new double[2][3];
    for (int c = 0; c < 2; c++) {
      for (int i : found.central().get(c)) {
        for (int t = 0; t < 3; t++) {
          means[c][t] += points[i][t] / (double) found.central().get(c).size();
        }
      }
    }
    for (int i = 0; i < points.length; i++) {
      double[] far = new double[2];
      for (int c = 0; c < 2; c++) {
        for (int t = 0; t < 3; t++) {
          far[c] += Math.pow(points[i][t] - means[c][t], 2);
        }
      }
      int own = found.members().get(i);
      assertThat(far[own]).isLessThanOrEqualTo(far[1 - own] + 1e-9);
    }
  }

  @Test
  void equalPointsAreOneGroup() {
    KMeans found = KMeans.of(new float[9][2], 3, Generator.of(1), KMeansTest::goOn);
    assertThat(found.central()).hasSize(1);
    Set<Integer> members = new HashSet<>(found.members());
    assertThat(members).containsExactly(0);
  }

  @Test
  void refusesAndStops() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KMeans.of(new float[2][2], 3, Generator.of(1), KMeansTest::goOn))
        .withMessageContaining("3 groups of 2 points");
    assertThatThrownBy(
            () ->
                KMeans.of(
                    new float[5][2],
                    2,
                    Generator.of(1),
                    () -> {
                      throw new CancellationException("stopped");
                    }))
        .isInstanceOf(CancellationException.class);
  }
}
