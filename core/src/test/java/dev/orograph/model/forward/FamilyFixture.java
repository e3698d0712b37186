package dev.orograph.model.forward;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.model.Model;
import dev.orograph.model.design.Design;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A tiny model of a family with what the transformers library computes of it.
 *
 * @param name the folder
 * @param exact agreement in float64, relative to the largest value of a state: 1e-8, or 1e-6 where
 *     the library takes softmax or tables of angles in float32
 */
record FamilyFixture(String name, double exact) {
  /** Where the reference works in float64 throughout. */
  private static final double DOUBLE = 1e-8;

  /** Where it takes softmax (T5, Llama), or tables of angles (GPT-NeoX, GPT-J) in float32. */
  private static final double TABLES = 1e-6;

  /** Agreement in float32. */
  static final double SINGLE = 1e-5;

  static Stream<FamilyFixture> all() {
    return Stream.concat(
        Stream.of("bert", "gpt2", "clip-text", "clip-vision", "vit", "dinov2", "dinov2-swiglu")
            .map(n -> new FamilyFixture(n, DOUBLE)),
        Stream.of(
                "t5-relu-tied",
                "t5-gated-untied",
                "gpt-neox-parallel",
                "gpt-neox-sequential",
                "gptj",
                "llama-gqa-untied",
                "llama-tied",
                "llama3-rope",
                "mistral-window",
                "qwen2",
                "qwen3",
                "meta-llama-bytes")
            .map(n -> new FamilyFixture(n, TABLES)));
  }

  static FamilyFixture of(String name) {
    return all().filter(f -> f.name.equals(name)).findFirst().orElseThrow();
  }

  Path folder() {
    try {
      return Path.of(
              FamilyFixture.class.getResource("/families/" + name + "/model.safetensors").toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Numbers with their sizes. */
  static final class Expected {
    final double[] values;
    final List<Long> shape;

    Expected(double[] values, List<Long> shape) {
      this.values = values;
      this.shape = shape;
    }
  }

  /** Everything that the reference holds, by our names of states. */
  Map<String, Expected> expected() {
    Map<String, Expected> all = new LinkedHashMap<>();
    try (Checkpoint c = Checkpoint.open(folder().resolve("expected.safetensors"))) {
      for (TensorInfo t : c.tensors()) {
        all.put(
            t.name()
                .replaceFirst("^(encoder|decoder)_hidden_states", "$1.hidden_states")
                .replaceFirst("hidden_states\\.0$", "embed")
                .replaceFirst("hidden_states\\.\\d+$|^last_hidden_state$", "final_norm.out")
                .replace("pooler_output", "pooled"),
            new Expected(read(c, t), t.shape()));
      }
    }
    return all;
  }

  private static double[] read(Checkpoint c, TensorInfo t) {
    try (TensorData data = c.map(t)) {
      double[] all = new double[Math.toIntExact(t.count())];
      data.read(0, all, 0, all.length);
      return all;
    }
  }

  /** With softmax in float32, as the library takes it. */
  static Design rounded(Design d) {
    return d.withStacks(
        s -> s.withBlock(s.block().withAttention(s.block().attention().asRounded())));
  }

  /** The reference's input. */
  static Inputs inputs(Map<String, Expected> e) {
    if (e.containsKey("pixel_values")) {
      Expected p = e.get("pixel_values");
      int[] s = p.shape.stream().mapToInt(Long::intValue).toArray();
      return Inputs.pixels(p.values, s[0], s[1], s[2], s[3]);
    }
    Inputs in = Inputs.ids(rows(e.get("input_ids")));
    if (e.containsKey("attention_mask")) {
      in = in.mask(rows(e.get("attention_mask")));
    }
    if (e.containsKey("position_ids")) {
      in = in.positions(rows(e.get("position_ids")));
    }
    if (e.containsKey("token_type_ids")) {
      in = in.types(rows(e.get("token_type_ids")));
    }
    return e.containsKey("decoder_input_ids")
        ? in.decoder(Inputs.ids(rows(e.get("decoder_input_ids"))))
        : in;
  }

  static Inputs withoutTypes(Inputs in) {
    return Inputs.ids(in.ids).mask(in.mask);
  }

  /** The first and the last colour in each other's place. */
  static Inputs otherColours(Inputs in) {
    int[] s = in.pixels.shape().stream().mapToInt(Integer::intValue).toArray();
    int plane = s[2] * s[3];
    return image(
        s,
        i ->
            in.pixels
                .values()[
                i + (i / plane % s[1] == 0 ? 2 : i / plane % s[1] == 2 ? -2 : 0) * plane]);
  }

  /** Rows and columns in each other's place. */
  static Inputs turnedOver(Inputs in) {
    int[] s = in.pixels.shape().stream().mapToInt(Integer::intValue).toArray();
    int plane = s[2] * s[3];
    return image(
        s, i -> in.pixels.values()[i / plane * plane + i % s[3] * s[3] + i % plane / s[3]]);
  }

  private static Inputs image(int[] s, java.util.function.IntToDoubleFunction value) {
    double[] values = new double[s[0] * s[1] * s[2] * s[3]];
    java.util.Arrays.setAll(values, value);
    return Inputs.pixels(values, s[0], s[1], s[2], s[3]);
  }

  static List<int[]> rows(Expected e) {
    int columns = e.shape.get(1).intValue();
    List<int[]> rows = new ArrayList<>();
    for (int i = 0; i < e.values.length; i += columns) {
      int[] row = new int[columns];
      for (int j = 0; j < columns; j++) {
        row[j] = (int) e.values[i + j];
      }
      rows.add(row);
    }
    return rows;
  }

  /**
   * How far a state is from what is expected.
   *
   * @param absolute the largest difference
   * @param largest the largest value expected
   */
  record Difference(double absolute, double largest) {
    double relative() {
      return absolute / largest;
    }
  }

  /** The largest error of each state, relative to the largest value expected of it. */
  Map<String, Double> errors(
      Path weights,
      Precision precision,
      UnaryOperator<Design> change,
      UnaryOperator<Inputs> given) {
    Map<String, Double> errors = new LinkedHashMap<>();
    differences(weights, precision, change, given)
        .forEach((state, d) -> errors.put(state, d.relative()));
    return errors;
  }

  /** The difference of each state that the reference holds. */
  Map<String, Difference> differences(
      Path weights,
      Precision precision,
      UnaryOperator<Design> change,
      UnaryOperator<Inputs> given) {
    Map<String, Expected> e = expected();
    Map<String, Difference> errors = new LinkedHashMap<>();
    try (Model model = Model.open(weights);
        Transformer t =
            Transformer.load(
                model, change.apply(model.design().orElseThrow()), precision, Device.CPU)) {
      Set<String> wanted = new LinkedHashSet<>(t.stateNames());
      wanted.retainAll(e.keySet());
      Inputs in = given.apply(inputs(e));
      try (States states = t.forward(in, wanted)) {
        for (String state : wanted) {
          boolean decoder = state.startsWith("decoder.") || state.equals("logits");
          boolean padded = e.containsKey("attention_mask") && !state.equals("pooled");
          List<int[]> mask =
              padded && !(decoder && in.decoder != null) ? rows(e.get("attention_mask")) : null;
          errors.put(state, difference(states.get(state).doubles(), e.get(state), mask));
        }
      }
    }
    return errors;
  }

  Map<String, Double> errors(Precision precision) {
    return errors(folder(), precision, UnaryOperator.identity(), UnaryOperator.identity());
  }

  /** Where the mask is 0 nothing is expected. */
  static double error(double[] found, Expected e, List<int[]> mask) {
    return difference(found, e, mask).relative();
  }

  private static Difference difference(double[] found, Expected e, List<int[]> mask) {
    if (found.length != e.values.length) {
      throw new AssertionError(found.length + " numbers, expected " + e.values.length);
    }
    int width = e.shape.get(e.shape.size() - 1).intValue();
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      int position = i / width;
      int[] row = mask == null ? null : mask.get(position / mask.get(0).length);
      if (row == null || row[position % row.length] != 0) {
        // NaN counts as an error that no tolerance allows.
        double d = Math.abs(found[i] - e.values[i]);
        difference = d <= difference ? difference : Double.isNaN(d) ? Double.MAX_VALUE : d;
        largest = Math.max(largest, Math.abs(e.values[i]));
      }
    }
    return new Difference(difference, largest);
  }
}
