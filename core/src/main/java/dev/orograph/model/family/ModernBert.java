package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.Layout;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import dev.orograph.model.StackSpec;
import java.util.List;

/**
 * ModernBERT: encoder only, rotary positions, query, key and value in one matrix, a gated MLP whose
 * activated half comes first.
 *
 * <p>Source: Warner et al. 2024; names as in the transformers library.
 */
public final class ModernBert implements Family {
  private static final List<Rule> RULES =
      Rules.of(Stack.ENCODER)
          .under("(?:model.)?")
          .name("embeddings.tok_embeddings.weight", Component.EMBEDDING)
          .name("(?:embeddings.norm|final_norm).*", Component.NORM)
          .under("(?:model.)?layers.#.")
          .name("(?:attn|mlp)_norm.*", Component.NORM)
          .name(
              "attn.Wqkv.*",
              Layout.STACKED,
              Component.SELF_ATTN_Q,
              Component.SELF_ATTN_K,
              Component.SELF_ATTN_V)
          .name("attn.Wo.*", Component.SELF_ATTN_O)
          .name("mlp.Wi.*", Layout.STACKED, Component.MLP_GATE, Component.MLP_UP)
          .name("mlp.Wo.*", Component.MLP_DOWN)
          .under("")
          .name("head.dense.*", Component.PROJECTION)
          .name("head.norm.*", Component.NORM)
          .name("decoder.*", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "ModernBERT";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("modernbert");
  }

  @Override
  public ModelSpec spec(Config c) {
    StackSpec even = StackSpec.usual(Stack.ENCODER, c);
    return ModelSpec.of(
        name(), c, true, c.text("gelu", "hidden_activation"), even.withRotary(even.dHead()));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
