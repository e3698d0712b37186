package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import dev.orograph.model.StackSpec;
import java.util.List;

/**
 * Llama: decoder only, grouped queries, gated MLP, RMSNorm.
 *
 * <p>Source: Touvron et al. 2023; names as in the transformers library.
 */
public final class Llama implements Family {
  private static final List<Rule> RULES = names().list();

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
    return spec(name(), c, 0);
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** Qwen2 has these names too, with biases on the way into attention and none on the way out. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames) && !biasedInOnly(tensorNames);
  }

  /** Whether the projections into attention have biases and the one out of it has none. */
  static boolean biasedInOnly(List<String> tensorNames) {
    return Family.anyContains(tensorNames, ".self_attn.q_proj.bias")
        && !Family.anyContains(tensorNames, ".self_attn.o_proj.bias");
  }

  /** The names that its descendants have too. */
  static Rules names() {
    return Rules.of(Stack.DECODER)
        .under("(?:model.)?")
        .name("embed_tokens.weight", Component.EMBEDDING)
        .name("norm.weight", Component.NORM)
        .name("(?:layers.#.self_attn.)?rotary_emb.inv_freq", Component.BUFFER)
        .under("(?:model.)?layers.#.")
        .name("(?:input|post_attention)_layernorm.weight", Component.NORM)
        .selfAttention("self_attn.", "q_proj", "k_proj", "v_proj", "o_proj")
        .name("mlp.gate_proj.*", Component.MLP_GATE)
        .name("mlp.up_proj.*", Component.MLP_UP)
        .name("mlp.down_proj.*", Component.MLP_DOWN)
        .under("")
        .name("lm_head.*", Component.HEAD)
        .taskHeads();
  }

  /**
   * The shape of a family with these keys.
   *
   * @param dHead width of a head where the configuration has none; 0 for an even share
   */
  static ModelSpec spec(String family, Config c, int dHead) {
    StackSpec even = StackSpec.usual(Stack.DECODER, c);
    int width = dHead > 0 && even.heads() > 0 ? dHead : even.dHead();
    return ModelSpec.of(
        family,
        c,
        false,
        c.text("silu", "hidden_act"),
        even.withHeads(c.integer(even.heads(), "num_key_value_heads"), c.integer(width, "head_dim"))
            .withRotaryShare(c, 1, "partial_rotary_factor"));
  }
}
