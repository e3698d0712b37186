package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.model.Model;
import java.io.Serializable;

/**
 * What analyses of the weights have in common: settings without options of their own.
 *
 * @param <D> what a task is about
 * @param <R> what measuring a task gives
 */
interface WeightInstrument<D extends Record & Serializable, R extends Record & Serializable>
    extends Instrument<WeightSettings, D, R> {
  @Override
  default Choices<WeightSettings> choices() {
    return Choices.none(made -> new WeightSettings(made.sound()));
  }

  /** The stored numbers of a tensor, to be closed. */
  default TensorData data(Model model, String tensor) {
    return model.checkpoint().map(model.parameter(tensor).orElseThrow().tensor());
  }
}
