package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import java.util.List;

/**
 * Mixtral: the attention of Mistral, experts in place of the MLP.
 *
 * <p>Source: Jiang et al. 2024; names as in the transformers library, where {@code w1} is the gate
 * and {@code w3} goes up.
 */
public final class Mixtral implements Family {
  private static final List<Rule> RULES =
      Llama.names()
          .under("(?:model.)?layers.#.block_sparse_moe.")
          .name("gate.weight", Component.ROUTER)
          .name("experts.\\d+.w1.weight", Component.EXPERT_GATE)
          .name("experts.\\d+.w3.weight", Component.EXPERT_UP)
          .name("experts.\\d+.w2.weight", Component.EXPERT_DOWN)
          .under("(?:model.)?layers.#.mlp.") // experts in one table, as newer versions hold them
          .name("gate.weight", Component.ROUTER)
          .name("experts.gate_up_proj", Component.EXPERT_GATE_UP)
          .name("experts.down_proj", Component.EXPERT_DOWN)
          .list();

  @Override
  public String name() {
    return "Mixtral";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("mixtral");
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
        && Family.anyContains(tensorNames, ".block_sparse_moe.");
  }
}
