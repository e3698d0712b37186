package dev.orograph.model;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a stored tensor holds one weight, or several. */
public enum Layout {
  /** One weight, {@code (outputs, inputs)}: y = W x. */
  LINEAR,
  /** One weight, {@code (inputs, outputs)}: y = x W. */
  TRANSPOSED,
  /** Several weights, one after the other along the outputs. */
  STACKED,
  /** Several weights side by side in an {@code (inputs, outputs)} matrix. */
  STACKED_TRANSPOSED,
  /**
   * For each head in turn a head of each weight, along the outputs; where queries share keys, for
   * each key head its query heads, its key and its value.
   */
  BY_HEAD;

  /**
   * One weight of a fused tensor.
   *
   * @param tensor where it lies
   * @param component what it is
   */
  record Piece(TensorInfo tensor, Component component) {}

  boolean transposed() {
    return this == TRANSPOSED || this == STACKED_TRANSPOSED;
  }

  /**
   * Cuts a fused tensor (a matrix, or its bias) into its weights. Where that takes heads and the
   * configuration does not say how many there are, the tensor stays whole as {@link
   * Component#SELF_ATTN_QKV}.
   *
   * @throws InputException where its outputs cannot be cut like that
   */
  List<Piece> split(TensorInfo t, List<Component> components, Optional<StackSpec> stack) {
    int heads = stack.map(StackSpec::heads).orElse(0);
    int keyHeads = stack.map(StackSpec::keyHeads).orElse(0);
    boolean uneven =
        this == STACKED
            && components.contains(Component.SELF_ATTN_Q)
            && t.rank() == 2
            && t.rows() != components.size() * t.columns();
    if (heads == 0 && (this == BY_HEAD || uneven)) {
      return List.of(new Piece(t, Component.SELF_ATTN_QKV));
    }
    boolean across = this == STACKED_TRANSPOSED && t.rank() == 2;
    long outputs = t.rank() == 0 ? 1 : t.shape().get(across ? 1 : 0);
    // Where queries share keys, a key head has several query heads; otherwise all are equal.
    boolean grouped =
        heads != keyHeads
            && heads > 0
            && keyHeads > 0
            && components.contains(Component.SELF_ATTN_Q)
            && components.contains(Component.SELF_ATTN_K);
    long blocks = this != BY_HEAD ? 1 : grouped ? keyHeads : heads;
    List<Integer> shares = new ArrayList<>();
    for (Component c : components) {
      boolean query = grouped && c == Component.SELF_ATTN_Q;
      shares.add(!grouped ? 1 : (int) ((query ? heads : keyHeads) / blocks));
    }
    long of = shares.stream().mapToLong(Integer::longValue).sum();
    boolean crooked = this == BY_HEAD && grouped && heads % keyHeads != 0;
    // Rows of a block type are whole blocks; nothing else of it can be cut.
    boolean uncut = t.dtype().block() > 1 && (across || t.rank() < 2);
    if (t.count() == 0
        || t.rank() > 2
        || t.rank() == 0
        || crooked
        || uncut
        || outputs % (of * blocks) != 0) {
      throw InputException.at(t.file())
          .place(Text.quoted(t.name()))
          .expected(
              "should hold "
                  + components.size()
                  + " weights"
                  + (this == BY_HEAD ? " for each of " + blocks + " heads" : "")
                  + ", a multiple of "
                  + of * blocks
                  + " outputs")
          .found("it has shape " + t.shape())
          .remedy("check the configuration against the weights")
          .build();
    }
    long unit = outputs / of / blocks;
    long inputs = t.count() / outputs;
    List<Piece> pieces = new ArrayList<>();
    long before = 0;
    for (int i = 0; i < components.size(); i++) {
      long size = unit * shares.get(i);
      long all = size * blocks;
      List<Long> shape =
          t.rank() == 1 ? List.of(all) : across ? List.of(inputs, all) : List.of(all, inputs);
      long step = across ? 1 : inputs;
      pieces.add(
          new Piece(
              t.part(
                  components.get(i).id(),
                  shape,
                  before * step,
                  size * step,
                  across ? outputs : unit * of * inputs),
              components.get(i)));
      before += size;
    }
    return pieces;
  }
}
