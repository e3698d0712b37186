package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.Sections;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.linalg.Entries;
import dev.orograph.random.Generator;
import dev.orograph.stats.Gaussian;
import dev.orograph.stats.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Norms of neurons against the plain loop, planted neurons, and really shuffled matrices. */
@Tag("numeric")
class NeuronsTest {
  private static final String MLP = "encoder.block.0.layer.1.DenseReluDense.";

  /** Float64 sums of a few thousand terms in another order. */
  private static final double ROUNDING = 1e-12;

  @TempDir Path folder;

  /** Awkward sizes: rows longer and shorter than a chunk, single rows, single columns. */
  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "7,1", "3,8191", "3,8192", "3,8193", "2,20000", "20000,2", "513,65"})
  void normsOfRowsAndColumnsAsInThePlainLoop(int rows, int columns) {
    double[] w = Made.gaussian(rows * columns, 0.3, 7);
    for (boolean byRow : new boolean[] {true, false}) {
      double[] squares = new double[byRow ? rows : columns];
      for (int i = 0; i < w.length; i++) {
        squares[byRow ? i / columns : i % columns] += w[i] * w[i];
      }
      NeuronNorms norms = NeuronNorms.of(Entries.of(rows, columns, w), byRow);
      assertThat(norms.nonFinite()).isZero();
      double[] actual = norms.norms();
      assertThat(actual).hasSize(squares.length);
      for (int i = 0; i < squares.length; i++) {
        double expected = Math.sqrt(squares[i]);
        assertThat(actual[i]).isCloseTo(expected, within(ROUNDING * expected));
      }
    }
  }

  @Test
  void theNullFollowsFromTheMomentsOfTheEntries() {
    int rows = 300;
    int columns = 64;
    double[] w = Made.gaussian(rows * columns, 2, 8);
    double[] m = new double[5];
    for (double v : w) {
      for (int k = 1; k <= 4; k++) {
        m[k] += Math.pow(v * v, k) / w.length;
      }
    }
    NeuronNorms norms = NeuronNorms.of(Entries.of(rows, columns, w), true);
    double n = w.length;
    double squared = (m[2] / (m[1] * m[1]) - 1) / columns * (n - columns) / (n - 1);
    double cv2 = Math.pow(1 + squared, 0.25) - 1;
    assertThat(cv2).isCloseTo(squared / 4, within(squared * squared));
    assertThat(norms.shuffledCv2()).isCloseTo(cv2, within(1e-10 * cv2));
    double variance = m[2] - m[1] * m[1];
    double fourth = 0;
    for (double v : w) {
      fourth += Math.pow(v * v - m[1], 4) / n;
    }
    assertThat(norms.shuffledExcess())
        .isCloseTo((fourth / (variance * variance) - 3) / columns, within(1e-9));
  }

  /** Closed form against 300 shuffles; heavy tails too, where only the first order is exact. */
  @ParameterizedTest
  @CsvSource({"plain, 1", "gated, 1", "plain, 2"})
  void theNullIsWhatShuffledMatricesGive(String kind, int power) {
    int neurons = 400;
    int width = 96;
    int draws = 300;
    boolean gated = kind.equals("gated");
    List<double[]> matrices = new ArrayList<>();
    for (int k = 0; k < (gated ? 3 : 2); k++) {
      double[] w = Made.gaussian(neurons * width, 1, 30 + k);
      matrices.add(
          Arrays.stream(w).map(v -> Math.signum(v) * Math.pow(Math.abs(v), power)).toArray());
    }
    Generator g = Generator.of(5);
    List<Double> cvs = new ArrayList<>();
    List<Double> least = new ArrayList<>();
    List<Double> most = new ArrayList<>();
    NeuronFigures first = figures(matrices, neurons, width, gated);
    for (int draw = 0; draw < draws; draw++) {
      matrices.forEach(g::shuffle);
      NeuronFigures f = figures(matrices, neurons, width, gated);
      assertThat(f.own().shuffledCv())
          .isCloseTo(first.own().shuffledCv(), within(1e-9 * first.own().shuffledCv()));
      cvs.add(f.own().cv());
      least.add(f.own().least());
      most.add(f.own().most());
    }
    double expected = first.own().shuffledCv();
    // The delta method is off by about half of CV^2; the mean of the draws by its own error.
    double error =
        expected * expected * expected / 2 + 4 * Samples.deviation(cvs) / Math.sqrt(draws);
    assertThat(Samples.mean(cvs)).isCloseTo(expected, within(error));
    // Cumulants beyond the first order are left out, which for heavy tails says too much; the
    // deviation of 300 draws is itself off by 4 %.
    assertThat(first.own().shuffledDeviation() / Samples.deviation(cvs))
        .isBetween(0.88, power == 1 ? 1.25 : 1.5);
    double low = first.shuffled(Gaussian.ordered(1, neurons));
    double high = first.shuffled(Gaussian.ordered(neurons, neurons));
    // Squared entries have a longer tail than a lognormal has.
    assertThat(Samples.mean(least)).isCloseTo(low, within(0.05 * low));
    assertThat(Samples.mean(most)).isCloseTo(high, within((power == 1 ? 0.02 : 0.1) * high));
  }

  private static NeuronFigures figures(
      List<double[]> matrices, int neurons, int width, boolean gated) {
    List<NeuronNorms> norms = new ArrayList<>();
    for (int k = 0; k < matrices.size(); k++) {
      boolean down = k == matrices.size() - 1;
      norms.add(
          NeuronNorms.of(
              down
                  ? Entries.of(width, neurons, matrices.get(k))
                  : Entries.of(neurons, width, matrices.get(k)),
              !down));
    }
    Task<MlpWeights> task =
        Task.of(
            "encoder 0",
            new Place("encoder", "mlp", 0),
            1,
            1,
            new MlpWeights(neurons, List.of(), gated, ""));
    return NeuronFigures.of(task, norms);
  }

  @Test
  void plantedNeuronsAreDeadWeakAndZero() {
    int neurons = 200;
    double[] up = Made.gaussian(neurons * 16, 1, 1);
    double[] down = Made.gaussian(16 * neurons, 1, 2);
    scaleRow(up, 16, 3, 1e-3);
    scaleRow(up, 16, 50, 0.05);
    scaleRow(up, 16, 51, 0.05);
    scaleRow(up, 16, 120, 0);
    scaleRow(up, 16, 199, 30);
    Section section =
        survey(
            new Made()
                .add(MLP + "wi.weight", DType.F32, up, neurons, 16)
                .add(MLP + "wo.weight", DType.F32, down, 16, neurons));
    assertThat(cell(section, 0, "kind")).isEqualTo("plain");
    assertThat(cell(section, 0, "d_ff")).isEqualTo(200L);
    assertThat(cell(section, 0, "dead")).isEqualTo(2L);
    assertThat(cell(section, 0, "weak")).isEqualTo(4L);
    assertThat(cell(section, 0, "zero")).isEqualTo(1L);
    assertThat(cell(section, 0, "min_over_mean")).isEqualTo(0.0);
    assertThat(number(section, 0, "max_over_mean")).isBetween(20.0, 30.0);
    assertThat(number(section, 0, "dead_null")).isLessThan(1);
    assertThat(cell(section, 0, "gate_norm_mean")).isNull();
    assertThat(cell(section, 0, "up_norm_min")).isEqualTo(0.0);
    Scalar cv = Sections.scalar(section, "neurons.encoder.cv");
    assertThat(cv.z()).isGreaterThan(4);
    assertThat(cv.sentence()).contains("built larger than others");
    assertThat(Sections.scalar(section, "neurons.encoder.dead").value()).isEqualTo(2);
    assertThat(Sections.scalar(section, "neurons.encoder.dead").seed()).isEqualTo(2);
  }

  private static void scaleRow(double[] w, int width, int row, double by) {
    for (int i = 0; i < width; i++) {
      w[row * width + i] = (float) (w[row * width + i] * by);
    }
  }

  @Test
  void independentEntriesAreWithinTheirNull() {
    Section section =
        survey(
            new Made()
                .add(MLP + "wi_0.weight", DType.F32, Made.gaussian(32000, 0.1, 11), 500, 64)
                .add(MLP + "wi_1.weight", DType.F32, Made.gaussian(32000, 0.2, 12), 500, 64)
                .add(MLP + "wo.weight", DType.F32, Made.gaussian(32000, 0.3, 13), 64, 500));
    assertThat(cell(section, 0, "kind")).isEqualTo("gated");
    assertThat(Math.abs(Sections.scalar(section, "neurons.encoder.cv").z())).isLessThan(4);
    assertThat(number(section, 0, "gate_norm_mean")).isCloseTo(0.8, within(0.05));
    assertThat(number(section, 0, "up_norm_mean")).isCloseTo(1.6, within(0.1));
    assertThat(number(section, 0, "down_norm_mean")).isCloseTo(2.4, within(0.15));
  }

  /** What does not fit is named with both numbers, what is not finite is counted, both listed. */
  @Test
  void oddLayersAreListedWithTheReason() {
    Section section = Sections.of(new Neurons(), Made.oddT5(folder), folder.resolve("arrays"));
    assertThat(cell(section, 0, "non_finite")).isEqualTo(2L);
    assertThat(cell(section, 0, "cv")).isNull();
    assertThat(cell(section, 1, "cv")).isNull();
    assertThat(cell(section, 2, "cv")).isEqualTo(0.0);
    assertThat(cell(section, 2, "cv_null")).isEqualTo(0.0);
    assertThat(cell(section, 2, "cv_z")).isNull();
    assertThat(cell(section, 3, "cv")).isNull();
    assertThat(cell(section, 3, "zero")).isEqualTo(8L);
    assertThat(section.findings().toString())
        .contains("2 layers have no pair of matrices that fit; the first is encoder 1")
        .contains("wi.weight' has 8 neurons")
        .contains("wo.weight' 7")
        .contains("the first is encoder 0 with 2 of them.");
  }

  private Section survey(Made made) {
    return Sections.of(new Neurons(), made.write(folder), folder.resolve("arrays"));
  }

  private static Object cell(Section section, int row, String column) {
    return Sections.cell(section, "neurons.layers", row, column);
  }

  private static double number(Section section, int row, String column) {
    return Sections.number(section, "neurons.layers", row, column);
  }
}
