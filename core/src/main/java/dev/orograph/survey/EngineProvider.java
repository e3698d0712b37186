package dev.orograph.survey;

import java.util.Map;

/**
 * An engine of another module, found on the class path by its name (a service of {@link
 * java.util.ServiceLoader}).
 */
public interface EngineProvider {
  /** As a user calls it. */
  String name();

  /**
   * Checks that the settings can be meant, before models are opened; opens nothing itself. What
   * reads models from stores may keep the settings that it needs.
   *
   * @throws IllegalArgumentException in words
   */
  void check(Map<String, String> settings);

  /**
   * Opens the engine, which the caller closes.
   *
   * @param memory bytes that the tasks under way in one process may take together
   */
  Engine open(Map<String, String> settings, long memory);
}
