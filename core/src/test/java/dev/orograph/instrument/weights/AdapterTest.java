package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.geometry.Spectrum;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.instrument.Sections;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.SingularValues;
import dev.orograph.model.LowRankFactors;
import dev.orograph.random.Generator;
import dev.orograph.stats.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Updates of low rank against the product formed in full. */
class AdapterTest {
  private static final String MODULE = "base_model.model.h.3.attn.q_proj";

  @TempDir private Path folder;

  private static double[] normal(int seed, int n) {
    double[] w = new double[n];
    Generator.of(seed).normal(0, 1, w);
    return w;
  }

  private static double[] product(double[] b, double[] a, int rows, int rank, int columns) {
    double[] w = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < rank; k++) {
        for (int j = 0; j < columns; j++) {
          w[i * columns + j] += b[i * rank + k] * a[k * columns + j];
        }
      }
    }
    return w;
  }

  /** PEFT's names with and without an adapter's name, kohya's with alpha beside the factors. */
  @ParameterizedTest
  @CsvSource({
    "'.lora_A.weight', '.lora_B.weight', '{\"lora_alpha\": 6}', 2",
    "'.lora_A.default.weight', '.lora_B.default.weight', '{\"lora_alpha\": 6}', 2",
    "'.lora_embedding_A', '.lora_embedding_B', '{\"lora_alpha\": 6}', 2",
    "'.lora_A.weight', '.lora_B.weight', '{\"lora_alpha\": 6, \"use_rslora\": true}', 3.4641016",
    "'.lora_A.weight', '.lora_B.weight', '{\"lora_alpha\": 6, \"alpha_pattern\": {\"q_proj\": 9}}', 3",
    "'.lora_down.weight', '.lora_up.weight', '', 4"
  })
  void anUpdateIsItsProduct(String first, String second, String config, double scale)
      throws IOException {
    double[] a = normal(1, 3 * 17);
    double[] b = normal(2, 11 * 3);
    Made made =
        new Made()
            .add(MODULE + first, DType.F64, a, 3, 17)
            .add(MODULE + second, DType.F64, b, 11, 3);
    if (config.isEmpty()) {
      made.add(MODULE + ".alpha", DType.F32, new double[] {12});
    } else {
      Files.writeString(folder.resolve("adapter_config.json"), config);
    }
    Section section = Sections.of(new Adapter(), made.write(folder), folder.resolve("arrays"));
    double[] s = SingularValues.direct(Entries.of(11, 17, product(b, a, 11, 3, 17)), 1, 1).values();
    Spectrum expected = new Spectrum(new double[] {s[0], s[1], s[2]});
    close(section, "scale", scale, 1e-7);
    close(section, "s1", scale * s[0], 1e-7);
    close(section, "frobenius", scale * expected.frobenius(), 1e-7);
    close(section, "stable_rank", expected.stableRank(), 1e-12);
    close(section, "effective_rank", expected.effectiveRank(), 1e-12);
    assertThat(Sections.cell(section, "adapter.updates", 0, "layer")).isEqualTo(3L);
    assertThat(Sections.cell(section, "adapter.updates", 0, "kind")).isEqualTo("q_proj");
  }

  private static void close(Section section, String column, double expected, double relative) {
    assertThat(Sections.number(section, "adapter.updates", 0, column))
        .as(column)
        .isCloseTo(expected, within(relative * expected));
  }

  /** A convolution's factors are (rank, channels, height, width) and (outputs, rank, 1, 1). */
  @Test
  void anUpdateOfAConvolution() throws IOException {
    double[] a = normal(1, 3 * 18);
    double[] b = normal(2, 11 * 3);
    Files.writeString(folder.resolve("adapter_config.json"), "{\"lora_alpha\": 6}");
    Section section =
        Sections.of(
            new Adapter(),
            new Made()
                .add(MODULE + ".lora_A.weight", DType.F64, a, 3, 2, 3, 3)
                .add(MODULE + ".lora_B.weight", DType.F64, b, 11, 3, 1, 1)
                .write(folder),
            folder.resolve("arrays"));
    double[] s = SingularValues.direct(Entries.of(11, 18, product(b, a, 11, 3, 18)), 1, 1).values();
    close(section, "s1", 2 * s[0], 1e-7);
  }

  /** Factors without their other half, or of another rank, are named; those of updates are not. */
  @Test
  void factorsThatMakeNoUpdate() throws IOException {
    Path made =
        new Made()
            .add(MODULE + ".lora_A.weight", DType.F64, normal(1, 3 * 17), 3, 17)
            .add(MODULE + ".lora_B.weight", DType.F64, normal(2, 11 * 3), 11, 3)
            .add("h.4.lora_A.weight", DType.F64, normal(3, 3 * 17), 3, 17)
            .add("h.5.lora_A.default.weight", DType.F64, normal(4, 3 * 17), 3, 17)
            .add("h.5.lora_B.default.weight", DType.F64, normal(5, 11 * 2), 11, 2)
            .write(folder);
    try (Checkpoint c = Checkpoint.open(made)) {
      assertThat(LowRankFactors.alone(c))
          .containsExactly(
              "h.4.lora_A.weight", "h.5.lora_A.default.weight", "h.5.lora_B.default.weight");
    }
  }

  /** DoRA: the sum is not what computes. */
  @Test
  void noSumWhereRowsHaveLengthsOfTheirOwn() throws IOException {
    Path adapter =
        new Made()
            .add(MODULE + ".lora_A.weight", DType.F64, normal(1, 3 * 17), 3, 17)
            .add(MODULE + ".lora_B.weight", DType.F64, normal(2, 11 * 3), 11, 3)
            .add(MODULE + ".lora_magnitude_vector", DType.F64, normal(3, 11), 11)
            .write(Files.createTempDirectory(folder, "adapter"));
    Path base =
        new Made()
            .add("h.3.attn.q_proj.weight", DType.F64, normal(4, 11 * 17), 11, 17)
            .write(Files.createTempDirectory(folder, "base"));
    Adapter instrument = new Adapter();
    WeightSettings settings = instrument.settings(Options.usual());
    Path out = folder.resolve("out");
    try (OneModel both = new OneModel(List.of(adapter, base), "adapter", out, OneModel.AMPLE);
        OneModel alone = new OneModel(List.of(adapter), "adapter", out, OneModel.AMPLE)) {
      assertThat(Plan.of(instrument, both, settings).whyNot()).contains("DoRA");
      assertThat(Plan.of(instrument, alone, settings).applies()).isTrue();
    }
  }

  /** An adapter before training adds nothing, and no figure is made of that. */
  @Test
  void beforeTrainingNothingIsAdded() throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), "{\"lora_alpha\": 6}");
    Section section =
        Sections.of(
            new Adapter(),
            new Made()
                .add(MODULE + ".lora_A.weight", DType.F64, normal(1, 3 * 17), 3, 17)
                .add(MODULE + ".lora_B.weight", DType.F64, new double[11 * 3], 11, 3)
                .write(folder),
            folder.resolve("arrays"));
    assertThat(section.summary()).contains("1 matrix is updated, all by nothing at all");
    assertThat(section.findings()).noneMatch(Scalar.class::isInstance);
    assertThat(Sections.number(section, "adapter.updates", 0, "frobenius")).isZero();
  }

  /** Of factors without structure z has mean 0 and deviation 1. */
  @Test
  void randomFactorsAreChance() throws IOException {
    List<Double> z = new ArrayList<>();
    for (int seed = 0; seed < 40; seed++) {
      Made made = new Made();
      for (int layer = 0; layer < 4; layer++) {
        String module = "h." + layer + ".v_proj";
        made.add(
                module + ".lora_A.weight",
                DType.F64,
                normal(1000 + 10 * seed + layer, 4 * 40),
                4,
                40)
            .add(
                module + ".lora_B.weight",
                DType.F64,
                normal(9000 + 10 * seed + layer, 30 * 4),
                30,
                4);
      }
      Path model = Files.createDirectory(folder.resolve("m" + seed));
      Section section = Sections.of(new Adapter(), made.write(model), model.resolve("arrays"));
      z.add(Sections.scalar(section, "adapter.v_proj.stable_rank").z());
    }
    assertThat(Samples.mean(z)).isCloseTo(0, within(4 / Math.sqrt(40)));
    assertThat(Samples.deviation(z)).isBetween(0.6, 1.5);
  }

  private static final int ROWS = 24;
  private static final int COLUMNS = 18;

  private List<LowRankFigures> onBase(
      String module, String name, double[] w, int rows, int columns, double[] a, double[] b)
      throws IOException {
    Path adapter = Files.createTempDirectory(folder, "adapter");
    Files.writeString(adapter.resolve("adapter_config.json"), "{\"lora_alpha\": -4}");
    new Made()
        .add(module + ".lora_A.weight", DType.F64, a, 2, COLUMNS)
        .add(module + ".lora_B.weight", DType.F64, b, ROWS, 2)
        .write(adapter);
    Path base =
        new Made()
            .add(name, DType.F64, w, rows, columns)
            .add("h.31.attn.q_proj.weight", DType.F64, w, rows, columns)
            .write(Files.createTempDirectory(folder, "base"));
    Adapter instrument = new Adapter();
    try (OneModel work =
        new OneModel(List.of(adapter, base), "adapter", folder.resolve("out"), OneModel.AMPLE)) {
      return work.measureAll(instrument, instrument.settings(Options.usual()));
    }
  }

  /** Names with prefixes, without some, with underscores; stored either way round. */
  @ParameterizedTest
  @CsvSource({
    "base_model.model.transformer.h.3.attn.q_proj, transformer.h.3.attn.q_proj.weight, false",
    "base_model.model.h.3.attn.q_proj, model.h.3.attn.q_proj.weight, false",
    "lora_unet_h_3_attn_q_proj, transformer.h.3.attn.q_proj.weight, true"
  })
  void baseAndUpdateAreAdded(String module, String name, boolean turned) throws IOException {
    double[] a = normal(1, 2 * COLUMNS);
    double[] b = normal(2, ROWS * 2);
    double[] w = normal(3, ROWS * COLUMNS);
    double[] stored = w.clone();
    double[] product = product(b, a, ROWS, 2, COLUMNS);
    double[] sum = new double[w.length];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        int at = i * COLUMNS + j;
        // alpha / r = -4 / 2.
        sum[at] = w[at] - 2 * product[at];
        stored[turned ? j * ROWS + i : at] = w[at];
      }
    }
    LowRankFigures f =
        onBase(module, name, stored, turned ? COLUMNS : ROWS, turned ? ROWS : COLUMNS, a, b).get(0);
    double[] s = SingularValues.of(Entries.of(ROWS, COLUMNS, w), 1).values();
    double[] t = SingularValues.of(Entries.of(ROWS, COLUMNS, sum), 1).values();
    UpdatedMatrix m = f.updated();
    assertThat(f.task().detail().base()).isEqualTo(name);
    assertThat(m.frobenius()).isCloseTo(new Spectrum(s).frobenius(), within(1e-9));
    assertThat(m.largest()).isCloseTo(s[0], within(1e-9));
    assertThat(m.updatedFrobenius()).isCloseTo(new Spectrum(t).frobenius(), within(1e-9));
    assertThat(m.updatedLargest()).isCloseTo(t[0], within(1e-9));
    assertThat(m.updatedStableRank()).isCloseTo(new Spectrum(t).stableRank(), within(1e-9));
    Adapter instrument = new Adapter();
    Section section = instrument.conclude(instrument.settings(Options.usual()), List.of(f));
    assertThat(section.findings())
        .anyMatch(x -> x.id().matches("adapter\\.(attn_)?q_proj\\.left_share"))
        .noneMatch(x -> x.id().equals("adapter.no_base"));
  }

  /** An update along the first directions of W lies in their span, one at random as by chance. */
  @Test
  void whereInTheBaseTheUpdateLies() throws IOException {
    double[] w = new double[ROWS * COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      w[i * COLUMNS + i] = COLUMNS - i;
    }
    double[] a = new double[2 * COLUMNS];
    double[] b = new double[ROWS * 2];
    a[0] = 1;
    b[0] = 1;
    a[COLUMNS + 1] = 1;
    b[2 * (ROWS - 1) + 1] = 1;
    String module = "base_model.model.h.3.attn.q_proj";
    UpdatedMatrix m =
        onBase(module, "h.3.attn.q_proj.weight", w, ROWS, COLUMNS, a, b).get(0).updated();
    assertThat(m.left().value()).as("one of two directions").isCloseTo(0.5, within(1e-9));
    assertThat(m.right().value()).isCloseTo(1, within(1e-9));
    assertThat(m.left().expected()).isCloseTo(16.0 / ROWS, within(1e-12));
    double sum = 0;
    double squares = 0;
    int draws = 200;
    double sd = 0;
    for (int i = 0; i < draws; i++) {
      LowRankPair p = new LowRankPair("", "", 2, ROWS, COLUMNS, 1.0, 1, 0, "w", false);
      // Gaussian factors are a random orientation; spectra differ a little, and so do deviations.
      double[] x = normal(100 + i, 2 * COLUMNS);
      double[] y = normal(1000 + i, ROWS * 2);
      double[] values =
          SingularValues.ofProduct(Entries.of(ROWS, 2, y), Entries.of(2, COLUMNS, x), 1);
      UpdatedMatrix u =
          UpdatedMatrix.of(Entries.of(ROWS, COLUMNS, w), p, x, y, List.of(values[0], values[1]));
      sum += u.left().value() / draws;
      squares += u.left().z() * u.left().z() / draws;
      sd += u.left().deviation() / draws;
    }
    assertThat(sum).isCloseTo(16.0 / ROWS, within(4 * sd / Math.sqrt(draws)));
    assertThat(Math.sqrt(squares)).as("z has deviation 1").isCloseTo(1, within(0.2));
  }

  @Test
  void aMatrixThatTheBaseDoesNotHaveIsTold() throws IOException {
    double[] w = normal(3, 30);
    LowRankFigures f =
        onBase(
                "base_model.model.h.3.attn.q_proj",
                "h.3.attn.q_proj.weight",
                w,
                6,
                5,
                normal(1, 2 * COLUMNS),
                normal(2, ROWS * 2))
            .get(0);
    assertThat(f.updated()).isNull();
    assertThat(f.values()).isNotEmpty();
    Adapter instrument = new Adapter();
    Section section = instrument.conclude(instrument.settings(Options.usual()), List.of(f));
    assertThat(section.findings()).anyMatch(x -> x.id().equals("adapter.no_base"));
  }
}
