package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Inner products of rows against the plain loop, for few long rows and for many short ones. */
@Tag("numeric")
class GramTest {
  /** Rounding of one addition; a sum of n of them wanders by the root of n. */
  private static final double ROUNDING = 0x1p-52;

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "5,3", "4,4", "3,64", "6,10923", "2,100001", "70,2000"})
  void innerProductsOfRows(int rows, int columns) {
    double[] w = Plain.gaussian(rows, columns, 31L * rows + columns);
    try (Scope scope = new Scope()) {
      Matrix g = Lapack.with(1, () -> Gram.ofRows(Entries.of(rows, columns, w), scope));
      assertThat(g.rows()).isEqualTo(rows);
      assertThat(g.columns()).isEqualTo(rows);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j <= i; j++) {
          double expected = 0;
          for (int k = 0; k < columns; k++) {
            expected += w[i * columns + k] * w[j * columns + k];
          }
          assertThat(g.get(i, j))
              .isCloseTo(expected, within(ROUNDING * columns * (4 + Math.sqrt(columns))));
        }
      }
    }
  }

  /** Columns against columns in blocks and several panels; no thread decides a bit. */
  @ParameterizedTest
  @CsvSource({"1,1", "3,5", "40,256", "300,257", "9000,300"})
  void innerProductsOfColumns(int rows, int columns) {
    double[] w = Plain.gaussian(rows, columns, 17L * rows + columns);
    try (Scope scope = new Scope()) {
      Matrix one = Gram.ofColumns(Entries.of(rows, columns, w), 1, scope);
      Matrix three = Gram.ofColumns(Entries.of(rows, columns, w), 3, scope);
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j <= i; j++) {
          double expected = 0;
          for (int k = 0; k < rows; k++) {
            expected += w[k * columns + i] * w[k * columns + j];
          }
          assertThat(one.get(i, j))
              .isCloseTo(expected, within(ROUNDING * rows * (4 + Math.sqrt(rows))));
          assertThat(three.get(i, j)).isEqualTo(one.get(i, j));
        }
      }
    }
  }

  /** A row that is not a number spoils its own products and no other bit. */
  @ParameterizedTest
  @CsvSource({"3,64,0", "6,10923,2", "9,500,8"})
  void aRowThatIsNoNumberSpoilsOnlyItsOwn(int rows, int columns, int bad) {
    double[] w = Plain.gaussian(rows, columns, 7);
    double[] spoiled = w.clone();
    spoiled[bad * columns + 5] = Double.NaN;
    try (Scope scope = new Scope()) {
      Matrix g = Lapack.with(1, () -> Gram.ofRows(Entries.of(rows, columns, w), scope));
      Matrix s = Lapack.with(1, () -> Gram.ofRows(Entries.of(rows, columns, spoiled), scope));
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j <= i; j++) {
          if (i == bad || j == bad) {
            assertThat(s.get(i, j)).isNaN();
          } else {
            assertThat(s.get(i, j)).isEqualTo(g.get(i, j));
          }
        }
      }
    }
  }
}
