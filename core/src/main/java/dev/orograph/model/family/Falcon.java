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
 * Falcon: decoder only, query, key and value in one matrix, key head by key head; its first models
 * have one key head, or as many as query heads.
 *
 * <p>Source: Almazrouei et al. 2023; names as in the transformers library.
 */
public final class Falcon implements Family {
  private static final List<Rule> RULES =
      Rules.of(Stack.DECODER)
          .under("(?:transformer.)?")
          .name("word_embeddings.weight", Component.EMBEDDING)
          .name("ln_f.*", Component.NORM)
          .under("(?:transformer.)?h.#.")
          .name("(?:input_layernorm|post_attention_layernorm|ln_attn|ln_mlp).*", Component.NORM)
          .name(
              "self_attention.query_key_value.*",
              Layout.BY_HEAD,
              Component.SELF_ATTN_Q,
              Component.SELF_ATTN_K,
              Component.SELF_ATTN_V)
          .name("self_attention.dense.*", Component.SELF_ATTN_O)
          .name("mlp.dense_h_to_4h.*", Component.MLP_UP)
          .name("mlp.dense_4h_to_h.*", Component.MLP_DOWN)
          .under("")
          .name("lm_head.weight", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "Falcon";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("falcon");
  }

  @Override
  public ModelSpec spec(Config c) {
    int width = c.count(0, "hidden_size");
    StackSpec even =
        StackSpec.of(
            Stack.DECODER,
            c.count(0, "num_hidden_layers", "n_layer"),
            width,
            c.count(0, "num_attention_heads", "n_head"),
            c.count(4 * width, "ffn_hidden_size"));
    boolean grouped = c.flag(false, "new_decoder_architecture");
    int keys =
        grouped
            ? c.count(even.heads(), "num_kv_heads", "n_head_kv")
            : c.flag(true, "multi_query") ? Math.min(1, even.heads()) : even.heads();
    return ModelSpec.of(
        name(),
        c,
        true,
        c.text("gelu", "activation"),
        even.withHeads(keys, even.dHead()).withRotary(c.flag(false, "alibi") ? 0 : even.dHead()));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
