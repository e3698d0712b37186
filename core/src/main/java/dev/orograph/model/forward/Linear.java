package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role;
import dev.orograph.model.Role.Stack;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * y = W x + b.
 *
 * @param weight W, {@code (outputs, inputs)}; cast where x is of another type
 * @param bias b, {@code (outputs)}, or null
 */
record Linear(Tensor weight, Tensor bias) {
  /** Numbers of W that are cast at a time. */
  private static final long PIECE = 1L << 19;

  /** The one of that component in a block. */
  static Linear of(
      Weights w, Stack stack, int layer, Component c, long outputs, long inputs, boolean biased) {
    return of(w, stack, layer, c, "", outputs, inputs, biased);
  }

  /** The one of that component and name. */
  static Linear of(
      Weights w,
      Stack stack,
      int layer,
      Component c,
      String name,
      long outputs,
      long inputs,
      boolean biased) {
    Tensor weight = w.matrix(stack, layer, c, name, outputs, inputs);
    Role role = new Role(stack, layer, c);
    return new Linear(weight, biased ? w.vector(role, name, true, weight.size(0)) : null);
  }

  /** {@code (..., inputs)} to {@code (..., outputs)}. */
  Tensor apply(Tensor x) {
    if (weight.scalar_type() == x.scalar_type()) {
      return torch.linear(x, weight, Torch.optional(bias));
    }
    Tensor[] parts = new Tensor[pieces()];
    for (int i = 0; i < parts.length; i++) {
      int piece = i;
      parts[i] = Torch.scoped(() -> torch.linear(x, piece(piece, x), part(piece)));
    }
    return parts.length == 1 ? parts[0] : Torch.cat(-1, parts);
  }

  /**
   * What a change of y makes of x, without a graph: W' dy, {@code (..., outputs)} to {@code (...,
   * inputs)}.
   */
  Tensor back(Tensor dy) {
    Tensor sum = null;
    for (int i = 0; i < pieces(); i++) {
      int piece = i;
      Tensor before = sum;
      sum =
          Torch.scoped(
              () -> {
                Tensor some = dy.narrow(-1, (long) piece * rows(), rows(piece));
                Tensor by = some.matmul(piece(piece, dy));
                return before == null ? by : before.add(by);
              });
    }
    return sum;
  }

  /** Rows of W that are cast at a time: their casts stay in the processor's caches. */
  private long rows() {
    return Math.max(1, PIECE / weight.size(1));
  }

  private long rows(int piece) {
    return Math.min(rows(), weight.size(0) - piece * rows());
  }

  private int pieces() {
    return Math.toIntExact((weight.size(0) + rows() - 1) / rows());
  }

  /** Some rows of W in the type of x. */
  private Tensor piece(int i, Tensor x) {
    return weight.narrow(0, i * rows(), rows(i)).to(x.scalar_type());
  }

  private TensorOptional part(int i) {
    return Torch.optional(bias == null ? null : bias.narrow(0, i * rows(), rows(i)));
  }
}
