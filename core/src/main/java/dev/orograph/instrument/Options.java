package dev.orograph.instrument;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What a user may choose for all instruments at once; each derives its own settings from it.
 *
 * @param seed seed of every draw
 * @param figures which column
 * @param words category to its words, in the order to show; empty for the seed's own lists
 */
public record Options(long seed, Figures figures, Map<String, List<String>> words)
    implements Serializable {
  /** The seed's own word lists. */
  public Options(long seed, Figures figures) {
    this(seed, figures, Map.of());
  }

  /** Which figures to compute. */
  public enum Figures {
    /** Only those that the seed documents print. */
    SEED,
    /** The seed's and the sound ones, with their nulls. */
    ALL
  }
}
