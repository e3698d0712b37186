package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.family.Families;
import dev.orograph.model.forward.Altered.Weight;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing is computed as if it were something else: each case is refused by name. */
class RefusalTest {
  @TempDir private Path folder;

  /** Keys that change what is computed, each put into a configuration that is fine without. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama-tied | 'rope_scaling': {'type': 'ntk', 'factor': 2.0} | rope_scaling",
        "llama-tied | 'rope_scaling': {'rope_type': 'ntk', 'factor': 2.0} | rope_scaling",
        "llama-tied | 'rope_parameters': {'rope_type': 'longrope'} | rope_parameters",
        "llama-tied | 'rope_scaling': {'rope_type': 'llama3', 'factor': 8} | low_freq_factor",
        "llama-tied | 'sliding_window': 4 | sliding_window",
        "llama-tied | 'layer_types': ['full_attention', 'sliding_attention'] | layer_types",
        "llama-tied | 'hidden_act': 'relu2' | hidden_act",
        "llama-tied | 'quantization_config': {'quant_method': 'bitnet'} | quantization_config",
        "llama-tied | 'attn_logit_softcapping': 50.0 | attn_logit_softcapping",
        "llama-tied | 'final_logit_softcapping': 30.0 | final_logit_softcapping",
        "llama-tied | 'num_local_experts': 8 | num_local_experts",
        "llama-tied | 'logits_scaling': 8.0 | logits_scaling",
        "llama-tied | 'embedding_multiplier': 12.0 | embedding_multiplier",
        "llama-tied | 'rope_theta': 0 | rope_theta",
        "llama-tied | 'num_key_value_heads': 3 | shares keys",
        "llama-tied | 'attention_bias': true | bias",
        "mistral-window | 'rope_scaling': {'type': 'ntk', 'factor': 2.0} | rope_scaling",
        "qwen2 | 'use_sliding_window': true, 'sliding_window': 4 | sliding_window",
        "qwen3 | 'use_sliding_window': true, 'sliding_window': 4 | sliding_window",
        "bert | 'position_embedding_type': 'relative_key' | position_embedding_type",
        "bert | 'is_decoder': true | is_decoder",
        "bert | 'hidden_act': 'gelu_fast' | hidden_act",
        "gpt2 | 'scale_attn_by_inverse_layer_idx': true | scale_attn_by_inverse_layer_idx",
        "gpt2 | 'scale_attn_weights': false | scale_attn_weights",
        "gpt2 | 'activation_function': 'mish' | activation_function",
        "gpt-neox-parallel | 'rope_scaling': {'type': 'ntk', 'factor': 2} | rope_scaling",
        "gptj | 'rotary_dim': null | rotary_dim",
        "gptj | 'rotary_dim': 3 | in pairs",
        "t5-relu-tied | 'model_type': 'umt5' | model_type",
        "t5-relu-tied | 'feed_forward_proj': 'gated-mish' | feed_forward_proj",
        "t5-relu-tied | 'relative_attention_max_distance': 4 | relative_attention_max_distance",
        "t5-relu-tied | 'scale_decoder_outputs': false | scale_decoder_outputs",
        "vit | 'pooler_act': 'relu' | pooler_act",
        "qwen3 | 'rope_parameters': {'full_attention': {'rope_theta': 5}} | full_attention",
        "clip-text | 'model_type': 'clip' | model_type",
        "dinov2 | 'model_type': 'dinov2_with_registers' | model_type",
        "vit | 'qkv_bias': false | bias",
        "meta-llama-bytes | 'use_scaled_rope': true | use_scaled_rope",
        "meta-llama-bytes | 'moe': true | moe",
        "meta-llama-bytes | 'attn_bias_type': 'prefix' | attn_bias_type"
      })
  void aKeyThatIsNotKnown(String name, String keys, String named) {
    refused(with(name, keys)).hasMessageContaining(named);
  }

  /** Keys that change nothing do not stand in the way. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama-tied | 'rope_scaling': {'rope_type': 'default'}",
        "llama-tied | 'pretraining_tp': 2",
        "llama-tied | 'layer_types': ['full_attention', 'full_attention', 'full_attention']",
        "qwen2 | 'use_sliding_window': false, 'sliding_window': 32768",
        "mistral-window | 'layer_types': null",
        "bert | 'num_experts': 0, 'embedding_size': null"
      })
  void aKeyThatChangesNothing(String name, String keys) {
    try (Model model = Model.open(with(name, keys));
        Transformer t = Transformer.load(model)) {
      assertThat(t.stateNames()).contains("block_2.out");
    }
  }

  /** A copy whose configuration has these keys. */
  private Path with(String name, String keys) {
    return Altered.config(
        FamilyFixture.of(name).folder(),
        folder,
        "{",
        "{" + keys.replace('\'', '"') + ",",
        keys.split(":", 2)[0].replace("'", "").trim());
  }

  @Test
  void familiesWithoutAForwardPassSaySo() {
    List<String> known =
        FamilyFixture.all()
            .map(
                f -> {
                  try (Model model = Model.open(f.folder())) {
                    return model.spec().family();
                  }
                })
            .distinct()
            .toList();
    List<String> without =
        Families.ALL.stream()
            .filter(f -> !known.contains(f.name()))
            .peek(f -> assertThat(f.design(dev.orograph.model.Config.none())).isEmpty())
            .map(dev.orograph.model.Family::name)
            .toList();
    assertThat(without)
        .containsExactlyInAnyOrder(
            "RoBERTa",
            "DistilBERT",
            "GPT-Neo",
            "OPT",
            "BART",
            "OpenCLIP",
            "Gemma",
            "OLMo 2",
            "Phi-3",
            "Mixtral",
            "Qwen-MoE",
            "Qwen3.5",
            "Falcon",
            "StarCoder2",
            "Whisper",
            "ModernBERT",
            "SigLIP");
    Path copy =
        Altered.config(
            FamilyFixture.of("bert").folder(),
            folder,
            "\"model_type\": \"bert\"",
            "\"model_type\": \"roberta\"",
            "");
    refused(copy)
        .hasMessageContaining("'RoBERTa'")
        .hasMessageContaining("no forward pass for this family yet");
  }

  @Test
  void aMissingWeightIsNamed() {
    refused(altered("llama-tied", all -> all.remove("model.layers.1.self_attn.k_proj.weight")))
        .hasMessageContaining("decoder block 1 'self_attn_k' weight")
        .hasMessageContaining("no stored tensor has that role");
    refused(altered("gpt2", all -> all.remove("transformer.h.2.attn.c_attn.bias")))
        .hasMessageContaining("decoder block 2 'self_attn_q' bias");
    refused(altered("llama-tied", all -> all.remove("model.norm.weight")))
        .hasMessageContaining("decoder 'norm' weight");
    refused(altered("llama-gqa-untied", all -> all.remove("lm_head.weight")))
        .hasMessageContaining("'lm_head' weight");
  }

  @Test
  void aWeightOfAnotherShapeIsNamed() {
    refused(
            altered(
                "llama-tied",
                all -> {
                  Weight w = all.get("model.layers.1.mlp.up_proj.weight");
                  w.shape = List.of(32L, 64L);
                }))
        .hasMessageContaining("model.layers.1.mlp.up_proj.weight")
        .hasMessageContaining("should have shape [64, 32] but it has [32, 64]");
  }

  /** A bias, a norm or a block more than the configuration describes would change every number. */
  @Test
  void aWeightThatIsLeftOverIsNamed() {
    float[] zeros = new float[32];
    refused(
            altered(
                "llama-tied",
                all ->
                    all.put(
                        "model.layers.1.self_attn.o_proj.bias", new Weight(zeros, List.of(32L)))))
        .hasMessageContaining("model.layers.1.self_attn.o_proj.bias")
        .hasMessageContaining("has no place for it");
    Path fewer =
        Altered.config(
            FamilyFixture.of("gptj").folder(), folder, "\"n_layer\": 3", "\"n_layer\": 2", "");
    refused(fewer).hasMessageContaining("transformer.h.2.");
  }

  @Test
  void whatTheModelCannotReadIsNamed() {
    try (Model model = Model.open(FamilyFixture.of("gpt2").folder());
        Transformer t = Transformer.load(model)) {
      reads(t, Inputs.ids(1, 97), "from 0 to 96 but position 1 of sequence 0 has 97");
      reads(t, Inputs.ids(1, -1), "position 1 of sequence 0 has -1");
      reads(t, Inputs.ids(), "the prompt is empty");
      reads(t, Inputs.ids(List.of()), "at least one sequence");
      reads(t, Inputs.ids(new int[65]), "at most 64 positions but there are 65");
      reads(t, Inputs.ids(List.of(new int[3], new int[2])), "sequence 1 has 2");
      reads(t, Inputs.ids(1, 2).mask(List.of(new int[] {1, 2})), "masks from 0 to 1");
      reads(t, Inputs.ids(1, 2).mask(List.of(new int[] {1})), "masks of 2 positions");
      reads(t, Inputs.ids(1).positions(List.of(new int[] {64})), "positions from 0 to 63");
      reads(t, Inputs.vectors(new double[33], 1, 1, 33), "vectors of width 32");
      reads(t, Inputs.pixels(new double[12], 1, 3, 2, 2), "token ids or vectors");
    }
    try (Model model = Model.open(FamilyFixture.of("vit").folder());
        Transformer t = Transformer.load(model)) {
      reads(t, Inputs.ids(1, 2), "images of shape [1, 3, 24, 24]");
      reads(t, Inputs.pixels(new double[3 * 32 * 32], 1, 3, 32, 32), "[1, 3, 32, 32]");
    }
    try (Model model = Model.open(FamilyFixture.of("t5-relu-tied").folder());
        Transformer t = Transformer.load(model)) {
      assertThatThrownBy(() -> t.forward(Inputs.ids(1, 2), Set.of("logits")))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("no ids are given for it");
      Inputs two = Inputs.ids(1, 2).decoder(Inputs.ids(List.of(new int[1], new int[1])));
      assertThatThrownBy(() -> t.forward(two, Set.of("logits")))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("there are 2 and 1");
    }
  }

  /** A T5 without relative positions whose encoder reads spectra: no pass applies to it. */
  @Test
  void aRealModelWithoutPositions() {
    refused(RealCheckpoints.named("mt3-t5")).hasMessageContaining("relative_attention_bias");
  }

  private static void reads(Transformer t, Inputs in, String message) {
    assertThatThrownBy(() -> t.forward(in, Set.of("block_0.out")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  private Path altered(String name, Consumer<Map<String, Weight>> change) {
    return Altered.weights(FamilyFixture.of(name).folder(), folder, change);
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refused(
      Path path) {
    return assertThatThrownBy(
            () -> {
              try (Model model = Model.open(path);
                  Transformer t = Transformer.load(model)) {
                throw new AssertionError("computed " + t.stateNames());
              }
            })
        .isInstanceOf(InputException.class);
  }
}
