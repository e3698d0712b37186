package dev.orograph.instrument.weights;

import dev.orograph.instrument.Options;
import java.io.Serializable;

/**
 * Settings of the instruments of the weights.
 *
 * @param sound whether to give the sound figures and the null
 * @param seed seed of the draws
 */
public record WeightSettings(boolean sound, long seed) implements Serializable {
  static WeightSettings of(Options options) {
    return new WeightSettings(options.figures() == Options.Figures.ALL, options.seed());
  }
}
