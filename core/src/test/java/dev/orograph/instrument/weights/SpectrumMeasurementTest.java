package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.geometry.PowerLaw;
import dev.orograph.geometry.Spectrum;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Scope;
import dev.orograph.linalg.SingularValues;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Figures of one matrix and of its shuffled copies, on matrices made for it. */
@Tag("numeric")
class SpectrumMeasurementTest {
  /** A sum of some thousand terms in another order. */
  private static final double ROUNDING = 1e-12;

  private static final WeightSettings ALL = new WeightSettings(true);

  @TempDir Path folder;

  /** Singular values 8, 4, 2 and 1, scattered with signs over a 6 x 4 matrix. */
  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void knownSingularValues(DType dtype) {
    double[] w = new double[24];
    w[0 * 4 + 2] = -4;
    w[2 * 4 + 0] = 8;
    w[3 * 4 + 3] = -1;
    w[5 * 4 + 1] = 2;
    SpectrumFigures r = measure(dtype, w, 6, 4, ALL);
    Figures f = r.own();
    assertThat(f.largest()).isEqualTo(8);
    assertThat(f.smallest()).isEqualTo(1);
    assertThat(f.stableRank()).isCloseTo(85.0 / 64, within(ROUNDING));
    assertThat(f.participationRatio()).isCloseTo(225.0 / 85, within(ROUNDING));
    assertThat(f.activeShare()).isEqualTo(1);
    assertThat(f.rank90()).as("8 + 4 + 2 of 15 reach 90 %%").isEqualTo(3);
    assertThat(f.condition()).isEqualTo(8 / (1 + 1e-10));
    assertThat(f.frobenius()).isCloseTo(Math.sqrt(85), within(ROUNDING));
    double entropy = 0;
    for (double s : new double[] {8, 4, 2, 1}) {
      entropy -= s / 15 * Math.log(s / 15);
    }
    assertThat(f.effectiveRank()).isCloseTo(Math.exp(entropy), within(ROUNDING));
    double deviation = Math.sqrt(85.0 / 24 - (5.0 / 24) * (5.0 / 24));
    assertThat(r.mean()).isCloseTo(5.0 / 24, within(ROUNDING));
    assertThat(r.deviation()).isCloseTo(deviation, within(ROUNDING));
    assertThat(f.edge())
        .isCloseTo(deviation * (Math.sqrt(6) + Math.sqrt(4)), within(10 * ROUNDING));
    assertThat(f.spikes()).as("edge at about 8.3").isZero();
    assertThat(f.tail()).as("four values have no tail").isNull();
    assertThat(r.zeroRows()).isEqualTo(2);
    assertThat(r.nonFinite()).isZero();
    assertThat(r.direct()).isFalse();
    assertThat(r.quantiles()).hasSize(33).startsWith(1.0).endsWith(0.125);
    assertThat(r.quantiles().get(16)).as("between 4 and 2").isCloseTo(3 / 8., within(ROUNDING));
    assertThat(r.shuffled()).hasSize(10);
  }

  @Test
  void aPlantedDirectionIsASpike() {
    double[] w = Made.gaussian(40 * 30, 0.1, 1);
    for (int i = 0; i < w.length; i++) {
      w[i] += 0.1;
    }
    SpectrumFigures r = measure(DType.F64, w, 40, 30, ALL);
    assertThat(r.own().spikes()).isEqualTo(1);
    assertThat(r.own().largest()).isGreaterThan(1.5 * r.own().edge());
    assertThat(r.deviation()).isCloseTo(0.1, within(0.01));
    double[] s = SingularValues.of(Entries.of(40, 30, w), 1).values();
    assertThat(r.own().tail()).isEqualTo(PowerLaw.ofSquares(s));
    assertThat(r.own().effectiveRank()).isEqualTo(new Spectrum(s).effectiveRank());
  }

  /** The same numbers in any type give the same figures, and the same shuffles. */
  @Test
  void theTypeDoesNotMatter() {
    double[] w = Made.patterns(DType.F8_E5M2, 40 * 30, 8, 2);
    SpectrumFigures narrow = measure(DType.F8_E5M2, w, 40, 30, ALL);
    for (DType dtype : List.of(DType.F16, DType.BF16, DType.F32, DType.F64)) {
      SpectrumFigures wide = measure(dtype, w, 40, 30, ALL);
      assertThat(wide.own()).as(dtype.name()).isEqualTo(narrow.own());
      assertThat(wide.shuffled()).as(dtype.name()).isEqualTo(narrow.shuffled());
      assertThat(wide.quantiles()).isEqualTo(narrow.quantiles());
      assertThat(wide.shuffledQuantiles()).isEqualTo(narrow.shuffledQuantiles());
      assertThat(wide.mean()).isEqualTo(narrow.mean());
      assertThat(wide.deviation()).isEqualTo(narrow.deviation());
    }
  }

  @ParameterizedTest
  @CsvSource({"1e-200", "1e200", "1e-300", "1e300"})
  void extremeScalesOfFloat64(double size) {
    double[] w = Made.gaussian(20 * 15, 1, 3);
    SpectrumFigures usual = measure(DType.F64, w, 20, 15, ALL);
    SpectrumFigures scaled =
        measure(DType.F64, Arrays.stream(w).map(v -> v * size).toArray(), 20, 15, ALL);
    assertThat(scaled.own().largest() / size)
        .isCloseTo(usual.own().largest(), within(ROUNDING * usual.own().largest()));
    assertThat(scaled.deviation() / size).isCloseTo(usual.deviation(), within(ROUNDING));
    assertThat(scaled.own().spikes()).isEqualTo(usual.own().spikes());
    for (int i = 0; i < usual.shuffled().size(); i++) {
      for (Function<Figures, Double> of :
          List.<Function<Figures, Double>>of(
              Figures::effectiveRank, Figures::stableRank, Figures::participationRatio)) {
        assertThat(of.apply(scaled.shuffled().get(i)))
            .as("the null has to see the same numbers")
            .isCloseTo(of.apply(usual.shuffled().get(i)), within(1e-9));
        assertThat(of.apply(scaled.own())).isCloseTo(of.apply(usual.own()), within(1e-9));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16"})
  void whatIsNotFiniteIsCountedAndNotMeasured(DType dtype) {
    double[] w = Made.patterns(DType.F8_E5M2, 60, 4, 4);
    w[0] = Double.NaN;
    w[31] = Double.NEGATIVE_INFINITY;
    Arrays.fill(w, 40, 50, 0);
    SpectrumFigures r = measure(dtype, w, 6, 10, ALL);
    assertThat(r.nonFinite()).isEqualTo(2);
    assertThat(r.zeroRows()).isEqualTo(1);
    assertThat(r.own()).isNull();
    assertThat(r.shuffled()).isEmpty();
    assertThat(folder.resolve("out")).isEmptyDirectory();
  }

  /** Rows longer than the chunks that a pass reads. */
  @Test
  void zeroRowsAcrossChunks() {
    int columns = 10_000;
    double[] w = Made.gaussian(5 * columns, 1, 5);
    Arrays.fill(w, columns, 2 * columns, 0);
    Arrays.fill(w, 4 * columns, 5 * columns, 0);
    w[5 * columns - 1] = 1;
    SpectrumFigures r = measure(DType.F32, w, 5, columns, ALL);
    assertThat(r.zeroRows()).isEqualTo(1);
    assertThat(r.deviation()).isCloseTo(plainDeviation(w), within(ROUNDING));
    w[5 * columns - 1] = 0;
    assertThat(measure(DType.F32, w, 5, columns, ALL).zeroRows()).isEqualTo(2);
  }

  @Test
  void aConstantHasRankOne() {
    double[] w = new double[77];
    Arrays.fill(w, 0.25);
    SpectrumFigures r = measure(DType.F16, w, 7, 11, ALL);
    assertThat(r.deviation()).isZero();
    assertThat(r.direct()).isTrue();
    assertThat(r.own().largest()).isCloseTo(0.25 * Math.sqrt(77), within(ROUNDING));
    assertThat(r.own().stableRank()).isCloseTo(1, within(ROUNDING));
    assertThat(r.own().edge()).isZero();
    assertThat(r.shuffled()).allMatch(f -> Math.abs(f.stableRank() - 1) < ROUNDING);
  }

  @Test
  void allZeros() {
    SpectrumFigures r = measure(DType.BF16, new double[30], 5, 6, ALL);
    assertThat(r.zeroRows()).isEqualTo(5);
    assertThat(r.own().largest()).isZero();
    assertThat(r.own().effectiveRank()).isZero();
    assertThat(r.own().spikes()).isZero();
    assertThat(r.quantiles()).containsOnly(0.0);
  }

  @Test
  void oneEntryOneRowOneColumn() {
    SpectrumFigures one = measure(DType.F64, new double[] {-3}, 1, 1, ALL);
    assertThat(one.own().largest()).isEqualTo(3);
    assertThat(one.own().stableRank()).isEqualTo(1);
    assertThat(one.own().effectiveRank()).isEqualTo(1);
    assertThat(one.quantiles()).containsOnly(1.0);
    assertThat(one.mean()).isEqualTo(-3);
    double[] w = Made.gaussian(40, 1, 6);
    double norm = Math.sqrt(Arrays.stream(w).map(v -> v * v).sum());
    for (SpectrumFigures r :
        List.of(measure(DType.F32, w, 40, 1, ALL), measure(DType.F32, w, 1, 40, ALL))) {
      assertThat(r.own().largest()).isCloseTo(norm, within(ROUNDING));
      assertThat(r.own().rank90()).isEqualTo(1);
      assertThat(r.own().tail()).isNull();
      // The one figure that shuffling cannot change.
      assertThat(r.shuffled())
          .allMatch(f -> Math.abs(f.largest() - norm) < ROUNDING && f.effectiveRank() == 1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16", "F8_E4M3"})
  void aShuffledCopyKeepsEveryEntry(DType dtype) {
    double[] w = Made.patterns(DType.F8_E4M3, 70_000, 400, 7);
    if (dtype == DType.F64) {
      w = Arrays.stream(w).map(v -> v * (1 + 1e-12)).toArray();
    } else if (dtype == DType.BF16 || dtype == DType.F16) {
      w = Made.patterns(dtype, 1000, 1e4, 7);
    }
    new Made().add("w", dtype, w, w.length / 10, 10).write(folder);
    try (Checkpoint c = Checkpoint.open(folder);
        TensorData data = c.map(c.tensors().get(0));
        Scope scope = new Scope()) {
      ShuffledEntries copy = new ShuffledEntries(data, scope);
      assertThat(copy.rows()).isEqualTo(w.length / 10);
      assertThat(copy.columns()).isEqualTo(10);
      assertThat(read(copy)).as("in place at first").isEqualTo(w);
      Generator g = Generator.of(1);
      copy.shuffle(g);
      double[] once = read(copy);
      assertThat(once).isNotEqualTo(w).satisfies(v -> assertThat(sorted(v)).isEqualTo(sorted(w())));
      copy.shuffle(g);
      assertThat(read(copy)).isNotEqualTo(once);
      assertThat(sorted(read(copy))).isEqualTo(sorted(once));
      assertThat(ShuffledEntries.bytes(dtype, 10)).isGreaterThanOrEqualTo(10L * dtype.bytes());
    }
  }

  /** The null depends on seed and tensor name, and on nothing else. */
  @Test
  void theNullIsKeyed() {
    double[] w = Made.gaussian(600, 1, 8);
    new Made().add("a", DType.F32, w, 30, 20).add("b", DType.F32, w, 30, 20).write(folder);
    Spectra spectra = new Spectra();
    try (OneModel c = open(folder)) {
      List<SpectrumFigures> first = c.measureAll(spectra, ALL);
      assertThat(c.measureAll(spectra, ALL)).isEqualTo(first);
      assertThat(first.get(0).own()).isEqualTo(first.get(1).own());
      assertThat(first.get(0).shuffled()).isNotEqualTo(first.get(1).shuffled());
      assertThat(first.get(0).shuffled()).doesNotHaveDuplicates();
      c.seed(43);
      List<SpectrumFigures> other = c.measureAll(spectra, ALL);
      assertThat(other.get(0).own()).isEqualTo(first.get(0).own());
      assertThat(other.get(0).shuffled()).isNotEqualTo(first.get(0).shuffled());
      // As NumPy would shuffle the flattened matrix with the generator of this piece.
      float[] flat = new float[600];
      for (int i = 0; i < 600; i++) {
        flat[i] = (float) w[i];
      }
      Generator.keyed(42, "spectra", "b").shuffle(flat);
      double[] shuffled = new double[600];
      for (int i = 0; i < 600; i++) {
        shuffled[i] = flat[i];
      }
      double[] s = SingularValues.of(Entries.of(30, 20, shuffled), 1).values();
      assertThat(first.get(1).shuffled().get(0).effectiveRank())
          .isEqualTo(new Spectrum(s).effectiveRank());
      assertThat(first.get(1).shuffled().get(0).spikes())
          .isEqualTo((int) Arrays.stream(s).filter(v -> v > first.get(1).own().edge()).count());
      assertThat(first.get(1).shuffledQuantiles().get(0))
          .isEqualTo(s[0] / first.get(1).own().largest());
    }
  }

  @Test
  void theSeedsFiguresHaveNoNull() {
    double[] w = Made.gaussian(600, 1, 9);
    SpectrumFigures seed = measure(DType.F32, w, 30, 20, new WeightSettings(false));
    assertThat(seed.task().detail().draws()).isZero();
    assertThat(seed.shuffled()).isEmpty();
    assertThat(seed.shuffledQuantiles()).isEmpty();
    assertThat(seed.own().tail()).isNull();
    SpectrumFigures all = measure(DType.F32, w, 30, 20, ALL);
    assertThat(all.own().tail()).isNotNull();
    assertThat(seed.own().stableRank()).isEqualTo(all.own().stableRank());
  }

  /** Ten copies of a small matrix, twelve of a middling kind, six of a large; none without room. */
  @ParameterizedTest
  @CsvSource({"256, 400, 10", "257, 400, 12", "400, 1024, 12", "1025, 1030, 6", "4, 1048577, 6"})
  void howManyCopies(int rows, int columns, int draws) {
    new Made().add("w", DType.F16, new double[rows * columns], rows, columns).write(folder);
    assertThat(plan(folder, OneModel.AMPLE))
        .extracting(t -> t.detail().draws())
        .containsExactly(draws);
    Task<StoredTensor> none = plan(folder, 48L << 20).get(0);
    assertThat(none.detail().draws()).isZero();
    Task<StoredTensor> some = plan(folder, OneModel.AMPLE).get(0);
    assertThat(some.bytes() - none.bytes()).isEqualTo(2L * rows * columns);
    assertThat(some.work()).isEqualTo(none.work() * (1 + draws));
  }

  @Test
  void matricesOfOneComponentShareTheirCopies() {
    Made made = new Made();
    for (int i = 0; i < 5; i++) {
      made.add("layers." + i + ".large", DType.F8_E4M3, new double[1025 * 1025], 1025, 1025);
      made.add("layers." + i + ".middle", DType.F8_E4M3, new double[257 * 300], 257, 300);
      made.add("layers." + i + ".vector", DType.F8_E4M3, new double[300], 300);
    }
    made.write(folder);
    List<Task<StoredTensor>> tasks = plan(folder, OneModel.AMPLE);
    assertThat(tasks).hasSize(10);
    assertThat(tasks)
        .extracting(t -> t.detail().draws())
        .containsExactly(1, 2, 1, 2, 1, 3, 1, 2, 2, 3);
    assertThat(tasks).allMatch(p -> p.place().component().matches("layers\\.\\*\\.(large|middle)"));
    assertThat(tasks)
        .extracting(t -> t.detail().index())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(tasks)
        .extracting(t -> t.place().layer())
        .containsExactly(0, 0, 1, 1, 2, 2, 3, 3, 4, 4);
  }

  /** Many in a file of their own, few in the result, which hands them out as the same array. */
  @Test
  void singularValuesAreLeftAsAnArray() {
    double[] w = Made.gaussian(80 * 70, 1, 10);
    SpectrumFigures many = measure(DType.F32, w, 80, 70, ALL);
    double[] s = SingularValues.of(Entries.of(80, 70, w), 1).values();
    assertThat(many.few()).isEmpty();
    assertThat(new Spectra().arrays(many)).isEmpty();
    assertValues(OneModel.left(folder.resolve("out"), "singular_values.safetensors"), s);
    w = Made.gaussian(600, 1, 10);
    SpectrumFigures few = measure(DType.F32, w, 30, 20, ALL);
    s = SingularValues.of(Entries.of(30, 20, w), 1).values();
    assertThat(few.few()).containsExactly(Arrays.stream(s).boxed().toArray(Double[]::new));
    assertThat(s[0]).isEqualTo(few.own().largest());
    Path file = folder.resolve("few.safetensors");
    SafetensorsWriter.write(file, Map.of(), new Spectra().arrays(few));
    assertValues(file, s);
  }

  private static void assertValues(Path file, double[] expected) {
    try (Checkpoint c = Checkpoint.open(file);
        TensorData data = c.map(c.tensor("w").orElseThrow())) {
      assertThat(data.info().dtype()).isEqualTo(DType.F64);
      assertThat(data.info().shape()).containsExactly((long) expected.length);
      double[] s = new double[expected.length];
      data.read(0, s, 0, s.length);
      assertThat(s).isEqualTo(expected);
    }
  }

  private double[] w() {
    try (Checkpoint c = Checkpoint.open(folder);
        TensorData data = c.map(c.tensors().get(0))) {
      return read(new TensorEntries(data));
    }
  }

  private OneModel open(Path checkpoint) {
    return new OneModel(checkpoint, "spectra", folder.resolve("out"), OneModel.AMPLE);
  }

  private List<Task<StoredTensor>> plan(Path checkpoint, long memory) {
    try (OneModel c = new OneModel(checkpoint, "spectra", folder.resolve("out"), memory)) {
      return new Spectra().tasks(c, ALL);
    }
  }

  private SpectrumFigures measure(
      DType dtype, double[] w, long rows, long columns, WeightSettings settings) {
    new Made().add("w", dtype, w, rows, columns).write(folder);
    try (OneModel c = open(folder)) {
      List<SpectrumFigures> all = c.measureAll(new Spectra(), settings);
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  private static double[] read(Entries e) {
    double[] w = new double[Math.toIntExact(e.rows() * e.columns())];
    e.read(0, w, 0, w.length);
    double[] piecewise = new double[w.length];
    for (int at = 0; at < w.length; at += 333) {
      e.read(at, piecewise, at, Math.min(333, w.length - at));
    }
    assertThat(piecewise).isEqualTo(w);
    return w;
  }

  private static double[] sorted(double[] w) {
    return Arrays.stream(w).sorted().toArray();
  }

  private static double plainDeviation(double[] w) {
    double mean = Arrays.stream(w).sum() / w.length;
    return Math.sqrt(Arrays.stream(w).map(v -> (v - mean) * (v - mean)).sum() / w.length);
  }
}
