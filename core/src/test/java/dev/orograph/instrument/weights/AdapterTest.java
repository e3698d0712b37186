package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.geometry.Spectrum;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.Sections;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.SingularValues;
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
}
