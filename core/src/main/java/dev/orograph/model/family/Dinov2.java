package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.Layout;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.Activation;
import dev.orograph.model.design.AttentionDesign;
import dev.orograph.model.design.BlockDesign;
import dev.orograph.model.design.BlockDesign.Order;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.MlpDesign;
import dev.orograph.model.design.StackDesign.Kind;
import dev.orograph.model.design.StackDesign.Pool;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

/**
 * DINOv2: ViT with a learned scale of each half of a block, with or without registers, plain or
 * gated MLP.
 *
 * <p>Source: Oquab et al. 2024, Darcet et al. 2024; names as in the transformers library, where the
 * first half of {@code weights_in} is the gate.
 */
public final class Dinov2 implements Family {
  private static final String PREFIX = "(?:dinov2(?:_with_registers)?.)?";

  private static final List<Rule> RULES =
      Vit.trunk(PREFIX)
          .under(PREFIX + "embeddings.")
          .name("register_tokens", Component.EMBEDDING)
          .under(PREFIX + "encoder.layer.#.")
          .name("norm[12].*", Component.NORM)
          .name("layer_scale[12].lambda1", Component.SCALE)
          .name("mlp.fc1.*", Component.MLP_UP)
          .name("mlp.fc2.*", Component.MLP_DOWN)
          .name("mlp.weights_in.*", Layout.STACKED, Component.MLP_GATE, Component.MLP_UP)
          .name("mlp.weights_out.*", Component.MLP_DOWN)
          .list();

  @Override
  public String name() {
    return "DINOv2";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("dinov2", "dinov2_with_registers");
  }

  @Override
  public ModelSpec spec(Config c) {
    int width = c.count(0, "hidden_size");
    boolean gated = c.flag(false, "use_swiglu_ffn");
    int hidden = (int) Math.min(Integer.MAX_VALUE - 7, width * c.number(4, "mlp_ratio"));
    return ModelSpec.of(
        name(),
        c,
        false,
        gated ? "swiglu" : c.text("", "hidden_act"),
        StackSpec.of(
            Stack.VISION,
            c.count(0, "num_hidden_layers"),
            width,
            c.count(0, "num_attention_heads"),
            // Two thirds of it for each of gate and up, to a multiple of 8.
            gated ? ((int) (hidden * 2.0 / 3) + 7) / 8 * 8 : hidden));
  }

  @Override
  public Optional<Design> design(Config c) {
    Understood.check(c, "qkv_bias", "use_swiglu_ffn");
    c.only("model_type", "dinov2");
    StackSpec shape = spec(c).stacks().get(0);
    boolean gated = c.flag(false, "use_swiglu_ffn");
    // A gated MLP has SiLU whatever the key says.
    Activation activation = gated ? Activation.SILU : Activation.of(c, "hidden_act", "gelu");
    return Optional.of(
        Vit.design(
            shape,
            c,
            BlockDesign.of(
                    AttentionDesign.open(shape.dHead()).withBiases(c.flag(true, "qkv_bias"), true),
                    new MlpDesign(activation, gated, true),
                    Order.PRE,
                    "norm1",
                    "norm2")
                .withScales("layer_scale1.lambda1", "layer_scale2.lambda1"),
            1e-6,
            Pool.of(Kind.FIRST, "")));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
