package dev.orograph.instrument.weights;

import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Piece;
import dev.orograph.model.Parameter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One stored tensor to measure, with its place in the model.
 *
 * @param index position in the plan
 * @param tensor full name
 * @param group component, or name pattern where the model is not recognised
 * @param stack stack
 * @param layer block number, -1 outside the blocks
 * @param rows rows; the element count of a tensor that is not a matrix
 * @param columns columns; 1 of a tensor that is not a matrix
 * @param dtype stored type
 * @param matrix whether it is two-dimensional
 * @param draws shuffled copies to measure beside it
 * @param work rough cost in multiplications
 * @param bytes bound on anonymous memory
 * @param nativeThreads native threads
 */
public record WeightPiece(
    int index,
    String tensor,
    String group,
    String stack,
    int layer,
    long rows,
    long columns,
    String dtype,
    boolean matrix,
    int draws,
    double work,
    long bytes,
    int nativeThreads)
    implements Piece, Serializable {

  /** A piece about that parameter. */
  static WeightPiece of(
      int index, Parameter p, int draws, double work, long bytes, int nativeThreads) {
    boolean matrix = p.matrix();
    return new WeightPiece(
        index,
        p.tensor().name(),
        p.group(),
        p.role().stack().id(),
        p.role().layer(),
        matrix ? p.tensor().rows() : p.tensor().count(),
        matrix ? p.tensor().columns() : 1,
        p.tensor().dtype().name(),
        matrix,
        draws,
        work,
        bytes,
        nativeThreads);
  }

  @Override
  public String label() {
    return tensor;
  }

  /** The columns that say which tensor a row is about, and how it is stored. */
  static <R> List<Column<R>> columns(Function<R, WeightPiece> piece) {
    List<Column<R>> c = new ArrayList<>(place(piece));
    c.add(new Column<>("rows", "rows as stored", r -> piece.apply(r).rows()));
    c.add(new Column<>("columns", "columns as stored", r -> piece.apply(r).columns()));
    c.add(new Column<>("dtype", "stored type", r -> piece.apply(r).dtype()));
    return c;
  }

  /** The columns that say which tensor a row is about. */
  static <R> List<Column<R>> place(Function<R, WeightPiece> piece) {
    return List.of(
        new Column<>("tensor", "full name", r -> piece.apply(r).tensor()),
        new Column<>("component", "what it does", r -> piece.apply(r).group()),
        new Column<>("stack", "which stack", r -> piece.apply(r).stack()),
        new Column<>(
            "layer",
            "block number, empty outside the blocks",
            r -> piece.apply(r).layer() < 0 ? null : (Object) (long) piece.apply(r).layer()));
  }
}
