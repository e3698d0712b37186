package dev.orograph.model;

import dev.orograph.checkpoint.TensorInfo;

/**
 * A weight with its role: a stored tensor, or one part of a tensor that holds several.
 *
 * @param tensor where it lies
 * @param role what it does
 * @param transposed whether a matrix is stored {@code (inputs, outputs)} instead of {@code
 *     (outputs, inputs)}
 */
public record Parameter(TensorInfo tensor, Role role, boolean transposed) {
  /**
   * What it is compared with: its component, or for unrecognised names the name with every number
   * replaced by {@code *}, so that the same matrix of different layers falls together.
   */
  public String group() {
    return role.component() == Component.OTHER
        ? tensor.name().replaceAll("(?<=^|\\.)\\d+(?=\\.|$)", "*")
        : role.component().id();
  }

  /** Whether it was learned: a floating-point tensor that is no mask or table. */
  public boolean weight() {
    return tensor.dtype().floating() && tensor.count() > 0 && role.component() != Component.BUFFER;
  }

  /** Whether it is a two-dimensional weight. */
  public boolean matrix() {
    return weight() && tensor.rank() == 2;
  }

  /** Outputs of a matrix. */
  public long outputs() {
    return transposed ? tensor.columns() : tensor.rows();
  }

  /** Inputs of a matrix. */
  public long inputs() {
    return transposed ? tensor.rows() : tensor.columns();
  }
}
