package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Boxes;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.Sections;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scales of normalisation against NumPy. */
class NormsTest {
  private static final String SCALES = "norms.scales";
  private static final double ROUNDING = 1e-12;

  @TempDir Path folder;

  /**
   * Expected: NumPy 1.24, {@code w = default_rng(22).normal(1, .4, 300).astype(float32)}, in
   * float64 mean, std, percentile; in float32 the counts.
   */
  @Test
  void figuresAsInNumPy() {
    double[] w = new double[300];
    Generator.of(22).normal(1, 0.4, w);
    double[] ones = new double[300];
    Arrays.fill(ones, 1);
    Section section =
        survey(
            new Made()
                .add("model.layers.0.input_layernorm.weight", DType.F32, floats(w), 300)
                .add("model.layers.0.post_attention_layernorm.weight", DType.F32, ones, 300)
                .add("model.layers.1.input_layernorm.weight", DType.F32, ones, 300)
                .add("model.layers.1.post_attention_layernorm.weight", DType.F32, ones, 300)
                .add("model.norm.weight", DType.F32, ones, 300));
    close(section, "mean", 1.0046943190445503);
    close(section, "std", 0.39351102127556);
    close(section, "min", -0.05335371568799019);
    close(section, "q1", 0.7265082001686096);
    close(section, "median", 0.9972939789295197);
    close(section, "q3", 1.2772037982940674);
    close(section, "max", 2.0134739875793457);
    assertThat(Sections.cell(section, SCALES, 0, "above_1_5")).isEqualTo(31L);
    assertThat(Sections.cell(section, SCALES, 0, "below_0_5")).isEqualTo(29L);
    assertThat(Sections.cell(section, SCALES, 0, "near_1")).isEqualTo(112L);
    assertThat(Sections.cell(section, SCALES, 0, "count")).isEqualTo(300L);
    // Four scales of ones, as before training.
    Scalar mean = Sections.scalar(section, "norms.decoder.mean");
    assertThat(mean.value()).isCloseTo((4 + 1.0046943190445503) / 5, within(ROUNDING));
    assertThat(mean.expected()).isEqualTo(1);
    assertThat(mean.deviation()).isNull();
    assertThat(mean.z()).isNull();
    assertThat(mean.sentence()).contains("training starts at 1", "no chance level");
    Scalar near = Sections.scalar(section, "norms.decoder.near_1");
    assertThat(near.value()).isCloseTo((1200 + 112) / 1500.0, within(ROUNDING));
    Boxes boxes = (Boxes) Sections.finding(section, "norms.by_layer");
    assertThat(boxes.expected()).isEqualTo(1);
    assertThat(boxes.panels())
        .extracting(Boxes.Panel::title)
        .containsExactly("decoder input_layernorm", "decoder post_attention_layernorm");
  }

  /** Gemma stores its scales less one; what its norms multiply with is measured, and said so. */
  @Test
  void scalesThatAreStoredLessOne() {
    double[] w = new double[300];
    Generator.of(22).normal(1, 0.4, w);
    double[] less = Arrays.stream(floats(w)).map(v -> v - 1).toArray();
    Section section =
        survey(
            new Made()
                .add("model.layers.0.pre_feedforward_layernorm.weight", DType.F64, less, 300)
                .add("model.norm.weight", DType.F64, new double[300], 300));
    close(section, "mean", 1.0046943190445503);
    close(section, "std", 0.39351102127556);
    close(section, "median", 0.9972939789295197);
    assertThat(Sections.cell(section, SCALES, 0, "above_1_5")).isEqualTo(31L);
    assertThat(Sections.cell(section, SCALES, 0, "near_1")).isEqualTo(112L);
    assertThat(((Note) Sections.finding(section, "norms.stored_less_one")).text())
        .contains("stored less one", "one more than what is stored");
  }

  private static void close(Section section, String column, double expected) {
    assertThat(Sections.number(section, SCALES, 0, column))
        .as(column)
        .isCloseTo(expected, within(ROUNDING));
  }

  private static double[] floats(double[] w) {
    return Arrays.stream(w).map(v -> (float) v).toArray();
  }

  /** Thresholds are strict, and compared as float32: 0.8f and 1.2f themselves are outside. */
  @Test
  void thresholdsAreStrict() {
    double[] w = {
      1.5, 0.5, 0.8f, 1.2f, Math.nextUp(0.8f), Math.nextDown(1.2f), 1.5000001f, 0.4999f
    };
    Section section = survey(new Made().add("model.norm.weight", DType.F32, w, 8));
    assertThat(Sections.cell(section, SCALES, 0, "above_1_5")).isEqualTo(1L);
    assertThat(Sections.cell(section, SCALES, 0, "below_0_5")).isEqualTo(1L);
    assertThat(Sections.cell(section, SCALES, 0, "near_1")).isEqualTo(2L);
  }

  @Test
  void whatIsNotFiniteIsCountedAndLeftOut() {
    double[] w = {Double.NaN, 2, Double.POSITIVE_INFINITY, 4};
    double[] none = {Double.NaN};
    Section section =
        survey(
            new Made()
                .add("model.layers.0.input_layernorm.weight", DType.F32, w, 4)
                .add("model.norm.weight", DType.F32, none, 1));
    assertThat(Sections.cell(section, SCALES, 0, "mean")).isEqualTo(3.0);
    assertThat(Sections.cell(section, SCALES, 0, "count")).isEqualTo(2L);
    assertThat(Sections.cell(section, SCALES, 0, "non_finite")).isEqualTo(2L);
    assertThat(Sections.cell(section, SCALES, 1, "mean")).isNull();
    assertThat(Sections.cell(section, SCALES, 1, "median")).isNull();
    assertThat(section.findings().toString()).contains("3 entries are NaN, infinite");
  }

  @Test
  void oddTensorsOfAnEncoder() {
    Section section = Sections.of(new Norms(), Made.oddT5(folder), folder.resolve("arrays"));
    Table table = (Table) Sections.finding(section, SCALES);
    // The empty one holds nothing to measure.
    assertThat(table.rows()).hasSize(2);
    assertThat(Sections.cell(section, SCALES, 0, "non_finite")).isEqualTo(1L);
    assertThat(Sections.cell(section, SCALES, 1, "std")).isEqualTo(0.0);
    assertThat(Sections.cell(section, SCALES, 1, "q3")).isEqualTo(1.0);
  }

  private Section survey(Made made) {
    return Sections.of(new Norms(), made.write(folder), folder.resolve("arrays"));
  }
}
