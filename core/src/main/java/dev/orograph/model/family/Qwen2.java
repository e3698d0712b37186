package dev.orograph.model.family;

import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

/**
 * Qwen2: the blocks of Llama, with biases on the way into attention.
 *
 * <p>Source: Yang et al. 2024; names as in the transformers library.
 */
public final class Qwen2 implements Family {
  private static final List<Rule> RULES = Llama.names().list();

  @Override
  public String name() {
    return "Qwen2";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("qwen2");
  }

  @Override
  public ModelSpec spec(Config c) {
    return Llama.spec(name(), c, 0);
  }

  @Override
  public Optional<Design> design(Config c) {
    // A window that is not used may stand there.
    Understood.check(
        c,
        "rope_scaling",
        "rope_parameters",
        c.flag(false, "use_sliding_window") ? "" : "sliding_window");
    return Optional.of(Llama.design(spec(c), c, a -> a.withBiases(true, false)));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames) && Llama.biasedInOnly(tensorNames);
  }
}
