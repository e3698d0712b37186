package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role;
import dev.orograph.model.design.HeadDesign;
import dev.orograph.model.design.StackDesign;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * From the last state to a score for each token: scale W h + b.
 *
 * @param linear W and b
 * @param scale what the state is multiplied with
 */
record Head(Linear linear, double scale) {
  /** The one behind that stack. */
  static Head of(Weights w, HeadDesign design, StackDesign last, Optional<HeadDesign> head) {
    Tensor weight = design.tied() ? w.tokens(last, head) : w.head(design, last);
    Role role = new Role(last.shape().stack(), Role.NO_LAYER, Component.HEAD);
    Tensor bias = design.biased() ? w.vector(role, design.table(), true, weight.size(0)) : null;
    return new Head(new Linear(weight, bias, w.rows(weight)), design.scale());
  }

  /** {@code (batch, positions, d)} to {@code (batch, positions, vocabulary)}. */
  Tensor apply(Tensor x) {
    return linear.apply(Torch.times(x, scale));
  }
}
