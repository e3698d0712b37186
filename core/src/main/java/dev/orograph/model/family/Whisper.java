package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import java.util.List;

/**
 * Whisper: an encoder of sounds behind two convolutions, a decoder of text that looks across.
 *
 * <p>Source: Radford et al. 2023; names as in the transformers library.
 */
public final class Whisper implements Family {
  private static final List<Rule> RULES = names().list();

  @Override
  public String name() {
    return "Whisper";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("whisper");
  }

  @Override
  public ModelSpec spec(Config c) {
    return ModelSpec.of(
        name(),
        c,
        true,
        c.text("gelu", "activation_function"),
        Bart.stack(Stack.ENCODER, c),
        Bart.stack(Stack.DECODER, c));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** BART has the names of its blocks. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames)
        && Family.anyContains(tensorNames, "encoder.conv1.");
  }

  private static Rules names() {
    Rules r = Rules.of(Stack.SHARED);
    for (Stack stack : List.of(Stack.ENCODER, Stack.DECODER)) {
      String at = "(?:model.)?" + stack.id() + ".";
      r.in(stack, at)
          .name("embed_tokens.weight", Component.EMBEDDING)
          // The encoder's are sines, written once and never trained.
          .name(
              "embed_positions.weight",
              stack == Stack.ENCODER ? Component.BUFFER : Component.POSITION_EMBEDDING)
          .name("conv[12].*", Component.PROJECTION)
          .name("layer_norm.*", Component.NORM)
          .under(at + "layers.#.")
          .selfAttention("self_attn.", "q_proj", "k_proj", "v_proj", "out_proj")
          .name("(?:self_attn|encoder_attn|final)_layer_norm.*", Component.NORM)
          .name("fc1.*", Component.MLP_UP)
          .name("fc2.*", Component.MLP_DOWN);
    }
    // The decoder is the stack at hand, and only it looks across.
    return r.crossAttention("encoder_attn.", "q_proj", "k_proj", "v_proj", "out_proj")
        .under("")
        .name("proj_out.weight", Component.HEAD)
        .taskHeads();
  }
}
