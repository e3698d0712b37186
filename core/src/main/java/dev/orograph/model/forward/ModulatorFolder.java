package dev.orograph.model.forward;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.Hashing;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.model.design.ModulatorDesign;
import dev.orograph.model.design.ModulatorDesign.Kind;
import dev.orograph.model.design.ModulatorDesign.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A modulator on the disk: {@value #WEIGHTS} with its tensors, and {@value #CONFIG}, which says
 * what they are, for which model (by its fingerprint), and the hash of the other file, so that two
 * that do not belong together are told.
 */
public final class ModulatorFolder {
  /** Its tensors. */
  public static final String WEIGHTS = "modulator.safetensors";

  /** What it is. */
  public static final String CONFIG = "config.json";

  private static final String FORMAT = "orograph-modulator";
  private static final int VERSION = 1;
  private static final int MOST_BYTES = 1 << 20;

  /** Numbers of a tensor beyond which none is read: a Java array is made of them. */
  private static final long MOST = 1L << 28;

  private ModulatorFolder() {}

  /**
   * Writes both files.
   *
   * @param folder made where it is not there; a modulator that lies there is replaced
   * @param model fingerprint of the model that it belongs to
   * @param name what that model is called
   * @throws InputException where the disk refuses
   */
  public static void write(Modulator m, Path folder, String model, String name) {
    try {
      Disk.folder(folder);
      List<SafetensorsWriter.Entry> entries = new ArrayList<>();
      for (ModulatorDesign.Entry e : m.design().entries()) {
        long[] shape = e.shape().stream().mapToLong(Long::longValue).toArray();
        entries.add(entry(m, e.name(), shape));
      }
      Path weights = folder.resolve(WEIGHTS);
      SafetensorsWriter.write(weights, Map.of("format", FORMAT), entries);
      ObjectNode config = config(m.design());
      config.put("model_fingerprint", model);
      config.put("model_name", name);
      config.put("weights_sha256", Hashing.file(weights));
      byte[] text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
      Disk.write(folder.resolve(CONFIG), text);
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  private static SafetensorsWriter.Entry entry(Modulator m, String name, long... shape) {
    double[] values = m.get(name);
    if (m.torchOf().precision() == Precision.FLOAT64) {
      return SafetensorsWriter.Entry.of(name, values, shape);
    }
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return SafetensorsWriter.Entry.of(name, narrow, shape);
  }

  private static ObjectNode config(ModulatorDesign d) {
    ObjectNode c = new ObjectMapper().createObjectNode();
    c.put("format", FORMAT);
    c.put("version", VERSION);
    c.put("kind", d.kind().name());
    c.put("n_layers", d.layers());
    c.put("d_model", d.dModel());
    c.put("vocab_size", d.vocabulary());
    c.put("width", d.width());
    d.experts().forEach(c.putArray("expert_ks")::add);
    c.put("null_dims", d.free());
    c.put("null_scattered", d.scattered());
    c.put("alpha_min", d.floor());
    c.put("alpha_max", d.ceiling());
    c.put("deform_scale", d.deformation());
    c.put("learned", d.learned().name());
    return c;
  }

  /**
   * Reads it.
   *
   * @param model fingerprint of the model that it must belong to
   * @throws InputException where it is no modulator, another model's, or damaged
   */
  public static Modulator read(Path folder, String model, Precision precision) {
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw fault(folder, "must be the folder of a modulator", "it has no " + CONFIG);
    }
    JsonNode c = BoundedJson.read(file, MOST_BYTES);
    if (!c.path("format").asText("").equals(FORMAT) || c.path("version").asInt(-1) != VERSION) {
      throw fault(
          file,
          "must be the configuration of a modulator, format " + FORMAT + " " + VERSION,
          "it is of " + Text.visible(c.path("format").toString(), 40) + " " + c.path("version"));
    }
    if (!c.path("model_fingerprint").asText("").equals(model)) {
      throw fault(
          file,
          "must be a modulator of this model",
          "it was made for another: "
              + Text.visible(c.path("model_name").asText("it does not say which"), 60));
    }
    ModulatorDesign design = design(file, c);
    Path weights = folder.resolve(WEIGHTS);
    if (!Files.isRegularFile(weights)
        || !Hashing.file(weights).equals(c.path("weights_sha256").asText(""))) {
      throw fault(
          weights,
          "must be the tensors that " + CONFIG + " is about",
          "they are not there or others");
    }
    try (Checkpoint tensors = Checkpoint.open(weights)) {
      Map<String, double[]> values = new HashMap<>();
      for (ModulatorDesign.Entry e : design.entries()) {
        values.put(e.name(), numbers(tensors, weights, e));
      }
      return Modulator.of(design, values, precision);
    } catch (IllegalArgumentException e) {
      throw fault(weights, "must hold a modulator's numbers", e.getMessage());
    }
  }

  private static ModulatorDesign design(Path file, JsonNode c) {
    try {
      List<Integer> experts = new ArrayList<>();
      for (JsonNode k : c.path("expert_ks")) {
        experts.add(whole(k, "expert_ks"));
      }
      return new ModulatorDesign(
          Kind.valueOf(c.path("kind").asText("none")),
          whole(c.path("n_layers"), "n_layers"),
          whole(c.path("d_model"), "d_model"),
          whole(c.path("vocab_size"), "vocab_size"),
          whole(c.path("width"), "width"),
          experts,
          whole(c.path("null_dims"), "null_dims"),
          c.path("null_scattered").asBoolean(false),
          c.path("alpha_min").asDouble(Double.NaN),
          c.path("alpha_max").asDouble(Double.NaN),
          c.path("deform_scale").asDouble(Double.NaN),
          Scope.valueOf(c.path("learned").asText("none")));
    } catch (IllegalArgumentException e) {
      throw fault(file, "must describe a modulator", Text.visible(e.getMessage(), 120));
    }
  }

  private static int whole(JsonNode n, String name) {
    if (!n.isInt() || n.intValue() < 0 || n.intValue() > 1 << 24) {
      throw new IllegalArgumentException(name + " is " + Text.visible(n.toString(), 40));
    }
    return n.intValue();
  }

  private static double[] numbers(Checkpoint c, Path file, ModulatorDesign.Entry e) {
    TensorInfo info =
        c.tensor(e.name())
            .filter(t -> t.dtype() == DType.F32 || t.dtype() == DType.F64)
            .filter(t -> t.shape().equals(e.shape()) && t.count() <= MOST)
            .orElseThrow(
                () ->
                    fault(
                        file,
                        "must have '" + e.name() + "' of shape " + e.shape(),
                        "there is none"));
    double[] values = new double[Math.toIntExact(info.count())];
    try (TensorData data = c.map(info)) {
      data.read(0, values, 0, values.length);
    }
    return values;
  }

  private static InputException fault(Path file, String expected, String found) {
    return InputException.at(file)
        .expected(expected)
        .found(found)
        .remedy("make it again with 'orograph modulate'")
        .build();
  }
}
