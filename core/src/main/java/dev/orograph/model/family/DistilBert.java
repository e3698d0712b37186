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
 * DistilBERT: BERT with half the blocks, without token types and pooler.
 *
 * <p>Source: Sanh et al. 2019; names as in the transformers library.
 */
public final class DistilBert implements Family {
  private static final List<Rule> RULES =
      Rules.of(Stack.ENCODER)
          .under("(?:distilbert.)?embeddings.")
          .name("word_embeddings.weight", Component.EMBEDDING)
          .name("position_embeddings.weight", Component.POSITION_EMBEDDING)
          .name("position_ids", Component.BUFFER)
          .name("LayerNorm.*", Component.NORM)
          .under("(?:distilbert.)?transformer.layer.#.")
          .selfAttention("attention.", "q_lin", "k_lin", "v_lin", "out_lin")
          .name("(?:sa|output)_layer_norm.*", Component.NORM)
          .name("ffn.lin1.*", Component.MLP_UP)
          .name("ffn.lin2.*", Component.MLP_DOWN)
          .under("")
          .name("(?:vocab_transform|pre_classifier).*", Component.PROJECTION)
          .name("vocab_layer_norm.*", Component.NORM)
          .name("vocab_projector.*", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "DistilBERT";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("distilbert");
  }

  @Override
  public ModelSpec spec(Config c) {
    return ModelSpec.of(
        name(),
        c,
        true,
        c.text("", "activation"),
        StackSpec.of(
            Stack.ENCODER,
            c.count(0, "n_layers"),
            c.count(0, "dim"),
            c.count(0, "n_heads"),
            c.count(0, "hidden_dim")));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
