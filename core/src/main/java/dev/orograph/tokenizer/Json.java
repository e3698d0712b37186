package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A value in a tokenizer's JSON that knows where it stands: it is what is asked for, or an error
 * that names the place.
 *
 * @param node the value; missing where there is none
 * @param file the file, for the message
 * @param place the path of keys to it, for the message
 */
record Json(JsonNode node, Path file, String place) {
  /** The value under a key; a missing one where there is none or it is null. */
  Json at(String key) {
    JsonNode v = node.path(key);
    return new Json(
        v.isNull() ? MissingNode.getInstance() : v,
        file,
        place.isEmpty() ? key : place + "." + key);
  }

  boolean missing() {
    return node.isMissingNode();
  }

  /** This value, which is an object. */
  Json object() {
    if (!node.isObject()) {
      throw refuse("must be an object", shown());
    }
    return this;
  }

  /** The elements of this list. */
  List<Json> elements(int most) {
    if (!node.isArray() || node.size() > most) {
      throw refuse("must be a list of at most " + Text.grouped(most), shown());
    }
    List<Json> all = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      all.add(new Json(node.get(i), file, place + "[" + i + "]"));
    }
    return all;
  }

  /** A text of at most so many chars. */
  String text(int most) {
    if (!node.isTextual() || node.textValue().length() > most) {
      throw refuse("must be a text of at most " + Text.grouped(most) + " characters", shown());
    }
    return node.textValue();
  }

  /** A text with something in it. */
  String some(int most) {
    String text = text(most);
    if (text.isEmpty()) {
      throw refuse("must not be empty", "it is");
    }
    return text;
  }

  boolean flag() {
    if (!node.isBoolean()) {
      throw refuse("must be true or false", shown());
    }
    return node.booleanValue();
  }

  /** A whole number from 0 to below {@code bound}. */
  int below(int bound) {
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < 0
        || node.intValue() >= bound) {
      throw refuse("must be a whole number from 0 to " + Text.grouped(bound - 1L), shown());
    }
    return node.intValue();
  }

  double number() {
    if (!node.isNumber()) {
      throw refuse("must be a number", shown());
    }
    return node.doubleValue();
  }

  /** Refuses every key but the known ones: what is not understood would change the ids. */
  void onlyKeys(Set<String> known) {
    object()
        .node
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key) && !node.get(key).isNull()) {
                throw at(key).refuse("", "is not known to this program and could change the ids");
              }
            });
  }

  InputException refuse(String expected, String found) {
    return InputException.at(file)
        .place(place.isEmpty() ? "" : Text.quoted(place))
        .expected(expected)
        .found(found)
        .remedy("take the tokenizer from the model's source again, or remove it")
        .build();
  }

  private String shown() {
    return switch (node.getNodeType()) {
      case MISSING, NULL -> "is missing";
      case OBJECT -> "it is an object";
      case ARRAY -> "it is a list of " + Text.grouped(node.size());
      case STRING -> "it is the text " + Text.visible('"' + node.textValue() + '"', 60);
      default -> "it is " + Text.visible(node.toString(), 60);
    };
  }
}
