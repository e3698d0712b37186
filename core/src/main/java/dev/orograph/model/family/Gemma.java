package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import java.util.List;

/**
 * Gemma 1 to 3, the text models: the blocks of Llama, the embedding multiplied with sqrt(dModel),
 * norms that multiply with one more than what is stored; the second and third have norms behind
 * each half of a block too, and the third normalises heads.
 *
 * <p>Sources: Gemma Team 2024 and 2025; names as in the transformers library.
 */
public final class Gemma implements Family {
  private static final List<Rule> RULES =
      Llama.names()
          .under("(?:model.)?layers.#.")
          .name("(?:pre|post)_feedforward_layernorm.weight", Component.NORM)
          .name("self_attn.[qk]_norm.weight", Component.NORM)
          .list();

  @Override
  public String name() {
    return "Gemma";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gemma", "gemma2", "gemma3_text");
  }

  @Override
  public ModelSpec spec(Config c) {
    ModelSpec llama = Llama.spec(name(), c, 256);
    return new ModelSpec(
        llama.family(),
        llama.stacks(),
        llama.vocabulary(),
        c.flag(true, "tie_word_embeddings"),
        c.text(c.text("gelu_pytorch_tanh", "hidden_act"), "hidden_activation"),
        llama.dtype());
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  @Override
  public int scaleOffset(String tensorName) {
    return 1;
  }

  /** The first has the names of Llama, which only a configuration tells apart. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames)
        && Family.anyContains(tensorNames, ".pre_feedforward_layernorm.");
  }
}
