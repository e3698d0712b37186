package dev.orograph.survey;

import dev.orograph.instrument.Workshop;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Which engine a survey runs on.
 *
 * @param name {@code local}, or that of an {@link EngineProvider} on the class path
 * @param settings what the engine needs to know, in its own words
 */
public record EngineChoice(String name, Map<String, String> settings) {
  /** Threads of this process. */
  public static final EngineChoice LOCAL = new EngineChoice("local", Map.of());

  /** Copies the settings. */
  public EngineChoice {
    settings = Map.copyOf(settings);
  }

  /**
   * Checks that there is such an engine and that the settings can be meant.
   *
   * @throws IllegalArgumentException in words, with the remedy
   */
  public void check() {
    if (!equals(LOCAL)) {
      provider().check(settings);
    }
  }

  /** The engine, which the caller closes. */
  Engine open(int threads, long memory, Workshop workshop) {
    return equals(LOCAL)
        ? new LocalEngine(threads, memory, workshop)
        : provider().open(settings, memory);
  }

  private EngineProvider provider() {
    return ServiceLoader.load(EngineProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no engine '"
                        + name
                        + "' comes with the program as it was started: ./orograph brings that of"
                        + " the module 'spark' with --engine spark"));
  }
}
