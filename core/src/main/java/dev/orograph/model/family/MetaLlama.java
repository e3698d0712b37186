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
import dev.orograph.model.design.HeadDesign;
import dev.orograph.model.design.MlpDesign;
import dev.orograph.model.design.NormDesign;
import dev.orograph.model.design.RotaryDesign;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

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
            c.count(0, "n_layers"),
            c.count(0, "dim"),
            c.count(0, "n_heads"),
            c.count(0, "ffn_dim", "hidden_dim"));
    return new ModelSpec(
        name(),
        List.of(
            even.withHeads(c.count(even.heads(), "n_kv_heads"), c.count(even.dHead(), "head_dim"))
                .withRotaryShare(c, 1)),
        // -1 where only the tokenizer knows.
        Math.max(0, c.integerFrom(-1, 0, "vocab_size")),
        false,
        even.dModel() > 0 ? "silu" : "",
        "");
  }

  @Override
  public Optional<Design> design(Config c) {
    Understood.check(c, "sliding_window");
    c.only("attn_bias_type", "causal", "local_block_causal");
    StackSpec shape = spec(c).stacks().get(0);
    RotaryDesign rotary = RotaryDesign.of(c, true, shape.rotary(), 10000, "rope_theta");
    return Optional.of(
        Llama.design(
            shape,
            BlockDesign.of(
                AttentionDesign.open(shape.dHead())
                    .withCausal(true)
                    .withWindow(c.integer(0, "sliding_window"))
                    .withRotary(rotary),
                new MlpDesign(Activation.SILU, true, false),
                Order.PRE,
                "attention_norm",
                "ffn_norm"),
            EntryDesign.tokens("tok_embeddings"),
            NormDesign.rms(c.number(1e-5, "norm_eps")),
            "norm",
            c.integer(0, "max_seqlen", "max_seq_len"),
            new HeadDesign("output", c.flag(false, "weight_tying"), false, 1),
            c.tokens("eos_token_id")));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
