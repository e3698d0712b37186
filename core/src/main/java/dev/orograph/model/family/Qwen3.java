package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

/**
 * Qwen3: the blocks of Llama, each head of queries and keys normalised, heads of width 128 where
 * the configuration has none.
 *
 * <p>Source: Yang et al. 2025; names as in the transformers library.
 */
public final class Qwen3 implements Family {
  private static final List<Rule> RULES =
      Llama.names()
          .under("(?:model.)?layers.#.self_attn.")
          .name("[qk]_norm.weight", Component.NORM)
          .list();

  @Override
  public String name() {
    return "Qwen3";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("qwen3");
  }

  @Override
  public ModelSpec spec(Config c) {
    return Llama.spec(name(), c, 128);
  }

  @Override
  public Optional<Design> design(Config c) {
    boolean biased = c.flag(false, "attention_bias");
    // A window that is not used may stand there.
    Understood.check(
        c,
        "rope_scaling",
        "rope_parameters",
        "attention_bias",
        c.flag(false, "use_sliding_window") ? "" : "sliding_window");
    return Optional.of(Llama.design(spec(c), c, a -> a.withHeadNorm().withBiases(biased, biased)));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames)
        && Family.anyContains(tensorNames, ".self_attn.q_norm.");
  }
}
