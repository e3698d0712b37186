package dev.orograph.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.InputException;
import java.nio.file.Path;

/**
 * A model's configuration, read with care: a key is absent, or a value of the right kind within
 * bounds, or an error that names the key.
 */
public final class Config {
  private static final int MOST = 1 << 28;
  private final JsonNode node;
  private final Path file;

  /** Wraps the parsed object of {@code file}. */
  public Config(JsonNode node, Path file) {
    this.node = node;
    this.file = file;
  }

  /** The empty configuration, of a model without a file. */
  public static Config none() {
    return new Config(
        com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode(),
        Path.of("config.json"));
  }

  /** A non-negative whole number, or {@code otherwise} where none of the keys is there. */
  public int integer(int otherwise, String... keys) {
    for (String key : keys) {
      JsonNode v = node.get(key);
      if (v != null && !v.isNull()) {
        if (!v.isIntegralNumber()
            || !v.canConvertToInt()
            || v.intValue() < 0
            || v.intValue() > MOST) {
          throw wrong(key, "a whole number from 0 to " + MOST, v);
        }
        return v.intValue();
      }
    }
    return otherwise;
  }

  /** A text, or {@code otherwise}. */
  public String text(String otherwise, String... keys) {
    for (String key : keys) {
      JsonNode v = node.get(key);
      if (v != null && !v.isNull()) {
        if (!v.isTextual()) {
          throw wrong(key, "a text", v);
        }
        return v.textValue();
      }
    }
    return otherwise;
  }

  /** A truth value, or {@code otherwise}. */
  public boolean flag(boolean otherwise, String key) {
    JsonNode v = node.get(key);
    if (v == null || v.isNull()) {
      return otherwise;
    }
    if (!v.isBoolean()) {
      throw wrong(key, "true or false", v);
    }
    return v.booleanValue();
  }

  /** Whether the key is there with something in it. */
  public boolean has(String key) {
    return node.hasNonNull(key) && !(node.get(key).isContainerNode() && node.get(key).isEmpty());
  }

  private InputException wrong(String key, String expected, JsonNode found) {
    String shown = found.toString();
    return InputException.at(file)
        .place("'" + key + "'")
        .expected("should be " + expected)
        .found("it is " + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown))
        .remedy("correct the configuration or take it from the model's source again")
        .build();
  }
}
