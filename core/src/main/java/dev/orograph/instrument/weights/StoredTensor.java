package dev.orograph.instrument.weights;

import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.model.Parameter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One stored tensor to measure; its full name is the task's label.
 *
 * @param index position among the tasks
 * @param rows rows; the element count of a tensor that is not a matrix
 * @param columns columns; 1 of a tensor that is not a matrix
 * @param dtype stored type
 * @param matrix whether it is two-dimensional
 * @param draws shuffled copies to measure beside it
 * @param transposed whether a matrix is stored {@code (inputs, outputs)}
 */
public record StoredTensor(
    int index, long rows, long columns, String dtype, boolean matrix, int draws, boolean transposed)
    implements Serializable {

  /** A task about that parameter. */
  static Task<StoredTensor> task(int index, Parameter p, int draws, double work, long bytes) {
    boolean matrix = p.matrix();
    return Task.of(
        p.tensor().name(),
        new Place(p.role().stack().id(), p.group(), p.role().layer()),
        Math.max(1, work),
        bytes,
        new StoredTensor(
            index,
            matrix ? p.tensor().rows() : p.tensor().count(),
            matrix ? p.tensor().columns() : 1,
            p.tensor().dtype().name(),
            matrix,
            draws,
            p.transposed()));
  }

  /** The columns that say which tensor a row is about, and how it is stored. */
  static <R> List<Column<R>> columns(Function<R, Task<StoredTensor>> task) {
    List<Column<R>> c = new ArrayList<>(place(task));
    c.add(new Column<>("rows", "rows as stored", r -> task.apply(r).detail().rows()));
    c.add(new Column<>("columns", "columns as stored", r -> task.apply(r).detail().columns()));
    c.add(new Column<>("dtype", "stored type", r -> task.apply(r).detail().dtype()));
    return c;
  }

  /** The columns that say which tensor a row is about. */
  static <R> List<Column<R>> place(Function<R, Task<StoredTensor>> task) {
    return List.of(
        new Column<>("tensor", "full name", r -> task.apply(r).label()),
        new Column<>("component", "what it does", r -> task.apply(r).place().component()),
        new Column<>("stack", "which stack", r -> task.apply(r).place().stack()),
        new Column<>(
            "layer",
            "block number, empty outside the blocks",
            r -> task.apply(r).place().layerOrNull()));
  }
}
