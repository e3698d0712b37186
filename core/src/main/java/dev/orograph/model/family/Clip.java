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
import dev.orograph.model.design.EntryDesign.Image;
import dev.orograph.model.design.MlpDesign;
import dev.orograph.model.design.NormDesign;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.design.StackDesign.Kind;
import dev.orograph.model.design.StackDesign.Pool;
import dev.orograph.model.design.Understood;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * CLIP: a text tower and an image tower that meet in one space, together or each alone.
 *
 * <p>Source: Radford et al. 2021; names as in the transformers library, which writes only what
 * differs from its defaults into the configurations of the towers.
 */
public final class Clip implements Family {
  private static final List<Rule> RULES = names().list();

  @Override
  public String name() {
    return "CLIP";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("clip", "clip_text_model", "clip_vision_model");
  }

  @Override
  public ModelSpec spec(Config c) {
    String type = c.text("", "model_type");
    if (type.isEmpty()) {
      return new ModelSpec(name(), List.of(), 0, false, "", "");
    }
    boolean both = type.equals("clip");
    Config text = both ? tower(c, "text_config") : c;
    Config vision = both ? tower(c, "vision_config") : c;
    List<StackSpec> stacks = new ArrayList<>();
    if (!type.equals("clip_vision_model")) {
      stacks.add(stack(Stack.TEXT, text, 512, 8));
    }
    if (!type.equals("clip_text_model")) {
      stacks.add(stack(Stack.VISION, vision, 768, 12));
    }
    return new ModelSpec(
        name(),
        stacks,
        type.equals("clip_vision_model") ? 0 : text.count(49408, "vocab_size"),
        false,
        (type.equals("clip_vision_model") ? vision : text).text("quick_gelu", "hidden_act"),
        c.text("", "torch_dtype", "dtype"));
  }

  /** The older spelling counts where both are there. */
  private static Config tower(Config c, String key) {
    return c.object(c.has(key + "_dict") ? key + "_dict" : key);
  }

  private static StackSpec stack(Stack stack, Config c, int width, int heads) {
    return StackSpec.of(
        stack,
        c.count(12, "num_hidden_layers"),
        c.count(width, "hidden_size"),
        c.count(heads, "num_attention_heads"),
        c.count(4 * width, "intermediate_size"));
  }

  @Override
  public Optional<Design> design(Config c) {
    Understood.check(c);
    c.only("model_type", "clip_text_model", "clip_vision_model");
    StackSpec shape = spec(c).stacks().get(0);
    boolean text = shape.stack() == Stack.TEXT;
    BlockDesign block =
        BlockDesign.of(
            AttentionDesign.open(shape.dHead()).withCausal(text).withBiases(true, true),
            new MlpDesign(Activation.of(c, "hidden_act", "quick_gelu"), false, true),
            Order.PRE,
            "layer_norm1",
            "layer_norm2");
    NormDesign norm = NormDesign.layer(c.number(1e-5, "layer_norm_eps"));
    if (!text) {
      Image image = Image.of(c, 224, 32, false);
      EntryDesign entry =
          new EntryDesign(
              "patch_embedding", "position_embedding", "class_embedding", "pre_layrnorm", image);
      return Optional.of(
          Design.of(
              new StackDesign(
                  shape, entry, norm, block, "", Pool.of(Kind.NORM, "post_layernorm"), 0)));
    }
    int end = c.integer(49407, "eos_token_id");
    return Optional.of(
        Design.of(
            new StackDesign(
                shape,
                EntryDesign.tokens("token_embedding").withPositions("position_embedding"),
                norm,
                block,
                "final_layer_norm",
                // Configurations with 2 were written before the end token was kept in them.
                end == 2 ? Pool.of(Kind.LARGEST, "") : new Pool(Kind.END, "", end),
                c.count(77, "max_position_embeddings"))));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** SigLIP has these names too, and a head on its towers. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames) && !Family.anyContains(tensorNames, "_model.head.");
  }

  private static Rules names() {
    Rules r =
        Rules.of(Stack.SHARED)
            .name("logit_scale", Component.SCALE)
            .in(Stack.TEXT, "")
            .name("text_projection.weight", Component.PROJECTION)
            .under("text_model.")
            .name("embeddings.token_embedding.weight", Component.EMBEDDING)
            .name("final_layer_norm.*", Component.NORM)
            .in(Stack.VISION, "")
            .name("visual_projection.weight", Component.PROJECTION)
            .taskHeads()
            .under("vision_model.")
            .name("embeddings.class_embedding", Component.EMBEDDING)
            .name("embeddings.patch_embedding.*", Component.PROJECTION)
            .name("(?:pre_layrnorm|post_layernorm).*", Component.NORM);
    for (Stack stack : List.of(Stack.TEXT, Stack.VISION)) {
      r.in(stack, stack.id() + "_model.")
          .name("embeddings.position_embedding.weight", Component.POSITION_EMBEDDING)
          .name("embeddings.position_ids", Component.BUFFER)
          .under(stack.id() + "_model.encoder.layers.#.")
          .selfAttention("self_attn.", "q_proj", "k_proj", "v_proj", "out_proj")
          .name("layer_norm[12].*", Component.NORM)
          .name("mlp.fc1.*", Component.MLP_UP)
          .name("mlp.fc2.*", Component.MLP_DOWN);
    }
    return r;
  }
}
