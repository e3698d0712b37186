package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nearest neighbours against comparing every pair in float64. */
@Tag("numeric")
class NearestNeighboursTest {
  /** Two float64 sums of up to a few thousand squares in different order. */
  private static final double ORDER = 1e-13;

  @ParameterizedTest
  @CsvSource({
    "2,1,1",
    "2,7,1",
    "3,2,2",
    "20,1,5",
    "50,3,10",
    "90,64,50",
    "300,5,7",
    "1023,6,4",
    "1024,17,3",
    "1025,9,20",
    "2048,4,2",
    "2050,33,10",
    "3100,128,20",
    "600,1300,10"
  })
  void asComparingEveryPair(int n, int d, int k) {
    assertExact(Plain.gaussian(n, d, 31L * n + d), n, d, k);
  }

  /** So many that tiles are large; sorting all pairs of a point takes a while. */
  @Test
  void asComparingPairsOfSomeOfManyPoints() {
    int n = 8 * DistanceTiles.LARGE + 116;
    double[] x = Plain.gaussian(n, 4, 12);
    NearestNeighbours found = NearestNeighbours.of(Entries.of(n, 4, x), 5, 2);
    for (int i = 0; i < n; i += 61) {
      assertExact(found, x, i, 4);
    }
  }

  @Test
  void everyOtherPoint() {
    assertExact(Plain.gaussian(40, 3, 5), 40, 3, 39);
  }

  /** A grid has many equal distances, all exact in float64. */
  @Test
  void tiesGoToTheLowerIndex() {
    int side = 40;
    double[] grid = new double[side * side * 2];
    for (int i = 0; i < side * side; i++) {
      grid[2 * i] = i % side;
      grid[2 * i + 1] = Math.floorDiv(i, side);
    }
    assertExact(grid, side * side, 2, 6);
    double[] line = IntStream.range(0, 1500).map(i -> i / 3).asDoubleStream().toArray();
    assertExact(line, 1500, 1, 20);
  }

  @Test
  void hundredsOfCopies() {
    int n = 1600;
    int d = 20;
    double[] x = Plain.gaussian(n, d, 3);
    for (int i = 0; i < n; i += 4) {
      System.arraycopy(x, 0, x, i * d, d);
    }
    NearestNeighbours found = assertExact(x, n, d, 10);
    assertThat(found.again()).isGreaterThanOrEqualTo(n / 4);
    assertThat(found.neighbour(0, 0)).isEqualTo(4);
    assertThat(found.neighbour(400, 9)).isEqualTo(36);
    assertThat(found.distance(400, 9)).isZero();
  }

  @Test
  void allPointsEqual() {
    double[] x = new double[1100 * 5];
    Arrays.fill(x, 0.1);
    NearestNeighbours found = NearestNeighbours.of(Entries.of(1100, 5, x), 3, 2);
    for (int i = 0; i < 1100; i++) {
      assertThat(found.distance(i, 2)).isZero();
      assertThat(found.neighbour(i, 0)).isEqualTo(i == 0 ? 1 : 0);
      assertThat(found.neighbour(i, 2)).isEqualTo(i <= 2 ? 3 : 2);
    }
  }

  /** Pairs a billionth apart, far below what float32 can tell. */
  @Test
  void nearDuplicates() {
    int n = 1400;
    int d = 50;
    double[] x = Plain.gaussian(n, d, 4);
    Generator g = Generator.of(9);
    for (int i = 0; i < n; i += 7) {
      for (int c = 1; c < 4; c++) {
        for (int j = 0; j < d; j++) {
          x[(i + c) * d + j] = x[i * d + j] * (1 + c * 1e-9 * g.standardNormal());
        }
      }
    }
    NearestNeighbours found = assertExact(x, n, d, 5);
    assertThat(found.distance(0, 0)).isBetween(1e-9, 1e-7);
  }

  /** What all points share is taken off before anything is rounded. */
  @Test
  void anOffsetThatAllPointsShare() {
    int n = 1500;
    int d = 30;
    double[] x = Plain.gaussian(n, d, 5);
    for (int i = 0; i < n; i++) {
      x[i * d + 3] += 1e6;
      x[i * d + 7] -= 3e5;
    }
    assertThat(assertExact(x, n, d, 10).again()).isZero();
  }

  /** Two clouds far from each other and therefore from their mean: float32 proves nothing. */
  @Test
  void cloudsFarApart() {
    int n = 1500;
    int d = 30;
    double[] x = Plain.gaussian(n, d, 6);
    for (int i = 0; i < n; i++) {
      x[i * d] += i % 3 == 0 ? 1e6 : -1e6;
    }
    assertThat(assertExact(x, n, d, 10).again()).isGreaterThan(n / 2);
  }

  /** One point far away does not spoil the others. */
  @Test
  void oneFarPoint() {
    int n = 1500;
    int d = 30;
    double[] x = Plain.gaussian(n, d, 6);
    x[17 * d + 4] = 1e5;
    assertThat(assertExact(x, n, d, 10).again()).isLessThan(n / 2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0x1p-1000, 1e-200, 1e-30, 1e30, 1e200, 0x1p1015})
  void anyScale(double scale) {
    double[] x = Arrays.stream(Plain.gaussian(200, 9, 7)).map(v -> v * scale).toArray();
    NearestNeighbours found = NearestNeighbours.of(Entries.of(200, 9, x), 4, 1);
    // A power of two changes no digit unless numbers leave the range.
    double unit = Math.scalb(1.0, -Math.getExponent(scale));
    double[] usual = Arrays.stream(x).map(v -> Math.scalb(v, -Math.getExponent(scale))).toArray();
    NearestNeighbours plain = NearestNeighbours.of(Entries.of(200, 9, usual), 4, 1);
    assertThat(found.neighbours(4)).isEqualTo(plain.neighbours(4));
    if (Double.isFinite(unit)) {
      assertThat(Arrays.stream(found.distances(4)).map(v -> v * unit).toArray())
          .isEqualTo(plain.distances(4));
    }
    assertExact(usual, 200, 9, 4);
  }

  /** In small tiles and in large ones. */
  @ParameterizedTest
  @ValueSource(ints = {3 * DistanceTiles.SMALL + 77, 8 * DistanceTiles.LARGE + 77})
  void threadsChangeNothing(int n) {
    double[] x = Plain.gaussian(n, 12, 8);
    for (int i = 0; i < 60 * 12; i++) {
      x[i] = x[i % 12];
    }
    NearestNeighbours one = NearestNeighbours.of(Entries.of(n, 12, x), 10, 1);
    assertThat(one.again()).isPositive();
    assertThat(DistanceTiles.along(n)).isEqualTo(n < 10_000 ? 4 : 9);
    for (int threads : new int[] {2, 3, 8}) {
      NearestNeighbours more = NearestNeighbours.of(Entries.of(n, 12, x), 10, threads);
      assertThat(more.neighbours(10)).isEqualTo(one.neighbours(10));
      assertThat(more.distances(10)).isEqualTo(one.distances(10));
      assertThat(more.again()).isEqualTo(one.again());
    }
  }

  @Test
  void rotationChangesOnlyRounding() {
    int n = 500;
    double[] x = Plain.gaussian(n, 2, 10);
    double[] turned = new double[2 * n];
    for (int i = 0; i < n; i++) {
      turned[2 * i] = 0.6 * x[2 * i] - 0.8 * x[2 * i + 1];
      turned[2 * i + 1] = 0.8 * x[2 * i] + 0.6 * x[2 * i + 1];
    }
    NearestNeighbours a = NearestNeighbours.of(Entries.of(n, 2, x), 6, 1);
    NearestNeighbours b = NearestNeighbours.of(Entries.of(n, 2, turned), 6, 1);
    assertThat(b.neighbours(6)).isEqualTo(a.neighbours(6));
    assertThat(b.distances(6)).containsExactly(a.distances(6), within(1e-14));
  }

  @Test
  void fewerThanWereSought() {
    NearestNeighbours found =
        NearestNeighbours.of(Entries.of(60, 4, Plain.gaussian(60, 4, 2)), 5, 1);
    double[] two = found.distances(2);
    assertThat(two).hasSize(120);
    assertThat(two[2 * 31 + 1]).isEqualTo(found.distance(31, 1));
    assertThat(found.neighbours(2)[2 * 31 + 1]).isEqualTo(found.neighbour(31, 1));
    assertThatThrownBy(() -> found.distances(6)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> found.neighbour(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void whatHasNoAnswerIsRefused() {
    Entries three = Entries.of(3, 2, new double[6]);
    assertThatThrownBy(() -> NearestNeighbours.of(three, 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 neighbours among 3 points");
    assertThatThrownBy(() -> NearestNeighbours.of(three, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1.7e308}) {
      Entries spoiled = Entries.of(3, 2, new double[] {1, 2, 3, bad, -Double.MAX_VALUE / 2, 0});
      assertThatThrownBy(() -> NearestNeighbours.of(spoiled, 1, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("column ");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aRunCanBeStopped(int threads) {
    long before = Pointer.totalBytes();
    Entries points = Entries.of(3000, 4, Plain.gaussian(3000, 4, 2));
    assertThatThrownBy(
            () ->
                NearestNeighbours.of(
                    points,
                    5,
                    threads,
                    (steps, all) -> {
                      throw new CancellationException("stopped");
                    }))
        .isInstanceOf(CancellationException.class);
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
  }

  @Test
  void nativeMemoryStaysBelowWhatIsStatedAndIsGivenBack() {
    int n = 5000;
    int d = 100;
    Entries points = Entries.of(n, d, Plain.gaussian(n, d, 2));
    long before = Pointer.totalBytes();
    long[] most = new long[1];
    NearestNeighbours.of(
        points, 10, 1, (steps, all) -> most[0] = Math.max(most[0], Pointer.totalBytes() - before));
    assertThat(most[0]).isGreaterThan(4L * n * d).isLessThan(NearestNeighbours.bytes(n, d, 10, 1));
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
  }

  /** The heap of a survey is far smaller than what lies outside of it. */
  private static NearestNeighbours assertExact(double[] x, int n, int d, int k) {
    NearestNeighbours found = NearestNeighbours.of(Entries.of(n, d, x), k, 2);
    assertThat(found.count()).isEqualTo(n);
    assertThat(found.k()).isEqualTo(k);
    for (int i = 0; i < n; i++) {
      assertExact(found, x, i, d);
    }
    return found;
  }

  private static void assertExact(NearestNeighbours found, double[] x, int i, int d) {
    int n = found.count();
    double[] to = new double[n];
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int c = 0; c < d; c++) {
        sum += (x[i * d + c] - x[j * d + c]) * (x[i * d + c] - x[j * d + c]);
      }
      to[j] = Math.sqrt(sum);
    }
    int[] expected =
        IntStream.range(0, n)
            .filter(j -> j != i)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer j) -> to[j]))
            .limit(found.k())
            .mapToInt(j -> j)
            .toArray();
    for (int r = 0; r < found.k(); r++) {
      assertThat(found.neighbour(i, r)).as("neighbour %d of %d", r, i).isEqualTo(expected[r]);
      assertThat(found.distance(i, r)).isCloseTo(to[expected[r]], within(ORDER * to[expected[r]]));
    }
  }
}
