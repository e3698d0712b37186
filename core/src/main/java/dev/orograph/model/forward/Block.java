package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.BlockDesign;
import dev.orograph.model.design.BlockDesign.Order;
import dev.orograph.model.design.StackDesign;
import org.bytedeco.pytorch.Tensor;

/** Attention and MLP, each added to the residual stream. */
final class Block {
  private final Order order;
  private final Attention attention;
  private final Attention cross;
  private final Mlp mlp;
  private final Norm attentionNorm;
  private final Norm crossNorm;
  private final Norm mlpNorm;
  private final Tensor attentionScale;
  private final Tensor mlpScale;

  /** Block {@code layer} of a stack. */
  Block(Weights w, StackDesign design, int layer) {
    StackSpec s = design.shape();
    BlockDesign b = design.block();
    long d = s.dModel();
    order = b.order();
    attention = Attention.self(w, s, layer, b.attention(), design.norm());
    cross = b.crossNorm().isEmpty() ? null : Attention.cross(w, s, layer, b.attention());
    mlp = Mlp.of(w, s, layer, b.mlp());
    attentionNorm = Norm.of(w, design.norm(), s.stack(), layer, b.attentionNorm(), d);
    crossNorm = Norm.of(w, design.norm(), s.stack(), layer, b.crossNorm(), d);
    mlpNorm = Norm.of(w, design.norm(), s.stack(), layer, b.mlpNorm(), d);
    attentionScale = scale(w, s, layer, b.attentionScale());
    mlpScale = scale(w, s, layer, b.mlpScale());
  }

  private static Tensor scale(Weights w, StackSpec s, int layer, String name) {
    Role role = new Role(s.stack(), layer, Component.SCALE);
    return name.isEmpty() ? null : w.vector(role, name, false, s.dModel());
  }

  /**
   * What all blocks of a stack see.
   *
   * @param rotary the batch's rotary positions; null for none
   * @param bias added to products of queries and keys; null for none
   * @param memory the other stack's last state; null for none
   * @param memoryBias hides its padding; null for none
   */
  record Around(Rotary rotary, Tensor bias, Tensor memory, Tensor memoryBias) {}

  /** {@code (batch, positions, d)} to the same. */
  Tensor apply(Tensor x, Around around, Pass pass, String at, Cache cache, int layer) {
    KeyValues own = cache == null ? null : cache.own(layer);
    KeyValues other = cache == null || cross == null ? null : cache.other(layer);
    boolean post = order == Order.POST;
    Tensor read = post ? x : attentionNorm.apply(x);
    Tensor attended =
        scaled(attention.self(pass, read, around.rotary(), around.bias(), own), attentionScale);
    pass.at(at + ".attn.out", attended);
    if (order == Order.PARALLEL) {
      Tensor added =
          pass.at(at + ".mlp.out", scaled(mlp.apply(mlpNorm.apply(x), pass, at), mlpScale));
      return x.add(attended).add(added);
    }
    Tensor y = x.add(attended);
    if (post) {
      y = attentionNorm.apply(y);
    }
    if (cross != null) {
      Tensor seen =
          cross.cross(pass, crossNorm.apply(y), around.memory(), around.memoryBias(), other);
      y = y.add(pass.at(at + ".cross.out", seen));
    }
    Tensor added = scaled(mlp.apply(post ? y : mlpNorm.apply(y), pass, at), mlpScale);
    pass.at(at + ".mlp.out", added);
    Tensor z = y.add(added);
    return post ? mlpNorm.apply(z) : z;
  }

  private static Tensor scaled(Tensor x, Tensor scale) {
    return scale == null ? x : x.mul(scale);
  }
}
