package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Options;
import java.io.Serializable;

/**
 * Settings of the intrinsic dimension.
 *
 * @param sound whether to give sound figures; there are no others
 * @param seed seed of the draws
 */
record IntrinsicSettings(boolean sound, long seed) implements Serializable {
  static IntrinsicSettings of(Options options) {
    return new IntrinsicSettings(options.figures() == Options.Figures.ALL, options.seed());
  }
}
