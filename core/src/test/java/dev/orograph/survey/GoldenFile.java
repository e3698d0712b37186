package dev.orograph.survey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Kept results: {@code results.json} with ten digits a number, and of a list of more than a
 * thousand (the points of a map) every sixteenth entry with sum and norm of all.
 */
final class GoldenFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MathContext DIGITS = new MathContext(10);
  private static final int MOST = 1000;
  private static final int STEP = 16;

  private GoldenFile() {}

  /** What is kept of that model, or nothing. */
  static Optional<JsonNode> read(String id) throws IOException {
    try (InputStream in = GoldenFile.class.getResourceAsStream("/golden/" + id + ".json.gz")) {
      return in == null ? Optional.empty() : Optional.of(JSON.readTree(new GZIPInputStream(in)));
    }
  }

  /** Keeps thinned results from now on, among the sources of the tests. */
  static Path write(String id, JsonNode thinned) throws IOException {
    Path here = Path.of("src", "test", "resources", "golden");
    Path file =
        (Files.isDirectory(here) ? here : Path.of("core").resolve(here)).resolve(id + ".json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(JSON.writeValueAsBytes(rounded(thinned)));
    }
    return file;
  }

  /** The same with long lists thinned. */
  static JsonNode thinned(JsonNode node) {
    if (node.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      node.properties().forEach(e -> object.set(e.getKey(), thinned(e.getValue())));
      return object;
    }
    if (!node.isArray()) {
      return node;
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    boolean plain = !node.isEmpty() && !node.get(0).isContainerNode();
    if (!plain || node.size() <= MOST) {
      node.forEach(n -> array.add(thinned(n)));
      return array;
    }
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < node.size(); i++) {
      if (i % STEP == 0) {
        array.add(node.get(i));
      }
      sum += node.get(i).asDouble(0);
      squares += node.get(i).asDouble(0) * node.get(i).asDouble(0);
    }
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("of", node.size()).set("kept", array);
    return list.put("sum", sum).put("norm", Math.sqrt(squares));
  }

  private static JsonNode rounded(JsonNode node) {
    if (node.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      node.properties().forEach(e -> object.set(e.getKey(), rounded(e.getValue())));
      return object;
    }
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      node.forEach(n -> array.add(rounded(n)));
      return array;
    }
    return node.isDouble()
        ? DoubleNode.valueOf(new BigDecimal(node.doubleValue()).round(DIGITS).doubleValue())
        : node;
  }
}
