package dev.orograph.instrument.embedding;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Applicability;
import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.ModelSubject;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.rows.TokenMatrices;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What instruments of the embedding have in common: one model with plainly stored matrices that
 * have a row per token, and one stage of pieces.
 *
 * @param <R> what measuring a piece gives
 */
interface MatrixInstrument<R extends Record & Serializable>
    extends Instrument<TerrainSettings, MatrixPiece, R> {
  @Override
  default TerrainSettings settings(Options options) {
    return TerrainSettings.of(options);
  }

  /** The pieces of work on one matrix. */
  List<MatrixPiece> pieces(Context c, TerrainSettings settings, Parameter matrix, String id);

  /** Measures one piece. */
  R measure(Context c, TerrainSettings settings, MatrixPiece piece, TokenRows rows);

  @Override
  default Applicability applies(Context c, List<Subject> subjects, TerrainSettings settings) {
    return TokenMatrices.applies(c.model((ModelSubject) subjects.get(0)));
  }

  @Override
  default List<MatrixPiece> plan(
      Context c, List<Subject> subjects, TerrainSettings settings, List<R> before) {
    List<MatrixPiece> pieces = new ArrayList<>();
    if (before.isEmpty()) {
      List<Parameter> matrices = c.model((ModelSubject) subjects.get(0)).tokenMatrices();
      for (Parameter p : matrices) {
        pieces.addAll(pieces(c, settings, p, TokenMatrices.id(p, matrices)));
      }
    }
    return pieces;
  }

  @Override
  default R measure(
      Context c, List<Subject> subjects, TerrainSettings settings, MatrixPiece piece) {
    Model model = c.model((ModelSubject) subjects.get(0));
    Parameter p = model.parameter(piece.tensor()).orElseThrow();
    try (TensorData data = model.checkpoint().map(p.tensor())) {
      return measure(c, settings, piece, TokenRows.of(c, data, model, piece.nativeThreads()));
    }
  }
}
