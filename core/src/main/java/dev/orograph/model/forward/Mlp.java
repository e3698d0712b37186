package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.Activation;
import dev.orograph.model.design.MlpDesign;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * down(f(up x)), or down(f(gate x) * up x).
 *
 * @param activation f
 * @param gate {@code d} to {@code dFf}; null where there is none
 * @param up {@code d} to {@code dFf}
 * @param down {@code dFf} to {@code d}
 */
record Mlp(Activation activation, Linear gate, Linear up, Linear down) {
  /** The one of a block. */
  static Mlp of(Weights w, StackSpec s, int layer, MlpDesign design) {
    Stack stack = s.stack();
    long d = s.dModel();
    boolean biased = design.biased();
    Linear up = Linear.of(w, stack, layer, Component.MLP_UP, s.dFf(), d, biased);
    long hidden = up.weight().size(0);
    return new Mlp(
        design.activation(),
        design.gated() ? Linear.of(w, stack, layer, Component.MLP_GATE, hidden, d, biased) : null,
        up,
        Linear.of(w, stack, layer, Component.MLP_DOWN, d, hidden, biased));
  }

  /**
   * {@code (batch, positions, d)} to the same.
   *
   * @param at the name of the block, whose state {@code .mlp.act} is what enters {@link #down}
   */
  Tensor apply(Tensor x, Pass pass, String at) {
    Tensor hidden = // (batch, positions, dFf)
        gate == null
            ? active(pass.through(up, x))
            : active(pass.through(gate, x)).mul(pass.through(up, x));
    return pass.through(down, pass.at(at + ".mlp.act", hidden));
  }

  private Tensor active(Tensor x) {
    return switch (activation) {
      case RELU -> torch.relu(x);
      case GELU -> torch.gelu(x, "none");
      case GELU_TANH -> torch.gelu(x, "tanh");
      case QUICK_GELU -> x.mul(x.mul(new Scalar(1.702)).sigmoid());
      case SILU -> torch.silu(x);
    };
  }
}
