package dev.orograph.model.forward;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A copy of a tiny model whose weights, or whose configuration, a test has changed. */
final class Altered {
  /** The weights by name. */
  static final class Weight {
    float[] values;
    List<Long> shape;

    Weight(float[] values, List<Long> shape) {
      this.values = values;
      this.shape = shape;
    }
  }

  private Altered() {}

  /** The copy, in {@code to}. */
  static Path weights(Path from, Path to, Consumer<Map<String, Weight>> change) {
    Map<String, Weight> all = new LinkedHashMap<>();
    try (Checkpoint c = Checkpoint.open(from)) {
      for (TensorInfo t : c.tensors()) {
        try (TensorData data = c.map(t)) {
          float[] values = new float[Math.toIntExact(t.count())];
          data.read(0, values, 0, values.length);
          all.put(t.name(), new Weight(values, t.shape()));
        }
      }
    }
    change.accept(all);
    List<Entry> entries =
        all.entrySet().stream()
            .map(
                e ->
                    new Entry(
                        e.getKey(),
                        DType.F32,
                        e.getValue().shape,
                        out -> out.write(bytes(e.getValue().values))))
            .toList();
    try {
      Files.createDirectories(to);
      for (String name : List.of("config.json", "params.json")) {
        if (Files.exists(from.resolve(name))) {
          Files.write(to.resolve(name), Files.readAllBytes(from.resolve(name)));
        }
      }
      SafetensorsWriter.write(to.resolve("model.safetensors"), Map.of(), entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }

  /**
   * The copy with a text in its configuration in place of another, the first one, which must be
   * there; and without that key, which the text may bring anew.
   */
  static Path config(Path from, Path to, String text, String instead, String key) {
    weights(from, to, all -> {});
    try {
      Path file =
          to.resolve(Files.exists(to.resolve("config.json")) ? "config.json" : "params.json");
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode node = (ObjectNode) mapper.readTree(file.toFile());
      node.remove(key);
      String before = node.toString().replace(":", ": ");
      if (!before.contains(text)) {
        throw new AssertionError(text + " is not in " + before);
      }
      Files.writeString(
          file, before.replaceFirst(Pattern.quote(text), Matcher.quoteReplacement(instead)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      b.putFloat(v);
    }
    return b.array();
  }
}
