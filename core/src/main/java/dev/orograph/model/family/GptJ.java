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
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.design.StackDesign.Pool;
import dev.orograph.model.design.Understood;
import java.util.List;
import java.util.Optional;

/**
 * GPT-J: decoder only, both halves of a block read its input, the leading dimensions of each head
 * rotated in neighbouring pairs.
 *
 * <p>Source: Wang and Komatsuzaki 2021; names as in the transformers library.
 */
public final class GptJ implements Family {
  private static final List<Rule> RULES =
      Rules.of(Stack.DECODER)
          .under("(?:transformer.)?")
          .name("wte.weight", Component.EMBEDDING)
          .name("ln_f.*", Component.NORM)
          .under("(?:transformer.)?h.#.")
          .name("ln_1.*", Component.NORM)
          .name("attn.(?:bias|masked_bias|embed_positions)", Component.BUFFER)
          .selfAttention("attn.", "q_proj", "k_proj", "v_proj", "out_proj")
          .name("mlp.fc_in.*", Component.MLP_UP)
          .name("mlp.fc_out.*", Component.MLP_DOWN)
          .under("")
          .name("lm_head.*", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "GPT-J";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gptj");
  }

  @Override
  public ModelSpec spec(Config c) {
    StackSpec stack = Gpt2.stack(c);
    return ModelSpec.of(
        name(),
        c,
        false,
        c.text("", "activation_function"),
        stack.withRotary(c.integer(stack.dHead(), "rotary_dim")));
  }

  @Override
  public Optional<Design> design(Config c) {
    Understood.check(c);
    c.required("rotary_dim");
    StackSpec shape = spec(c).stacks().get(0);
    return Optional.of(
        Design.of(
            new StackDesign(
                shape,
                EntryDesign.tokens("wte"),
                NormDesign.layer(c.number(1e-5, "layer_norm_epsilon")),
                BlockDesign.of(
                    AttentionDesign.open(shape.dHead())
                        .withCausal(true)
                        .withRotary(RotaryDesign.of(c, true, shape.rotary(), 10000, "rope_theta")),
                    new MlpDesign(Activation.of(c, "activation_function", "gelu_new"), false, true),
                    Order.PARALLEL,
                    "ln_1",
                    "ln_1"),
                "ln_f",
                Pool.NONE,
                c.count(0, "n_positions")),
            new HeadDesign("lm_head", spec(c).tied(), true, 1),
            c.tokens("eos_token_id")));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }
}
