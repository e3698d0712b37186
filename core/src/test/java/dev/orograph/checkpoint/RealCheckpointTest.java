package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checkpoints that lie beside the project; see their README. */
class RealCheckpointTest {
  @Test
  void theTruncatedFileNamesItsFirstTensorPastTheEnd() {
    assertThatThrownBy(() -> Checkpoint.open(RealCheckpoints.named("broken-truncated-minilm")))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "model.safetensors: 'embeddings.word_embeddings.weight' ends at byte 47,685,696"
                + " but the file has 1,835,008: download it again");
  }

  @Test
  void aTiedModelHasAnAlias() {
    try (Checkpoint llama = Checkpoint.open(RealCheckpoints.at("tinystories-656k-llama"))) {
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
    try (Checkpoint wide = Checkpoint.open(RealCheckpoints.at("tinystories-656k-llama"));
        Checkpoint narrow = Checkpoint.open(RealCheckpoints.at("tinystories-656k-bf16-derived"))) {
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
    try (Checkpoint t5 = Checkpoint.open(RealCheckpoints.at("mt3-t5"))) {
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

  static Stream<String> files() throws IOException {
    return digests().stream().map(l -> l[0]).distinct();
  }

  private static List<String[]> digests() throws IOException {
    return Files.readAllLines(Fixtures.file("real.txt")).stream()
        .map(l -> l.split(" ", -1))
        .toList();
  }

  /** Digests by an independent reader of each format; see formats/real.py. */
  @ParameterizedTest
  @MethodSource("files")
  void everyFormatEqualsItsOwnDecodedWeights(String file) throws Exception {
    Path path = RealCheckpoints.at(file.substring(0, file.indexOf('/')));
    try (Checkpoint c = Checkpoint.open(path.resolve(file.substring(file.indexOf('/') + 1)))) {
      int tensors = 0;
      for (String[] line : digests()) {
        if (line[0].equals(file)) {
          byte[] floats = Fixtures.floats(c, c.tensor(line[1]).orElseThrow());
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(floats);
          assertThat(HexFormat.of().formatHex(digest)).as(line[1]).isEqualTo(line[2]);
          tensors++;
        }
      }
      assertThat(tensors).isGreaterThanOrEqualTo(20);
      assertThat(c.tensors().size() + c.aliases().size()).isGreaterThanOrEqualTo(20);
    }
  }

  @Test
  void fiveFilesAreCompared() throws IOException {
    assertThat(files()).hasSize(5);
  }

  @Test
  void theGgufFileIsTheSameModelRounded() {
    try (Checkpoint wide = Checkpoint.open(RealCheckpoints.at("tinystories-656k-llama"));
        Checkpoint gguf = Checkpoint.open(RealCheckpoints.at("tinystories-656k-gguf"))) {
      assertThat(gguf.aliases()).isEqualTo(Map.of("lm_head.weight", "model.embed_tokens.weight"));
      for (TensorInfo info : wide.tensors()) {
        double[] exact = doubles(wide, info);
        double[] rounded = doubles(gguf, gguf.tensor(info.name()).orElseThrow());
        assertThat(rounded).hasSameSizeAs(exact);
        for (int block = 0; block < exact.length; block += 32) {
          double largest = 0;
          for (int i = block; i < block + 32; i++) {
            largest = Math.max(largest, Math.abs(exact[i]));
          }
          // Half a step of largest/127, and 127 times the rounding of a step to binary16.
          double step = largest / 127;
          double most = step / 2 + 127 * step * 0x1p-11 + 1e-7;
          for (int i = block; i < block + 32; i++) {
            assertThat(Math.abs(rounded[i] - exact[i])).isLessThanOrEqualTo(most);
          }
        }
      }
    }
  }

  @Test
  void aFolderWithTwoModels() {
    Path folder = RealCheckpoints.at("tinypellm-mqa");
    try (Checkpoint untrained = Checkpoint.open(folder);
        Checkpoint trained = Checkpoint.open(folder.resolve("tinypellm_model.pt"))) {
      assertThat(untrained.files()).containsExactly(folder.resolve("pytorch_model.bin"));
      assertThat(untrained.passedOver()).isEqualTo("tinypellm_model.pt");
      assertThat(untrained.name()).isEqualTo("tinypellm-mqa");
      assertThat(untrained.tensors()).hasSize(23);
      assertThat(untrained.aliases())
          .isEqualTo(Map.of("lm_head.weight", "model.embed_tokens.weight"));
      assertThat(trained.name()).isEqualTo("tinypellm_model");
      assertThat(trained.tensors().stream().mapToLong(TensorInfo::count).sum()).isEqualTo(983_680);
    }
  }

  private static double[] doubles(Checkpoint checkpoint, TensorInfo info) {
    double[] values = new double[Math.toIntExact(info.count())];
    try (TensorData data = checkpoint.map(info)) {
      data.read(0, values, 0, values.length);
    }
    return values;
  }
}
