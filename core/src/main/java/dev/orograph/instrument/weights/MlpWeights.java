package dev.orograph.instrument.weights;

import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Task;
import java.io.Serializable;
import java.util.List;
import java.util.function.Function;

/**
 * The MLP of one layer.
 *
 * @param neurons how many it has, d_ff; 0 where that is not clear
 * @param tensors names of its matrices: gate if there is one, up, down
 * @param gated whether it has a gate
 * @param fault why it cannot be measured, or empty
 */
public record MlpWeights(long neurons, List<String> tensors, boolean gated, String fault)
    implements Serializable {
  /** The columns that say which layer a row is about. */
  static <R> List<Column<R>> columns(Function<R, Task<MlpWeights>> task) {
    return List.of(
        new Column<>("stack", "which stack", r -> task.apply(r).place().stack()),
        new Column<>("layer", "block number", r -> task.apply(r).place().layerOrNull()),
        new Column<>(
            "kind", "plain or gated", r -> task.apply(r).detail().gated() ? "gated" : "plain"),
        NeuronColumns.D_FF.column(r -> task.apply(r).detail()));
  }
}
