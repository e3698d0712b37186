package dev.orograph.model.forward;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** Sees the residual stream before a block, and may change it. */
@FunctionalInterface
public interface Hook {
  /** Changes nothing. */
  Hook NONE = (block, state) -> state;

  /**
   * What enters a block.
   *
   * @param block its name: {@code block_3}, {@code encoder.block_0}
   * @param state {@code (batch, positions, d)}
   * @return the state that enters it instead, of the same shape; the same one changes no digit
   */
  Tensor before(String block, Tensor state);

  /** One that changes the numbers of one block in row-major order; no gradient passes it. */
  static Hook numbers(String at, UnaryOperator<double[]> change) {
    return (block, state) ->
        block.equals(at)
            ? Torch.exact(change.apply(Torch.doubles(state)), state.shape()).to(state)
            : state;
  }
}
