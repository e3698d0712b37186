package dev.orograph.instrument.states;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Sections;
import dev.orograph.model.RandomCheckpoint;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hidden states of a real model against another program's, and of a model with two stacks. */
@Tag("numeric")
class HiddenStatesTest {
  /** The pass is in float32: as in {@link GainTest}. */
  private static final Percentage SINGLE =
      Percentage.withPercentage(100 * 2 * 1e-5 * Math.sqrt(32));

  @TempDir private Path folder;

  @Test
  void normsOfTinystories() throws IOException {
    JsonNode p = RealCheckpoints.reference("tinystories_states.json").path("prompts").get(1);
    String ids =
        StreamSupport.stream(p.path("ids").spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(", "));
    HiddenStates states = new HiddenStates();
    StateFigures found;
    try (OneModel c =
        new OneModel(
            RealCheckpoints.at("tinystories-656k-llama"), "states", folder, OneModel.AMPLE)) {
      found =
          c.measureAll(
                  states,
                  states.settings(
                      Options.usual()
                          .withText("states", "ids", "{\"input_ids\": [[" + ids + "]]}")))
              .get(0);
    }
    var layers = found.stacks().get(0).states();
    assertThat(layers)
        .extracting(StateFigures.Layer::name)
        .containsExactly("embed", "block_0.out", "block_1.out", "final_norm.out");
    assertThat(layers).extracting(StateFigures.Layer::tuple).containsExactly(0, 1, null, 2);
    for (StateFigures.Layer l : layers) {
      JsonNode norms =
          l.tuple() == null
              ? p.path("norms_block_out").get(1)
              : p.path("norms_hidden_states").get(l.tuple());
      double[] n =
          StreamSupport.stream(norms.spliterator(), false)
              .mapToDouble(JsonNode::asDouble)
              .toArray();
      double mean = Arrays.stream(n).average().orElseThrow();
      double deviation =
          Math.sqrt(Arrays.stream(n).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
      assertThat(l.norm()).isCloseTo(mean, SINGLE);
      assertThat(l.normDeviation()).isCloseTo(deviation, SINGLE);
      assertThat(l.range())
          .isCloseTo(
              Arrays.stream(n).max().orElseThrow() / Arrays.stream(n).min().orElseThrow(), SINGLE);
    }
  }

  @Test
  void tenSentencesOfTinystories() {
    Section section =
        Sections.of(new HiddenStates(), RealCheckpoints.at("tinystories-656k-llama"), folder);
    Heatmap map = (Heatmap) Sections.finding(section, "states.cka_debiased");
    for (int i = 0; i < 4; i++) {
      assertThat(map.values().get(i).get(i)).isCloseTo(1, within(1e-9));
      assertThat(map.values().get(i).get(0)).isCloseTo(map.values().get(0).get(i), within(1e-12));
    }
    Scalar first = Sections.scalar(section, "states.cka_first_last");
    assertThat(first.z()).as("what permuted positions give is no null").isNull();
    assertThat(first.claim()).isNull();
    assertThat(first.expected()).isCloseTo(0, within(0.05));
    assertThat(Sections.number(section, "states.pre_post", 1, "dynamic_range")).isGreaterThan(1);
    assertThat(section.findings()).noneMatch(f -> f.id().equals("states.left_out"));
  }

  @Test
  void encoderAgainstDecoder() {
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 3, folder.resolve("t5"));
    Section section = Sections.of(new HiddenStates(), folder.resolve("t5"), folder);
    assertThat(section.findings())
        .extracting(f -> f.id())
        .contains("states.encoder.layers", "states.decoder.layers", "states.drawn");
    // Layers 0, 1 and 3 of five positions each; the decoder starts with another token.
    assertThat(Sections.cell(section, "states.encoder_decoder", 14, "layer")).isEqualTo(3L);
    assertThat(Sections.number(section, "states.encoder_decoder", 0, "cosine")).isLessThan(0.9);
  }

  /** One neuron's ways out of a random T5's MLP are closed: with ReLU it is exactly silent. */
  @Test
  void neuronsThatNeverAct() throws IOException {
    Path model = Files.createDirectories(folder.resolve("quiet"));
    Path relu = family("t5-relu-tied");
    Files.copy(relu.resolve("config.json"), model.resolve("config.json"));
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    try (Checkpoint c = Checkpoint.open(relu.resolve("model.safetensors"))) {
      for (TensorInfo t : c.tensors()) {
        double[] w = new double[Math.toIntExact(t.count())];
        try (TensorData data = c.map(t)) {
          data.read(0, w, 0, w.length);
        }
        if (t.name().equals("encoder.block.1.layer.1.DenseReluDense.wi.weight")) {
          int d = t.shape().get(1).intValue();
          Arrays.fill(w, 5 * d, 8 * d, 0);
        }
        entries.add(
            SafetensorsWriter.Entry.of(
                t.name(), w, t.shape().stream().mapToLong(Long::longValue).toArray()));
      }
    }
    SafetensorsWriter.write(model.resolve("model.safetensors"), Map.of(), entries);
    Section before = Sections.of(new HiddenStates(), relu, folder.resolve("a"));
    Section after = Sections.of(new HiddenStates(), model, folder.resolve("b"));
    String id = "states.encoder.neurons";
    assertThat(Sections.number(before, id, 1, "bound")).isZero();
    assertThat(Sections.cell(after, id, 1, "tokens")).isEqualTo(24L);
    assertThat(Sections.number(after, id, 1, "missed")).isCloseTo(0.125, within(1e-15));
    long was = (Long) Sections.cell(before, id, 1, "silent");
    long is = (Long) Sections.cell(after, id, 1, "silent");
    assertThat(is - was).isBetween(1L, 3L);
    assertThat(after.summary()).contains("few texts cannot show a neuron dead");
    // Of a gated GELU nothing is exactly 0, so its bound is not either.
    Section gated = Sections.of(new HiddenStates(), family("t5-gated-untied"), folder.resolve("c"));
    assertThat(Sections.number(gated, id, 0, "bound")).isPositive();
  }

  private static Path family(String name) {
    try {
      return Path.of(
              HiddenStatesTest.class
                  .getResource("/families/" + name + "/model.safetensors")
                  .toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
