package dev.orograph.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;

/**
 * Long lists of numbers of a scatter as a report carries them: whole numbers of a few bytes each in
 * base64, a third of what they take as JSON text. Nothing is rounded: a list is packed only where
 * each number is a whole one over a power of ten, as rounded numbers are, and {@code packed.js}
 * gives the very same numbers back.
 */
final class PackedNumbers {
  private static final int FEW = 1_000;
  private static final int MOST_DECIMALS = 12;

  /** Whole numbers are exact in a browser, and leave room for what stands for none. */
  private static final double MOST = (1L << 48) - 2;

  private PackedNumbers() {}

  /** Packs the lists of all scatters of {@code results.json}. */
  static void packScatters(JsonNode results) {
    for (JsonNode section : results.path("sections")) {
      for (JsonNode finding : section.path("findings")) {
        if (finding.path("kind").asText().equals("scatter")) {
          pack(finding, List.of("ids"));
          finding.path("layouts").forEach(l -> pack(l, List.of("x", "y")));
          finding.path("colourings").forEach(c -> pack(c, List.of("members", "values")));
          finding.path("neighbours").forEach(k -> pack(k, List.of("points", "values")));
        }
      }
    }
  }

  private static void pack(JsonNode record, List<String> fields) {
    for (String field : fields) {
      if (record.get(field) instanceof ArrayNode list && list.size() >= FEW) {
        JsonNode packed = packed(list);
        if (packed != null) {
          ((ObjectNode) record).set(field, packed);
        }
      }
    }
  }

  /** The list packed; null where it cannot be without rounding. */
  private static JsonNode packed(ArrayNode list) {
    int decimals = 0;
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    boolean nulls = false;
    for (JsonNode number : list) {
      if (number.isNull()) {
        nulls = true;
        continue;
      }
      double v = number.doubleValue();
      while (decimals <= MOST_DECIMALS && !whole(v, decimals)) {
        decimals++;
      }
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    if (decimals > MOST_DECIMALS || low > high) {
      return null;
    }
    double unit = Math.pow(10, decimals);
    double from = Math.rint(low * unit);
    double span = Math.rint(high * unit) - from;
    if (span > MOST || Math.abs(from) > MOST) {
      return null;
    }
    int width = 1;
    while (Math.scalb(1.0, 8 * width) - 2 < span) {
      width++;
    }
    byte[] bytes = new byte[list.size() * width];
    int at = 0;
    for (JsonNode number : list) {
      long v = number.isNull() ? -1 : (long) (Math.rint(number.doubleValue() * unit) - from);
      for (int b = 0; b < width; b++) {
        bytes[at++] = (byte) (v >>> (8 * b));
      }
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put("packed", Base64.getEncoder().encodeToString(bytes))
        .put("width", width)
        .put("decimals", decimals)
        .put("from", (long) from)
        .put("nulls", nulls);
  }

  private static boolean whole(double v, int decimals) {
    double unit = Math.pow(10, decimals);
    double units = Math.rint(v * unit);
    return Math.abs(units) <= MOST && units / unit == v;
  }
}
