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
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From a configuration and names to a model. */
class ModelTest {
  private static final String T5_NAME = "encoder.block.0.layer.0.SelfAttention.q.weight";
  private static final String T5_DECODER = "decoder.block.0.layer.0.SelfAttention.q.weight";
  private static final String LLAMA_NAME = "model.layers.0.self_attn.q_proj.weight";

  @TempDir Path folder;

  @Test
  void aT5Configuration() {
    write(
        "{'model_type':'mt5','d_model':512,'num_heads':6,'d_kv':64,'d_ff':1024,'num_layers':8,"
            + "'num_decoder_layers':7,'vocab_size':1536,'feed_forward_proj':'gated-gelu',"
            + "'tie_word_embeddings':false,'torch_dtype':'float16'}",
        T5_NAME,
        T5_DECODER);
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
    write("{'model_type':'t5','d_model':32,'num_heads':4,'num_layers':3}", T5_NAME, T5_DECODER);
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

  /** Each family's spelling: stacks as "layers dModel heads keyHeads dHead dFf rotary". */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'model_type':'bert','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'intermediate_size':64 | ENCODER 3 32 4 4 8 64 0",
        "'model_type':'camembert','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'intermediate_size':64 | ENCODER 3 32 4 4 8 64 0",
        "'model_type':'distilbert','dim':32,'n_layers':3,'n_heads':4,'hidden_dim':64"
            + " | ENCODER 3 32 4 4 8 64 0",
        "'model_type':'gpt2','n_embd':32,'n_layer':3,'n_head':4,'n_inner':null"
            + " | DECODER 3 32 4 4 8 128 0",
        "'model_type':'gpt2','n_embd':32,'n_layer':3,'n_head':4,'n_inner':48"
            + " | DECODER 3 32 4 4 8 48 0",
        "'model_type':'gpt_neox','hidden_size':512,'num_hidden_layers':6,'num_attention_heads':8,"
            + "'intermediate_size':2048,'rotary_pct':0.25 | DECODER 6 512 8 8 64 2048 16",
        "'model_type':'gpt_neox','hidden_size':512,'num_hidden_layers':6,'num_attention_heads':8,"
            + "'intermediate_size':2048,'rope_parameters':{'partial_rotary_factor':0.5}"
            + " | DECODER 6 512 8 8 64 2048 32",
        "'model_type':'gptj','n_embd':32,'n_layer':3,'n_head':4,'n_inner':null,'rotary_dim':4"
            + " | DECODER 3 32 4 4 8 128 4",
        "'model_type':'gptj','n_embd':32,'n_layer':3,'n_head':4,'n_inner':64,'rotary_dim':null"
            + " | DECODER 3 32 4 4 8 64 8",
        "'model_type':'gpt_neo','hidden_size':32,'num_layers':3,'num_heads':4,"
            + "'intermediate_size':null | DECODER 3 32 4 4 8 128 0",
        "'model_type':'opt','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'ffn_dim':64,'word_embed_proj_dim':16 | DECODER 3 32 4 4 8 64 0",
        "'model_type':'mistral','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'num_key_value_heads':2,'head_dim':null,'intermediate_size':64"
            + " | DECODER 3 32 4 2 8 64 8",
        "'model_type':'llama','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'intermediate_size':64,'partial_rotary_factor':0.5 | DECODER 3 32 4 4 8 64 4",
        "'model_type':'qwen2','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'num_key_value_heads':1,'intermediate_size':64 | DECODER 3 32 4 1 8 64 8",
        "'model_type':'qwen3','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'num_key_value_heads':2,'intermediate_size':64 | DECODER 3 32 4 2 128 64 128",
        "'model_type':'qwen3','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'num_key_value_heads':2,'head_dim':16,'intermediate_size':64"
            + " | DECODER 3 32 4 2 16 64 16",
        "'model_type':'bart','d_model':32,'encoder_layers':3,'decoder_layers':2,"
            + "'encoder_attention_heads':4,'decoder_attention_heads':2,'encoder_ffn_dim':64,"
            + "'decoder_ffn_dim':48 | ENCODER 3 32 4 4 8 64 0; DECODER 2 32 2 2 16 48 0",
        "'model_type':'clip','text_config':{'num_hidden_layers':3},'vision_config':{}"
            + " | TEXT 3 512 8 8 64 2048 0; VISION 12 768 12 12 64 3072 0",
        "'model_type':'clip','text_config':{'hidden_size':64},'text_config_dict':{'hidden_size':32,"
            + "'intermediate_size':96,'num_attention_heads':4},'vision_config':{'hidden_size':1024,"
            + "'num_hidden_layers':24,'num_attention_heads':16,'intermediate_size':4096}"
            + " | TEXT 12 32 4 4 8 96 0; VISION 24 1024 16 16 64 4096 0",
        "'model_type':'clip_text_model','hidden_size':32,'num_hidden_layers':3,"
            + "'num_attention_heads':4,'intermediate_size':64 | TEXT 3 32 4 4 8 64 0",
        "'model_type':'clip_vision_model','hidden_size':32,'num_hidden_layers':3,"
            + "'num_attention_heads':4,'intermediate_size':64 | VISION 3 32 4 4 8 64 0",
        "'model_type':'vit','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'intermediate_size':64 | VISION 3 32 4 4 8 64 0",
        "'model_type':'dinov2','hidden_size':32,'num_hidden_layers':3,'num_attention_heads':4,"
            + "'mlp_ratio':2 | VISION 3 32 4 4 8 64 0",
        "'model_type':'dinov2','hidden_size':1536,'num_hidden_layers':40,'num_attention_heads':24,"
            + "'mlp_ratio':4,'use_swiglu_ffn':true | VISION 40 1536 24 24 64 4096 0",
        "'model_type':'mt5','d_model':512,'num_heads':6,'d_kv':64,'num_layers':8,'d_ff':1024"
            + " | ENCODER 8 512 6 6 64 1024 0; DECODER 8 512 6 6 64 1024 0"
      })
  void howEachFamilySpellsItsShape(String config, String stacks) {
    write("{" + config + "}", "x");
    try (Model model = Model.open(folder)) {
      assertThat(shapes(model)).isEqualTo(stacks);
    }
  }

  private static String shapes(Model model) {
    return model.spec().stacks().stream()
        .map(
            s ->
                String.join(
                    " ",
                    s.stack().name(),
                    Stream.of(
                            s.layers(),
                            s.dModel(),
                            s.heads(),
                            s.keyHeads(),
                            s.dHead(),
                            s.dFf(),
                            s.rotary())
                        .map(String::valueOf)
                        .collect(Collectors.joining(" "))))
        .collect(Collectors.joining("; "));
  }

  /** Families whose configuration has no {@code model_type} are found by their names. */
  @Test
  void configurationsWithoutAType() throws IOException {
    write(null, "layers.0.attention.wq.weight", "tok_embeddings.weight");
    Files.writeString(
        folder.resolve("params.json"),
        "{\"dim\":32,\"n_layers\":3,\"n_heads\":4,\"n_kv_heads\":2,\"multiple_of\":16,"
            + "\"ffn_dim_multiplier\":1.3,\"vocab_size\":-1}");
    try (Model model = Model.open(folder)) {
      assertThat(model.spec().family()).isEqualTo("Llama (Meta)");
      assertThat(model.spec().vocabulary()).isEqualTo(2);
      assertThat(shapes(model)).isEqualTo("DECODER 3 32 4 2 8 0 8");
    }
    Files.delete(folder.resolve("params.json"));
    write(null, "visual.proj", "transformer.resblocks.0.attn.out_proj.weight");
    Files.writeString(
        folder.resolve("open_clip_config.json"),
        "{\"model_cfg\":{\"embed_dim\":512,\"quick_gelu\":true,\"vision_cfg\":{\"layers\":32,"
            + "\"width\":1280,\"head_width\":80},\"text_cfg\":{\"width\":1024,\"heads\":16,"
            + "\"layers\":24,\"vocab_size\":49408}}}");
    try (Model model = Model.open(folder)) {
      assertThat(model.spec().family()).isEqualTo("OpenCLIP");
      assertThat(model.spec().activation()).isEqualTo("quick_gelu");
      assertThat(shapes(model))
          .isEqualTo("TEXT 24 1024 16 16 64 4096 0; VISION 32 1280 16 16 80 5120 0");
      assertThat(model.spec().facts()).doesNotContainKey("embedding and head");
      assertThat(model.parameter("visual.proj").orElseThrow().transposed()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "clip | 'text_config':{'hidden_size':'big'} | text_config.hidden_size | 'big'",
        "clip | 'vision_config':[] | vision_config | []",
        "clip | 'text_config':7 | text_config | 7",
        "gpt_neox | 'rotary_pct':-0.5 | rotary_pct | -0.5",
        "gpt_neox | 'rotary_pct':1e99 | rotary_pct | 1.0E99",
        "gpt_neox | 'rope_parameters':{'partial_rotary_factor':'x'} |"
            + " rope_parameters.partial_rotary_factor | 'x'",
        "dinov2 | 'mlp_ratio':true | mlp_ratio | true"
      })
  void aWrongValueInsideIsRefusedByName(String type, String entry, String key, String value) {
    write("{'model_type':'" + type + "'," + entry + "}", "x");
    assertThatThrownBy(() -> Model.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("config.json: '" + key + "' ")
        .hasMessageContaining("it is " + value.replace('\'', '"'));
  }

  /** The largest numbers that a configuration may hold overflow nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "gptj", "gpt_neo", "dinov2", "gpt_neox", "llama"})
  void largeNumbersDoNotOverflow(String type) {
    int most = 1 << 28;
    write(
        String.format(
            Locale.ROOT,
            "{'model_type':'%s','hidden_size':%d,'n_embd':%d,'num_attention_heads':1,'n_head':1,"
                + "'mlp_ratio':%d,'use_swiglu_ffn':true,'rotary_pct':%d,"
                + "'partial_rotary_factor':%d,'num_heads':1}",
            type,
            most,
            most,
            most,
            most,
            most),
        "x");
    try (Model model = Model.open(folder)) {
      StackSpec stack = model.spec().stacks().get(0);
      assertThat(stack.dModel()).isEqualTo(most);
      assertThat(stack.dHead()).isEqualTo(most);
      assertThat(stack.dFf()).isNotNegative();
      assertThat(stack.rotary()).isBetween(0, most);
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
      assertThat(model.spec().stacks().get(0).dModel()).isEqualTo(2);
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
