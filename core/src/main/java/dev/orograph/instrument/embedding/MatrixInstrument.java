package dev.orograph.instrument.embedding;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What analyses of the embedding have in common: the rows of plainly stored matrices that have one
 * per token.
 *
 * @param <R> what measuring a task gives
 */
interface MatrixInstrument<R extends Record & Serializable>
    extends Instrument<TerrainSettings, TokenMatrix, R> {
  @Override
  default Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TOKEN_MATRIX);
  }

  @Override
  default Choices<TerrainSettings> choices() {
    return Choices.none(TerrainSettings::of);
  }

  /** The tasks on one matrix. */
  List<Task<TokenMatrix>> tasks(Work work, TerrainSettings settings, Parameter matrix, String id);

  /** Measures one task. */
  R measure(Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows);

  @Override
  default List<Task<TokenMatrix>> tasks(Work work, TerrainSettings settings) {
    List<Task<TokenMatrix>> tasks = new ArrayList<>();
    List<Parameter> matrices = work.model().tokenMatrices();
    for (Parameter p : matrices) {
      tasks.addAll(tasks(work, settings, p, TokenMatrix.id(p, matrices)));
    }
    return tasks;
  }

  @Override
  default R measure(Work work, TerrainSettings settings, Task<TokenMatrix> task) {
    Model model = work.model();
    Parameter p = model.parameter(task.detail().tensor()).orElseThrow();
    try (TensorData data = model.checkpoint().map(p.tensor())) {
      return measure(work, settings, task, TokenRows.of(work, data, model, task.nativeThreads()));
    }
  }

  /**
   * A task on a whole matrix, or on a part of the work on it, by one native thread.
   *
   * @param cost multiplications per entry
   */
  static Task<TokenMatrix> perEntry(Parameter p, String id, String part, double cost, long bytes) {
    TokenMatrix m = TokenMatrix.of(p, id, part, 0);
    return TokenMatrix.task(p, m, cost * m.rows() * m.columns(), bytes, 1);
  }

  /** A task on a part of the work on a matrix, by one native thread. */
  static Task<TokenMatrix> part(Parameter p, String id, String part, double work, long bytes) {
    return TokenMatrix.task(p, TokenMatrix.of(p, id, part, 0), work, bytes, 1);
  }
}
