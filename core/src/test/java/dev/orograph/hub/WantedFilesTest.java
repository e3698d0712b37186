package dev.orograph.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken of repositories as they are found on the hub. */
class WantedFilesTest {
  private static final HubName NAME = HubName.parse("org/model");

  private static WantedFiles of(String files) {
    return WantedFiles.of(NAME, List.of(files.split(" ", -1)), Optional.empty());
  }

  @Test
  void settingsAndTokenizerAreTakenAndNothingElse() {
    WantedFiles wanted =
        of(
            "README.md .gitattributes config.json generation_config.json tokenizer.json"
                + " tokenizer_config.json special_tokens_map.json spiece.model tokenizer.model"
                + " sentencepiece.bpe.model vocab.json vocab.txt merges.txt params.json"
                + " open_clip_config.json adapter_config.json flax_model.msgpack onnx/config.json"
                + " model.safetensors");
    assertThat(wanted.companions())
        .containsExactly(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "spiece.model",
            "tokenizer.model",
            "sentencepiece.bpe.model",
            "vocab.json",
            "vocab.txt",
            "merges.txt",
            "params.json",
            "open_clip_config.json",
            "adapter_config.json");
    assertThat(wanted.weights()).containsExactly("model.safetensors");
    assertThat(wanted.indexes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "model.safetensors pytorch_model.bin model.fp16.safetensors, model.safetensors",
    "consolidated.safetensors model-1-of-1.safetensors model.safetensors.index.json,"
        + " model.safetensors.index.json",
    "consolidated.safetensors tf_model.h5, consolidated.safetensors",
    "adapter_model.safetensors, adapter_model.safetensors",
    "open_clip_model.safetensors pytorch_model.bin, open_clip_model.safetensors",
    "x.safetensors.index.json x-1.safetensors x-2.safetensors, x.safetensors.index.json",
    "pytorch_model.bin unet/x.safetensors, pytorch_model.bin",
    "pytorch_model.bin.index.json pytorch_model-1.bin, pytorch_model.bin.index.json",
    "pytorch_model-1.bin pytorch_model-2.bin, pytorch_model-1.bin pytorch_model-2.bin"
  })
  void oneSetOfWeightsIsTaken(String files, String weights) {
    assertThat(of(files).weights()).containsExactly(weights.split(" ", -1));
  }

  @Test
  void whatCannotBeChosenIsListed() {
    assertThatThrownBy(() -> of("a.safetensors b.safetensors"))
        .hasMessage(
            "model: 'org/model' must have one checkpoint but has several: a.safetensors,"
                + " b.safetensors: name a file with --file PATTERN, or another model");
    assertThatThrownBy(() -> of("m.Q4.gguf onnx/m.onnx README.md"))
        .hasMessageContaining(
            "must have safetensors or pytorch_model.bin but has m.Q4.gguf, onnx/m.onnx");
    assertThatThrownBy(() -> of("README.md")).hasMessageContaining("but has no weights");
  }
}
