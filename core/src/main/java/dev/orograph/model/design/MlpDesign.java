package dev.orograph.model.design;

/**
 * The MLP of a block: down(f(up x)), or down(f(gate x) * up x).
 *
 * @param activation f
 * @param gated whether it has a gate
 * @param biased whether its projections have biases
 */
public record MlpDesign(Activation activation, boolean gated, boolean biased) {
  /** The same with another non-linearity. */
  public MlpDesign withActivation(Activation other) {
    return new MlpDesign(other, gated, biased);
  }
}
