package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Note;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Sections;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparsitySectionTest {
  @TempDir Path folder;

  /** The seed's share of a component is that of its matrices; the whole model has biases too. */
  @Test
  void biasesCountForTheModelOnly() throws IOException {
    Section section = survey();
    double[] q = weights();
    double below = Arrays.stream(q).filter(v -> Math.abs((float) v) < 0.1f).count();
    assertThat(Sections.scalar(section, "sparsity.self_attn_q.below_1e-1").value())
        .isEqualTo(below / q.length);
    assertThat(Sections.scalar(section, "sparsity.model.below_1e-1").value())
        .isEqualTo((below + 8) / (q.length + 8));
  }

  @Test
  void whatTheSeedsSparsityOfQueriesIsWorth() throws IOException {
    Note note = (Note) Sections.finding(survey(), "sparsity.queries");
    assertThat(note.text()).startsWith("It measures scale: ").contains("a Gaussian 7.966 %.");
  }

  /** A table of two rows is not averaged with one of two hundred, and its size is its own. */
  @Test
  void shapesOfOneComponentStandApart() throws IOException {
    double[] heavy = Made.gaussian(200 * 12, 1, 2);
    heavy[5] = 40;
    Section section =
        survey(
            new Made()
                .add("model.layers.0.self_attn.q_proj.weight", DType.F32, heavy, 200, 12)
                .add(
                    "model.layers.1.self_attn.q_proj.weight",
                    DType.F32,
                    Made.gaussian(24, 1, 3),
                    2,
                    12));
    assertThat(Sections.scalar(section, "sparsity.self_attn_q.kurtosis").value()).isGreaterThan(50);
    assertThat(Sections.scalar(section, "sparsity.self_attn_q.kurtosis").expected())
        .isEqualTo(3 * 2399 / 2401.0);
    assertThat(Sections.scalar(section, "sparsity.self_attn_q_2x12.kurtosis").value())
        .isLessThan(9);
    assertThat(Sections.scalar(section, "sparsity.self_attn_q_2x12.kurtosis").expected())
        .isEqualTo(3 * 23 / 25.0);
  }

  /** Spread evenly to 1 / sqrt(inputs), as a linear layer of PyTorch begins; and a Gaussian one. */
  @Test
  void whatWasLeftAsItBeganIsNamed() throws IOException {
    Generator g = Generator.of(4);
    double[] uniform = new double[100 * 64];
    g.random(uniform);
    for (int i = 0; i < uniform.length; i++) {
      uniform[i] = (2 * uniform[i] - 1) / 8;
    }
    Section section =
        survey(
            new Made()
                .add("model.layers.0.self_attn.q_proj.weight", DType.F32, uniform, 100, 64)
                .add(
                    "model.layers.1.self_attn.q_proj.weight",
                    DType.F32,
                    Made.gaussian(6400, 0.125 / Math.sqrt(3), 3),
                    100,
                    64));
    Note note = (Note) Sections.finding(section, "sparsity.initial");
    assertThat(note.text())
        .startsWith("Entries of 1 matrix are spread evenly")
        .contains(", all with the deviation 1/sqrt(3 inputs)", "'model.layers.0.self_attn.q_proj")
        .doesNotContain("layers.1");
    assertThat(Sections.scalar(section, "sparsity.self_attn_q.kurtosis").sentence())
        .contains("It is farthest in layer 0 of the decoder: 1.");
    assertThat(survey().findings()).noneMatch(f -> f.id().equals("sparsity.initial"));
  }

  private static double[] weights() {
    return Made.gaussian(96, 0.15, 1);
  }

  private Section survey() throws IOException {
    return survey(
        new Made()
            .add("model.layers.0.self_attn.q_proj.weight", DType.F32, weights(), 8, 12)
            .add("model.layers.0.self_attn.q_proj.bias", DType.F32, new double[8], 8));
  }

  private Section survey(Made made) throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    made.write(folder);
    WeightSettings settings = new WeightSettings(true);
    Sparsity sparsity = new Sparsity();
    try (OneModel c = new OneModel(folder, "sparsity", folder.resolve("a"), OneModel.AMPLE)) {
      return sparsity.conclude(settings, c.measureAll(sparsity, settings));
    }
  }
}
