package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.StackSpec;
import java.util.List;

/**
 * Llama: decoder only, grouped queries, gated MLP, RMSNorm.
 *
 * <p>Source: Touvron et al. 2023; names as in the transformers library.
 */
public final class Llama implements Family {
  private static final String LAYER = "(?:model.)?layers.#.";

  private static final List<Rule> RULES =
      List.of(
          rule("(?:model.)?embed_tokens.weight", Component.EMBEDDING),
          rule("lm_head.weight", Component.HEAD),
          rule("(?:model.)?norm.weight", Component.NORM),
          rule(LAYER + "(?:input|post_attention)_layernorm.weight", Component.NORM),
          rule(LAYER + "self_attn.q_proj.(?:weight|bias)", Component.SELF_ATTN_Q),
          rule(LAYER + "self_attn.k_proj.(?:weight|bias)", Component.SELF_ATTN_K),
          rule(LAYER + "self_attn.v_proj.(?:weight|bias)", Component.SELF_ATTN_V),
          rule(LAYER + "self_attn.o_proj.(?:weight|bias)", Component.SELF_ATTN_O),
          rule(LAYER + "mlp.gate_proj.(?:weight|bias)", Component.MLP_GATE),
          rule(LAYER + "mlp.up_proj.(?:weight|bias)", Component.MLP_UP),
          rule(LAYER + "mlp.down_proj.(?:weight|bias)", Component.MLP_DOWN));

  @Override
  public String name() {
    return "Llama";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("llama");
  }

  @Override
  public ModelSpec spec(Config c) {
    int dModel = c.integer(0, "hidden_size");
    int heads = c.integer(0, "num_attention_heads");
    int dHead = c.integer(heads > 0 ? dModel / heads : 0, "head_dim");
    return new ModelSpec(
        name(),
        List.of(
            new StackSpec(
                Stack.DECODER,
                c.integer(0, "num_hidden_layers"),
                dModel,
                heads,
                c.integer(heads, "num_key_value_heads"),
                dHead,
                c.integer(0, "intermediate_size"),
                dHead)),
        c.integer(0, "vocab_size"),
        c.flag(false, "tie_word_embeddings"),
        c.text("silu", "hidden_act"),
        c.text("", "torch_dtype", "dtype"));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  private static Rule rule(String notation, Component component) {
    return Rule.of(notation, Stack.DECODER, component);
  }
}
