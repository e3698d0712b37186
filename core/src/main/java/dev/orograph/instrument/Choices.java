package dev.orograph.instrument;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The options of an analysis, and how its settings follow from what was chosen.
 *
 * @param all its own options
 * @param alternatives options of which one at most is given
 * @param settings makes the settings
 * @param <S> settings
 */
public record Choices<S extends Record & Serializable>(
    List<Choice<?>> all, List<Choice<?>> alternatives, Function<Made, S> settings) {
  /** Options that may all be given. */
  public Choices(List<Choice<?>> all, Function<Made, S> settings) {
    this(all, List.of(), settings);
  }

  /** Settings that follow from seed and figures alone. */
  public static <S extends Record & Serializable> Choices<S> none(Function<Made, S> settings) {
    return new Choices<>(List.of(), settings);
  }

  /** The option of that name. */
  public Optional<Choice<?>> find(String name) {
    return all.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /**
   * Refuses alternatives that are given together; asked before files are read.
   *
   * @param given whether an option is given
   * @throws IllegalArgumentException in words
   */
  public void requireOne(Predicate<Choice<?>> given) {
    List<Choice<?>> both = alternatives.stream().filter(given).toList();
    if (both.size() > 1) {
      throw new IllegalArgumentException(
          both.stream().map(Choice::option).collect(Collectors.joining(" and "))
              + " are mutually exclusive: give one");
    }
  }

  /**
   * The settings.
   *
   * @throws IllegalArgumentException for what cannot be meant, in words that name the option
   */
  S settings(String instrument, Options options) {
    Map<String, Choice.Given> given = options.of(instrument);
    for (String name : given.keySet()) {
      if (find(name).isEmpty()) {
        throw new IllegalArgumentException(
            instrument
                + " has no option '"
                + name
                + "'; there "
                + (all.isEmpty()
                    ? "are none"
                    : "are " + String.join(", ", all.stream().map(Choice::name).toList())));
      }
    }
    requireOne(c -> given.containsKey(c.name()));
    return settings.apply(new Made(options, given));
  }

  /** What was chosen for one analysis. */
  public static final class Made {
    private final Options options;
    private final Map<String, Choice.Given> given;

    private Made(Options options, Map<String, Choice.Given> given) {
      this.options = options;
      this.given = given;
    }

    /** Seed of every draw. */
    public long seed() {
      return options.seed();
    }

    /** Whether the sound figures and their nulls are wanted beside the seed documents'. */
    public boolean sound() {
      return options.figures() == Options.Figures.ALL;
    }

    /** Whether something was chosen. */
    public boolean has(Choice<?> choice) {
      return given.containsKey(choice.name());
    }

    /** The value of an option. */
    public <T> T get(Choice<T> choice) {
      Choice.Given g = given.get(choice.name());
      return g == null ? choice.usual() : choice.parse(g);
    }

    /** The file that the text of an option comes from, or "". */
    public String source(Choice<?> choice) {
      return has(choice) ? given.get(choice.name()).source() : "";
    }
  }
}
