package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role;
import dev.orograph.model.Role.Stack;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * y = W x + b.
 *
 * @param weight W, {@code (outputs, inputs)}
 * @param bias b, {@code (outputs)}, or null
 */
record Linear(Tensor weight, Tensor bias) {
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
    return torch.linear(x, weight, Torch.optional(bias));
  }
}
