package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the metadata of a GGUF file amount to as a configuration. */
class LlamaNamesTest {
  private static JsonNode config(Map<String, Object> said, String... tensors) {
    Map<String, Object> metadata = new HashMap<>(said);
    metadata.put("general.architecture", "llama");
    metadata.put("llama.attention.head_count", 4L);
    metadata.put("llama.embedding_length", 32L);
    return LlamaNames.of(Path.of("m.gguf"), metadata, List.of(tensors)).config().orElseThrow();
  }

  /** llama.cpp scales linearly where only a factor is given, and not at all for "none". */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, 4.0, -, linear, 4.0",
        "-, -, 4.0, linear, 4.0",
        "linear, 2.0, 4.0, linear, 2.0",
        "yarn, 2.0, -, yarn, 2.0",
        "none, 2.0, -, -, -",
        "-, -, -, -, -"
      })
  void scaling(String type, Double factor, Double older, String expected, Double by) {
    Map<String, Object> said = new HashMap<>();
    said.put("llama.rope.scaling.type", type);
    said.put("llama.rope.scaling.factor", factor);
    said.put("llama.rope.scale_linear", older);
    said.values().removeIf(v -> v == null);
    JsonNode rope = config(said).path("rope_scaling");
    assertThat(rope.isMissingNode()).isEqualTo(expected == null);
    if (expected != null) {
      assertThat(rope.path("rope_type").asText()).isEqualTo(expected);
      assertThat(rope.path("factor").asDouble()).isEqualTo(by);
    }
  }

  @Test
  void aWholeFactor() {
    JsonNode rope =
        config(Map.of("llama.rope.scaling.type", "linear", "llama.rope.scaling.factor", 4L))
            .path("rope_scaling");
    assertThat(rope.path("factor").asDouble()).isEqualTo(4);
  }

  /** Factors of each pair are a scaling that no pass knows. */
  @ParameterizedTest
  @CsvSource({"rope_freqs.weight", "rope_factors_long.weight", "blk.0.rope_freqs.weight"})
  void tensorsOfFactors(String name) {
    assertThat(config(Map.of(), name).path("rope_scaling").path("rope_type").asText())
        .isEqualTo(name);
  }

  /** What is not taken over stays there under its own key, for a pass to refuse. */
  @Test
  void nothingIsDropped() {
    JsonNode config =
        config(
            Map.of(
                "llama.rope.freq_base",
                Double.POSITIVE_INFINITY,
                "llama.rope.freq_base_swa",
                5000.0,
                "llama.rope.dimension_count",
                4L,
                "llama.context_length",
                "many",
                "llama.logit_scale",
                0.5));
    assertThat(config.has("rope_theta")).isFalse();
    assertThat(config.path("llama.rope.freq_base").asText()).isEqualTo("Infinity");
    assertThat(config.path("llama.rope.freq_base_swa").asText()).isEqualTo("5000.0");
    assertThat(config.path("llama.rope.dimension_count").asText()).isEqualTo("4");
    assertThat(config.path("llama.context_length").asText()).isEqualTo("many");
    assertThat(config.path("llama.logit_scale").asText()).isEqualTo("0.5");
    assertThat(config(Map.of("llama.rope.freq_base", 5e5)).fieldNames())
        .toIterable()
        .noneMatch(key -> key.startsWith("llama."));
  }
}
