package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which matrices have a row per token. */
class TokenMatricesTest {
  @TempDir Path folder;

  private List<String> of(String type, Entry... entries) throws IOException {
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), List.of(entries));
    if (!type.isEmpty()) {
      Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"" + type + "\"}");
    }
    try (Model model = Model.open(folder)) {
      return model.tokenMatrices().stream().map(p -> p.tensor().name()).toList();
    }
  }

  private static Entry matrix(String name, int rows, int columns) {
    return Entry.of(name, new float[rows * columns], rows, columns);
  }

  @Test
  void aTiedOneIsOne() throws IOException {
    assertThat(
            of(
                "llama",
                matrix("model.embed_tokens.weight", 9, 4),
                matrix("model.layers.0.self_attn.q_proj.weight", 4, 4)))
        .containsExactly("model.embed_tokens.weight");
  }

  @Test
  void anUntiedHeadIsAnother() throws IOException {
    assertThat(
            of("llama", matrix("lm_head.weight", 9, 4), matrix("model.embed_tokens.weight", 9, 4)))
        .containsExactly("lm_head.weight", "model.embed_tokens.weight");
  }

  @Test
  void aHeadAloneIsOne() throws IOException {
    assertThat(of("llama", matrix("lm_head.weight", 9, 4))).containsExactly("lm_head.weight");
  }

  @Test
  void tablesOfTypesAndPlacesAreNone() throws IOException {
    assertThat(
            of(
                "bert",
                matrix("embeddings.word_embeddings.weight", 9, 4),
                matrix("embeddings.position_embeddings.weight", 16, 4),
                matrix("embeddings.token_type_embeddings.weight", 2, 4)))
        .containsExactly("embeddings.word_embeddings.weight");
  }

  @Test
  void ofAnUnknownFamilyTheOnlyMatrix() throws IOException {
    assertThat(of("", matrix("table", 9, 4), Entry.of("bias", new float[4], 4)))
        .containsExactly("table");
  }

  @Test
  void ofAnUnknownFamilyWithSeveralNone() throws IOException {
    assertThat(of("", matrix("table", 9, 4), matrix("other", 4, 9))).isEmpty();
  }
}
