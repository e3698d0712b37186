package dev.orograph.instrument.embedding;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Applicability;
import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.ModelSubject;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Subject;
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
  /** Numbers of a row beyond which it is no token's; some rows are held as Java arrays. */
  long WIDEST = 1 << 17;

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
    return applies(c.model((ModelSubject) subjects.get(0)));
  }

  /** Whether a model has a matrix with a row per token. */
  static Applicability applies(Model model) {
    if (model.packed().isPresent()) {
      return Applicability.not("the stored numbers are not the weights: " + model.packed().get());
    }
    if (model.tokenMatrices().isEmpty()) {
      return Applicability.not(
          model.recognised()
              ? "no matrix with a row per token"
              : "the model is of no known family, which would say which matrix is the embedding");
    }
    return model.tokenMatrices().stream()
        .filter(p -> p.tensor().columns() > WIDEST)
        .findFirst()
        .map(
            p ->
                Applicability.not(
                    "the rows of '"
                        + p.tensor().name()
                        + "' are too wide for tokens: "
                        + p.tensor().columns()
                        + " numbers"))
        .orElse(Applicability.applies());
  }

  @Override
  default List<MatrixPiece> plan(
      Context c, List<Subject> subjects, TerrainSettings settings, List<R> before) {
    List<MatrixPiece> pieces = new ArrayList<>();
    if (before.isEmpty()) {
      List<Parameter> matrices = c.model((ModelSubject) subjects.get(0)).tokenMatrices();
      for (Parameter p : matrices) {
        pieces.addAll(pieces(c, settings, p, id(p, matrices)));
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
      return measure(c, settings, piece, TokenRows.of(c, data, model));
    }
  }

  /** Its component, with the stack or a number where two have the same. */
  static String id(Parameter p, List<Parameter> matrices) {
    String own = component(p);
    List<Parameter> alike = matrices.stream().filter(m -> component(m).equals(own)).toList();
    if (alike.size() == 1) {
      return own;
    }
    long sameStack = alike.stream().filter(m -> m.role().stack() == p.role().stack()).count();
    return sameStack == 1 ? p.role().stack().id() + "." + own : own + "." + alike.indexOf(p);
  }

  private static String component(Parameter p) {
    return p.role().component() == dev.orograph.model.Component.OTHER
        ? "matrix"
        : p.role().component().id();
  }
}
