package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.StackSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Gemma 1 to 3: the blocks of Llama, the embedding multiplied with sqrt(dModel), norms that
 * multiply with one more than what is stored; the second and third have norms behind each half of a
 * block too, and the third normalises heads and may have a tower for images (SigLIP).
 *
 * <p>Sources: Gemma Team 2024 and 2025; names as in the transformers library.
 */
public final class Gemma implements Family {
  private static final String TEXT = "(?:model.)?(?:language_model.)?(?:model.)?";
  private static final String TOWER = "vision_tower.";

  private static final List<Rule> RULES =
      Siglip.tower(
              Llama.names(TEXT)
                  .under("language_model.")
                  .name("lm_head.weight", Component.HEAD)
                  .under(TEXT + "layers.#.")
                  .name("(?:pre|post)_feedforward_layernorm.weight", Component.NORM)
                  .name("self_attn.[qk]_norm.weight", Component.NORM),
              Stack.VISION,
              "(?:model.)?" + TOWER + "vision_model.")
          .in(Stack.SHARED, "(?:model.)?multi_modal_projector.")
          .name("mm_input_projection_weight", Component.PROJECTION)
          .name("mm_soft_emb_norm.weight", Component.NORM)
          .list();

  @Override
  public String name() {
    return "Gemma";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gemma", "gemma2", "gemma3_text", "gemma3");
  }

  @Override
  public ModelSpec spec(Config c) {
    Config text = c.holds("text_config") ? c.object("text_config") : c;
    ModelSpec llama = Llama.spec(name(), text, 256);
    List<StackSpec> stacks = new ArrayList<>(llama.stacks());
    if (c.holds("vision_config")) {
      stacks.add(StackSpec.usual(Stack.VISION, c.object("vision_config")));
    }
    return new ModelSpec(
        llama.family(),
        stacks,
        llama.vocabulary(),
        c.flag(true, "tie_word_embeddings"),
        text.text(text.text("gelu_pytorch_tanh", "hidden_act"), "hidden_activation"),
        c.text(llama.dtype(), "torch_dtype", "dtype"));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  @Override
  public int scaleOffset(String tensorName) {
    return tensorName.contains(TOWER) ? 0 : 1;
  }

  /** The first has the names of Llama, which only a configuration tells apart. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames)
        && Family.anyContains(tensorNames, ".pre_feedforward_layernorm.");
  }
}
