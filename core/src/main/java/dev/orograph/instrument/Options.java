package dev.orograph.instrument;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a user may choose for all instruments at once; each derives its own settings from it.
 *
 * @param seed seed of every draw
 * @param figures which column
 * @param words category to its words, in the order to show; empty for the seed's own lists
 * @param choices what was chosen for one instrument only, by {@code id.name}; the instrument reads
 *     it in its settings and refuses what it cannot mean
 */
public record Options(
    long seed, Figures figures, Map<String, List<String>> words, SortedMap<String, String> choices)
    implements Serializable {
  /** The seed's own word lists, and nothing chosen for one instrument. */
  public Options(long seed, Figures figures) {
    this(seed, figures, Map.of(), Collections.emptySortedMap());
  }

  /** What was chosen for an instrument, or empty. */
  public Optional<String> choice(String instrument, String name) {
    return Optional.ofNullable(choices.get(instrument + "." + name));
  }

  /** The choices as results tell them: of a file its name, not where on this machine it lies. */
  public Map<String, String> shown() {
    Map<String, String> shown = new LinkedHashMap<>();
    choices.forEach((name, value) -> shown.put(name, file(value)));
    return shown;
  }

  private static String file(String value) {
    Path path = Path.of(value);
    return path.isAbsolute() && path.getFileName() != null ? path.getFileName().toString() : value;
  }

  /** Which figures to compute. */
  public enum Figures {
    /** Only those that the seed documents print. */
    SEED,
    /** The seed's and the sound ones, with their nulls. */
    ALL
  }
}
