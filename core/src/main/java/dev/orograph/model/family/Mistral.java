package dev.orograph.model.family;

import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import java.util.List;

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
