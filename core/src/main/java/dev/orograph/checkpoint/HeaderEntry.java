package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One entry of a safetensors header, checked on its own; see {@link SafetensorsHeader}. */
final class HeaderEntry {
  private static final String AGAIN = "download it again";

  private HeaderEntry() {}

  /** The strings of {@code __metadata__}. */
  static Map<String, String> metadata(Path file, JsonNode node) {
    if (!node.isObject()) {
      throw fault(file, "__metadata__", "must be an object", "is " + kind(node)).build();
    }
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!field.getValue().isTextual()) {
        throw fault(
                file,
                "__metadata__ " + Text.quoted(field.getKey()),
                "must be a string",
                "is " + kind(field.getValue()))
            .build();
      }
      metadata.put(field.getKey(), field.getValue().textValue());
    }
    return metadata;
  }

  /** A tensor, with offsets made absolute; whether it lies inside the file is not checked here. */
  static TensorInfo tensor(Path file, long dataStart, String name, JsonNode node) {
    requireName(file, name);
    String place = Text.quoted(name);
    if (!node.isObject()) {
      throw fault(file, place, "must be an object", "is " + kind(node)).build();
    }
    for (Iterator<String> i = node.fieldNames(); i.hasNext(); ) {
      String key = i.next();
      if (!key.equals("dtype") && !key.equals("shape") && !key.equals("data_offsets")) {
        throw fault(
                file,
                place,
                "must have dtype, shape and data_offsets only",
                "has " + Text.quoted(key))
            .build();
      }
    }
    DType dtype = dtype(file, place, node.path("dtype"));
    List<Long> shape = numbers(file, place, "shape", node.path("shape"));
    if (shape.size() > SafetensorsHeader.MAX_RANK) {
      throw fault(
              file,
              place,
              "must have at most " + SafetensorsHeader.MAX_RANK + " dimensions",
              "has " + Text.grouped(shape.size()))
          .build();
    }
    List<Long> offsets = numbers(file, place, "data_offsets", node.path("data_offsets"));
    if (offsets.size() != 2) {
      throw fault(file, place, "must have two data_offsets", "has " + offsets.size()).build();
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (begin > end) {
      throw fault(
              file,
              place,
              "must end after it begins",
              "begins at " + Text.grouped(begin) + " and ends at " + Text.grouped(end))
          .build();
    }
    if (end > Long.MAX_VALUE - dataStart) {
      throw fault(file, place, "must end inside the file", "ends at byte " + Text.grouped(end))
          .build();
    }
    requireBytes(file, place, dtype, shape, end - begin);
    return new TensorInfo(name, dtype, shape, file, dataStart + begin, dataStart + end);
  }

  /** Refuses names with control characters: no model has them and every output would suffer. */
  static void requireName(Path file, String name) {
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw fault(
              file,
              "the name " + Text.quoted(name),
              "must be printable",
              "holds a control character")
          .build();
    }
  }

  private static DType dtype(Path file, String place, JsonNode node) {
    if (!node.isTextual()) {
      throw fault(file, place, "must have a dtype that is a string", "it is " + kind(node)).build();
    }
    try {
      return DType.of(node.textValue());
    } catch (IllegalArgumentException e) {
      throw InputException.at(file)
          .place(place)
          .expected("has dtype " + Text.quoted(node.textValue()))
          .found("this version reads " + DType.names())
          .remedy("convert it to one of these")
          .cause(e)
          .build();
    }
  }

  private static void requireBytes(
      Path file, String place, DType dtype, List<Long> shape, long found) {
    long expected;
    try {
      expected = TensorInfo.bytes(dtype, shape);
    } catch (ArithmeticException e) {
      throw fault(file, place, "must have fewer than 2^63 bytes", dtype + " " + shape + " has more")
          .cause(e)
          .build();
    }
    if (expected != found) {
      throw fault(
              file,
              place,
              "must have " + Text.grouped(expected) + " bytes for " + dtype + " " + shape,
              "its data_offsets span " + Text.grouped(found))
          .build();
    }
  }

  private static List<Long> numbers(Path file, String place, String key, JsonNode node) {
    if (!node.isArray()) {
      throw fault(file, place, "must have a list " + key, "it is " + kind(node)).build();
    }
    List<Long> numbers = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
        throw fault(
                file,
                place,
                "must have whole numbers from 0 to 2^63-1 in its " + key,
                "one is " + Text.visible(element.toString(), 40))
            .build();
      }
      numbers.add(element.longValue());
    }
    return numbers;
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case MISSING -> "missing";
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      default -> "null";
    };
  }

  private static InputException.Builder fault(
      Path file, String place, String expected, String found) {
    return InputException.at(file).place(place).expected(expected).found(found).remedy(AGAIN);
  }
}
