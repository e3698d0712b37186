package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.Layout;
import dev.orograph.model.ModelSpec;
import java.util.List;

/**
 * Phi-3 and Phi-4: the blocks of Llama, query, key and value in one matrix and gate and up in
 * another.
 *
 * <p>Source: Abdin et al. 2024; names as in the transformers library.
 */
public final class Phi3 implements Family {
  private static final List<Rule> RULES =
      Llama.names()
          .under("(?:model.)?layers.#.")
          .name(
              "self_attn.qkv_proj.*",
              Layout.STACKED,
              Component.SELF_ATTN_Q,
              Component.SELF_ATTN_K,
              Component.SELF_ATTN_V)
          .name("mlp.gate_up_proj.*", Layout.STACKED, Component.MLP_GATE, Component.MLP_UP)
          .list();

  @Override
  public String name() {
    return "Phi-3";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("phi3");
  }

  @Override
  public ModelSpec spec(Config c) {
    return Llama.spec(name(), c, 0);
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** Llama has its other names. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames)
        && Family.anyContains(tensorNames, ".self_attn.qkv_proj.");
  }
}
