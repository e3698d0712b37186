package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.InputException;
import dev.orograph.model.Role.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From a configuration and names to a model. */
class ModelTest {
  private static final String T5_NAME = "encoder.block.0.layer.0.SelfAttention.q.weight";
  private static final String LLAMA_NAME = "model.layers.0.self_attn.q_proj.weight";

  @TempDir Path folder;

  @Test
  void aT5Configuration() {
    write(
        "{'model_type':'mt5','d_model':512,'num_heads':6,'d_kv':64,'d_ff':1024,'num_layers':8,"
            + "'num_decoder_layers':7,'vocab_size':1536,'feed_forward_proj':'gated-gelu',"
            + "'tie_word_embeddings':false,'torch_dtype':'float16'}",
        T5_NAME);
    try (Model model = Model.open(folder)) {
      assertThat(model.spec())
          .isEqualTo(
              new ModelSpec(
                  "T5",
                  List.of(
                      new StackSpec(Stack.ENCODER, 8, 512, 6, 6, 64, 1024, 0),
                      new StackSpec(Stack.DECODER, 7, 512, 6, 6, 64, 1024, 0)),
                  1536,
                  false,
                  "gated-gelu",
                  "float16"));
      assertThat(model.recognised()).isTrue();
      assertThat(model.declaredType()).isEqualTo("mt5");
    }
  }

  /** As the transformers library fills it in. */
  @Test
  void whatAConfigurationLeavesOut() {
    write("{'model_type':'t5','d_model':32,'num_heads':4,'num_layers':3}", T5_NAME);
    try (Model model = Model.open(folder)) {
      assertThat(model.spec())
          .isEqualTo(
              new ModelSpec(
                  "T5",
                  List.of(
                      new StackSpec(Stack.ENCODER, 3, 32, 4, 4, 8, 0, 0),
                      new StackSpec(Stack.DECODER, 3, 32, 4, 4, 8, 0, 0)),
                  0,
                  true,
                  "relu",
                  ""));
    }
    write(
        "{'model_type':'llama','hidden_size':128,'num_attention_heads':8,'dtype':'bfloat16',"
            + "'num_hidden_layers':2,'intermediate_size':384,'vocab_size':2048}",
        LLAMA_NAME);
    try (Model model = Model.open(folder)) {
      assertThat(model.spec())
          .isEqualTo(
              new ModelSpec(
                  "Llama",
                  List.of(new StackSpec(Stack.DECODER, 2, 128, 8, 8, 16, 384, 16)),
                  2048,
                  false,
                  "silu",
                  "bfloat16"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "t5 | d_model | 'six'",
        "t5 | d_model | -1",
        "t5 | num_heads | 3.5",
        "t5 | num_layers | 268435457",
        "t5 | num_decoder_layers | 1.0E99",
        "t5 | d_ff | true",
        "t5 | vocab_size | 99999999999999999999",
        "t5 | d_kv | [64]",
        "t5 | tie_word_embeddings | 'yes'",
        "t5 | tie_word_embeddings | 1",
        "t5 | feed_forward_proj | 3",
        "t5 | torch_dtype | {'a':1}",
        "llama | hidden_size | '128'",
        "llama | num_key_value_heads | -4",
        "llama | head_dim | 16.0",
        "llama | hidden_act | ['silu']",
        "llama | dtype | 16"
      })
  void aWrongValueIsRefusedByName(String type, String key, String value) {
    write(
        "{'model_type':'" + type + "','" + key + "':" + value + "}",
        type.equals("t5") ? T5_NAME : LLAMA_NAME);
    assertThatThrownBy(() -> Model.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("config.json: '" + key + "' ")
        .hasMessageContaining(value.replace('\'', '"'));
  }

  @Test
  void anUnknownTypeIsAListOfMatrices() {
    write("{'model_type':'mamba'}", "layers.3.mixer.x_proj.weight", T5_NAME, "a.12.b.7");
    try (Model model = Model.open(folder)) {
      assertThat(model.recognised()).isFalse();
      assertThat(model.declaredType()).isEqualTo("mamba");
      assertThat(model.spec()).isEqualTo(ModelSpec.none());
      assertThat(model.parameters())
          .allMatch(p -> p.role().component() == Component.OTHER)
          .allMatch(p -> p.role().stack() == Role.Stack.SHARED);
      assertThat(model.parameters().stream().map(Parameter::group))
          .containsExactly(
              "a.*.b.*",
              "encoder.block.*.layer.*.SelfAttention.q.weight",
              "layers.*.mixer.x_proj.weight");
      assertThat(model.parameters().stream().map(p -> p.role().layer())).containsExactly(12, 0, 3);
    }
  }

  @Test
  void namesTellTheFamilyWhereNoConfigurationDoes() throws IOException {
    write(null, T5_NAME, "shared.weight");
    try (Model model = Model.open(folder)) {
      assertThat(model.spec().family()).isEqualTo("T5");
      assertThat(model.spec().stacks().get(0).dModel()).isZero();
      assertThat(model.parameter(T5_NAME).orElseThrow().role())
          .isEqualTo(new Role(Role.Stack.ENCODER, 0, Component.SELF_ATTN_Q));
      assertThat(model.parameter("none")).isEmpty();
      assertThat(model.count()).isEqualTo(8);
    }
  }

  @Test
  void aTiedTensorIsFoundByBothNames() {
    write(
        "{'model_type':'llama'}",
        Map.of("model.embed_tokens.weight", "lm_head.weight"),
        "lm_head.weight");
    try (Model model = Model.open(folder)) {
      assertThat(model.parameters()).hasSize(1);
      assertThat(model.parameter("model.embed_tokens.weight"))
          .isEqualTo(model.parameter("lm_head.weight"))
          .isPresent();
      assertThat(model.aliases()).isEqualTo(Map.of("model.embed_tokens.weight", "lm_head.weight"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.layers.0.self_attn.q_proj.qweight",
        "model.layers.0.self_attn.q_proj.qzeros",
        "model.layers.0.self_attn.q_proj.g_idx",
        "model.layers.0.self_attn.q_proj.SCB",
        "model.layers.0.self_attn.q_proj.weight_scale_inv",
        "model.layers.0.self_attn.q_proj.weight_scale",
        "model.layers.0.self_attn.q_proj.weight.absmax"
      })
  void packedWeightsAreNamed(String name) {
    write("{'model_type':'llama'}", name);
    try (Model model = Model.open(folder)) {
      assertThat(model.packed()).get().asString().contains("'" + name + "'");
    }
  }

  @Test
  void aQuantizationConfigMeansPacked() {
    write("{'model_type':'llama','quantization_config':{'quant_method':'gptq'}}", LLAMA_NAME);
    try (Model model = Model.open(folder)) {
      assertThat(model.packed()).contains("the configuration has 'quantization_config' (gptq)");
    }
    write("{'model_type':'llama','quantization_config':null}", LLAMA_NAME);
    try (Model model = Model.open(folder)) {
      assertThat(model.packed()).isEmpty();
    }
  }

  @Test
  void anAdapterIsNotTakenForItsBase() throws IOException {
    write("{'model_type':'llama'}", LLAMA_NAME);
    Files.move(folder.resolve("model.safetensors"), folder.resolve("adapter_model.safetensors"));
    try (Model model = Model.open(folder)) {
      assertThat(model.recognised()).isFalse();
    }
  }

  private void write(String config, String... names) {
    write(config, Map.of(), names);
  }

  private void write(String config, Map<String, String> metadata, String... names) {
    try {
      SafetensorsWriter.write(
          folder.resolve("model.safetensors"),
          metadata,
          List.of(names).stream().map(n -> Entry.of(n, new float[4], 2, 2)).toList());
      if (config != null) {
        Files.writeString(folder.resolve("config.json"), config.replace('\'', '"'));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
