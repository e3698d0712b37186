package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Singular values against one-sided Jacobi rotations and against matrices made to have them. */
@Tag("numeric")
class SingularValuesTest {
  /**
   * Rounding of sums of products: a few units in the last place for each of the n steps of a
   * decomposition, and a random walk along the long side in its sums.
   */
  private static final double ROUNDING = 4 * 0x1p-52;

  /** How much closer than a float32 decomposition every value has to be. */
  private static final double CLOSER_THAN_FLOAT32 = 1000;

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "7,1", "2,2", "33,33", "50,20", "20,50", "65,64", "64,65", "3,200"})
  void likePlainJacobi(int rows, int columns) {
    double[] w = Plain.gaussian(rows, columns, 1000L * rows + columns);
    SingularValues ours = SingularValues.of(Entries.of(rows, columns, w), 1);
    assertThat(ours.direct()).isFalse();
    assertClose(ours, Plain.jacobi(rows, columns, w), Math.max(rows, columns));
  }

  @ParameterizedTest
  @CsvSource({"0,5", "5,0", "0,0"})
  void anEmptyMatrixHasNone(int rows, int columns) {
    SingularValues none = SingularValues.of(Entries.of(rows, columns, new double[0]), 1);
    assertThat(none.values()).isEmpty();
    assertThat(none.direct()).isFalse();
  }

  @Test
  void aZeroMatrixHasZeros() {
    SingularValues zero = SingularValues.of(Entries.of(4, 6, new double[24]), 1);
    assertThat(zero.values()).containsExactly(0, 0, 0, 0);
    assertThat(zero.direct()).isFalse();
  }

  @Test
  void anIdentityHasOnes() {
    double[] w = new double[9 * 9];
    for (int i = 0; i < 9; i++) {
      w[i * 10] = 1;
    }
    assertThat(SingularValues.of(Entries.of(9, 9, w), 1).values())
        .containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1);
  }

  @Test
  void aSingleRowHasItsNorm() {
    double[] s = SingularValues.of(Entries.of(1, 4, new double[] {1, -1, 1, 1}), 1).values();
    assertThat(s).containsExactly(2);
  }

  @Test
  void valuesAreACopy() {
    SingularValues s = SingularValues.of(Entries.of(1, 1, new double[] {3}), 1);
    s.values()[0] = 0;
    assertThat(s.values()).containsExactly(3);
  }

  @ParameterizedTest
  @CsvSource({"40,25,10", "25,40,10", "30,30,1", "30,30,29"})
  void aRankDeficientMatrixIsDecomposedDirectly(int rows, int columns, int rank) {
    double[] s = Arrays.copyOf(Plain.geometric(30, 50), Math.min(rows, columns));
    Arrays.fill(s, rank, s.length, 0);
    double[] w = Plain.known(rows, columns, s, 20, rank);
    SingularValues ours = SingularValues.of(Entries.of(rows, columns, w), 1);
    assertThat(ours.direct()).isTrue();
    assertClose(ours, s, s.length);
    assertThat(ours.values()[rank]).isLessThan(1e-13 * s[0]);
  }

  /** 5 x 500,000 is read in panels of 209,715, 209,715 and 80,570. */
  @ParameterizedTest
  @CsvSource({"500000,5", "5,500000"})
  void panelsNeedNotDivideTheLongSide(int rows, int columns) {
    double[] w = Plain.gaussian(rows, columns, 5);
    SingularValues ours = SingularValues.of(Entries.of(rows, columns, w), 1);
    assertThat(ours.direct()).isFalse();
    assertClose(ours, Plain.jacobi(rows, columns, w), Math.max(rows, columns));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theDirectRouteAlsoReadsInPanels(boolean tall) {
    int length = 300_000;
    double[] w = Plain.gaussian(4, length, 6);
    for (int i = 0; i < length; i++) {
      w[3 * length + i] = w[i] + 1e-8 * w[3 * length + i];
    }
    if (tall) {
      w = transposed(4, length, w);
    }
    int rows = tall ? length : 4;
    int columns = tall ? 4 : length;
    SingularValues ours = SingularValues.of(Entries.of(rows, columns, w), 1);
    assertThat(ours.direct()).isTrue();
    double[] expected = Plain.jacobi(rows, columns, w);
    assertThat(expected[0] / expected[3]).isBetween(1e7, 1e9);
    assertClose(ours, expected, length);
  }

  @ParameterizedTest
  @CsvSource({"96,60,1e3", "60,96,1e3", "96,60,1e5", "80,80,1e5", "96,60,1e7", "60,96,1e7"})
  void aThousandTimesCloserThanFloat32(int rows, int columns, double condition) {
    int n = Math.min(rows, columns);
    double[] s = Plain.geometric(n, condition);
    double[] w = Plain.known(rows, columns, s, n, 77);

    SingularValues ours = SingularValues.of(Entries.of(rows, columns, w), 1);
    assertThat(ours.direct()).isEqualTo(condition > SingularValues.GRAM_LIMIT);
    assertClose(ours, s, s.length);
    assertThat(worst(ours.values(), s) * CLOSER_THAN_FLOAT32)
        .isLessThan(worst(Plain.float32(rows, columns, w), s));

    // The same with weights that float32 holds, so that both see one matrix.
    double[] narrow = Plain.rounded(w);
    double[] reference = Plain.jacobi(rows, columns, narrow);
    SingularValues again = SingularValues.of(Entries.of(rows, columns, narrow), 1);
    assertClose(again, reference, n);
    assertThat(worst(again.values(), reference) * CLOSER_THAN_FLOAT32)
        .isLessThan(worst(Plain.float32(rows, columns, narrow), reference));
  }

  /** From 2,500 columns on the eigenvalues come from {@link BandReduction}. */
  @Test
  void aLargeMatrixHasItsKnownValues() {
    int n = 2501;
    double[] s = Plain.geometric(n, 100);
    double[] w = Plain.known(n, n, s, 2, 3);
    SingularValues ours = SingularValues.of(Entries.of(n, n, w), 1);
    assertThat(ours.direct()).isFalse();
    assertClose(ours, s, s.length);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 1e-200, 1e-130, 1e130, 1e200, 1e300})
  void extremeScales(double size) {
    double[] w = Plain.gaussian(30, 20, 8);
    double[] expected = Plain.jacobi(30, 20, w);
    double[] scaled = Arrays.stream(w).map(x -> x * size).toArray();
    double largest = Arrays.stream(scaled).map(Math::abs).max().orElseThrow();
    double scale = SingularValues.scale(largest);
    assertThat(Math.scalb(1.0, Math.getExponent(scale))).as("a power of two").isEqualTo(scale);
    SingularValues ours = SingularValues.of(Entries.of(30, 20, scaled), scale, 1);
    double[] back = Arrays.stream(ours.values()).map(x -> x / size).toArray();
    assertThat(ours.direct()).isFalse();
    assertClose(back, expected, false, 30);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-100, 1, -0.0, 1e100})
  void usualScalesAreLeftAlone(double largest) {
    assertThat(SingularValues.scale(largest)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e200, -1e200})
  void refusesWhatIsNotFiniteOrOverflows(double bad) {
    for (int at : new int[] {0, 7, 59}) {
      double[] w = Plain.gaussian(6, 10, 4);
      w[at] = bad;
      assertThatThrownBy(() -> SingularValues.of(Entries.of(6, 10, w), 1))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("NaN");
      assertThatThrownBy(() -> SingularValues.of(Entries.of(10, 6, w), 1))
          .isInstanceOf(ArithmeticException.class);
    }
  }

  @Test
  void refusesNoThreads() {
    assertThatThrownBy(() -> SingularValues.of(Entries.of(1, 1, new double[1]), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Entries.of(2, 2, new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 x 2 is not 3 entries");
  }

  /** Work with two native threads goes on beside work with one; neither may change the other. */
  @Test
  void theSameBitsAlone_twiceAndFromFourThreads() throws Exception {
    List<double[]> matrices = new ArrayList<>();
    List<double[]> alone = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      matrices.add(Plain.gaussian(130, 90 + i, i));
      alone.add(decompose(matrices.get(i), i));
      assertThat(decompose(matrices.get(i), i)).isEqualTo(alone.get(i));
    }
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<double[]>> together = new ArrayList<>();
      for (int i = 0; i < 10 * matrices.size(); i++) {
        int k = i % matrices.size();
        together.add(pool.submit(() -> decompose(matrices.get(k), k)));
      }
      for (int i = 0; i < together.size(); i++) {
        assertThat(together.get(i).get()).isEqualTo(alone.get(i % matrices.size()));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static double[] decompose(double[] w, int i) {
    return SingularValues.of(Entries.of(130, 90 + i, w), i % 4 == 3 ? 2 : 1).values();
  }

  private static double[] transposed(int rows, int columns, double[] w) {
    double[] t = new double[w.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        t[j * rows + i] = w[i * columns + j];
      }
    }
    return t;
  }

  /** Largest relative error. */
  private static double worst(double[] actual, double[] expected) {
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / expected[i]);
    }
    return worst;
  }

  private static void assertClose(SingularValues actual, double[] expected, int longSide) {
    assertClose(actual.values(), expected, actual.direct(), longSide);
  }

  /** The bounds that {@link SingularValues} states for its two routes, with steps of rounding. */
  private static void assertClose(
      double[] actual, double[] expected, boolean direct, int longSide) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = expected[0];
    double steps = expected.length + Math.sqrt(longSide);
    for (int i = 0; i < expected.length; i++) {
      double bound = ROUNDING * steps * largest * (direct ? 1 : largest / expected[i]);
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("value %d: %s, expected %s", i, actual[i], expected[i])
          .isLessThanOrEqualTo(bound);
    }
  }
}
