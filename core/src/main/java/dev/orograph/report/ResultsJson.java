package dev.orograph.report;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.Results;
import dev.orograph.input.Text;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * {@code results.json}: the results as data, for programs and for {@code diff}.
 *
 * <p>The same results give the same bytes: keys in a fixed order, settings sorted by name, doubles
 * as the shortest decimal that reads back exactly, {@code \n} line ends, UTF-8. A list of plain
 * values stands on one line, so that a table has one row per line.
 */
public final class ResultsJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_LONG_FOR_INTS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          // A newer Orograph may add keys without raising the version.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** What a writer leaves out, or writes as null, where there is none of it. */
  private static final Set<String> NULLABLE =
      Set.of(
          "Analysis.group",
          "Analysis.reason",
          "Axis.ordinal",
          "Band.of",
          "Colouring.categories",
          "Colouring.members",
          "Colouring.value",
          "Colouring.values",
          "Curve.sequence",
          "Curve.apart",
          "Group.of",
          "Heatmap.group",
          "Heatmap.y",
          "Layout.across",
          "Layout.measure",
          "Layout.up",
          "Line.of",
          "Results.settings",
          "Results.standings",
          "Scalar.claim",
          "Scalar.interval",
          "Scalar.scale",
          "Scalar.sentence",
          "Scalar.unit",
          "Scatter.linked",
          "Scatter.neighbours",
          "Table.seed");

  private ResultsJson() {}

  /**
   * The bytes of {@code results.json}.
   *
   * @throws IllegalStateException if a number is NaN or infinite, naming the finding
   */
  public static byte[] write(Results results) {
    return JsonText.forFile(tree(results)).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #write} wrote; an equal record comes back.
   *
   * @throws IllegalArgumentException if these are not Orograph's results, or of a later schema
   */
  public static Results read(byte[] json) {
    Results results;
    try {
      JsonNode tree = MAPPER.readTree(json);
      String schema = tree.path("schema").asText("");
      if (!schema.equals(Results.SCHEMA)) {
        throw new IllegalArgumentException(
            "not a results file: 'schema' should be '"
                + Results.SCHEMA
                + "' and is '"
                + Text.whole(schema)
                + "'");
      }
      int version = tree.path("version").asInt(0);
      if (version < 1 || version > Results.VERSION) {
        throw new IllegalArgumentException(
            "results of schema version "
                + version
                + ", and this program reads up to "
                + Results.VERSION
                + ": use the program that wrote them, or a newer one");
      }
      results = MAPPER.treeToValue(tree, Results.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not a results file: " + Text.whole(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a results file", e);
    }
    requireWhole(results);
    return results;
  }

  /** One finding as it stands in {@code results.json}, or another record, as JSON. */
  public static String text(Object record) {
    return JsonText.forFile(MAPPER.valueToTree(record)).strip();
  }

  /**
   * Several findings as a list. One by one: in a list of records the kind of each would be lost.
   */
  public static String list(List<? extends Object> records) {
    return records.stream().map(ResultsJson::text).collect(Collectors.joining(",\n", "[\n", "\n]"));
  }

  /**
   * What the findings of some ids are, or of ids that begin so: one by itself where one is named,
   * else a list.
   */
  public static String named(Results results, List<String> ids) {
    return ids.size() == 1 && results.find(ids.get(0)).isPresent()
        ? text(results.find(ids.get(0)).orElseThrow())
        : list(ids.stream().flatMap(id -> results.named(id).stream()).toList());
  }

  /** The results as a tree, checked: what {@link #write} writes and the report embeds. */
  static JsonNode tree(Results results) {
    Finite.require(results);
    ObjectNode tree = MAPPER.valueToTree(results);
    if (results.settings() != null) {
      tree.set("settings", MAPPER.valueToTree(new TreeMap<>(results.settings())));
    }
    return tree;
  }

  private static void requireWhole(Results results) {
    try {
      requireRecord(results, "");
      Finite.require(results);
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Checks that no text, list or record is null where a writer always has one. Numbers and cells of
   * tables may be: what has no value is null.
   */
  private static void require(Object value, Type type, String place) {
    boolean plain =
        type instanceof Class<?> c
            && (c.isPrimitive() || c == Object.class || Number.class.isAssignableFrom(c));
    if (plain) {
      return;
    }
    if (value == null) {
      throw new IllegalArgumentException(
          "not a whole results file: " + Text.whole(place) + " is missing or null");
    }
    if (value instanceof List<?> list) {
      Type element = ((ParameterizedType) type).getActualTypeArguments()[0];
      for (int i = 0; i < list.size(); i++) {
        require(list.get(i), element, place + "[" + i + "]");
      }
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, one) -> require(one, String.class, place + "." + key));
    } else if (value instanceof Record record) {
      requireRecord(record, place + ".");
    }
  }

  private static void requireRecord(Record record, String place) {
    String kind = record.getClass().getSimpleName();
    for (RecordComponent c : record.getClass().getRecordComponents()) {
      Object value;
      try {
        value = c.getAccessor().invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
      if (value != null || !NULLABLE.contains(kind + "." + c.getName())) {
        require(value, c.getGenericType(), place + c.getName());
      }
    }
  }
}
