package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.Entries;
import dev.orograph.random.Generator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedDirectionsTest {
  private static final double ROUNDING = 1e-10;

  private static Entries diagonal(int rows, int columns, double... values) {
    double[] w = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      w[i * columns + i] = values[i];
    }
    return Entries.of(rows, columns, w);
  }

  @ParameterizedTest
  @CsvSource({"5, 4", "4, 5", "6, 40"})
  void directionsThatChangedPlacesAreFoundByTheBestMatch(int rows, int columns) {
    SharedDirections d =
        SharedDirections.of(
            diagonal(rows, columns, 4, 3, 2, 1), diagonal(rows, columns, 3, 4, 2, 1), 16);
    assertThat(d.count()).isEqualTo(4);
    assertThat(d.leftSame()).isCloseTo(0.5, within(ROUNDING));
    assertThat(d.rightSame()).isCloseTo(0.5, within(ROUNDING));
    assertThat(d.leftBest()).isCloseTo(1, within(ROUNDING));
    assertThat(d.rightBest()).isCloseTo(1, within(ROUNDING));
  }

  /** Right directions turned by 30 degrees, left ones as they were, in both orientations. */
  @Test
  void leftAndRightAreToldApart() {
    double c = Math.cos(Math.PI / 6);
    double s = Math.sin(Math.PI / 6);
    double[] tall = {3, 0, 0, 1, 0, 0};
    double[] turned = {3 * c, 3 * s, -s, c, 0, 0};
    SharedDirections d = SharedDirections.of(Entries.of(3, 2, tall), Entries.of(3, 2, turned), 2);
    assertThat(d.leftSame()).isCloseTo(1, within(ROUNDING));
    assertThat(d.rightSame()).isCloseTo(c, within(ROUNDING));
    double[] wide = {3, 0, 0, 0, 1, 0};
    double[] wideTurned = {3 * c, -s, 0, 3 * s, c, 0};
    SharedDirections w =
        SharedDirections.of(Entries.of(2, 3, wide), Entries.of(2, 3, wideTurned), 2);
    assertThat(w.leftSame()).isCloseTo(c, within(ROUNDING));
    assertThat(w.rightSame()).isCloseTo(1, within(ROUNDING));
  }

  @Test
  void matricesBegunApartLieAtTheFloor() {
    Generator g = Generator.of(5);
    int rows = 300;
    int columns = 120;
    double[] a = new double[rows * columns];
    double[] b = new double[rows * columns];
    g.standardNormal(a);
    g.standardNormal(b);
    SharedDirections d =
        SharedDirections.of(Entries.of(rows, columns, a), Entries.of(rows, columns, b), 16);
    // The mean of |cos| is sqrt(2/pi) of its root mean square; best of 16 below its rough bound.
    assertThat(d.leftSame()).isBetween(0.4 / Math.sqrt(rows), 1.3 / Math.sqrt(rows));
    assertThat(d.rightSame()).isBetween(0.4 / Math.sqrt(columns), 1.3 / Math.sqrt(columns));
    assertThat(d.leftBest())
        .isBetween(
            0.6 * SharedDirections.bestFloor(rows, 16), SharedDirections.bestFloor(rows, 16));
    assertThat(SharedDirections.floor(400)).isEqualTo(0.05);
    assertThat(SharedDirections.bestFloor(3, 16)).isEqualTo(1);
  }

  @Test
  void whatIsZeroHasNoneAndALowRankFewer() {
    assertThat(SharedDirections.of(diagonal(4, 3), diagonal(4, 3, 1, 2, 3), 2)).isNull();
    assertThat(SharedDirections.of(diagonal(4, 3, 1), diagonal(4, 3, 1, 2, 3), 3).count())
        .isEqualTo(1);
    assertThatThrownBy(() -> SharedDirections.of(diagonal(4, 3, 1), diagonal(3, 4, 1), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("4 x 3 against 3 x 4");
  }
}
