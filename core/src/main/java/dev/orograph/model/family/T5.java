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
import dev.orograph.model.design.AttentionDesign.Relative;
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
 * T5, T5 v1.1, mT5 and UMT5: encoder and decoder, ReLU or gated MLP, head width of its own.
 *
 * <p>Source: Raffel et al. 2020; names as in the transformers library.
 */
public final class T5 implements Family {
  private static final List<Rule> RULES = names().list();

  @Override
  public String name() {
    return "T5";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("t5", "mt5", "umt5");
  }

  @Override
  public ModelSpec spec(Config c) {
    int layers = c.count(0, "num_layers", "num_hidden_layers");
    return ModelSpec.of(
        name(),
        c,
        !c.text("", "model_type").equals("mt5"),
        c.text("relu", "feed_forward_proj", "dense_act_fn"),
        stack(Stack.ENCODER, c, layers),
        stack(Stack.DECODER, c, c.integer(layers, "num_decoder_layers"))); // 0: an encoder alone
  }

  private static StackSpec stack(Stack stack, Config c, int layers) {
    StackSpec even =
        StackSpec.of(
            stack,
            layers,
            c.count(0, "d_model", "hidden_size"),
            c.count(0, "num_heads", "num_attention_heads"),
            c.count(0, "d_ff"));
    return even.withHeads(even.heads(), c.count(even.dHead(), "d_kv"));
  }

  @Override
  public Optional<Design> design(Config c) {
    Understood.check(c);
    c.only("model_type", "t5", "mt5");
    String spelled = c.text("relu", "feed_forward_proj", "dense_act_fn");
    boolean gated = spelled.startsWith("gated-");
    String plain = gated ? spelled.substring("gated-".length()) : spelled;
    // The library takes GELU by the hyperbolic tangent where it is gated.
    Activation activation =
        Activation.named(
            c, "feed_forward_proj", gated && plain.equals("gelu") ? "gelu_new" : plain);
    ModelSpec spec = spec(c);
    c.only("scale_decoder_outputs", Boolean.toString(spec.tied()));
    return Optional.of(
        new Design(
            spec.stacks().stream()
                .map(s -> stack(s, c, new MlpDesign(activation, gated, false)))
                .toList(),
            Optional.of(
                new HeadDesign(
                    "lm_head",
                    spec.tied(),
                    false,
                    spec.tied() ? Math.pow(spec.stacks().get(1).dModel(), -0.5) : 1)),
            c.integer(0, "decoder_start_token_id"),
            c.tokens("eos_token_id")));
  }

  private static StackDesign stack(StackSpec shape, Config c, MlpDesign mlp) {
    boolean causal = shape.stack() == Stack.DECODER;
    int buckets = c.integerFrom(4, 32, "relative_attention_num_buckets");
    int most = c.integer(128, "relative_attention_max_distance");
    if (most <= buckets / 2) {
      throw c.unsupported(
          "relative_attention_max_distance"); // no distance is left for half of them
    }
    return new StackDesign(
        shape,
        EntryDesign.tokens("shared|embed_tokens"),
        NormDesign.rms(c.number(1e-6, "layer_norm_epsilon")),
        BlockDesign.of(
                AttentionDesign.open(shape.dHead())
                    .withScale(1)
                    .withCausal(causal)
                    .withRelative(new Relative(buckets, most)),
                mlp,
                Order.PRE,
                "",
                "")
            .withNorms(
                "layer.0.layer_norm",
                causal ? "layer.1.layer_norm" : "",
                causal ? "layer.2.layer_norm" : "layer.1.layer_norm"),
        "final_layer_norm",
        Pool.NONE,
        0);
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  private static Rules names() {
    Rules r =
        Rules.of(Stack.SHARED)
            .name("(?:transformer.)?shared.weight", Component.EMBEDDING)
            .in(Stack.DECODER, "")
            .name("lm_head.weight", Component.HEAD)
            .taskHeads();
    for (Stack stack : List.of(Stack.ENCODER, Stack.DECODER)) {
      String at = "(?:transformer.)?" + stack.id() + ".";
      r.in(stack, at)
          .name("embed_tokens.weight", Component.EMBEDDING)
          .name("(?:continuous_inputs_projection|proj).weight", Component.PROJECTION)
          .name("final_layer_norm.weight", Component.NORM)
          .under(at + "block.#.layer.")
          .name("\\d.layer_norm.weight", Component.NORM)
          // Of the first block, which all use; in UMT5 of every block.
          .name(
              "(?:0.Self|1.EncDec)Attention.relative_attention_bias.weight",
              Component.POSITION_BIAS)
          .selfAttention("0.SelfAttention.", "q", "k", "v", "o")
          .crossAttention("1.EncDecAttention.", "q", "k", "v", "o")
          .name("[12].DenseReluDense.wi_0.weight", Component.MLP_GATE)
          .name("[12].DenseReluDense.wi(?:_1)?.weight", Component.MLP_UP)
          .name("[12].DenseReluDense.wo.weight", Component.MLP_DOWN);
    }
    return r;
  }
}
