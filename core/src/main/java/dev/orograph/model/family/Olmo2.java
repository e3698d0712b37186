package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import java.util.List;

/**
 * OLMo 2: the blocks of Llama with norms behind attention and MLP instead of before them, queries
 * and keys normalised as a whole.
 *
 * <p>Source: OLMo Team 2025; names as in the transformers library.
 */
public final class Olmo2 implements Family {
  private static final List<Rule> RULES =
      Llama.names()
          .under("(?:model.)?layers.#.")
          .name("post_feedforward_layernorm.weight", Component.NORM)
          .name("self_attn.[qk]_norm.weight", Component.NORM)
          .list();

  @Override
  public String name() {
    return "OLMo 2";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("olmo2");
  }

  @Override
  public ModelSpec spec(Config c) {
    return Llama.spec(name(), c, 0);
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** Gemma has its names too, and a norm before each half of a block. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames)
        && Family.anyContains(tensorNames, ".post_feedforward_layernorm.")
        && !Family.anyContains(tensorNames, ".input_layernorm.");
  }
}
