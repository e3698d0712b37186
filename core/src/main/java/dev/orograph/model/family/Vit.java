package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import dev.orograph.model.StackSpec;
import java.util.List;

/**
 * ViT: patches of an image as tokens, normalisation before each half of a block.
 *
 * <p>Source: Dosovitskiy et al. 2021; names as in the transformers library.
 */
public final class Vit implements Family {
  private static final List<Rule> RULES =
      trunk("(?:vit.)?")
          .under("(?:vit.)?encoder.layer.#.")
          .name("layernorm_(?:before|after).*", Component.NORM)
          .name("intermediate.dense.*", Component.MLP_UP)
          .name("output.dense.*", Component.MLP_DOWN)
          .under("")
          .name("(?:vit.)?pooler.dense.*", Component.POOLER)
          .name("decoder.0.*", Component.HEAD)
          .list();

  @Override
  public String name() {
    return "ViT";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("vit");
  }

  @Override
  public ModelSpec spec(Config c) {
    return ModelSpec.of(
        name(), c, false, c.text("", "hidden_act"), StackSpec.usual(Stack.VISION, c));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** What DINOv2 has too: patches, attention, the last norm. */
  static Rules trunk(String prefix) {
    return Rules.of(Stack.VISION)
        .taskHeads()
        .under(prefix + "embeddings.")
        .name("(?:cls_token|mask_token)", Component.EMBEDDING)
        .name("position_embeddings", Component.POSITION_EMBEDDING)
        .name("patch_embeddings.projection.*", Component.PROJECTION)
        .under(prefix)
        .name("layernorm.*", Component.NORM)
        .under(prefix + "encoder.layer.#.attention.")
        .selfAttention("", "attention.query", "attention.key", "attention.value", "output.dense");
  }
}
