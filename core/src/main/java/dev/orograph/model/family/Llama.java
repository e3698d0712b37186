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
import dev.orograph.model.design.RotaryScaling;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Llama: decoder only, grouped queries, gated MLP, RMSNorm.
 *
 * <p>Source: Touvron et al. 2023; names as in the transformers library.
 */
public final class Llama implements Family {
  private static final List<Rule> RULES = names().list();

  @Override
  public String name() {
    return "Llama";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("llama");
  }

  @Override
  public ModelSpec spec(Config c) {
    return spec(name(), c, 0);
  }

  @Override
  public Optional<Design> design(Config c) {
    boolean biased = c.flag(false, "attention_bias");
    Understood.check(c, "rope_scaling", "rope_parameters", "attention_bias", "mlp_bias");
    return Optional.of(design(spec(c), c, a -> a.withBiases(biased, biased)));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** Qwen2 has these names too, with biases on the way into attention and none on the way out. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames) && !biasedInOnly(tensorNames);
  }

  /** Whether the projections into attention have biases and the one out of it has none. */
  static boolean biasedInOnly(List<String> tensorNames) {
    return Family.anyContains(tensorNames, ".self_attn.q_proj.bias")
        && !Family.anyContains(tensorNames, ".self_attn.o_proj.bias");
  }

  /** The names that its descendants have too. */
  static Rules names() {
    return names("(?:model.)?");
  }

  /** The same behind another prefix than that of the transformers library. */
  static Rules names(String prefix) {
    return Rules.of(Stack.DECODER)
        .under(prefix)
        .name("embed_tokens.weight", Component.EMBEDDING)
        .name("norm.weight", Component.NORM)
        .name("(?:layers.#.self_attn.)?rotary_emb.inv_freq", Component.BUFFER)
        .under(prefix + "layers.#.")
        .name("(?:input|post_attention)_layernorm.weight", Component.NORM)
        .selfAttention("self_attn.", "q_proj", "k_proj", "v_proj", "o_proj")
        .name("mlp.gate_proj.*", Component.MLP_GATE)
        .name("mlp.up_proj.*", Component.MLP_UP)
        .name("mlp.down_proj.*", Component.MLP_DOWN)
        .under("")
        .name("lm_head.*", Component.HEAD)
        .taskHeads();
  }

  /**
   * The shape of a family with these keys.
   *
   * @param dHead width of a head where the configuration has none; 0 for an even share
   */
  static ModelSpec spec(String family, Config c, int dHead) {
    StackSpec even = StackSpec.usual(Stack.DECODER, c);
    int width = dHead > 0 && even.heads() > 0 ? dHead : even.dHead();
    return ModelSpec.of(
        family,
        c,
        false,
        c.text("silu", "hidden_act"),
        even.withHeads(c.count(even.heads(), "num_key_value_heads"), c.count(width, "head_dim"))
            .withRotaryShare(c, 1, "partial_rotary_factor"));
  }

  /**
   * The forward pass of a family with these keys.
   *
   * @param attention what the family's attention has beside rotation and grouped queries
   */
  static Design design(ModelSpec spec, Config c, UnaryOperator<AttentionDesign> attention) {
    StackSpec shape = spec.stacks().get(0);
    RotaryDesign rotary = RotaryDesign.of(c, false, shape.rotary(), 10000, "rope_theta");
    return design(
        shape,
        BlockDesign.of(
            attention.apply(
                AttentionDesign.open(shape.dHead()).withCausal(true).withRotary(rotary)),
            new MlpDesign(Activation.of(c, "hidden_act", "silu"), true, c.flag(false, "mlp_bias")),
            Order.PRE,
            "input_layernorm",
            "post_attention_layernorm"),
        EntryDesign.tokens("embed_tokens"),
        NormDesign.rms(c.number(1e-6, "rms_norm_eps")),
        "norm",
        positions(c, rotary),
        new HeadDesign("lm_head", spec.tied(), false, 1),
        c.tokens("eos_token_id"));
  }

  /** Most positions; where angles grow with the length as many times more. */
  private static int positions(Config c, RotaryDesign rotary) {
    int trained = c.count(0, "max_position_embeddings");
    return rotary.scaling().orElse(null) instanceof RotaryScaling.Dynamic d
        ? (int) Math.min(Integer.MAX_VALUE, trained * Math.max(1, d.factor()))
        : trained;
  }

  /** A decoder of such blocks. */
  static Design design(
      StackSpec shape,
      BlockDesign block,
      EntryDesign entry,
      NormDesign norm,
      String finalNorm,
      int positions,
      HeadDesign head,
      Set<Integer> ends) {
    return Design.of(
        new StackDesign(shape, entry, norm, block, finalNorm, StackDesign.Pool.NONE, positions),
        head,
        ends);
  }
}
