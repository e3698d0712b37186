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
  public List<Rule> rules() {
    return RULES;
  }

  /** The blocks, which RoBERTa has too. */
  static Rules trunk(String prefix) {
    return Rules.of(Stack.ENCODER)
        .under(prefix + "embeddings.")
        .name("word_embeddings.weight", Component.EMBEDDING)
        .name("token_type_embeddings.weight", Component.EMBEDDING)
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
