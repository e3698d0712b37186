package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.StackSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * T5, T5 v1.1, mT5 and UMT5: encoder and decoder, ReLU or gated MLP, head width of its own.
 *
 * <p>Source: Raffel et al. 2020; names as in the transformers library.
 */
public final class T5 implements Family {
  private static final List<Rule> RULES = rules(new ArrayList<>());

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
    int dModel = c.integer(0, "d_model", "hidden_size");
    int heads = c.integer(0, "num_heads", "num_attention_heads");
    int layers = c.integer(0, "num_layers", "num_hidden_layers");
    int dHead = c.integer(heads > 0 ? dModel / heads : 0, "d_kv");
    int ff = c.integer(0, "d_ff");
    return new ModelSpec(
        name(),
        List.of(
            new StackSpec(Stack.ENCODER, layers, dModel, heads, heads, dHead, ff, 0),
            new StackSpec(
                Stack.DECODER,
                c.integer(layers, "num_decoder_layers"),
                dModel,
                heads,
                heads,
                dHead,
                ff,
                0)),
        c.integer(0, "vocab_size"),
        c.flag(true, "tie_word_embeddings"),
        c.text("relu", "feed_forward_proj", "dense_act_fn"),
        c.text("", "torch_dtype", "dtype"));
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  private static List<Rule> rules(List<Rule> r) {
    r.add(Rule.of("shared.weight", Stack.SHARED, Component.EMBEDDING));
    r.add(Rule.of("lm_head.weight", Stack.DECODER, Component.HEAD));
    for (Stack stack : List.of(Stack.ENCODER, Stack.DECODER)) {
      String s = stack.id();
      String block = s + ".block.#.layer.";
      r.add(Rule.of(s + ".embed_tokens.weight", stack, Component.EMBEDDING));
      r.add(
          Rule.of(
              s + ".(?:continuous_inputs_projection|proj).weight", stack, Component.PROJECTION));
      r.add(Rule.of(s + ".final_layer_norm.weight", stack, Component.NORM));
      r.add(Rule.of(block + "\\d.layer_norm.weight", stack, Component.NORM));
      r.add(
          Rule.of(
              block + "0.SelfAttention.relative_attention_bias.weight",
              stack,
              Component.POSITION_BIAS));
      r.add(Rule.of(block + "0.SelfAttention.q.weight", stack, Component.SELF_ATTN_Q));
      r.add(Rule.of(block + "0.SelfAttention.k.weight", stack, Component.SELF_ATTN_K));
      r.add(Rule.of(block + "0.SelfAttention.v.weight", stack, Component.SELF_ATTN_V));
      r.add(Rule.of(block + "0.SelfAttention.o.weight", stack, Component.SELF_ATTN_O));
      r.add(Rule.of(block + "1.EncDecAttention.q.weight", stack, Component.CROSS_ATTN_Q));
      r.add(Rule.of(block + "1.EncDecAttention.k.weight", stack, Component.CROSS_ATTN_K));
      r.add(Rule.of(block + "1.EncDecAttention.v.weight", stack, Component.CROSS_ATTN_V));
      r.add(Rule.of(block + "1.EncDecAttention.o.weight", stack, Component.CROSS_ATTN_O));
      r.add(
          Rule.of(
              block + "1.EncDecAttention.relative_attention_bias.weight",
              stack,
              Component.POSITION_BIAS));
      r.add(Rule.of(block + "[12].DenseReluDense.wi_0.weight", stack, Component.MLP_GATE));
      r.add(Rule.of(block + "[12].DenseReluDense.wi(?:_1)?.weight", stack, Component.MLP_UP));
      r.add(Rule.of(block + "[12].DenseReluDense.wo.weight", stack, Component.MLP_DOWN));
    }
    return List.copyOf(r);
  }
}
