package dev.orograph.model.family;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.Layout;
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
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.design.StackDesign.Pool;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

/**
 * GPT-2: decoder only, learned positions. Its matrices are stored {@code (inputs, outputs)}, query,
 * key and value side by side, or by nanoGPT {@code (outputs, inputs)}.
 *
 * <p>Source: Radford et al. 2019; names as in the transformers library ({@code Conv1D}), and in
 * nanoGPT ({@code Linear}).
 */
public final class Gpt2 implements Family {
  private final List<Rule> rules;

  /** With matrices stored {@code (inputs, outputs)}, as the transformers library does. */
  public Gpt2() {
    this(false);
  }

  /**
   * With matrices stored that way or the other.
   *
   * @param linear whether they are stored {@code (outputs, inputs)}, as nanoGPT does
   */
  private Gpt2(boolean linear) {
    rules = names(linear);
  }

  private static List<Rule> names(boolean linear) {
    Layout one = linear ? Layout.LINEAR : Layout.TRANSPOSED;
    Layout several = linear ? Layout.STACKED : Layout.STACKED_TRANSPOSED;
    return Rules.of(Stack.DECODER)
        .under("(?:transformer.)?")
        .name("wte.weight", Component.EMBEDDING)
        .name("wpe.weight", Component.POSITION_EMBEDDING)
        .name("ln_f.*", Component.NORM)
        .under("(?:transformer.)?h.#.")
        .name("ln_(?:1|2|cross_attn).*", Component.NORM)
        .name("(?:attn|crossattention).(?:masked_)?bias", Component.BUFFER)
        .name(
            "attn.c_attn.*",
            several,
            Component.SELF_ATTN_Q,
            Component.SELF_ATTN_K,
            Component.SELF_ATTN_V)
        .name("attn.c_proj.*", one, Component.SELF_ATTN_O)
        .name("crossattention.q_attn.*", one, Component.CROSS_ATTN_Q)
        .name("crossattention.c_attn.*", several, Component.CROSS_ATTN_K, Component.CROSS_ATTN_V)
        .name("crossattention.c_proj.*", one, Component.CROSS_ATTN_O)
        .name("mlp.c_fc.*", one, Component.MLP_UP)
        .name("mlp.c_proj.*", one, Component.MLP_DOWN)
        .under("")
        .name("lm_head.weight", Component.HEAD)
        .taskHeads()
        .list();
  }

  /** The widths of its fused matrix tell which way its matrices are stored. */
  @Override
  public Family fitted(List<TensorInfo> tensors) {
    return tensors.stream()
            .filter(t -> t.name().endsWith("attn.c_attn.weight") && t.rank() == 2)
            .findFirst()
            .filter(t -> t.rows() == 3 * t.columns())
            .isPresent()
        ? new Gpt2(true)
        : this;
  }

  @Override
  public String name() {
    return "GPT-2";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gpt2");
  }

  @Override
  public ModelSpec spec(Config c) {
    return ModelSpec.of(name(), c, true, c.text("", "activation_function"), stack(c));
  }

  /** The shape, as GPT-J spells it too. */
  static StackSpec stack(Config c) {
    int width = c.count(0, "n_embd", "hidden_size");
    return StackSpec.of(
        Stack.DECODER,
        c.count(0, "n_layer", "num_hidden_layers"),
        width,
        c.count(0, "n_head", "num_attention_heads"),
        c.count(4 * width, "n_inner"));
  }

  @Override
  public Optional<Design> design(Config c) {
    Understood.check(c);
    StackSpec shape = stack(c);
    return Optional.of(
        Design.of(
            new StackDesign(
                shape,
                EntryDesign.tokens("wte").withPositions("wpe"),
                NormDesign.layer(c.number(1e-5, "layer_norm_epsilon")),
                BlockDesign.of(
                    AttentionDesign.open(shape.dHead()).withCausal(true).withBiases(true, true),
                    new MlpDesign(Activation.of(c, "activation_function", "gelu_new"), false, true),
                    Order.PRE,
                    "ln_1",
                    "ln_2"),
                "ln_f",
                Pool.NONE,
                c.count(0, "n_positions")),
            new HeadDesign("lm_head", spec(c).tied(), false, 1),
            c.tokens("eos_token_id")));
  }

  @Override
  public List<Rule> rules() {
    return rules;
  }
}
