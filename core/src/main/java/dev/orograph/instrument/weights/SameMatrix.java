package dev.orograph.instrument.weights;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.model.Parameter;
import java.io.Serializable;
import java.util.List;

/**
 * The same matrix in all layers of a stack.
 *
 * @param layers block numbers
 * @param tensors its full names, one per layer
 * @param rows rows as stored
 * @param columns columns as stored
 * @param odd layers that are left out, for having it in another shape or for being too many
 * @param several whether another task compares some of these
 */
public record SameMatrix(
    List<Integer> layers, List<String> tensors, long rows, long columns, int odd, boolean several)
    implements Serializable {

  static Task<SameMatrix> task(List<Parameter> same, int odd, boolean several) {
    Parameter first = same.get(0);
    Place place =
        new Place(first.role().stack().id(), first.role().component().id(), Place.NO_LAYER);
    long rows = first.tensor().rows();
    long columns = first.tensor().columns();
    double n = same.size();
    return Task.of(
        place.stack() + " " + place.component() + " " + rows + "x" + columns,
        place,
        Math.max(1, first.tensor().count() * n * (4 + n / 2)),
        (long) (16 * n * n) + (4L << 20),
        new SameMatrix(
            same.stream().map(p -> p.role().layer()).toList(),
            same.stream().map(p -> p.tensor().name()).toList(),
            rows,
            columns,
            odd,
            several));
  }

  /** Entries of one of the matrices. */
  double entries() {
    return (double) rows * columns;
  }
}
