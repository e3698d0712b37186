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
 * OPT: decoder only, learned positions whose first two rows stand for no position; token vectors
 * may be narrower than the stream and are projected in and out.
 *
 * <p>Source: Zhang et al. 2022; names as in the transformers library.
 */
public final class Opt implements Family {
  private static final List<Rule> RULES =
      Rules.of(Stack.DECODER)
          .under("(?:model.)?decoder.")
          .name("embed_tokens.weight", Component.EMBEDDING)
          .name("embed_positions.weight", Component.POSITION_EMBEDDING)
          .name("project_(?:in|out).*", Component.PROJECTION)
          .name("final_layer_norm.*", Component.NORM)
          .under("(?:model.)?decoder.layers.#.")
          .selfAttention("self_attn.", "q_proj", "k_proj", "v_proj", "out_proj")
          .name("(?:self_attn|final)_layer_norm.*", Component.NORM)
          .name("fc1.*", Component.MLP_UP)
          .name("fc2.*", Component.MLP_DOWN)
          .under("")
          .name("lm_head.weight", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "OPT";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("opt");
  }

  @Override
  public ModelSpec spec(Config c) {
    return ModelSpec.of(
        name(),
        c,
        true,
        c.text("", "activation_function"),
        StackSpec.of(
            Stack.DECODER,
            c.count(0, "num_hidden_layers"),
            c.count(0, "hidden_size"),
            c.count(0, "num_attention_heads"),
            c.count(0, "ffn_dim")));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
