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
 * GPT-Neo: decoder only, learned positions, every other block attends to a window.
 *
 * <p>Source: Black et al. 2021; names as in the transformers library. They are those of GPT-2, but
 * its matrices are stored {@code (outputs, inputs)}.
 */
public final class GptNeo implements Family {
  private static final List<Rule> RULES =
      Rules.of(Stack.DECODER)
          .under("(?:transformer.)?")
          .name("wte.weight", Component.EMBEDDING)
          .name("wpe.weight", Component.POSITION_EMBEDDING)
          .name("ln_f.*", Component.NORM)
          .under("(?:transformer.)?h.#.")
          .name("ln_[12].*", Component.NORM)
          .name("attn.attention.(?:masked_)?bias", Component.BUFFER)
          .selfAttention("attn.attention.", "q_proj", "k_proj", "v_proj", "out_proj")
          .name("mlp.c_fc.*", Component.MLP_UP)
          .name("mlp.c_proj.*", Component.MLP_DOWN)
          .under("")
          .name("lm_head.weight", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "GPT-Neo";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gpt_neo");
  }

  @Override
  public ModelSpec spec(Config c) {
    int width = c.count(0, "hidden_size");
    return ModelSpec.of(
        name(),
        c,
        true,
        c.text("", "activation_function"),
        StackSpec.of(
            Stack.DECODER,
            c.count(0, "num_layers", "num_hidden_layers"),
            width,
            c.count(0, "num_heads", "num_attention_heads"),
            c.count(4 * width, "intermediate_size")));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
