package dev.orograph.instrument.weights;

import dev.orograph.instrument.Applicability;
import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.ModelSubject;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Piece;
import dev.orograph.instrument.Subject;
import dev.orograph.model.Model;
import java.io.Serializable;
import java.util.List;

/**
 * What instruments of the weights have in common: one model whose stored numbers are its weights,
 * and one stage of pieces.
 *
 * @param <U> one piece of work
 * @param <R> what measuring a piece gives
 */
interface WeightInstrument<U extends Record & Piece & Serializable, R extends Record & Serializable>
    extends Instrument<WeightSettings, U, R> {
  @Override
  default WeightSettings settings(Options options) {
    return WeightSettings.of(options);
  }

  /** All pieces of work, in a fixed order; none where the model has nothing to measure. */
  List<U> pieces(Context c, Model model, WeightSettings settings);

  /** What a model without pieces lacks: "no ...". */
  String lacking();

  /** Whether it takes the roles of tensors, which only a known family has. */
  default boolean byRole() {
    return true;
  }

  /** Measures one piece of the model. */
  R measure(Context c, Model model, WeightSettings settings, U piece);

  @Override
  default Applicability applies(Context c, List<Subject> subjects, WeightSettings settings) {
    Model model = c.model((ModelSubject) subjects.get(0));
    if (model.packed().isPresent()) {
      return Applicability.not("the stored numbers are not the weights: " + model.packed().get());
    }
    if (byRole() && !model.recognised()) {
      return Applicability.not("the model is of no known family, which would say what is what");
    }
    return pieces(c, model, settings).isEmpty()
        ? Applicability.not(lacking())
        : Applicability.applies();
  }

  @Override
  default List<U> plan(Context c, List<Subject> subjects, WeightSettings settings, List<R> before) {
    return before.isEmpty()
        ? pieces(c, c.model((ModelSubject) subjects.get(0)), settings)
        : List.of();
  }

  @Override
  default R measure(Context c, List<Subject> subjects, WeightSettings settings, U piece) {
    return measure(c, c.model((ModelSubject) subjects.get(0)), settings, piece);
  }
}
