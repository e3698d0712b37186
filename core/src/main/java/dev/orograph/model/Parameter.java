package dev.orograph.model;

import dev.orograph.checkpoint.TensorInfo;

/**
 * A stored tensor with its role.
 *
 * @param tensor where it lies
 * @param role what it does
 */
public record Parameter(TensorInfo tensor, Role role) {
  /**
   * What it is compared with: its component, or for unrecognised names the name with every number
   * replaced by {@code *}, so that the same matrix of different layers falls together.
   */
  public String group() {
    return role.component() == Component.OTHER
        ? tensor.name().replaceAll("(?<=^|\\.)\\d+(?=\\.|$)", "*")
        : role.component().id();
  }

  /** Whether it is a two-dimensional floating-point weight with at least one entry. */
  public boolean matrix() {
    return tensor.rank() == 2 && tensor.dtype().floating() && tensor.count() > 0;
  }
}
