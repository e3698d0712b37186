package dev.orograph.model.family;

import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

/**
 * Mistral: the blocks of Llama, attention within a window.
 *
 * <p>Source: Jiang et al. 2023; names as in the transformers library.
 */
public final class Mistral implements Family {
  private static final List<Rule> RULES = Llama.names().list();

  @Override
  public String name() {
    return "Mistral";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("mistral");
  }

  @Override
  public ModelSpec spec(Config c) {
    return Llama.spec(name(), c, 0);
  }

  /** Its window is 4,096 positions where the configuration has no key for it, as in the library. */
  @Override
  public Optional<Design> design(Config c) {
    Understood.check(c, "rope_scaling", "rope_parameters", "sliding_window");
    int window = c.declares("sliding_window") ? c.integer(0, "sliding_window") : 4096;
    return Optional.of(Llama.design(spec(c), c, a -> a.withWindow(window)));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** Only a configuration tells it from Llama. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return false;
  }
}
