package dev.orograph.instrument.weights;

import dev.orograph.instrument.Piece;
import dev.orograph.model.Parameter;
import java.io.Serializable;
import java.util.List;

/**
 * The same matrix in all layers of a stack.
 *
 * @param component what it does
 * @param stack stack
 * @param layers block numbers
 * @param tensors its full names, one per layer
 * @param rows rows as stored
 * @param columns columns as stored
 * @param odd layers that are left out, for having it in another shape or for being too many
 * @param several whether another piece compares some of these
 * @param work rough cost in multiplications
 * @param bytes bound on anonymous memory
 */
public record CrossLayerPiece(
    String component,
    String stack,
    List<Integer> layers,
    List<String> tensors,
    long rows,
    long columns,
    int odd,
    boolean several,
    double work,
    long bytes)
    implements Piece, Serializable {

  static CrossLayerPiece of(List<Parameter> same, int odd, boolean several) {
    Parameter first = same.get(0);
    double n = same.size();
    return new CrossLayerPiece(
        first.role().component().id(),
        first.role().stack().id(),
        same.stream().map(p -> p.role().layer()).toList(),
        same.stream().map(p -> p.tensor().name()).toList(),
        first.tensor().rows(),
        first.tensor().columns(),
        odd,
        several,
        first.tensor().count() * n * (4 + n / 2),
        (long) (16 * n * n) + (4L << 20));
  }

  /** Entries of one of the matrices. */
  double entries() {
    return (double) rows * columns;
  }

  /** Where it is, and in which shape if there are several. */
  String place() {
    return stack + " " + component + (several ? " " + rows + "x" + columns : "");
  }

  @Override
  public String label() {
    return stack + " " + component + " " + rows + "x" + columns;
  }

  @Override
  public int nativeThreads() {
    return 1;
  }
}
