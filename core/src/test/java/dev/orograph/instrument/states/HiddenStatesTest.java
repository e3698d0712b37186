package dev.orograph.instrument.states;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Sections;
import dev.orograph.model.RandomCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hidden states of a real model against another program's, and of a model with two stacks. */
class HiddenStatesTest {
  private static final Percentage SINGLE = Percentage.withPercentage(1e-3);

  @TempDir private Path folder;

  @Test
  void normsOfTinystories() throws IOException {
    Path real = RealCheckpoints.folder();
    JsonNode p =
        new ObjectMapper()
            .readTree(real.resolveSibling("reference").resolve("tinystories_states.json").toFile())
            .path("prompts")
            .get(1);
    String ids =
        StreamSupport.stream(p.path("ids").spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(" "));
    HiddenStates states = new HiddenStates();
    StateFigures found;
    try (OneModel c =
        new OneModel(real.resolve("tinystories-656k-llama"), "states", folder, OneModel.AMPLE)) {
      found =
          c.measureAll(
                  states,
                  states.settings(
                      new Options(
                          42,
                          Options.Figures.ALL,
                          Map.of(),
                          new TreeMap<>(Map.of("states.ids", ids)))))
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
      double mean = java.util.Arrays.stream(n).average().orElseThrow();
      double deviation =
          Math.sqrt(
              java.util.Arrays.stream(n).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
      assertThat(l.norm()).isCloseTo(mean, SINGLE);
      assertThat(l.normDeviation()).isCloseTo(deviation, SINGLE);
      assertThat(l.range())
          .isCloseTo(
              java.util.Arrays.stream(n).max().orElseThrow()
                  / java.util.Arrays.stream(n).min().orElseThrow(),
              SINGLE);
    }
  }

  @Test
  void tenSentencesOfTinystories() {
    Section section =
        Sections.of(
            new HiddenStates(), RealCheckpoints.folder().resolve("tinystories-656k-llama"), folder);
    Heatmap map = (Heatmap) Sections.finding(section, "states.cka_debiased");
    for (int i = 0; i < 4; i++) {
      assertThat(map.values().get(i).get(i)).isCloseTo(1, within(1e-9));
      assertThat(map.values().get(i).get(0)).isCloseTo(map.values().get(0).get(i), within(1e-12));
    }
    Scalar first = Sections.scalar(section, "states.cka_first_last");
    assertThat(first.draws()).isEqualTo(19);
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
}
