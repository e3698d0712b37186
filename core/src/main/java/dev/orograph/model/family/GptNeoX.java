package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.Layout;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import dev.orograph.model.StackSpec;
import java.util.List;

/**
 * GPT-NeoX and Pythia: decoder only, query, key and value in one matrix head by head, part of each
 * head rotated. Both halves of a block read its input, or one after the other.
 *
 * <p>Source: Black et al. 2022; names as in the transformers library.
 */
public final class GptNeoX implements Family {
  private static final List<Rule> RULES =
      Rules.of(Stack.DECODER)
          .under("(?:gpt_neox.)?")
          .name("embed_in.weight", Component.EMBEDDING)
          .name("final_layer_norm.*", Component.NORM)
          .name("(?:layers.#.attention.)?rotary_emb.inv_freq", Component.BUFFER)
          .under("(?:gpt_neox.)?layers.#.")
          .name("(?:input|post_attention)_layernorm.*", Component.NORM)
          .name("attention.(?:masked_)?bias", Component.BUFFER)
          .name(
              "attention.query_key_value.*",
              Layout.BY_HEAD,
              Component.SELF_ATTN_Q,
              Component.SELF_ATTN_K,
              Component.SELF_ATTN_V)
          .name("attention.dense.*", Component.SELF_ATTN_O)
          .name("mlp.dense_h_to_4h.*", Component.MLP_UP)
          .name("mlp.dense_4h_to_h.*", Component.MLP_DOWN)
          .under("")
          .name("embed_out.weight", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "GPT-NeoX";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gpt_neox");
  }

  @Override
  public ModelSpec spec(Config c) {
    return ModelSpec.of(
        name(),
        c,
        false,
        c.text("", "hidden_act"),
        StackSpec.usual(Stack.DECODER, c)
            .withRotaryShare(c, 0.25, "rotary_pct", "partial_rotary_factor"));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
