package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.Layout;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import dev.orograph.model.StackSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * CLIP as OpenAI and open_clip publish it: query, key and value in one matrix, one after the other;
 * the projections of the towers are stored {@code (inputs, outputs)}.
 *
 * <p>Source: Radford et al. 2021, Ilharco et al. 2021; names and defaults as in open_clip with its
 * own towers. The text tower may lie under {@code text.}.
 */
public final class OpenClip implements Family {
  private static final List<Rule> RULES = names().list();

  @Override
  public String name() {
    return "OpenCLIP";
  }

  /** None: {@code open_clip_config.json} has no {@code model_type}. */
  @Override
  public List<String> modelTypes() {
    return List.of();
  }

  @Override
  public ModelSpec spec(Config c) {
    if (!c.has("model_cfg")) {
      return new ModelSpec(name(), List.of(), 0, false, "", "");
    }
    Config model = c.object("model_cfg");
    Config text = model.object("text_cfg");
    Config vision = model.object("vision_cfg");
    int width = vision.count(768, "width");
    int head = vision.count(64, "head_width");
    List<StackSpec> stacks = new ArrayList<>();
    stacks.add(stack(Stack.TEXT, text, text.count(512, "width"), text.count(8, "heads")));
    stacks.add(stack(Stack.VISION, vision, width, head > 0 ? width / head : 0));
    return new ModelSpec(
        name(),
        stacks,
        text.count(49408, "vocab_size"),
        false,
        model.flag(false, "quick_gelu") ? "quick_gelu" : "gelu",
        "");
  }

  private static StackSpec stack(Stack stack, Config c, int width, int heads) {
    int hidden = (int) (width * c.number(4, "mlp_ratio"));
    return StackSpec.of(stack, c.count(12, "layers"), width, heads, hidden);
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  private static Rules names() {
    Rules r =
        Rules.of(Stack.SHARED)
            .name("logit_(?:scale|bias)", Component.SCALE)
            .name("(?:input_resolution|context_length|vocab_size)", Component.BUFFER)
            .in(Stack.VISION, "visual.")
            .name("class_embedding", Component.EMBEDDING)
            .name("positional_embedding", Component.POSITION_EMBEDDING)
            .name("conv1.*", Component.PROJECTION)
            .name("ln_(?:pre|post).*", Component.NORM)
            .name("proj", Layout.TRANSPOSED, Component.PROJECTION)
            .in(Stack.TEXT, "(?:text.)?")
            .name("token_embedding.weight", Component.EMBEDDING)
            .name("cls_emb", Component.EMBEDDING)
            .name("positional_embedding", Component.POSITION_EMBEDDING)
            .name("ln_final.*", Component.NORM)
            .name("text_projection", Layout.TRANSPOSED, Component.PROJECTION)
            .name("text_projection.*", Component.PROJECTION)
            .name("attn_mask", Component.BUFFER);
    for (Stack stack : List.of(Stack.VISION, Stack.TEXT)) {
      r.in(stack, (stack == Stack.VISION ? "visual." : "(?:text.)?") + "transformer.resblocks.#.")
          .name(
              "attn.in_proj_*",
              Layout.STACKED,
              Component.SELF_ATTN_Q,
              Component.SELF_ATTN_K,
              Component.SELF_ATTN_V)
          .name("attn.out_proj.*", Component.SELF_ATTN_O)
          .name("ln_[12].*", Component.NORM)
          .name("ls_[12].gamma", Component.SCALE)
          .name("mlp.c_fc.*", Component.MLP_UP)
          .name("mlp.c_proj.*", Component.MLP_DOWN);
    }
    return r;
  }
}
