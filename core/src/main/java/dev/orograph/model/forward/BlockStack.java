package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.RelativeBuckets;
import dev.orograph.model.Role;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.AttentionDesign;
import dev.orograph.model.design.HeadDesign;
import dev.orograph.model.design.StackDesign;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The blocks of one stack, what enters them and the norm behind them. */
final class BlockStack {
  private final StackDesign design;
  private final String prefix;
  private final Torch torchOf;
  private final Entry entry;
  private final List<Block> blocks = new ArrayList<>();
  private final Tensor relative;
  private final Norm finalNorm;

  /**
   * Takes its weights.
   *
   * @param prefix what stands before the names of its states
   */
  BlockStack(
      Weights w, StackDesign design, Optional<HeadDesign> head, String prefix, Torch torchOf) {
    this.design = design;
    this.prefix = prefix;
    this.torchOf = torchOf;
    StackSpec s = design.shape();
    entry = new Entry(w, design, head);
    for (int i = 0; i < s.layers(); i++) {
      blocks.add(new Block(w, design, i));
    }
    relative = relative(w, design);
    finalNorm = Norm.of(w, design.norm(), s.stack(), Role.NO_LAYER, design.finalNorm(), s.dModel());
  }

  private static Tensor relative(Weights w, StackDesign design) {
    AttentionDesign a = design.block().attention();
    if (a.relative().isEmpty()) {
      return null;
    }
    return w.tensor(
        new Role(design.shape().stack(), 0, Component.POSITION_BIAS),
        AttentionDesign.RELATIVE_TABLE,
        (long) a.relative().get().buckets(),
        (long) design.shape().heads());
  }

  StackDesign design() {
    return design;
  }

  Entry entry() {
    return entry;
  }

  /** Most positions that a sequence may have; 0 where only memory says. */
  long most() {
    return Math.max(entry.learned(), design.positions());
  }

  /** The names of its states in the order in which they come about. */
  List<String> names() {
    List<String> names = new ArrayList<>(List.of(prefix + "embed"));
    for (int i = 0; i < blocks.size(); i++) {
      String at = prefix + "block_" + i;
      names.add(at + ".attn.out");
      if (!design.block().crossNorm().isEmpty()) {
        names.add(at + ".cross.out");
      }
      names.add(at + ".mlp.act");
      names.add(at + ".mlp.out");
      names.add(at + ".out");
    }
    if (finalNorm != null) {
      names.add(prefix + "final_norm.out");
    }
    return names;
  }

  /**
   * The last state, behind the final norm where there is one: {@code (batch, positions, d)}; null
   * where everything that is wanted was there before.
   *
   * @param vectors in place of token vectors; may be null
   * @param memory the other stack's last state; may be null
   * @param memoryMask which of its positions are padding; may be null
   * @param cache what earlier steps left; may be null
   */
  Tensor run(
      Pass pass, Inputs in, Tensor vectors, Tensor memory, List<int[]> memoryMask, Cache cache) {
    int past = cache == null ? 0 : cache.length();
    Tensor positions = positions(in, past);
    Tensor x = pass.at(prefix + "embed", entry.apply(torchOf, in, vectors, positions));
    Block.Around around = around(in, positions, past, x, memory, memoryMask);
    for (int i = 0; i < blocks.size(); i++) {
      if (pass.done()) {
        return null;
      }
      String at = prefix + "block_" + i;
      int layer = i;
      Tensor entering = pass.hook().before(at, x);
      x = Torch.scoped(() -> blocks.get(layer).apply(entering, around, pass, at, cache, layer));
      pass.at(at + ".out", x);
    }
    if (cache != null) {
      cache.grow(Math.toIntExact(x.size(1)));
    }
    return finalNorm == null ? x : pass.at(prefix + "final_norm.out", finalNorm.apply(x));
  }

  private Tensor positions(Inputs in, int past) {
    return entry.image() != null ? null : places(in, past);
  }

  private Block.Around around(
      Inputs in, Tensor positions, int past, Tensor x, Tensor memory, List<int[]> memoryMask) {
    AttentionDesign attention = design.block().attention();
    int queries = Math.toIntExact(x.size(1));
    Tensor bias = Visible.of(torchOf, attention, past, queries, in.mask);
    if (relative != null) {
      int buckets = attention.relative().get().buckets();
      int most = attention.relative().get().most();
      RelativeBuckets cut = new RelativeBuckets(buckets, !attention.causal(), most);
      bias = Visible.relative(torchOf, cut, relative, past, queries, bias);
    }
    Rotary rotary =
        attention.rotary().isEmpty()
            ? null
            : Rotary.of(torchOf, attention.rotary().get(), design.shape().rotary(), positions);
    return new Block.Around(rotary, bias, memory, Visible.of(torchOf, memoryMask));
  }

  /**
   * The gradient with respect to the vectors, one block at a time: what enters each block is kept
   * from a pass without a graph, and on the way back each block is computed once more with one, so
   * that no more than one block's weights are held in the precision of the pass.
   *
   * @param vectors in place of tokens, {@code (batch, positions, d)}
   * @param behind what a change of the last state, behind the final norm, makes of f: df/dh
   */
  @SuppressWarnings("try") // the guard is there for what happens inside it
  Tensor back(Inputs in, Tensor vectors, UnaryOperator<Tensor> behind) {
    Tensor positions = positions(in, 0);
    Pass pass = new Pass(Set.of(), new States(), Hook.NONE);
    List<Tensor> entering = new ArrayList<>();
    Tensor x = entry.apply(torchOf, in, vectors, positions);
    Tensor first = x;
    Block.Around around = around(in, positions, 0, x, null, null);
    try (NoGradGuard plain = new NoGradGuard()) {
      x = x.detach();
      for (int i = 0; i < blocks.size(); i++) {
        entering.add(x);
        x = block(i, x, around, pass);
      }
    }
    Tensor last = x.detach().requires_grad_(true);
    Tensor h = finalNorm == null ? last : finalNorm.apply(last);
    Tensor by = through(h, last, behind.apply(h.detach()));
    for (int i = blocks.size() - 1; i >= 0; i--) {
      int layer = i;
      Tensor from = by;
      by =
          Torch.scoped(
              () -> {
                Tensor read = entering.get(layer).detach().requires_grad_(true);
                return through(block(layer, read, around, pass), read, from);
              });
    }
    return through(first, vectors, by);
  }

  private Tensor block(int layer, Tensor x, Block.Around around, Pass pass) {
    String at = prefix + "block_" + layer;
    return Torch.scoped(() -> blocks.get(layer).apply(x, around, pass, at, null, layer));
  }

  /** (dy/dx)' by; by itself where y is x. */
  private static Tensor through(Tensor y, Tensor x, Tensor by) {
    return torch
        .grad(
            new TensorVector(y),
            new TensorVector(x),
            new TensorVector(by),
            new BoolOptional(),
            false,
            false)
        .get(0)
        .detach(); // a tensor of its own: the vector's goes with the vector
  }

  /** Positions of every entry of the batch. */
  int positions(Inputs in) {
    return entry.image() == null ? in.length() : entry.image().patches() + 1;
  }

  /** Those that are given, else counted from the first id that the mask lets be seen. */
  private Tensor places(Inputs in, int past) {
    if (in.positions != null) {
      return torchOf.whole(in.positions);
    }
    int length = in.length();
    long[] all = new long[Math.multiplyExact(in.batch(), length)];
    for (int i = 0; i < all.length; i++) {
      all[i] = (long) past + i % length;
    }
    for (int row = 0; in.mask != null && row < in.batch(); row++) {
      int[] seen = in.mask.get(row);
      int hidden = 0;
      while (hidden < seen.length && seen[hidden] == 0) {
        hidden++;
      }
      for (int i = 0; i < length; i++) {
        all[row * length + i] = Math.max(0, all[row * length + i] - hidden);
      }
    }
    return torchOf.whole(all, in.batch(), length);
  }
}
