package dev.orograph.instrument.weights;

import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Piece;
import java.io.Serializable;
import java.util.List;
import java.util.function.Function;

/**
 * The MLP of one layer.
 *
 * @param stack stack
 * @param layer block number
 * @param neurons how many it has, d_ff; 0 where that is not clear
 * @param tensors names of its matrices: gate if there is one, up, down
 * @param gated whether it has a gate
 * @param fault why it cannot be measured, or empty
 * @param work rough cost in multiplications
 * @param bytes bound on anonymous memory
 */
public record NeuronPiece(
    String stack,
    int layer,
    long neurons,
    List<String> tensors,
    boolean gated,
    String fault,
    double work,
    long bytes)
    implements Piece, Serializable {
  @Override
  public String label() {
    return stack + " " + layer;
  }

  @Override
  public int nativeThreads() {
    return 1;
  }

  /** The columns that say which layer a row is about. */
  static <R> List<Column<R>> columns(Function<R, NeuronPiece> piece) {
    return List.of(
        new Column<>("stack", "which stack", r -> piece.apply(r).stack()),
        new Column<>("layer", "block number", r -> (long) piece.apply(r).layer()),
        new Column<>("kind", "plain or gated", r -> piece.apply(r).gated() ? "gated" : "plain"),
        new Column<>("d_ff", "neurons", r -> piece.apply(r).neurons()));
  }
}
