package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.family.Families;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every tensor of the reference checkpoints has its role. The files in {@code roles/} hold a line
 * per weight, several where a tensor holds several: name, stack, layer (-1 outside the blocks) and
 * component, made from the names by a program written apart from the rules.
 */
class RolesTest {
  static Stream<Arguments> checkpoints() {
    return Stream.of(
        Arguments.of("T5", "t5-relu-tied", 55),
        Arguments.of("T5", "t5-gated-untied", 61),
        Arguments.of("T5", "mt3-t5", 189),
        Arguments.of("Llama", "llama-gqa-untied", 30),
        Arguments.of("Llama", "llama-tied", 29),
        Arguments.of("Llama", "tinystories-656k-llama", 20),
        Arguments.of("Llama", "llama3-rope", 30),
        Arguments.of("Llama", "mistral-window", 30),
        Arguments.of("Llama (Meta)", "meta-llama-bytes", 30),
        Arguments.of("Qwen2", "qwen2", 39),
        Arguments.of("Qwen3", "qwen3", 35),
        Arguments.of("BERT", "bert", 55),
        Arguments.of("CLIP", "clip-text", 52),
        Arguments.of("CLIP", "clip-vision", 55),
        Arguments.of("DINOv2", "dinov2", 61),
        Arguments.of("DINOv2", "dinov2-swiglu", 67),
        Arguments.of("GPT-NeoX", "gpt-neox-parallel", 52),
        Arguments.of("GPT-NeoX", "gpt-neox-sequential", 52),
        Arguments.of("GPT-2", "gpt2", 52),
        Arguments.of("GPT-J", "gptj", 35),
        Arguments.of("ViT", "vit", 56));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void everyWeightHasItsRole(String familyName, String checkpoint, int weights) throws IOException {
    Family family = family(familyName);
    List<String> lines = read(checkpoint);
    assertThat(lines).hasSize(weights);
    assertThat(names(lines).stream().flatMap(n -> lines(family, n))).isEqualTo(lines);
    assertThat(lines).noneMatch(l -> l.endsWith(" " + Component.OTHER.id()));
  }

  /** The same from the files, where the configuration is read too. */
  @ParameterizedTest
  @MethodSource("checkpoints")
  void theModelHandsThemOut(String familyName, String checkpoint, int weights) throws Exception {
    URL tiny = RolesTest.class.getResource("/families/" + checkpoint);
    Path folder = tiny == null ? RealCheckpoints.named(checkpoint) : Path.of(tiny.toURI());
    try (Model model = Model.open(folder)) {
      assertThat(
              model.parameters().stream()
                  .map(p -> line(p.tensor().storedName(), p.role()))
                  .sorted())
          .isEqualTo(read(checkpoint).stream().sorted().toList());
      // The one pair of families that only a configuration tells apart.
      assertThat(model.spec().family())
          .isEqualTo(checkpoint.equals("mistral-window") ? "Mistral" : familyName);
      assertThat(model.spec().stacks()).allMatch(s -> s.layers() > 0 && s.heads() > 0);
    }
  }

  /** A model without a configuration is recognised by its names, and by one family only. */
  @ParameterizedTest
  @MethodSource("checkpoints")
  void namesAloneTellTheFamily(String familyName, String checkpoint, int weights)
      throws IOException {
    List<String> names = names(read(checkpoint));
    assertThat(Families.ALL.stream().filter(f -> f.recognises(names)).map(Family::name))
        .containsExactly(familyName);
  }

  @ParameterizedTest
  @CsvSource({
    "T5, shared.weight, SHARED, -1, EMBEDDING",
    "T5, lm_head.weight, DECODER, -1, HEAD",
    "T5, encoder.embed_tokens.weight, ENCODER, -1, EMBEDDING",
    "T5, encoder.block.11.layer.0.SelfAttention.q.weight, ENCODER, 11, SELF_ATTN_Q",
    "T5, decoder.block.23.layer.1.EncDecAttention.v.weight, DECODER, 23, CROSS_ATTN_V",
    "T5, decoder.block.3.layer.1.EncDecAttention.o.weight, DECODER, 3, CROSS_ATTN_O",
    "T5, encoder.block.2.layer.1.DenseReluDense.wi.weight, ENCODER, 2, MLP_UP",
    "T5, decoder.block.2.layer.2.DenseReluDense.wi_0.weight, DECODER, 2, MLP_GATE",
    "T5, decoder.block.2.layer.2.DenseReluDense.wi_1.weight, DECODER, 2, MLP_UP",
    "T5, decoder.block.2.layer.2.DenseReluDense.wo.weight, DECODER, 2, MLP_DOWN",
    "T5, decoder.block.2.layer.2.layer_norm.weight, DECODER, 2, NORM",
    "T5, decoder.final_layer_norm.weight, DECODER, -1, NORM",
    "T5, encoder.continuous_inputs_projection.weight, ENCODER, -1, PROJECTION",
    "Llama, model.embed_tokens.weight, DECODER, -1, EMBEDDING",
    "Llama, lm_head.weight, DECODER, -1, HEAD",
    "Llama, model.norm.weight, DECODER, -1, NORM",
    "Llama, model.layers.31.self_attn.k_proj.weight, DECODER, 31, SELF_ATTN_K",
    "Llama, model.layers.31.self_attn.o_proj.bias, DECODER, 31, SELF_ATTN_O",
    "Llama, layers.0.mlp.gate_proj.weight, DECODER, 0, MLP_GATE",
    "Llama, model.layers.7.mlp.up_proj.weight, DECODER, 7, MLP_UP",
    "Llama, model.layers.7.mlp.down_proj.weight, DECODER, 7, MLP_DOWN",
    "Llama, model.layers.7.post_attention_layernorm.weight, DECODER, 7, NORM",
    "Llama, model.layers.7.self_attn.rotary_emb.inv_freq, DECODER, 7, BUFFER",
    "Llama, score.weight, DECODER, -1, HEAD",
    "Mistral, model.layers.31.self_attn.v_proj.weight, DECODER, 31, SELF_ATTN_V",
    "Qwen2, model.layers.27.self_attn.k_proj.bias, DECODER, 27, SELF_ATTN_K",
    "Qwen3, layers.27.self_attn.k_norm.weight, DECODER, 27, NORM",
    "Llama (Meta), rope.freqs, DECODER, -1, BUFFER",
    "Llama (Meta), layers.3.attention.inner_attention.rope.freqs, DECODER, 3, BUFFER",
    "T5, encoder.block.5.layer.0.SelfAttention.relative_attention_bias.weight, ENCODER, 5,"
        + " POSITION_BIAS",
    "T5, transformer.decoder.block.5.layer.0.SelfAttention.k.weight, DECODER, 5, SELF_ATTN_K",
    "T5, classification_head.out_proj.weight, DECODER, -1, HEAD",
    "BERT, bert.embeddings.LayerNorm.gamma, ENCODER, -1, NORM",
    "BERT, bert.embeddings.position_ids, ENCODER, -1, BUFFER",
    "BERT, bert.encoder.layer.11.attention.self.value.bias, ENCODER, 11, SELF_ATTN_V",
    "BERT, bert.encoder.layer.11.output.LayerNorm.beta, ENCODER, 11, NORM",
    "BERT, encoder.layer.1.crossattention.output.dense.weight, ENCODER, 1, CROSS_ATTN_O",
    "BERT, encoder.layer.1.crossattention.output.LayerNorm.weight, ENCODER, 1, NORM",
    "BERT, cls.predictions.transform.dense.weight, ENCODER, -1, PROJECTION",
    "BERT, cls.predictions.transform.LayerNorm.bias, ENCODER, -1, NORM",
    "BERT, cls.predictions.bias, ENCODER, -1, HEAD",
    "BERT, cls.predictions.decoder.weight, ENCODER, -1, HEAD",
    "BERT, cls.seq_relationship.weight, ENCODER, -1, HEAD",
    "RoBERTa, roberta.embeddings.word_embeddings.weight, ENCODER, -1, EMBEDDING",
    "RoBERTa, roberta.embeddings.position_embeddings.weight, ENCODER, -1, POSITION_EMBEDDING",
    "RoBERTa, roberta.encoder.layer.23.attention.output.dense.weight, ENCODER, 23, SELF_ATTN_O",
    "RoBERTa, encoder.layer.23.output.dense.weight, ENCODER, 23, MLP_DOWN",
    "RoBERTa, roberta.pooler.dense.weight, ENCODER, -1, POOLER",
    "RoBERTa, lm_head.dense.weight, ENCODER, -1, PROJECTION",
    "RoBERTa, lm_head.layer_norm.weight, ENCODER, -1, NORM",
    "RoBERTa, lm_head.bias, ENCODER, -1, HEAD",
    "RoBERTa, lm_head.decoder.weight, ENCODER, -1, HEAD",
    "RoBERTa, classifier.dense.weight, ENCODER, -1, PROJECTION",
    "RoBERTa, classifier.out_proj.weight, ENCODER, -1, HEAD",
    "DistilBERT, distilbert.embeddings.position_embeddings.weight, ENCODER, -1,"
        + " POSITION_EMBEDDING",
    "DistilBERT, distilbert.transformer.layer.5.attention.k_lin.weight, ENCODER, 5, SELF_ATTN_K",
    "DistilBERT, transformer.layer.5.attention.out_lin.bias, ENCODER, 5, SELF_ATTN_O",
    "DistilBERT, distilbert.transformer.layer.5.sa_layer_norm.bias, ENCODER, 5, NORM",
    "DistilBERT, distilbert.transformer.layer.5.output_layer_norm.bias, ENCODER, 5, NORM",
    "DistilBERT, distilbert.transformer.layer.5.ffn.lin1.weight, ENCODER, 5, MLP_UP",
    "DistilBERT, distilbert.transformer.layer.5.ffn.lin2.weight, ENCODER, 5, MLP_DOWN",
    "DistilBERT, vocab_transform.weight, ENCODER, -1, PROJECTION",
    "DistilBERT, vocab_layer_norm.weight, ENCODER, -1, NORM",
    "DistilBERT, vocab_projector.bias, ENCODER, -1, HEAD",
    "DistilBERT, pre_classifier.weight, ENCODER, -1, PROJECTION",
    "DistilBERT, qa_outputs.weight, ENCODER, -1, HEAD",
    "GPT-2, wte.weight, DECODER, -1, EMBEDDING",
    "GPT-2, h.47.attn.bias, DECODER, 47, BUFFER",
    "GPT-2, transformer.h.47.attn.masked_bias, DECODER, 47, BUFFER",
    "GPT-2, h.47.attn.c_proj.bias, DECODER, 47, SELF_ATTN_O",
    "GPT-2, transformer.h.1.crossattention.q_attn.weight, DECODER, 1, CROSS_ATTN_Q",
    "GPT-2, transformer.h.1.ln_cross_attn.weight, DECODER, 1, NORM",
    "GPT-2, lm_head.weight, DECODER, -1, HEAD",
    "GPT-NeoX, gpt_neox.layers.5.attention.bias, DECODER, 5, BUFFER",
    "GPT-NeoX, layers.5.attention.masked_bias, DECODER, 5, BUFFER",
    "GPT-NeoX, gpt_neox.layers.5.attention.rotary_emb.inv_freq, DECODER, 5, BUFFER",
    "GPT-NeoX, gpt_neox.layers.5.attention.dense.bias, DECODER, 5, SELF_ATTN_O",
    "GPT-J, transformer.h.27.attn.bias, DECODER, 27, BUFFER",
    "GPT-J, h.27.attn.masked_bias, DECODER, 27, BUFFER",
    "GPT-J, lm_head.bias, DECODER, -1, HEAD",
    "GPT-Neo, transformer.wpe.weight, DECODER, -1, POSITION_EMBEDDING",
    "GPT-Neo, transformer.h.11.attn.attention.q_proj.weight, DECODER, 11, SELF_ATTN_Q",
    "GPT-Neo, transformer.h.11.attn.attention.out_proj.bias, DECODER, 11, SELF_ATTN_O",
    "GPT-Neo, transformer.h.11.attn.attention.bias, DECODER, 11, BUFFER",
    "GPT-Neo, h.11.attn.attention.masked_bias, DECODER, 11, BUFFER",
    "GPT-Neo, h.11.mlp.c_fc.weight, DECODER, 11, MLP_UP",
    "GPT-Neo, h.11.mlp.c_proj.weight, DECODER, 11, MLP_DOWN",
    "OPT, model.decoder.embed_tokens.weight, DECODER, -1, EMBEDDING",
    "OPT, decoder.embed_positions.weight, DECODER, -1, POSITION_EMBEDDING",
    "OPT, model.decoder.project_in.weight, DECODER, -1, PROJECTION",
    "OPT, model.decoder.project_out.weight, DECODER, -1, PROJECTION",
    "OPT, model.decoder.final_layer_norm.weight, DECODER, -1, NORM",
    "OPT, model.decoder.layers.23.final_layer_norm.weight, DECODER, 23, NORM",
    "OPT, model.decoder.layers.23.self_attn.out_proj.weight, DECODER, 23, SELF_ATTN_O",
    "OPT, decoder.layers.23.self_attn_layer_norm.bias, DECODER, 23, NORM",
    "OPT, decoder.layers.23.fc1.weight, DECODER, 23, MLP_UP",
    "OPT, decoder.layers.23.fc2.weight, DECODER, 23, MLP_DOWN",
    "BART, model.shared.weight, SHARED, -1, EMBEDDING",
    "BART, final_logits_bias, SHARED, -1, BUFFER",
    "BART, encoder.embed_positions.weight, ENCODER, -1, POSITION_EMBEDDING",
    "BART, model.decoder.layernorm_embedding.weight, DECODER, -1, NORM",
    "BART, model.decoder.layer_norm.weight, DECODER, -1, NORM",
    "BART, model.encoder.layers.2.self_attn.k_proj.weight, ENCODER, 2, SELF_ATTN_K",
    "BART, model.decoder.layers.2.self_attn.k_proj.weight, DECODER, 2, SELF_ATTN_K",
    "BART, decoder.layers.2.encoder_attn.v_proj.bias, DECODER, 2, CROSS_ATTN_V",
    "BART, decoder.layers.2.encoder_attn.out_proj.weight, DECODER, 2, CROSS_ATTN_O",
    "BART, model.decoder.layers.2.encoder_attn_layer_norm.weight, DECODER, 2, NORM",
    "BART, model.encoder.layers.2.fc2.weight, ENCODER, 2, MLP_DOWN",
    "BART, lm_head.weight, DECODER, -1, HEAD",
    "CLIP, logit_scale, SHARED, -1, SCALE",
    "CLIP, text_projection.weight, TEXT, -1, PROJECTION",
    "CLIP, visual_projection.weight, VISION, -1, PROJECTION",
    "CLIP, text_model.embeddings.position_ids, TEXT, -1, BUFFER",
    "CLIP, vision_model.embeddings.position_ids, VISION, -1, BUFFER",
    "CLIP, vision_model.encoder.layers.9.mlp.fc1.weight, VISION, 9, MLP_UP",
    "OpenCLIP, visual.class_embedding, VISION, -1, EMBEDDING",
    "OpenCLIP, visual.positional_embedding, VISION, -1, POSITION_EMBEDDING",
    "OpenCLIP, visual.conv1.weight, VISION, -1, PROJECTION",
    "OpenCLIP, visual.ln_pre.weight, VISION, -1, NORM",
    "OpenCLIP, visual.proj, VISION, -1, PROJECTION",
    "OpenCLIP, visual.transformer.resblocks.11.attn.out_proj.weight, VISION, 11, SELF_ATTN_O",
    "OpenCLIP, visual.transformer.resblocks.11.mlp.c_fc.bias, VISION, 11, MLP_UP",
    "OpenCLIP, visual.transformer.resblocks.11.ls_1.gamma, VISION, 11, SCALE",
    "OpenCLIP, transformer.resblocks.11.mlp.c_proj.weight, TEXT, 11, MLP_DOWN",
    "OpenCLIP, text.transformer.resblocks.11.ln_2.weight, TEXT, 11, NORM",
    "OpenCLIP, token_embedding.weight, TEXT, -1, EMBEDDING",
    "OpenCLIP, text.positional_embedding, TEXT, -1, POSITION_EMBEDDING",
    "OpenCLIP, ln_final.bias, TEXT, -1, NORM",
    "OpenCLIP, text_projection, TEXT, -1, PROJECTION",
    "OpenCLIP, text.text_projection.weight, TEXT, -1, PROJECTION",
    "OpenCLIP, logit_scale, SHARED, -1, SCALE",
    "ViT, vit.embeddings.cls_token, VISION, -1, EMBEDDING",
    "ViT, vit.encoder.layer.4.layernorm_after.bias, VISION, 4, NORM",
    "ViT, vit.layernorm.weight, VISION, -1, NORM",
    "ViT, classifier.weight, VISION, -1, HEAD",
    "DINOv2, dinov2.embeddings.mask_token, VISION, -1, EMBEDDING",
    "DINOv2, dinov2_with_registers.embeddings.register_tokens, VISION, -1, EMBEDDING",
    "DINOv2, dinov2.encoder.layer.4.layer_scale2.lambda1, VISION, 4, SCALE",
    "DINOv2, encoder.layer.4.mlp.weights_out.bias, VISION, 4, MLP_DOWN",
    "Gemma, model.layers.1.pre_feedforward_layernorm.weight, DECODER, 1, NORM",
    "Gemma, language_model.model.layers.1.mlp.up_proj.weight, DECODER, 1, MLP_UP",
    "Gemma, language_model.lm_head.weight, DECODER, -1, HEAD",
    "Gemma, model.language_model.layers.1.self_attn.q_proj.weight, DECODER, 1, SELF_ATTN_Q",
    "Gemma, model.language_model.embed_tokens.weight, DECODER, -1, EMBEDDING",
    "Gemma, vision_tower.vision_model.encoder.layers.2.self_attn.out_proj.bias, VISION, 2,"
        + " SELF_ATTN_O",
    "Gemma, model.vision_tower.vision_model.embeddings.patch_embedding.weight, VISION, -1,"
        + " PROJECTION",
    "Gemma, multi_modal_projector.mm_soft_emb_norm.weight, SHARED, -1, NORM",
    "Phi-3, model.layers.1.mlp.down_proj.weight, DECODER, 1, MLP_DOWN",
    "Mixtral, model.layers.1.block_sparse_moe.experts.7.w3.weight, DECODER, 1, EXPERT_UP",
    "Mixtral, model.layers.1.mlp.experts.gate_up_proj, DECODER, 1, EXPERT_GATE_UP",
    "Qwen-MoE, model.layers.1.mlp.experts.17.down_proj.weight, DECODER, 1, EXPERT_DOWN",
    "Qwen-MoE, model.layers.1.mlp.experts.down_proj, DECODER, 1, EXPERT_DOWN",
    "Qwen-MoE, model.layers.1.mlp.shared_expert_gate.weight, DECODER, 1, ROUTER",
    "OLMo 2, model.layers.1.post_feedforward_layernorm.weight, DECODER, 1, NORM",
    "Falcon, transformer.h.3.self_attention.dense.weight, DECODER, 3, SELF_ATTN_O",
    "Falcon, transformer.h.3.ln_mlp.bias, DECODER, 3, NORM",
    "StarCoder2, model.layers.3.mlp.c_proj.bias, DECODER, 3, MLP_DOWN",
    "Whisper, model.decoder.layers.1.encoder_attn.k_proj.weight, DECODER, 1, CROSS_ATTN_K",
    "ModernBERT, model.layers.1.attn.Wo.weight, ENCODER, 1, SELF_ATTN_O",
    "SigLIP, vision_model.head.probe, VISION, -1, POOLER",
    "SigLIP, text_model.encoder.layers.1.mlp.fc2.weight, TEXT, 1, MLP_DOWN"
  })
  void exactRoles(String familyName, String name, Stack stack, int layer, Component component) {
    assertThat(role(family(familyName), name)).contains(new Role(stack, layer, component));
  }

  /** How the weights lie in the tensors that are not plain. */
  @ParameterizedTest
  @CsvSource({
    "GPT-2, h.1.attn.c_attn.weight, STACKED_TRANSPOSED, 'self_attn_q self_attn_k self_attn_v'",
    "GPT-2, h.1.crossattention.c_attn.bias, STACKED_TRANSPOSED, 'cross_attn_k cross_attn_v'",
    "GPT-2, transformer.h.1.crossattention.q_attn.weight, TRANSPOSED, cross_attn_q",
    "GPT-2, transformer.h.1.attn.c_proj.weight, TRANSPOSED, self_attn_o",
    "GPT-2, transformer.h.1.mlp.c_fc.weight, TRANSPOSED, mlp_up",
    "GPT-2, transformer.h.1.mlp.c_proj.weight, TRANSPOSED, mlp_down",
    "GPT-2, transformer.wte.weight, LINEAR, embedding",
    "GPT-2, lm_head.weight, LINEAR, head",
    "GPT-Neo, transformer.h.1.mlp.c_proj.weight, LINEAR, mlp_down",
    "GPT-NeoX, layers.1.attention.query_key_value.bias, BY_HEAD,"
        + " 'self_attn_q self_attn_k self_attn_v'",
    "OpenCLIP, visual.transformer.resblocks.0.attn.in_proj_weight, STACKED,"
        + " 'self_attn_q self_attn_k self_attn_v'",
    "OpenCLIP, text.transformer.resblocks.0.attn.in_proj_bias, STACKED,"
        + " 'self_attn_q self_attn_k self_attn_v'",
    "OpenCLIP, visual.proj, TRANSPOSED, projection",
    "OpenCLIP, text_projection, TRANSPOSED, projection",
    "OpenCLIP, text.text_projection.weight, LINEAR, projection",
    "DINOv2, dinov2.encoder.layer.0.mlp.weights_in.weight, STACKED, 'mlp_gate mlp_up'",
    "Phi-3, model.layers.0.self_attn.qkv_proj.weight, STACKED,"
        + " 'self_attn_q self_attn_k self_attn_v'",
    "Phi-3, model.layers.0.mlp.gate_up_proj.weight, STACKED, 'mlp_gate mlp_up'",
    "Falcon, transformer.h.0.self_attention.query_key_value.weight, BY_HEAD,"
        + " 'self_attn_q self_attn_k self_attn_v'",
    "ModernBERT, model.layers.0.attn.Wqkv.weight, STACKED,"
        + " 'self_attn_q self_attn_k self_attn_v'",
    "ModernBERT, model.layers.0.mlp.Wi.weight, STACKED, 'mlp_gate mlp_up'",
    "StarCoder2, model.layers.0.mlp.c_fc.weight, LINEAR, mlp_up"
  })
  void exactLayouts(String familyName, String name, Layout layout, String components) {
    Family.Rule rule = family(familyName).rule(name).orElseThrow();
    assertThat(rule.layout()).isEqualTo(layout);
    assertThat(rule.components().stream().map(Component::id))
        .containsExactly(components.split(" ", -1));
  }

  /**
   * Families without a checkpoint here, and families that are not ours, by a few of their names.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BERT | bert.embeddings.LayerNorm.weight bert.encoder.layer.0.attention.self.query.weight"
            + " cls.predictions.bias",
        "RoBERTa | roberta.embeddings.LayerNorm.weight"
            + " roberta.encoder.layer.0.attention.self.query.weight classifier.dense.weight",
        "DistilBERT | embeddings.LayerNorm.weight transformer.layer.0.attention.q_lin.weight",
        "GPT-Neo | transformer.wte.weight transformer.h.0.attn.attention.q_proj.weight"
            + " transformer.h.0.mlp.c_fc.weight",
        "OPT | model.decoder.embed_tokens.weight model.decoder.embed_positions.weight"
            + " model.decoder.layers.0.self_attn.q_proj.weight model.decoder.layers.0.fc1.weight"
            + " model.decoder.final_layer_norm.weight",
        "BART | model.shared.weight model.encoder.layers.0.fc1.weight"
            + " model.decoder.layers.0.encoder_attn.q_proj.weight"
            + " model.encoder.layernorm_embedding.weight",
        "CLIP | logit_scale text_model.encoder.layers.0.mlp.fc1.weight"
            + " vision_model.encoder.layers.0.mlp.fc1.weight",
        "OpenCLIP | logit_scale positional_embedding visual.proj"
            + " transformer.resblocks.0.attn.in_proj_weight"
            + " visual.transformer.resblocks.0.attn.in_proj_weight",
        "OpenCLIP | logit_scale text.positional_embedding visual.proj"
            + " text.transformer.resblocks.0.attn.in_proj_weight"
            + " visual.transformer.resblocks.0.attn.in_proj_weight",
        "DINOv2 | dinov2_with_registers.embeddings.register_tokens"
            + " dinov2_with_registers.encoder.layer.0.layer_scale1.lambda1",
        "Llama | model.layers.0.self_attn.q_proj.bias model.layers.0.self_attn.o_proj.bias",
        "Gemma | model.layers.0.input_layernorm.weight model.layers.0.self_attn.q_norm.weight"
            + " model.layers.0.pre_feedforward_layernorm.weight model.layers.0.mlp.up_proj.weight",
        "OLMo 2 | model.layers.0.post_attention_layernorm.weight"
            + " model.layers.0.post_feedforward_layernorm.weight"
            + " model.layers.0.self_attn.k_norm.weight model.layers.0.self_attn.k_proj.weight",
        "Phi-3 | model.layers.0.self_attn.qkv_proj.weight model.layers.0.mlp.gate_up_proj.weight"
            + " model.layers.0.input_layernorm.weight",
        "Mixtral | model.layers.0.block_sparse_moe.gate.weight"
            + " model.layers.0.block_sparse_moe.experts.7.w2.weight"
            + " model.layers.0.self_attn.q_proj.weight",
        "Qwen-MoE | model.layers.0.mlp.gate.weight model.layers.0.mlp.experts.0.up_proj.weight"
            + " model.layers.0.self_attn.q_norm.weight",
        "Qwen3.5 | model.language_model.layers.0.linear_attn.in_proj_qkv.weight"
            + " model.language_model.layers.3.self_attn.q_proj.weight"
            + " model.visual.blocks.0.attn.qkv.bias mtp.fc.weight",
        "Falcon | transformer.word_embeddings.weight transformer.h.0.ln_attn.weight"
            + " transformer.h.0.self_attention.query_key_value.weight",
        "StarCoder2 | model.layers.0.self_attn.q_proj.bias model.layers.0.mlp.c_fc.weight"
            + " model.norm.bias",
        "Whisper | model.encoder.conv1.weight model.decoder.embed_tokens.weight"
            + " model.decoder.layers.0.encoder_attn.k_proj.weight proj_out.weight",
        "ModernBERT | model.embeddings.tok_embeddings.weight model.layers.0.attn.Wqkv.weight"
            + " model.layers.0.mlp.Wi.weight decoder.bias",
        // Descendants of BART without its norm of embeddings.
        "'' | model.shared.weight model.encoder.layers.0.fc1.weight"
            + " model.decoder.layers.0.encoder_attn.q_proj.weight",
        "SigLIP | logit_scale text_model.final_layer_norm.weight text_model.encoder.layers.0.mlp.fc1.bias"
            + " text_model.encoder.layers.0.mlp.fc1.weight vision_model.head.layernorm.weight",
        "'' | backbone.layers.0.mixer.in_proj.weight backbone.embedding.weight"
      })
  void fewNamesTellTheFamily(String familyName, String names) {
    List<String> all = List.of(names.split(" ", -1));
    assertThat(Families.ALL.stream().filter(f -> f.recognises(all)).map(Family::name))
        .isEqualTo(familyName.isEmpty() ? List.of() : List.of(familyName));
  }

  @Test
  void theRelativeBiasIsAPositionBiasOfBothStacks() {
    for (Stack stack : List.of(Stack.ENCODER, Stack.DECODER)) {
      String name = stack.id() + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight";
      assertThat(role(family("T5"), name)).contains(new Role(stack, 0, Component.POSITION_BIAS));
    }
  }

  /** A dot in a rule is a dot, and a rule matches whole names. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder.block.x.layer.0.SelfAttention.q.weight",
        "encoder.block.0.layer.0.SelfAttentionXq.weight",
        "encoder.block.0.layer.0.SelfAttention.q.weight.lora_A",
        "xencoder.block.0.layer.0.SelfAttention.q.weight",
        "encoder.block.0.layer.3.DenseReluDense.wi.weight",
        "encoder.block.12345678901.layer.0.SelfAttention.q.weight",
        "vision.block.0.layer.0.SelfAttention.q.weight",
        "model.layers.0.self_attn.rotary_emb.inv_freq.weight",
        "gpt_neox.layers.0.attention.query_key_valuesweight",
        "h.0.attn.c_attn.gamma",
        "encoder.layer.0.attention.self.query.weight.absmax",
        "visual.transformer.resblocks.0.attn.in_projXweight",
        "model.layers.-1.self_attn.q_proj.weight",
        ""
      })
  void otherNamesHaveNone(String name) {
    for (Family family : Families.ALL) {
      assertThat(role(family, name)).as(family.name()).isEmpty();
    }
  }

  @Test
  void noNamesAreNobodys() {
    assertThat(Families.ALL).noneMatch(f -> f.recognises(List.of()));
    assertThat(Families.ALL).extracting(Family::name).doesNotHaveDuplicates();
    assertThat(Families.ALL.stream().flatMap(f -> f.modelTypes().stream()))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrder(
            "t5",
            "mt5",
            "umt5",
            "bert",
            "roberta",
            "xlm-roberta",
            "camembert",
            "distilbert",
            "gpt2",
            "gpt_neox",
            "gptj",
            "gpt_neo",
            "opt",
            "llama",
            "mistral",
            "qwen2",
            "qwen3",
            "gemma",
            "gemma2",
            "gemma3_text",
            "gemma3",
            "olmo2",
            "phi3",
            "mixtral",
            "qwen2_moe",
            "qwen3_moe",
            "qwen3_5",
            "qwen3_5_text",
            "qwen3_5_moe",
            "qwen3_5_moe_text",
            "falcon",
            "starcoder2",
            "whisper",
            "modernbert",
            "siglip",
            "siglip_text_model",
            "siglip_vision_model",
            "bart",
            "mbart",
            "clip",
            "clip_text_model",
            "clip_vision_model",
            "vit",
            "dinov2",
            "dinov2_with_registers");
  }

  private static Optional<Role> role(Family family, String name) {
    return family.rule(name).map(r -> r.role(name, r.components().get(0)));
  }

  /** A line for each weight in a tensor of that name. */
  private static Stream<String> lines(Family family, String name) {
    return family.rule(name).stream()
        .flatMap(r -> r.components().stream().map(c -> line(name, r.role(name, c))));
  }

  private static String line(String name, Role role) {
    return String.join(
        " ", name, role.stack().id(), Integer.toString(role.layer()), role.component().id());
  }

  private static List<String> names(List<String> lines) {
    return lines.stream().map(l -> l.substring(0, l.indexOf(' '))).distinct().toList();
  }

  static Family family(String name) {
    return Families.ALL.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  private static List<String> read(String checkpoint) throws IOException {
    try (InputStream in = RolesTest.class.getResourceAsStream("/roles/" + checkpoint + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
