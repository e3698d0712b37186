package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.AttentionDesign;
import dev.orograph.model.design.NormDesign;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * softmax(scale q k' + bias) v, per head (Vaswani et al. 2017); query heads share keys in groups
 * (Ainslie et al. 2023).
 */
final class Attention {
  private final StackSpec shape;
  private final double scale;
  private final boolean rounded;
  private final Linear q;
  private final Linear k;
  private final Linear v;
  private final Linear o;
  private final Norm queryNorm;
  private final Norm keyNorm;

  private Attention(
      StackSpec shape,
      AttentionDesign design,
      Linear q,
      Linear k,
      Linear v,
      Linear o,
      Norm queryNorm,
      Norm keyNorm) {
    this.shape = shape;
    this.scale = design.scale();
    this.rounded = design.rounded();
    this.q = q;
    this.k = k;
    this.v = v;
    this.o = o;
    this.queryNorm = queryNorm;
    this.keyNorm = keyNorm;
  }

  /** Self-attention of a block. */
  static Attention self(
      Weights w, StackSpec s, int layer, AttentionDesign design, NormDesign norm) {
    Stack stack = s.stack();
    long d = s.dModel();
    long queries = (long) s.heads() * s.dHead();
    long keys = (long) s.keyHeads() * s.dHead();
    boolean in = design.biasIn();
    String at = design.headNorm() ? "self_attn." : "";
    return new Attention(
        s,
        design,
        Linear.of(w, stack, layer, Component.SELF_ATTN_Q, queries, d, in),
        Linear.of(w, stack, layer, Component.SELF_ATTN_K, keys, d, in),
        Linear.of(w, stack, layer, Component.SELF_ATTN_V, keys, d, in),
        Linear.of(w, stack, layer, Component.SELF_ATTN_O, d, queries, design.biasOut()),
        at.isEmpty() ? null : Norm.of(w, norm, stack, layer, at + "q_norm", s.dHead()),
        at.isEmpty() ? null : Norm.of(w, norm, stack, layer, at + "k_norm", s.dHead()));
  }

  /** Attention of a block to the last state of another stack. */
  static Attention cross(Weights w, StackSpec s, int layer, AttentionDesign design) {
    long d = s.dModel();
    long inner = (long) s.heads() * s.dHead();
    return new Attention(
        s,
        design,
        Linear.of(w, s.stack(), layer, Component.CROSS_ATTN_Q, inner, d, design.biasIn()),
        Linear.of(w, s.stack(), layer, Component.CROSS_ATTN_K, inner, d, design.biasIn()),
        Linear.of(w, s.stack(), layer, Component.CROSS_ATTN_V, inner, d, design.biasIn()),
        Linear.of(w, s.stack(), layer, Component.CROSS_ATTN_O, d, inner, design.biasOut()),
        null,
        null);
  }

  /**
   * Attention of the states to themselves, and to those that the cache holds.
   *
   * @param x {@code (batch, queries, d)}
   * @param rotary turns queries and keys; may be null
   * @param bias added to the products, {@code (1 or batch, 1 or heads, queries, keys)}; may be null
   * @param cache keys and values of earlier positions, to which these are added; may be null
   */
  Tensor self(Pass pass, Tensor x, Rotary rotary, Tensor bias, KeyValues cache) {
    Tensor query = turned(heads(pass.through(q, x), shape.heads(), queryNorm), rotary);
    Tensor key = turned(heads(pass.through(k, x), shape.keyHeads(), keyNorm), rotary);
    Tensor value = heads(pass.through(v, x), shape.keyHeads(), null);
    if (cache != null) {
      cache.append(key, value);
      key = cache.key();
      value = cache.value();
    }
    return mixed(pass, query, key, value, bias);
  }

  /**
   * Attention to the last state of another stack.
   *
   * @param x {@code (batch, queries, d)}
   * @param memory {@code (batch, keys, d)}
   * @param bias hides padding, {@code (batch, 1, 1, keys)}; may be null
   * @param cache keys and values of the memory, which are computed once; may be null
   */
  Tensor cross(Pass pass, Tensor x, Tensor memory, Tensor bias, KeyValues cache) {
    Tensor query = heads(pass.through(q, x), shape.heads(), null);
    if (cache != null && cache.filled()) {
      return mixed(pass, query, cache.key(), cache.value(), bias);
    }
    Tensor key = heads(pass.through(k, memory), shape.heads(), null);
    Tensor value = heads(pass.through(v, memory), shape.heads(), null);
    if (cache != null) {
      cache.append(key, value);
    }
    return mixed(pass, query, key, value, bias);
  }

  /** {@code (batch, positions, n dHead)} to {@code (batch, n, positions, dHead)}. */
  private Tensor heads(Tensor x, int n, Norm norm) {
    Tensor cut = x.view(x.size(0), x.size(1), n, shape.dHead());
    return (norm == null ? cut : norm.apply(cut)).transpose(1, 2);
  }

  private static Tensor turned(Tensor x, Rotary rotary) {
    return rotary == null ? x : rotary.apply(x);
  }

  private Tensor mixed(Pass pass, Tensor query, Tensor key, Tensor value, Tensor bias) {
    Tensor y = // (batch, heads, queries, dHead)
        rounded
            ? rounded(query, shared(key), shared(value), bias)
            : torch.scaled_dot_product_attention(
                query, shared(key), shared(value), Torch.optional(bias), 0, false, scale(), false);
    long[] joined = {query.size(0), query.size(2), (long) shape.heads() * shape.dHead()};
    return pass.through(o, y.transpose(1, 2).reshape(joined)); // (batch, queries, d)
  }

  /**
   * With the scores rounded to float32, and the exact softmax of those rounded again: what a
   * float32 softmax strives for. Each instruction set's own differs from it in the last digits.
   */
  private Tensor rounded(Tensor query, Tensor key, Tensor value, Tensor bias) {
    Tensor products = Torch.times(query.matmul(key.transpose(2, 3)), scale);
    Tensor scores = (bias == null ? products : products.add(bias)).to(ScalarType.Float);
    Tensor p = torch.softmax(scores, -1, Torch.type(ScalarType.Double)).to(ScalarType.Float);
    return p.to(value.scalar_type()).matmul(value);
  }

  private DoubleOptional scale() {
    return new DoubleOptional(scale);
  }

  /** A key head for every query head: head h has key head floor(h keyHeads / heads). */
  private Tensor shared(Tensor x) {
    long each = shape.heads() / x.size(1);
    return each == 1
        ? x
        : torch.repeat_interleave(x, each, new LongOptional(1), new LongOptional());
  }
}
