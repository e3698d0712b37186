package dev.orograph.survey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.ReferenceModels;
import dev.orograph.finding.ReferenceModels.Reference;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The file of {@link ReferenceModels}: one comes with the program, a user may have another. A
 * survey reads the shipped one and the one that the system property {@value #PROPERTY} names; the
 * command line names the user's.
 */
public final class ReferenceFile {
  /** Names a further file. */
  public static final String PROPERTY = "orograph.reference";

  private static final String SCHEMA = "orograph.reference";
  private static final String SHIPPED = "reference.json";
  private static final long MOST_BYTES = 16L << 20;
  private static final int MOST_MODELS = 10_000;

  private ReferenceFile() {}

  /** The models that come with the program, and those of the file that the property names. */
  public static ReferenceModels all() {
    String file = System.getProperty(PROPERTY, "");
    return file.isEmpty() || !Files.exists(Path.of(file))
        ? shipped()
        : shipped().and(read(Path.of(file)));
  }

  /** The models that come with the program. */
  public static ReferenceModels shipped() {
    try (InputStream in = ReferenceFile.class.getResourceAsStream(SHIPPED)) {
      return in == null ? ReferenceModels.NONE : parse(in.readAllBytes(), Path.of(SHIPPED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The models of a file.
   *
   * @throws InputException where it is none
   */
  public static ReferenceModels read(Path file) {
    return models(BoundedJson.read(file, MOST_BYTES), file);
  }

  /**
   * Adds a model to a file, or replaces the one of the same checkpoint; there may be no file yet.
   */
  public static ReferenceModels add(Path file, Reference model) {
    ReferenceModels all = Files.exists(file) ? read(file) : ReferenceModels.NONE;
    ReferenceModels more = all.with(model);
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Disk.folder(file.toAbsolutePath().getParent());
      }
      Disk.write(file, bytes(more));
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
    return more;
  }

  private static ReferenceModels parse(byte[] bytes, Path file) {
    return models(BoundedJson.parse(bytes, file, ""), file);
  }

  private static ReferenceModels models(JsonNode json, Path file) {
    JsonNode models = json.path("models");
    if (!json.path("schema").asText("").equals(SCHEMA)
        || json.path("version").asInt(0) != 1
        || !models.isArray()
        || models.size() > MOST_MODELS) {
      throw fault(file, "'schema'", "should be '" + SCHEMA + "' of version 1 with 'models'", "not");
    }
    List<Reference> all = new ArrayList<>();
    for (JsonNode m : models) {
      Map<String, Double> effects = new TreeMap<>();
      for (Map.Entry<String, JsonNode> e : m.path("effects").properties()) {
        if (!e.getValue().isNumber() || !Double.isFinite(e.getValue().asDouble())) {
          throw fault(file, Text.quoted(e.getKey()), "should be a number", e.getValue().toString());
        }
        effects.put(e.getKey(), e.getValue().asDouble());
      }
      for (String key : List.of("name", "kind", "fingerprint")) {
        if (!m.path(key).isTextual()) {
          throw fault(
              file, "model " + (all.size() + 1), "should have a text '" + key + "'", "none");
        }
      }
      all.add(
          new Reference(
              Text.visible(m.path("name").asText(), 200),
              Text.visible(m.path("kind").asText(), 40),
              m.path("fingerprint").asText(),
              effects));
    }
    return new ReferenceModels(List.copyOf(all));
  }

  private static InputException fault(Path file, String place, String expected, String found) {
    return InputException.at(file)
        .place(place)
        .expected(expected)
        .found(Text.visible(found, 100))
        .remedy("make it anew with 'orograph reference add'")
        .build();
  }

  /** A model a line. */
  private static byte[] bytes(ReferenceModels all) {
    ObjectMapper mapper = new ObjectMapper();
    StringBuilder text =
        new StringBuilder("{\"schema\": \"" + SCHEMA + "\", \"version\": 1, \"models\": [");
    ArrayNode models = mapper.createArrayNode();
    for (Reference m : all.models()) {
      ObjectNode node = models.addObject();
      node.put("name", m.name()).put("kind", m.kind()).put("fingerprint", m.fingerprint());
      ObjectNode effects = node.putObject("effects");
      m.effects().forEach(effects::put);
    }
    try {
      for (int i = 0; i < models.size(); i++) {
        text.append(i == 0 ? "\n" : ",\n").append(mapper.writeValueAsString(models.get(i)));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    return text.append("\n]}\n").toString().getBytes(StandardCharsets.UTF_8);
  }
}
