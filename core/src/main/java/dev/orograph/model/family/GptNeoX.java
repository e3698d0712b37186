package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.Layout;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.Activation;
import dev.orograph.model.design.AttentionDesign;
import dev.orograph.model.design.BlockDesign;
import dev.orograph.model.design.BlockDesign.Order;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.EntryDesign;
import dev.orograph.model.design.HeadDesign;
import dev.orograph.model.design.MlpDesign;
import dev.orograph.model.design.NormDesign;
import dev.orograph.model.design.RotaryDesign;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.design.StackDesign.Pool;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

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
  public Optional<Design> design(Config c) {
    Understood.check(
        c, "rope_scaling", "rope_parameters", "attention_bias", "use_parallel_residual");
    boolean biased = c.flag(true, "attention_bias");
    StackSpec shape = spec(c).stacks().get(0);
    return Optional.of(
        Design.of(
            new StackDesign(
                shape,
                EntryDesign.tokens("embed_in"),
                NormDesign.layer(c.number(1e-5, "layer_norm_eps")),
                BlockDesign.of(
                    AttentionDesign.open(shape.dHead())
                        .withCausal(true)
                        .withBiases(biased, biased)
                        .withRotary(
                            RotaryDesign.of(
                                c, false, shape.rotary(), 10000, "rotary_emb_base", "rope_theta")),
                    new MlpDesign(Activation.of(c, "hidden_act", "gelu"), false, true),
                    c.flag(true, "use_parallel_residual") ? Order.PARALLEL : Order.PRE,
                    "input_layernorm",
                    "post_attention_layernorm"),
                "final_layer_norm",
                Pool.NONE,
                c.count(0, "max_position_embeddings")),
            new HeadDesign("embed_out", spec(c).tied(), false, 1),
            c.tokens("eos_token_id")));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
