package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.design.NormDesign;
import dev.orograph.model.design.NormDesign.Kind;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * LayerNorm or RMSNorm over the last axis.
 *
 * @param design which
 * @param scale w, {@code (d)}
 * @param shift b, {@code (d)}, or null
 */
record Norm(NormDesign design, Tensor scale, Tensor shift) {
  /** The one of that name; null where the name is empty. */
  static Norm of(Weights w, NormDesign design, Stack stack, int layer, String name, long d) {
    if (name.isEmpty()) {
      return null;
    }
    Role role = new Role(stack, layer, Component.NORM);
    return new Norm(
        design,
        w.vector(role, name, false, d),
        design.kind() == Kind.LAYER ? w.vector(role, name, true, d) : null);
  }

  /** {@code (..., d)} to {@code (..., d)}. */
  Tensor apply(Tensor x) {
    long[] last = {scale.size(0)};
    return design.kind() == Kind.LAYER
        ? torch.layer_norm(
            x, last, Torch.optional(scale), Torch.optional(shift), design.epsilon(), false)
        : torch.rms_norm(x, last, Torch.optional(scale), new DoubleOptional(design.epsilon()));
  }
}
