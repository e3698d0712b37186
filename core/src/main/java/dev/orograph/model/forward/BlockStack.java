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
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The blocks of one stack, what enters them and the norm behind them. */
final class BlockStack {
  /** Bytes that the blocks may note for the way back before they are computed twice instead. */
  static final double NOTED = 1L << 28;

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
   * The gradient with respect to the vectors, a block at a time, so that no weights are held in the
   * precision of the pass. What each block {@linkplain Tape noted} is kept until the way back where
   * that is little; else a block is computed once more for it, which changes no digit.
   *
   * @param vectors in place of tokens, {@code (batch, positions, d)}
   * @param most bytes that blocks may note
   * @param behind what a change of the last state, behind the final norm, makes of f: df/dh
   */
  Tensor back(Inputs in, Tensor vectors, double most, UnaryOperator<Tensor> behind) {
    Tensor positions = positions(in, 0);
    Tensor first = entry.apply(torchOf, in, vectors, positions);
    Block.Around around = around(in, positions, 0, first, null, null);
    boolean kept = noted(first) <= most;
    List<Tensor> entering = new ArrayList<>();
    List<Tape> tapes = new ArrayList<>();
    try {
      Tensor x = first.detach();
      for (int i = 0; i < blocks.size(); i++) {
        entering.add(x);
        Tape tape = new Tape();
        tapes.add(tape);
        x = block(i, x, around, tape);
        if (!kept) {
          tape.close();
        }
      }
      Tensor last = x.requires_grad_(true);
      Tensor h = finalNorm == null ? last : finalNorm.apply(last);
      Tensor by = through(h, last, behind.apply(h.detach()));
      for (int i = blocks.size() - 1; i >= 0; i--) {
        int layer = i;
        Tensor from = by;
        by =
            Torch.scoped(
                () -> {
                  try (Tape tape = tapes.get(layer)) {
                    if (!kept) {
                      block(layer, entering.get(layer), around, tape);
                    }
                    return tape.back(from);
                  }
                });
      }
      return through(first, vectors, by);
    } finally {
      tapes.forEach(Tape::close);
    }
  }

  /** Bytes, about, that the tapes of all blocks hold for that batch. */
  private double noted(Tensor x) {
    StackSpec s = design.shape();
    double row = 12.0 * s.dModel() + 4.0 * s.dFf() + (double) s.heads() * x.size(1);
    return row * x.size(0) * x.size(1) * blocks.size() * torchOf.precision().bytes();
  }

  /** What leaves a block, without a graph; the tape has the way back. */
  private Tensor block(int layer, Tensor x, Block.Around around, Tape tape) {
    Pass pass = new Pass(Set.of(), new States(), Hook.NONE, tape);
    return Torch.scoped(
        () -> {
          Tensor read = x.detach().requires_grad_(true);
          String at = prefix + "block_" + layer;
          Tensor y = blocks.get(layer).apply(read, around, pass, at, null, layer);
          tape.ends(read, y);
          return y.detach();
        });
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
