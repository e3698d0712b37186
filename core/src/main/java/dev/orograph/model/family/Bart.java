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
 * BART and mBART: encoder and decoder, learned positions whose first two rows stand for no
 * position.
 *
 * <p>Source: Lewis et al. 2020; names as in the transformers library.
 */
public final class Bart implements Family {
  private static final List<Rule> RULES = names().list();

  @Override
  public String name() {
    return "BART";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("bart", "mbart");
  }

  @Override
  public ModelSpec spec(Config c) {
    return ModelSpec.of(
        name(),
        c,
        true,
        c.text("", "activation_function"),
        stack(Stack.ENCODER, c),
        stack(Stack.DECODER, c));
  }

  /** A stack, as Whisper spells it too. */
  static StackSpec stack(Stack stack, Config c) {
    return StackSpec.of(
        stack,
        c.count(0, stack.id() + "_layers"),
        c.count(0, "d_model"),
        c.count(0, stack.id() + "_attention_heads"),
        c.count(0, stack.id() + "_ffn_dim"));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** OPT has the names of its decoder, and its other descendants lack the norm of embeddings. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames)
        && Family.anyContains(tensorNames, ".encoder_attn.")
        && Family.anyContains(tensorNames, "coder.layernorm_embedding.");
  }

  private static Rules names() {
    Rules r =
        Rules.of(Stack.SHARED)
            .name("(?:model.)?shared.weight", Component.EMBEDDING)
            .name("final_logits_bias", Component.BUFFER);
    for (Stack stack : List.of(Stack.ENCODER, Stack.DECODER)) {
      String at = "(?:model.)?" + stack.id() + ".";
      r.in(stack, at)
          .name("embed_tokens.weight", Component.EMBEDDING)
          .name("embed_positions.weight", Component.POSITION_EMBEDDING)
          .name("version", Component.BUFFER)
          .name("(?:layernorm_embedding|layer_norm).*", Component.NORM)
          .under(at + "layers.#.")
          .selfAttention("self_attn.", "q_proj", "k_proj", "v_proj", "out_proj")
          .name("(?:self_attn|encoder_attn|final)_layer_norm.*", Component.NORM)
          .name("fc1.*", Component.MLP_UP)
          .name("fc2.*", Component.MLP_DOWN);
    }
    // The decoder is the stack at hand, and only it looks across.
    return r.crossAttention("encoder_attn.", "q_proj", "k_proj", "v_proj", "out_proj")
        .under("")
        .name("lm_head.weight", Component.HEAD)
        .taskHeads();
  }
}
