package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checkpoints that lie beside the project; see their README. */
class RealCheckpointTest {
  private Path checkpoints;

  @BeforeEach
  void find() {
    checkpoints = RealCheckpoints.folder();
  }

  @Test
  void theTruncatedFileNamesItsFirstTensorPastTheEnd() {
    assertThatThrownBy(() -> Checkpoint.open(checkpoints.resolve("broken-truncated-minilm")))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "model.safetensors: 'embeddings.word_embeddings.weight' ends at byte 47,685,696"
                + " but the file has 1,835,008: download it again");
  }

  @Test
  void aTiedModelHasAnAlias() {
    try (Checkpoint llama = Checkpoint.open(checkpoints.resolve("tinystories-656k-llama"))) {
      assertThat(llama.tensors()).hasSize(20);
      assertThat(llama.tensors().stream().mapToLong(TensorInfo::count).sum()).isEqualTo(656_000);
      assertThat(llama.aliases()).isEqualTo(Map.of("model.embed_tokens.weight", "lm_head.weight"));
      assertThat(llama.tensor("model.embed_tokens.weight"))
          .isEqualTo(llama.tensor("lm_head.weight"))
          .isPresent();
      assertThat(llama.config().orElseThrow().path("hidden_size").intValue()).isEqualTo(128);
      assertThat(llama.sha256())
          .containsValue("187d0d5e8360d9625e40e0b35ec57d1ef0eea1a60ddcf09412246bed3484852f");
      assertThat(llama.name()).isEqualTo("tinystories-656k-llama");
      assertThat(llama.adapter()).isFalse();
    }
  }

  @Test
  void theSameModelInBfloat16HasTheSameNumbers() {
    try (Checkpoint wide = Checkpoint.open(checkpoints.resolve("tinystories-656k-llama"));
        Checkpoint narrow = Checkpoint.open(checkpoints.resolve("tinystories-656k-bf16-derived"))) {
      assertThat(narrow.tensors()).hasSameSizeAs(wide.tensors());
      for (TensorInfo info : wide.tensors()) {
        TensorInfo other = narrow.tensor(info.name()).orElseThrow();
        assertThat(other.dtype()).isEqualTo(DType.BF16);
        assertThat(doubles(narrow, other)).isEqualTo(doubles(wide, info));
      }
    }
  }

  @Test
  void aTrainedT5InBinary16() {
    try (Checkpoint t5 = Checkpoint.open(checkpoints.resolve("mt3-t5"))) {
      assertThat(t5.sha256())
          .containsValue("7b9d28d936343e0b694b7a09a97c45e06095d296e0508e5dcb75383d1adf8b22");
      assertThat(t5.tensors()).allMatch(tensor -> tensor.dtype() == DType.F16);
      TensorInfo shared =
          t5.tensors().stream()
              .filter(t -> t.name().contains("embed") || t.name().contains("shared"))
              .findFirst()
              .orElseThrow();
      assertThat(shared.columns()).isEqualTo(512);
      double sum = 0;
      for (double value : doubles(t5, shared)) {
        sum += value * value;
      }
      assertThat(sum).isFinite().isPositive();
      assertThat(t5.tensors().get(0).name()).startsWith("decoder.block.0.");
      assertThat(t5.fingerprint()).hasSize(64);
    }
  }

  @Test
  void foldersInOtherFormatsSayWhichTheyHold() {
    assertThatThrownBy(() -> Checkpoint.open(checkpoints.resolve("tinypellm-mqa")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("but has pytorch_model.bin, tinypellm_model.pt: convert with ");
    assertThatThrownBy(() -> Checkpoint.open(checkpoints.resolve("tinystories-656k-gguf")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("but has TinyStories-656K-Q8_0.gguf: convert with ");
  }

  private static double[] doubles(Checkpoint checkpoint, TensorInfo info) {
    double[] values = new double[Math.toIntExact(info.count())];
    try (TensorData data = checkpoint.map(info)) {
      data.read(0, values, 0, values.length);
    }
    return values;
  }
}
