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
import dev.orograph.model.design.MlpDesign;
import dev.orograph.model.design.NormDesign;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.design.StackDesign.Kind;
import dev.orograph.model.design.StackDesign.Pool;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

/**
 * BERT: encoder only, learned positions, normalisation after each half of a block.
 *
 * <p>Source: Devlin et al. 2019; names as in the transformers library, {@code gamma} and {@code
 * beta} as in its first checkpoints.
 */
public final class Bert implements Family {
  private static final String NORM = "LayerNorm.(?:weight|bias|gamma|beta)";

  private static final List<Rule> RULES =
      trunk("(?:bert.)?")
          .under("cls.")
          .name("predictions.transform.dense.*", Component.PROJECTION)
          .name("predictions.transform." + NORM, Component.NORM)
          .name("predictions.(?:bias|decoder.*)", Component.HEAD)
          .name("seq_relationship.*", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "BERT";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("bert");
  }

  @Override
  public ModelSpec spec(Config c) {
    return trunkSpec(name(), c);
  }

  @Override
  public Optional<Design> design(Config c) {
    Understood.check(c);
    StackSpec shape = spec(c).stacks().get(0);
    return Optional.of(
        Design.of(
            new StackDesign(
                shape,
                EntryDesign.tokens("word_embeddings")
                    .withPositions("position_embeddings")
                    .withTypes("token_type_embeddings")
                    .withNorm("LayerNorm"),
                NormDesign.layer(c.number(1e-12, "layer_norm_eps")),
                BlockDesign.of(
                    AttentionDesign.open(shape.dHead()).withBiases(true, true),
                    new MlpDesign(Activation.of(c, "hidden_act", "gelu"), false, true),
                    Order.POST,
                    "attention.output.LayerNorm",
                    "output.LayerNorm"),
                "",
                Pool.of(Kind.DENSE, "pooler.dense"),
                c.count(0, "max_position_embeddings"))));
  }

  @Override
  public List<String> tellable() {
    return List.of(
        "num_attention_heads",
        "num_hidden_layers",
        "hidden_size",
        "intermediate_size",
        "max_position_embeddings",
        "layer_norm_eps",
        "hidden_act");
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** The blocks, which RoBERTa has too. */
  static Rules trunk(String prefix) {
    return Rules.of(Stack.ENCODER)
        .under(prefix + "embeddings.")
        .name("word_embeddings.weight", Component.EMBEDDING)
        .name("token_type_embeddings.weight", Component.TYPE_EMBEDDING)
        .name("position_embeddings.weight", Component.POSITION_EMBEDDING)
        .name("(?:position_ids|token_type_ids)", Component.BUFFER)
        .name(NORM, Component.NORM)
        .under(prefix + "encoder.layer.#.")
        .selfAttention("attention.", "self.query", "self.key", "self.value", "output.dense")
        .crossAttention("crossattention.", "self.query", "self.key", "self.value", "output.dense")
        .name("(?:(?:cross)?attention.)?output." + NORM, Component.NORM)
        .name("intermediate.dense.*", Component.MLP_UP)
        .name("output.dense.*", Component.MLP_DOWN)
        .under(prefix)
        .name("pooler.dense.*", Component.POOLER);
  }

  /** Its shape. */
  static ModelSpec trunkSpec(String family, Config c) {
    return ModelSpec.of(
        family, c, true, c.text("", "hidden_act"), StackSpec.usual(Stack.ENCODER, c));
  }
}
