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
 * Llama as Meta publishes it: {@code params.json}, names of its own, rotation in neighbouring
 * pairs.
 *
 * <p>Source: Touvron et al. 2023 and its reference code, where {@code w1} is the gate and {@code
 * w3} goes up.
 */
public final class MetaLlama implements Family {
  private static final List<Rule> RULES =
      Rules.of(Stack.DECODER)
          .name("tok_embeddings.weight", Component.EMBEDDING)
          .name("norm.weight", Component.NORM)
          .name("output.weight", Component.HEAD)
          .name("(?:layers.#.attention.inner_attention.)?rope.freqs", Component.BUFFER)
          .under("layers.#.")
          .selfAttention("attention.", "wq", "wk", "wv", "wo")
          .name("feed_forward.w1.*", Component.MLP_GATE)
          .name("feed_forward.w3.*", Component.MLP_UP)
          .name("feed_forward.w2.*", Component.MLP_DOWN)
          .name("(?:attention|ffn)_norm.weight", Component.NORM)
          .list();

  @Override
  public String name() {
    return "Llama (Meta)";
  }

  @Override
  public List<String> modelTypes() {
    return List.of();
  }

  @Override
  public ModelSpec spec(Config c) {
    StackSpec even =
        StackSpec.of(
            Stack.DECODER,
            c.integer(0, "n_layers"),
            c.integer(0, "dim"),
            c.integer(0, "n_heads"),
            c.integer(0, "ffn_dim", "hidden_dim"));
    return new ModelSpec(
        name(),
        List.of(
            even.withHeads(
                    c.integer(even.heads(), "n_kv_heads"), c.integer(even.dHead(), "head_dim"))
                .withRotaryShare(c, 1)),
        // -1 where only the tokenizer knows.
        Math.max(0, c.integerFrom(-1, 0, "vocab_size")),
        false,
        even.dModel() > 0 ? "silu" : "",
        "");
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
