package dev.orograph.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model's configuration, read with care: a key is absent, or a value of the right kind within
 * bounds, or an error that names the key.
 */
public final class Config {
  private static final int MOST = 1 << 28;
  private static final int MOST_KEY = 200;
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
      throw wrong(key, "an object");
    }
    return new Config(v, file, inside + key + ".");
  }

  /** A non-negative whole number, or {@code otherwise} where none of the keys is there. */
  public int integer(int otherwise, String... keys) {
    return integerFrom(0, otherwise, keys);
  }

  /** How many there are: a whole number from 1 on, or {@code otherwise} where it is not said. */
  public int count(int otherwise, String... keys) {
    return integerFrom(1, otherwise, keys);
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
          throw wrong(key, "a whole number from " + least + " to " + MOST);
        }
        return v.intValue();
      }
    }
    return otherwise;
  }

  /** A non-negative number, or {@code otherwise}. */
  public double number(double otherwise, String... keys) {
    return numberUpTo(MOST, otherwise, keys);
  }

  /** A non-negative number of any size, or {@code otherwise}. */
  public double finite(double otherwise, String... keys) {
    return numberUpTo(Double.MAX_VALUE, otherwise, keys);
  }

  private double numberUpTo(double most, double otherwise, String... keys) {
    for (String key : keys) {
      JsonNode v = node.get(key);
      if (v != null && !v.isNull()) {
        if (!v.isNumber() || !(v.doubleValue() >= 0 && v.doubleValue() <= most)) {
          throw wrong(key, most == MOST ? "a number from 0 to " + MOST : "a finite number from 0");
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
          throw wrong(key, "a text");
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
      throw wrong(key, "true or false");
    }
    return v.booleanValue();
  }

  /** The keys of this object that match a regular expression, sorted. */
  public List<String> keys(String regex) {
    TreeSet<String> keys = new TreeSet<>();
    node.fieldNames().forEachRemaining(key -> keys.add(key));
    return keys.stream().filter(key -> key.length() < MOST_KEY && key.matches(regex)).toList();
  }

  /** The texts under that key: one, or a list; none without it or where it holds anything else. */
  public List<String> texts(String key) {
    JsonNode v = node.path(key);
    List<String> texts = new java.util.ArrayList<>();
    for (JsonNode one : v.isArray() ? v : List.of(v)) {
      if (one.isTextual()) {
        texts.add(one.textValue());
      }
    }
    return texts;
  }

  /** The first text under one of these keys in the object under {@code key}; "" without. */
  String textsOf(String key, String... inner) {
    for (String one : inner) {
      JsonNode v = node.path(key).path(one);
      if (v.isTextual()) {
        return v.textValue();
      }
    }
    return "";
  }

  /** The numbers under that key; none without it. */
  public List<Double> numbers(String key) {
    JsonNode v = node.path(key);
    List<Double> numbers = new java.util.ArrayList<>();
    for (JsonNode one : v) {
      if (!one.isNumber() || !Double.isFinite(one.doubleValue())) {
        throw wrong(key, "a list of numbers");
      }
      numbers.add(one.doubleValue());
    }
    return numbers;
  }

  /** The same without that key. */
  public Config without(String key) {
    if (!(node instanceof ObjectNode object) || !object.has(key)) {
      return this;
    }
    ObjectNode copy = object.deepCopy();
    copy.remove(key);
    return new Config(copy, file, inside);
  }

  /** Whether the key is there with something in it. */
  public boolean has(String key) {
    return node.hasNonNull(key) && !(node.get(key).isContainerNode() && node.get(key).isEmpty());
  }

  /** Whether an object stands under the key. */
  public boolean holds(String key) {
    return node.path(key).isObject();
  }

  /** Whether the key is there, be it with null. */
  public boolean declares(String key) {
    return node.has(key);
  }

  /**
   * A positive number.
   *
   * @throws InputException where the key is absent or the number is none
   */
  public double required(String key) {
    double number = number(0, key);
    if (number <= 0) {
      throw InputException.at(file)
          .place("'" + inside + key + "'")
          .expected("should be a number above 0")
          .found(node.hasNonNull(key) ? "it is " + shown(key) : "it is missing")
          .remedy("correct the configuration or take it from the model's source again")
          .build();
    }
    return number;
  }

  /** The numbers of tokens under that key: one, or a list; none without it. */
  public Set<Integer> tokens(String key) {
    JsonNode v = node.get(key);
    Set<Integer> tokens = new TreeSet<>();
    if (v != null && !v.isNull()) {
      for (JsonNode one : v.isArray() ? v : List.of(v)) {
        if (!one.isInt()) {
          throw wrong(key, "the number of a token or a list of such");
        }
        tokens.add(one.intValue());
      }
    }
    return tokens;
  }

  /**
   * Refuses what no forward pass here computes: the key may be absent or null, or every value under
   * it (in a list: each) one of these.
   */
  public void only(String key, String... values) {
    JsonNode v = node.get(key);
    if (v == null || v.isNull() || (v.isContainerNode() && v.isEmpty())) {
      return;
    }
    boolean known = !v.isObject();
    for (JsonNode one : v.isArray() ? v : List.of(v)) {
      boolean found = false;
      for (String value : values) {
        found |= one.isNumber() ? number(value) == one.doubleValue() : one.asText().equals(value);
      }
      known &= found;
    }
    if (!known) {
      throw unsupported(key);
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** The exception for a key whose value changes what is computed in a way not known here. */
  public InputException unsupported(String key) {
    return InputException.at(file)
        .place("'" + inside + key + "'")
        .expected("changes what the model computes")
        .found(
            node.hasNonNull(key)
                ? "there is no forward pass for " + shown(key) + " yet"
                : "it is missing")
        .remedy("the analyses of weights apply")
        .build();
  }

  private String shown(String key) {
    String shown = node.get(key).toString();
    return shown.length() > 60 ? shown.substring(0, 60) + "..." : shown;
  }

  private InputException wrong(String key, String expected) {
    return InputException.at(file)
        .place("'" + inside + key + "'")
        .expected("should be " + expected)
        .found("it is " + shown(key))
        .remedy("correct the configuration or take it from the model's source again")
        .build();
  }
}
