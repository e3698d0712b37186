package dev.orograph.instrument;

import java.io.Serializable;

/**
 * What a user may choose for all instruments at once; each derives its own settings from it.
 *
 * @param seed seed of every draw
 * @param figures which column
 */
public record Options(long seed, Figures figures) implements Serializable {
  /** Which figures to compute. */
  public enum Figures {
    /** Only those that the seed documents print. */
    SEED,
    /** The seed's and the sound ones, with their nulls. */
    ALL
  }
}
