package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Figures of entries against plain formulas, for every floating-point type and odd shape. */
class EntryStatisticsTest {
  /** Sums of tens of thousands of terms in another order, relative. */
  private static final double ROUNDING = 1e-12;

  private static final double[] THRESHOLDS = {1e-6f, 1e-4f, 1e-3f, 1e-2f, 1e-1f};
  private static final double[] MULTIPLES = {0.01, 0.1, 0.5};

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void likeThePlainFormulas(DType dtype) {
    double[] w =
        dtype.bytes() > 2
            ? Made.gaussian(30_000, 0.02, 1)
            : Made.patterns(dtype, 3000, 0.5, dtype.bytes());
    for (int i = 0; i < w.length; i += 11) {
      w[i] = 0;
    }
    for (int i = 1; i < w.length; i += 500) {
      w[i] = w[1];
    }
    EntryFigures f = measure(dtype, w, w.length / 30, 30);
    assertPlain(f, w);
    assertThat(f.nonFinite()).isZero();
  }

  /** 16-bit types take the table of patterns, the others are streamed. */
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void theTableAndTheStreamAgree(DType narrow) {
    double[] w = Made.patterns(narrow, 20_000, 2, 3);
    EntryFigures table = measure(narrow, w, 100, 200);
    for (DType wide : List.of(DType.F32, DType.F64)) {
      EntryFigures stream = measure(wide, w, 100, 200);
      assertThat(table.below()).isEqualTo(stream.below());
      assertThat(table.zeros()).isEqualTo(stream.zeros());
      assertThat(table.largest()).isEqualTo(stream.largest());
      assertThat(table.belowDeviation()).isEqualTo(stream.belowDeviation());
      assertThat(table.mean()).isCloseTo(stream.mean(), within(ROUNDING));
      assertThat(table.deviation()).isCloseTo(stream.deviation(), within(ROUNDING));
      assertThat(table.kurtosis())
          .isCloseTo(stream.kurtosis(), within(ROUNDING * stream.kurtosis()));
      assertThat(table.hoyer()).isCloseTo(stream.hoyer(), within(ROUNDING));
      assertThat(table.gini()).isCloseTo(stream.gini(), within(ROUNDING));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16", "F8_E5M2"})
  void whatIsNotFiniteIsCountedAndLeftOut(DType dtype) {
    double[] w = Made.patterns(DType.F8_E5M2, 60, 4, 5);
    double[] holes = w.clone();
    holes[3] = Double.NaN;
    holes[20] = Double.POSITIVE_INFINITY;
    holes[59] = Double.NEGATIVE_INFINITY;
    EntryFigures f = measure(dtype, holes, 6, 10);
    assertThat(f.nonFinite()).isEqualTo(3);
    assertThat(f.count()).isEqualTo(57);
    double[] left = Arrays.stream(holes).filter(Double::isFinite).toArray();
    assertThat(left).hasSize(57);
    assertPlain(f, left);
  }

  /** A float64 beyond float32 is infinite to everything that computes in float32. */
  @Test
  void whatLiesBeyondFloat32IsCountedAsNotFinite() {
    double[] w = Made.gaussian(20, 1, 6);
    w[4] = 1e39;
    w[5] = -1e300;
    EntryFigures f = measure(DType.F64, w, 4, 5);
    assertThat(f.nonFinite()).isEqualTo(2);
    w[4] = Float.MAX_VALUE;
    w[5] = 0;
    assertThat(measure(DType.F64, w, 4, 5).nonFinite()).isZero();
    assertThat(measure(DType.F64, w, 4, 5).largest()).isEqualTo(Float.MAX_VALUE);
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "F8_E4M3"})
  void nothingButNaN(DType dtype) {
    double[] w = new double[6];
    Arrays.fill(w, Double.NaN);
    EntryFigures f = measure(dtype, w, 2, 3);
    assertThat(f.nonFinite()).isEqualTo(6);
    assertThat(f.count()).isZero();
    assertThat(f.below()).containsExactly(0L, 0L, 0L, 0L, 0L);
    assertThat(f.kurtosis()).isNull();
    assertThat(f.gini()).isNull();
    assertThat(f.mean()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16", "F8_E4M3"})
  void aConstantHasNoShape(DType dtype) {
    for (double value : new double[] {0, 0.25, -3}) {
      double[] w = new double[35];
      Arrays.fill(w, value);
      EntryFigures f = measure(dtype, w, 7, 5);
      assertThat(f.deviation()).isZero();
      assertThat(f.mean()).isEqualTo(value);
      assertThat(f.largest()).isEqualTo(Math.abs(value));
      assertThat(f.zeros()).isEqualTo(value == 0 ? 35 : 0);
      assertThat(f.kurtosis()).isNull();
      assertThat(f.hoyer()).isNull();
      assertThat(f.gini()).isNull();
      assertThat(f.belowDeviation()).isNull();
    }
  }

  /** The mean of many times 0.1 is not 0.1 in float64, yet nothing is spread about it. */
  @ParameterizedTest
  @ValueSource(ints = {3, 10, 35, 77, 8193, 50_000})
  void aConstantThatItsMeanMissesHasNoShapeEither(int n) {
    double[] w = new double[n];
    Arrays.fill(w, 0.1);
    w[n / 2] = n > 50 ? Double.NaN : 0.1;
    EntryFigures f = measure(DType.F64, w, n, 1);
    assertThat(f.deviation()).isZero();
    assertThat(f.kurtosis()).isNull();
    assertThat(f.gini()).isNull();
    w[0] = Math.nextUp(0.1f);
    assertThat(measure(DType.F64, w, n, 1).kurtosis()).isGreaterThan(1);
  }

  @Test
  void oneEntryAndOneColumn() {
    EntryFigures one = measure(DType.F32, new double[] {-3}, 1, 1);
    assertThat(one.mean()).isEqualTo(-3);
    assertThat(one.largest()).isEqualTo(3);
    assertThat(one.deviation()).isZero();
    assertThat(one.kurtosis()).isNull();
    double[] w = Made.gaussian(50, 1, 7);
    assertPlain(measure(DType.F32, w, 50, 1), w);
    assertPlain(measure(DType.F32, w, 1, 50), w);
  }

  @Test
  void thresholdsAreStrictAndInFloat32() {
    double[] w = {0.1f, -0.1f, Math.nextDown(0.1f), 0.01f, 1e-6f, Math.nextDown(1e-6f), -0.0, 1};
    for (DType dtype : List.of(DType.F32, DType.F64)) {
      EntryFigures f = measure(dtype, w, 2, 4);
      assertThat(f.below()).containsExactly(2L, 3L, 3L, 3L, 5L);
      assertThat(f.zeros()).isEqualTo(1);
    }
    // Rounded to float32 this is 0.1f, which is not below it.
    w[2] = 0.1;
    assertThat(measure(DType.F64, w, 2, 4).below()).containsExactly(2L, 3L, 3L, 3L, 4L);
  }

  /** More than one chunk of 2^16 patterns and of 8,192 values. */
  @Test
  void manyChunks() {
    double[] w = Made.patterns(DType.F16, 200_003, 1, 8);
    EntryFigures table = measure(DType.F16, w, 200_003, 1);
    assertPlain(table, w);
    assertPlain(measure(DType.F32, w, 1, 200_003), w);
  }

  @Test
  void theSeedsFiguresAlone() {
    double[] w = Made.gaussian(100, 1, 9);
    new Made().add("w", DType.F32, w, 10, 10).add("v", DType.F32, w, 100).write(folder);
    Sparsity sparsity = new Sparsity();
    try (OneModel c = new OneModel(folder, "sparsity", folder.resolve("out"), OneModel.AMPLE)) {
      for (EntryFigures f : c.measureAll(sparsity, new WeightSettings(false))) {
        assertThat(f.below()).containsExactly(plainBelow(w));
        assertThat(f.mean()).isCloseTo(mean(w), within(ROUNDING));
        assertThat(f.deviation()).isNull();
        assertThat(f.kurtosis()).isNull();
        assertThat(f.belowDeviation()).isNull();
      }
      // A vector has no shape of its own: its deviation is about its scale.
      List<EntryFigures> sound = c.measureAll(sparsity, new WeightSettings(true));
      assertThat(sound).extracting(f -> f.task().label()).containsExactly("v", "w");
      assertThat(sound.get(0).kurtosis()).isNull();
      assertThat(sound.get(0).below()).containsExactly(plainBelow(w));
      assertThat(sound.get(1).kurtosis()).isNotNull();
    }
  }

  private EntryFigures measure(DType dtype, double[] w, long rows, long columns) {
    new Made().add("w", dtype, w, rows, columns).write(folder);
    try (OneModel c = new OneModel(folder, "sparsity", folder.resolve("out"), OneModel.AMPLE)) {
      List<EntryFigures> all = c.measureAll(new Sparsity(), new WeightSettings(true));
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  private static double mean(double[] w) {
    return Arrays.stream(w).sum() / w.length;
  }

  private static Long[] plainBelow(double[] w) {
    return Arrays.stream(THRESHOLDS)
        .mapToObj(t -> Arrays.stream(w).filter(v -> (float) Math.abs(v) < t).count())
        .toArray(Long[]::new);
  }

  /** As in METHODS.md, section 2, one formula after the other. */
  private static void assertPlain(EntryFigures f, double[] w) {
    double n = w.length;
    double mean = mean(w);
    double variance = Arrays.stream(w).map(v -> (v - mean) * (v - mean)).sum() / n;
    double deviation = Math.sqrt(variance);
    double fourth = Arrays.stream(w).map(v -> Math.pow(v - mean, 4)).sum() / n;
    double[] a = Arrays.stream(w).map(Math::abs).sorted().toArray();
    double sum = Arrays.stream(a).sum();
    double norm = Math.sqrt(Arrays.stream(a).map(v -> v * v).sum());
    double ranked = 0;
    for (int i = 0; i < a.length; i++) {
      ranked += (i + 1) * a[i];
    }
    assertThat(f.below()).containsExactly(plainBelow(w));
    assertThat(f.zeros()).isEqualTo(Arrays.stream(w).filter(v -> v == 0).count());
    assertThat(f.largest()).isEqualTo(a[a.length - 1]);
    assertThat(f.mean()).isCloseTo(mean, within(ROUNDING * norm));
    assertThat(f.deviation()).isCloseTo(deviation, within(ROUNDING * deviation));
    double kurtosis = fourth / (variance * variance);
    assertThat(f.kurtosis()).isCloseTo(kurtosis, within(ROUNDING * kurtosis));
    assertThat(f.hoyer())
        .isCloseTo((Math.sqrt(n) - sum / norm) / (Math.sqrt(n) - 1), within(ROUNDING));
    assertThat(f.gini()).isCloseTo(2 * ranked / (n * sum) - (n + 1) / n, within(ROUNDING));
    for (int t = 0; t < MULTIPLES.length; t++) {
      double limit = MULTIPLES[t] * deviation;
      double share = Arrays.stream(a).filter(v -> v < limit).count() / n;
      assertThat(f.belowDeviation().get(t)).isEqualTo(share);
    }
  }
}
