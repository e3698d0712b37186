package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role;
import dev.orograph.model.Role.Stack;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * y = W x + b.
 *
 * @param weight W, {@code (outputs, inputs)}; cast where x is of another type
 * @param bias b, {@code (outputs)}, or null
 * @param rows reads rows of W to be cast; null where it is cast from memory
 */
record Linear(Tensor weight, Tensor bias, StoredRows rows) {
  /** Numbers of W that are cast at a time. */
  private static final long PIECE = 1L << 19;

  /** Sums of pieces on the way back. */
  private static final int GROUPS = 16;

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
    Tensor bias = biased ? w.vector(role, name, true, weight.size(0)) : null;
    return new Linear(weight, bias, w.rows(weight));
  }

  /** {@code (..., inputs)} to {@code (..., outputs)}. */
  Tensor apply(Tensor x) {
    if (weight.scalar_type() == x.scalar_type()) {
      return torch.linear(x, weight, Torch.optional(bias));
    }
    // A graph holds the weights, and across threads it would be walked back in no fixed order.
    boolean plain = !x.requires_grad();
    Tensor[] parts =
        Slices.parts(pieces(), plain, i -> with(i, plain, x, w -> torch.linear(x, w, part(i))));
    return parts.length == 1 ? parts[0] : Torch.cat(-1, parts);
  }

  /**
   * What a change of y makes of x, without a graph: W' dy, {@code (..., outputs)} to {@code (...,
   * inputs)}. Pieces are summed in groups that follow from their number alone.
   */
  Tensor back(Tensor dy) {
    int pieces = pieces();
    int groups = Math.min(GROUPS, pieces);
    IntFunction<Tensor> group =
        g -> {
          int end = (int) ((g + 1L) * pieces / groups);
          int first = (int) ((long) g * pieces / groups);
          Tensor sum = back(first, dy, null);
          for (int i = first + 1; i < end; i++) {
            sum = back(i, dy, sum);
          }
          return sum;
        };
    Tensor[] sums = Slices.parts(groups, true, group);
    Tensor all = sums[0];
    for (int g = 1; g < groups; g++) {
      all = all.add(sums[g]);
    }
    return all;
  }

  private Tensor back(int piece, Tensor dy, Tensor before) {
    return Torch.scoped(
        () -> {
          Tensor some = dy.narrow(-1, piece * height(), height(piece));
          Tensor by = with(piece, true, dy, some::matmul);
          return before == null ? by : before.add(by);
        });
  }

  /** Rows of W that are cast at a time: their casts stay in the processor's caches. */
  private long height() {
    return Math.max(1, PIECE / weight.size(1));
  }

  private long height(int piece) {
    return Math.min(height(), weight.size(0) - piece * height());
  }

  private int pieces() {
    return Math.toIntExact((weight.size(0) + height() - 1) / height());
  }

  /**
   * What is made of some rows of W in the type of x, which is without a graph where it is plain.
   */
  private Tensor with(int i, boolean plain, Tensor x, UnaryOperator<Tensor> product) {
    return rows == null || !plain
        ? product.apply(weight.narrow(0, i * height(), height(i)).to(x.scalar_type()))
        : rows.with(i * height(), height(i), product);
  }

  private TensorOptional part(int i) {
    return Torch.optional(bias == null ? null : bias.narrow(0, i * height(), height(i)));
  }
}
