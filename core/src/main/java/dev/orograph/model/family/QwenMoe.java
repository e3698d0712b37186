package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import java.util.List;

/**
 * Qwen2-MoE and Qwen3-MoE: the attention of Qwen2 or Qwen3, experts in place of the MLP, and in the
 * first one expert that every token goes through.
 *
 * <p>Sources: Yang et al. 2024 and 2025; names as in the transformers library.
 */
public final class QwenMoe implements Family {
  private static final List<Rule> RULES =
      Llama.names()
          .under("(?:model.)?layers.#.")
          .name("self_attn.[qk]_norm.weight", Component.NORM)
          .under("(?:model.)?layers.#.mlp.")
          .name("(?:gate|shared_expert_gate).weight", Component.ROUTER)
          .name("experts.\\d+.gate_proj.weight", Component.EXPERT_GATE)
          .name("experts.\\d+.up_proj.weight", Component.EXPERT_UP)
          .name("experts.\\d+.down_proj.weight", Component.EXPERT_DOWN)
          .name("experts.gate_up_proj", Component.EXPERT_GATE_UP)
          .name("experts.down_proj", Component.EXPERT_DOWN)
          .name("shared_expert.gate_proj.weight", Component.MLP_GATE)
          .name("shared_expert.up_proj.weight", Component.MLP_UP)
          .name("shared_expert.down_proj.weight", Component.MLP_DOWN)
          .list();

  @Override
  public String name() {
    return "Qwen-MoE";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("qwen2_moe", "qwen3_moe");
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
    return Family.super.recognises(tensorNames) && Family.anyContains(tensorNames, ".mlp.experts.");
  }
}
