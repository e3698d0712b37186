package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.Activation;
import dev.orograph.model.design.AttentionDesign;
import dev.orograph.model.design.BlockDesign;
import dev.orograph.model.design.BlockDesign.Order;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.EntryDesign;
import dev.orograph.model.design.EntryDesign.Image;
import dev.orograph.model.design.MlpDesign;
import dev.orograph.model.design.NormDesign;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.design.StackDesign.Kind;
import dev.orograph.model.design.StackDesign.Pool;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

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
  public Optional<Design> design(Config c) {
    Understood.check(c, "qkv_bias");
    StackSpec shape = spec(c).stacks().get(0);
    return Optional.of(
        design(
            shape,
            c,
            BlockDesign.of(
                AttentionDesign.open(shape.dHead()).withBiases(c.flag(true, "qkv_bias"), true),
                new MlpDesign(Activation.of(c, "hidden_act", "gelu"), false, true),
                Order.PRE,
                "layernorm_before",
                "layernorm_after"),
            1e-12,
            Pool.of(Kind.DENSE, "pooler.dense")));
  }

  /** Patches, blocks, the last norm: DINOv2's too. */
  static Design design(StackSpec shape, Config c, BlockDesign block, double epsilon, Pool pool) {
    Image image = Image.of(c, 224, 16, true);
    return Design.of(
        new StackDesign(
            shape,
            new EntryDesign(
                "patch_embeddings.projection", "position_embeddings", "cls_token", "", image),
            NormDesign.layer(c.number(epsilon, "layer_norm_eps")),
            block,
            "layernorm",
            pool,
            0));
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
