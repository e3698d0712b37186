package dev.orograph.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * JSON (RFC 8259) that may be hostile, read within limits: one document in valid UTF-8, at most
 * {@value #MAX_DEPTH} levels deep and {@value #MAX_TOKENS} tokens long, keys at most {@value
 * #MAX_NAME} and strings at most {@value #MAX_STRING} characters; duplicate keys, numbers that are
 * not finite (also {@code 1e999}), halves of surrogate pairs and anything after the document are
 * refused. Every refusal is an {@link InputException}.
 */
public final class BoundedJson {
  /** Deepest nesting of objects and lists. */
  public static final int MAX_DEPTH = 64;

  /** Most keys, values and brackets; bounds the memory of the tree to some hundred megabytes. */
  public static final long MAX_TOKENS = 8_000_000;

  /** Longest key in characters. */
  public static final int MAX_NAME = 16_384;

  /** Longest string value in characters. */
  public static final int MAX_STRING = 1 << 24;

  private static final int MAX_BYTES = 1 << 30;

  private static final ObjectReader READER = reader(false);
  private static final ObjectReader PYTHON = reader(true);

  private static ObjectReader reader(boolean notFinite) {
    return JsonMapper.builder(
            JsonFactory.builder()
                .configure(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS, notFinite)
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNumberLength(400)
                        .maxNameLength(MAX_NAME)
                        .maxStringLength(MAX_STRING)
                        .maxTokenCount(MAX_TOKENS)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build()
        .readerFor(JsonNode.class);
  }

  private BoundedJson() {}

  /**
   * Reads a whole file.
   *
   * @param file a regular file
   * @param maxBytes the largest file that is read, at most 2^30
   * @throws InputException where the file cannot be read, is larger, or is refused as above
   */
  public static JsonNode read(Path file, long maxBytes) {
    return parse(READER, bytes(file, maxBytes), file, "");
  }

  /**
   * The same where {@code Infinity}, {@code -Infinity} and {@code NaN} may stand as Python's {@code
   * json} writes them.
   */
  public static JsonNode readPython(Path file, long maxBytes) {
    return parse(PYTHON, bytes(file, maxBytes), file, "");
  }

  private static byte[] bytes(Path file, long maxBytes) {
    int limit = (int) Math.min(maxBytes, MAX_BYTES);
    byte[] bytes;
    try {
      SafePath.requireFile(file);
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(limit);
        if (bytes.length == limit && in.read() >= 0) {
          throw InputException.at(file)
              .expected("must have at most " + Text.grouped(limit) + " bytes")
              .found("has " + Text.grouped(Files.size(file)))
              .remedy("check that it is the right file")
              .build();
        }
      }
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
    return bytes;
  }

  /**
   * Parses bytes that are already in memory.
   *
   * @param bytes one JSON document in UTF-8
   * @param file where the bytes come from, for the message
   * @param place where in the file, for the message: {@code the header}; empty for all of it
   * @throws InputException where the document is refused as above
   */
  public static JsonNode parse(byte[] bytes, Path file, String place) {
    return parse(READER, bytes, file, place);
  }

  /** The same where {@code Infinity} and {@code NaN} may stand, as {@link #readPython} does. */
  public static JsonNode parsePython(byte[] bytes, Path file, String place) {
    return parse(PYTHON, bytes, file, place);
  }

  private static JsonNode parse(ObjectReader reader, byte[] bytes, Path file, String place) {
    if (bytes.length == 0) {
      throw fault(file, place, "must be JSON", "is empty").build();
    }
    JsonNode tree;
    try (Reader characters = characters(bytes)) {
      tree = reader.readTree(characters);
    } catch (CharacterCodingException e) {
      throw fault(file, place, "must be UTF-8", "holds bytes that are not").cause(e).build();
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where =
          at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
      throw fault(file, place, "must be plain JSON", "is not: " + said(e) + where).cause(e).build();
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
    if (tree == null || tree.isMissingNode()) {
      throw fault(file, place, "must be JSON", "is blank").build();
    }
    check(tree, file, place, "", reader == PYTHON);
    return tree;
  }

  /** What is wrong, without advice about the library. */
  private static String said(JsonProcessingException e) {
    return e.getOriginalMessage().replaceFirst(": enable `[^`]*` to allow$", "");
  }

  /** The bytes as characters; what is not UTF-8 is an exception, never a replacement mark. */
  private static Reader characters(byte[] bytes) {
    return new InputStreamReader(
        new ByteArrayInputStream(bytes),
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  /** Refuses what the JSON grammar admits and no reader can use; recursion is bounded by depth. */
  private static void check(JsonNode node, Path file, String place, String key, boolean notFinite) {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        check(field.getValue(), file, place, field.getKey(), notFinite);
      }
    } else if (node.isArray()) {
      for (JsonNode element : node) {
        check(element, file, place, key, notFinite);
      }
    } else if (!notFinite && node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      throw fault(file, place, Text.quoted(key) + " must be a finite number", "is not").build();
    } else if (node.isTextual() && !wellFormed(node.textValue())) {
      throw fault(
              file, place, Text.quoted(key) + " must hold whole characters", "holds half of one")
          .build();
    }
  }

  private static boolean wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static InputException.Builder fault(
      Path file, String place, String expected, String found) {
    return InputException.at(file)
        .place(place)
        .expected(expected)
        .found(found)
        .remedy("download it again, or correct it");
  }
}
