package dev.orograph.instrument;

import dev.orograph.model.Opening;
import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a user may choose: for all analyses at once, and for one.
 *
 * @param seed seed of every draw
 * @param figures which column
 * @param choices what was chosen for one analysis only, by {@code id.name}
 * @param opening what is said about the models
 */
public record Options(
    long seed, Figures figures, SortedMap<String, Choice.Given> choices, Opening opening)
    implements Serializable {
  /** Copies, so that nothing changes behind a run's key. */
  public Options {
    choices = Collections.unmodifiableSortedMap(new TreeMap<>(choices));
  }

  /** Nothing chosen for one analysis. */
  public Options(long seed, Figures figures) {
    this(seed, figures, Collections.emptySortedMap(), Opening.USUAL);
  }

  /** The usual ones: seed 42, all figures. */
  public static Options usual() {
    return new Options(42, Figures.ALL);
  }

  /** The same with that said about the models. */
  public Options with(Opening said) {
    return new Options(seed, figures, choices, said);
  }

  /**
   * The same with a choice more.
   *
   * @param instrument id of the analysis
   * @param name name of its option
   * @param word as a user gives it on the command line: a value, or the name of a file
   * @throws IllegalArgumentException where there is no such analysis or option
   */
  public Options with(String instrument, String name, String word) {
    Choice<?> choice =
        Instruments.find(instrument)
            .flatMap(i -> i.choices().find(name))
            .orElseThrow(
                () ->
                    new IllegalArgumentException("there is no option " + instrument + "." + name));
    return with(instrument, name, choice.given(word));
  }

  /** The same with a choice more whose value is this text itself, where a user names a file. */
  public Options withText(String instrument, String name, String text) {
    return with(instrument, name, new Choice.Given(text, "", ""));
  }

  /** The same with what was given for an option. */
  public Options with(String instrument, String name, Choice.Given given) {
    SortedMap<String, Choice.Given> more = new TreeMap<>(choices);
    more.put(instrument + "." + name, given);
    return new Options(seed, figures, more, opening);
  }

  /** The same with the choices of those analyses alone. */
  public Options only(Collection<String> instruments) {
    SortedMap<String, Choice.Given> fewer = new TreeMap<>(choices);
    fewer.keySet().removeIf(key -> !instruments.contains(key.substring(0, key.indexOf('.'))));
    return new Options(seed, figures, fewer, opening);
  }

  /** What was chosen for an analysis, by the option's name. */
  public Map<String, Choice.Given> of(String instrument) {
    Map<String, Choice.Given> own = new LinkedHashMap<>();
    choices.forEach(
        (key, given) -> {
          if (key.startsWith(instrument + ".")) {
            own.put(key.substring(instrument.length() + 1), given);
          }
        });
    return own;
  }

  /**
   * What was said and chosen as results tell it: a file by its name, without the folders of this
   * machine.
   */
  public Map<String, String> told() {
    Map<String, String> told = new LinkedHashMap<>();
    told.put("embedding", opening.embedding());
    told.put("head", opening.head());
    told.put("family", opening.family());
    told.put("key", opening.key());
    told.put("heads", opening.heads() == 0 ? "" : Integer.toString(opening.heads()));
    told.values().removeIf(String::isEmpty);
    choices.forEach(
        (key, given) -> {
          int dot = key.indexOf('.');
          told.put(
              key,
              Instruments.find(key.substring(0, dot))
                  .flatMap(i -> i.choices().find(key.substring(dot + 1)))
                  .map(c -> given.told(c.kind()))
                  .orElse(given.text()));
        });
    return told;
  }

  /** Which figures to compute. */
  public enum Figures {
    /** Only those that the seed documents print. */
    SEED,
    /** The seed's and the sound ones, with their nulls. */
    ALL
  }
}
