package dev.orograph.instrument.weights;

import dev.orograph.instrument.Task;
import dev.orograph.stats.Estimate;
import java.io.Serializable;
import java.util.List;

/**
 * How alike two tensors are, or the layers of a component.
 *
 * @param task what was compared
 * @param names of the two models
 * @param shape of the tensors
 * @param nonFinite entries that are NaN or infinite in either; with any there are no figures
 * @param cosine of the two, entry by entry; null where there is none
 * @param norm of the first
 * @param other norm of the second
 * @param distance between them over the root of the sum of their squares: 1 for orthogonal ones
 * @param change distance between them over the first one's norm
 * @param moved what became of a matrix that has one origin; null for anything else
 * @param layers numbers of the layers of the first model, or of an attention's heads
 * @param others numbers of those of the second
 * @param cosines of layers or heads, {@code (layers, others)}
 */
record SharedStartFigures(
    Task<SharedStart.Pair> task,
    List<String> names,
    List<Long> shape,
    long nonFinite,
    Estimate cosine,
    Double norm,
    Double other,
    Double distance,
    Double change,
    MovedMatrix moved,
    List<Integer> layers,
    List<Integer> others,
    List<List<Double>> cosines)
    implements Serializable {
  /** Entries of a tensor that tell which layer it is. */
  static final int LEADING = 1 << 14;

  /** Smallest cosine beyond chance that counts. */
  static final double SMALLEST = 0.1;

  private static final double CLEAR = 4;

  /** The same with what became of it. */
  SharedStartFigures with(MovedMatrix matrix) {
    return new SharedStartFigures(
        task, names, shape, nonFinite, cosine, norm, other, distance, change, matrix, layers,
        others, cosines);
  }

  /** Whether it counts: a matrix, whose entries no two models share by convention. */
  boolean counts() {
    return cosine != null && shape.size() > 1;
  }

  /** Whether the two have one origin as far as can be told. */
  boolean shared() {
    double chance = cosine.expected() == null ? 0 : cosine.expected();
    boolean clear = cosine.z() == null || cosine.z() >= CLEAR;
    return clear && cosine.value() - chance >= SMALLEST;
  }
}
