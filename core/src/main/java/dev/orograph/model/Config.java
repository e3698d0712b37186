package dev.orograph.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
  private final String inside;

  /** Wraps the parsed object of {@code file}. */
  public Config(JsonNode node, Path file) {
    this(node, file, "");
  }

  private Config(JsonNode node, Path file, String inside) {
    this.node = node;
    this.file = file;
    this.inside = inside;
  }

  /** The empty configuration, of a model without a file. */
  public static Config none() {
    return new Config(JsonNodeFactory.instance.objectNode(), Path.of("config.json"));
  }

  /** The object under that key; without it an empty one. */
  public Config object(String key) {
    JsonNode v = node.get(key);
    if (v == null || v.isNull()) {
      return new Config(JsonNodeFactory.instance.objectNode(), file, inside + key + ".");
    }
    if (!v.isObject()) {
      throw wrong(key, "an object", v);
    }
    return new Config(v, file, inside + key + ".");
  }

  /** A non-negative whole number, or {@code otherwise} where none of the keys is there. */
  public int integer(int otherwise, String... keys) {
    return integerFrom(0, otherwise, keys);
  }

  /** A whole number that is at least {@code least}, or {@code otherwise}. */
  public int integerFrom(int least, int otherwise, String... keys) {
    for (String key : keys) {
      JsonNode v = node.get(key);
      if (v != null && !v.isNull()) {
        if (!v.isIntegralNumber()
            || !v.canConvertToInt()
            || v.intValue() < least
            || v.intValue() > MOST) {
          throw wrong(key, "a whole number from " + least + " to " + MOST, v);
        }
        return v.intValue();
      }
    }
    return otherwise;
  }

  /** A non-negative number, or {@code otherwise}. */
  public double number(double otherwise, String... keys) {
    for (String key : keys) {
      JsonNode v = node.get(key);
      if (v != null && !v.isNull()) {
        if (!v.isNumber() || v.doubleValue() < 0 || v.doubleValue() > MOST) {
          throw wrong(key, "a number from 0 to " + MOST, v);
        }
        return v.doubleValue();
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
        .place("'" + inside + key + "'")
        .expected("should be " + expected)
        .found("it is " + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown))
        .remedy("correct the configuration or take it from the model's source again")
        .build();
  }
}
