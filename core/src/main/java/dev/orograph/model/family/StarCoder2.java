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
 * StarCoder2: decoder only, grouped queries, a plain MLP, biases and LayerNorm.
 *
 * <p>Source: Lozhkov et al. 2024; names as in the transformers library.
 */
public final class StarCoder2 implements Family {
  private static final List<Rule> RULES =
      Rules.of(Stack.DECODER)
          .under("(?:model.)?")
          .name("embed_tokens.weight", Component.EMBEDDING)
          .name("norm.*", Component.NORM)
          .under("(?:model.)?layers.#.")
          .name("(?:input|post_attention)_layernorm.*", Component.NORM)
          .selfAttention("self_attn.", "q_proj", "k_proj", "v_proj", "o_proj")
          .name("mlp.c_fc.*", Component.MLP_UP)
          .name("mlp.c_proj.*", Component.MLP_DOWN)
          .under("")
          .name("lm_head.weight", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "StarCoder2";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("starcoder2");
  }

  @Override
  public ModelSpec spec(Config c) {
    StackSpec even = StackSpec.usual(Stack.DECODER, c);
    return ModelSpec.of(
        name(),
        c,
        true,
        c.text("gelu_pytorch_tanh", "hidden_act"),
        even.withHeads(c.count(even.heads(), "num_key_value_heads"), even.dHead())
            .withRotary(even.dHead()));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** Llama has the names of its attention. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames) && Family.anyContains(tensorNames, ".mlp.c_fc.");
  }
}
