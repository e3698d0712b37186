package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Equal rows are found, whatever their hashes. */
@Tag("numeric")
class DistinctRowsTest {
  private static final double[] ROWS = {
    1,
    2, //
    0,
    0, //
    1,
    2, //
    -0.0,
    0, //
    2,
    1, //
    1,
    Math.nextUp(2), //
    1,
    2, //
    0,
    -0.0
  };

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 0x9e3779b97f4a7c15L})
  void clustersAndRepresentatives(long factor) {
    // A factor of 0 gives all rows one hash.
    check(new DistinctRows(Entries.of(8, 2, ROWS), 5, factor, 2));
  }

  @Test
  void withDrawnKeys() {
    check(new DistinctRows(Entries.of(8, 2, ROWS)));
  }

  private static void check(DistinctRows rows) {
    assertThat(rows.representatives()).containsExactly(0, 1, 4, 5);
    assertThat(rows.clusters()).containsExactly(List.of(0, 2, 6), List.of(1, 3, 7));
    assertThat(IntStream.range(0, 8).map(rows::representative))
        .containsExactly(0, 1, 0, 1, 4, 5, 0, 1);
    assertThat(IntStream.range(0, 8).map(rows::multiplicity))
        .containsExactly(3, 3, 3, 3, 1, 1, 3, 3);
  }

  /** More rows than are read at once. */
  @Test
  void manyRows() {
    int n = 3 * (1 << 16) / 5;
    double[] x = Plain.gaussian(n, 5, 3);
    System.arraycopy(x, 0, x, (n - 1) * 5, 5);
    DistinctRows rows = new DistinctRows(Entries.of(n, 5, x));
    assertThat(rows.representatives()).hasSize(n - 1);
    assertThat(rows.clusters()).containsExactly(List.of(0, n - 1));
  }

  @Test
  void noRows() {
    DistinctRows none = new DistinctRows(Entries.of(0, 4, new double[0]));
    assertThat(none.representatives()).isEmpty();
    assertThat(none.clusters()).isEmpty();
  }

  @Test
  void someRowsInAnyOrder() {
    Entries some = Entries.ofRows(Entries.of(8, 2, ROWS), new int[] {4, 0, 4});
    double[] read = new double[6];
    some.read(1, read, 1, 5);
    assertThat(some.rows()).isEqualTo(3);
    assertThat(read).containsExactly(0, 1, 1, 2, 2, 1);
  }

  @Test
  void rowsInNativeMemory() {
    try (Scope scope = new Scope()) {
      FloatRows rows = new FloatRows(3, 2, scope);
      for (int i = 0; i < 3; i++) {
        rows.put(i, new float[] {i, -i});
      }
      double[] read = new double[4];
      rows.read(2, read, 1, 3);
      assertThat(read).containsExactly(0, 1, -1, 2);
      assertThatThrownBy(() -> rows.put(3, new float[2]))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> rows.put(0, new float[3]))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> rows.read(4, read, 0, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
