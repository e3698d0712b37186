package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import dev.orograph.model.StackSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * SigLIP: a text tower and an image tower, each with a head, which meet in one space.
 *
 * <p>Source: Zhai et al. 2023; names as in the transformers library.
 */
public final class Siglip implements Family {
  private static final List<Rule> RULES = names().list();

  @Override
  public String name() {
    return "SigLIP";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("siglip", "siglip_text_model", "siglip_vision_model");
  }

  @Override
  public ModelSpec spec(Config c) {
    String type = c.text("", "model_type");
    if (type.isEmpty()) {
      return new ModelSpec(name(), List.of(), 0, false, "", "");
    }
    boolean both = type.equals("siglip");
    List<StackSpec> stacks = new ArrayList<>();
    if (!type.equals("siglip_vision_model")) {
      stacks.add(stack(Stack.TEXT, both ? c.object("text_config") : c));
    }
    if (!type.equals("siglip_text_model")) {
      stacks.add(stack(Stack.VISION, both ? c.object("vision_config") : c));
    }
    Config text = both ? c.object("text_config") : c;
    return new ModelSpec(
        name(),
        stacks,
        type.equals("siglip_vision_model") ? 0 : text.count(32000, "vocab_size"),
        false,
        text.text("gelu_pytorch_tanh", "hidden_act"),
        c.text("", "torch_dtype", "dtype"));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** CLIP has the names of its towers, without their heads. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames) && Family.anyContains(tensorNames, "_model.head.");
  }

  private static StackSpec stack(Stack stack, Config c) {
    return StackSpec.of(
        stack,
        c.count(12, "num_hidden_layers"),
        c.count(768, "hidden_size"),
        c.count(12, "num_attention_heads"),
        c.count(3072, "intermediate_size"));
  }

  private static Rules names() {
    Rules r = Rules.of(Stack.SHARED).name("logit_(?:scale|bias)", Component.SCALE);
    for (Stack stack : List.of(Stack.TEXT, Stack.VISION)) {
      tower(r, stack, stack.id() + "_model.");
    }
    return r;
  }

  /** The names of a tower behind that prefix. */
  static Rules tower(Rules r, Stack stack, String prefix) {
    return r.in(stack, prefix)
        .name("embeddings.token_embedding.weight", Component.EMBEDDING)
        .name("embeddings.position_embedding.weight", Component.POSITION_EMBEDDING)
        .name("embeddings.position_ids", Component.BUFFER)
        .name("embeddings.patch_embedding.*", Component.PROJECTION)
        .name("(?:final_layer_norm|post_layernorm).*", Component.NORM)
        .name("head.(?:weight|bias)", Component.PROJECTION)
        .name("head.probe", Component.POOLER)
        .name("head.layernorm.*", Component.NORM)
        .name("head.attention.(?:in_proj_(?:weight|bias)|out_proj.*)", Component.POOLER)
        .name("head.mlp.fc[12].*", Component.POOLER)
        .under(prefix + "encoder.layers.#.")
        .selfAttention("self_attn.", "q_proj", "k_proj", "v_proj", "out_proj")
        .name("layer_norm[12].*", Component.NORM)
        .name("mlp.fc1.*", Component.MLP_UP)
        .name("mlp.fc2.*", Component.MLP_DOWN);
  }
}
