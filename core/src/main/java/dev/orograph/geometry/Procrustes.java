package dev.orograph.geometry;

import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.linalg.SingularVectors;
import java.util.List;

/**
 * The rotation (with or without a reflection) that brings points nearest to others of the same
 * number: orthogonal R that minimises {@code ||A R - B||} for rows A and B, {@code R = U V'} with
 * {@code A'B = U S V'}. Unique where A'B has full rank. Source: Schonemann 1966.
 *
 * @param rotation R, {@code (d, d)}
 * @param singularValues of A'B, descending: their sum is what the norms of A and B times the best
 *     cosine of the two are
 */
public record Procrustes(Matrix rotation, List<Double> singularValues) {
  /**
   * Aligns points with points; inside of {@link dev.orograph.linalg.Lapack#with}.
   *
   * @param from A', a point per column, {@code (d, n)}, finite and centred by the caller
   * @param to B', the same
   * @param scope owns the rotation
   * @throws ArithmeticException if LAPACK does not converge
   */
  public static Procrustes of(Matrix from, Matrix to, Scope scope) {
    try (Scope local = new Scope()) {
      return of(from.timesTransposed(to, local), scope);
    }
  }

  /**
   * The same of their products.
   *
   * @param products A'B, {@code (d, d)}; overwritten
   */
  public static Procrustes of(Matrix products, Scope scope) {
    try (Scope local = new Scope()) {
      SingularVectors s = SingularVectors.of(products, local);
      return new Procrustes(s.left().times(s.rightTransposed(), scope), s.values());
    }
  }

  /** Sum of the singular values of A'B: what scipy's {@code orthogonal_procrustes} calls scale. */
  public double scale() {
    return singularValues.stream().mapToDouble(s -> s).sum();
  }
}
