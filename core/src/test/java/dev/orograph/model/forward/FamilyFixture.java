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
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A tiny model of a family with what the transformers library computes of it.
 *
 * @param name the folder
 * @param exact what the reference itself is exact to, relative to the largest value of a state: all
 *     of its float64, or what tables of angles in float32 leave; T5 see {@link #softmaxRounding}
 */
record FamilyFixture(String name, double exact) {
  /** Where the reference works in float64 throughout: its unit, a few thousand times. */
  private static final double DOUBLE = 1e-12;

  /** Where it takes softmax (T5, Llama), or tables of angles (GPT-NeoX, GPT-J) in float32. */
  private static final double TABLES = 1e-6;

  /** What rounding to the nearest float32 moves a number by at most, relative to it. */
  private static final double HALF_UNIT = 0x1p-24;

  /**
   * A float32 softmax takes off the largest score, raises, adds up and divides, and each
   * instruction set does so in its own way: four roundings of the size of those at its ends.
   */
  private static final double SOFTMAX = 4;

  /**
   * A block in float32 rounds some twenty times, in sums of a hundred numbers, where {@link
   * #streamRounding} does once: a factor near 5 with signs at random.
   */
  private static final double SINGLE = 16;

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

  /** The largest error that a state of our pass may have, whatever kernels compute it. */
  Map<String, Double> allowed(Precision precision) {
    // What T5's weights make of the library's float32 softmax grows from block to block.
    Map<String, Double> softmax = name.startsWith("t5") ? softmaxRounding() : Map.of();
    Map<String, Double> stream = precision == Precision.FLOAT32 ? streamRounding() : Map.of();
    Map<String, Double> allowed = new LinkedHashMap<>();
    for (String state : expected().keySet()) {
      double reference =
          softmax.containsKey(state) ? DOUBLE + (1 + SOFTMAX) * softmax.get(state) : exact;
      allowed.put(state, reference + SINGLE * stream.getOrDefault(state, 0.0));
    }
    return allowed;
  }

  /** The same of T5 in float64 where scores and softmax are rounded as the library rounds them. */
  Map<String, Double> allowedRounded() {
    Map<String, Double> allowed = softmaxRounding();
    allowed.replaceAll((state, by) -> DOUBLE + SOFTMAX * by);
    return allowed;
  }

  /**
   * How far each state moves, relative to the largest value expected of it, where scores and
   * softmax are rounded to float32 once each: what the library's float32 softmax does to a state,
   * but for the digits that its kernel loses inside.
   */
  private Map<String, Double> softmaxRounding() {
    return moved(FamilyFixture::rounded, Hook.NONE);
  }

  /**
   * How far each state moves where every number of the stream before each block is moved up or down
   * by half a unit of float32; at least that half unit.
   */
  private Map<String, Double> streamRounding() {
    SplittableRandom signs = new SplittableRandom(1);
    Hook hook =
        (block, state) -> {
          double[] moved = Torch.doubles(state);
          for (int i = 0; i < moved.length; i++) {
            moved[i] += (signs.nextBoolean() ? HALF_UNIT : -HALF_UNIT) * moved[i];
          }
          return Torch.exact(moved, state.shape()).to(state);
        };
    Map<String, Double> moved = moved(UnaryOperator.identity(), hook);
    moved.replaceAll((state, by) -> Math.max(by, HALF_UNIT));
    return moved;
  }

  private Map<String, Double> moved(UnaryOperator<Design> change, Hook hook) {
    Map<String, Expected> exact = expected();
    states(folder(), Precision.FLOAT64, d -> d, in -> in, Hook.NONE)
        .forEach((state, values) -> exact.put(state, new Expected(values, exact.get(state).shape)));
    Map<String, Double> moved = new LinkedHashMap<>();
    compared(exact, states(folder(), Precision.FLOAT64, change, in -> in, hook))
        .forEach((state, d) -> moved.put(state, d.relative()));
    return moved;
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
    return compared(expected(), states(weights, precision, change, given, Hook.NONE));
  }

  /** The states that the reference holds, as we compute them. */
  private Map<String, double[]> states(
      Path weights,
      Precision precision,
      UnaryOperator<Design> change,
      UnaryOperator<Inputs> given,
      Hook hook) {
    Map<String, Expected> e = expected();
    Map<String, double[]> found = new LinkedHashMap<>();
    try (Model model = Model.open(weights);
        Transformer t =
            Transformer.load(
                model, change.apply(model.design().orElseThrow()), precision, Device.CPU)) {
      Set<String> wanted = new LinkedHashSet<>(t.stateNames());
      wanted.retainAll(e.keySet());
      try (States states = t.forward(given.apply(inputs(e)), wanted, hook)) {
        wanted.forEach(state -> found.put(state, states.get(state).doubles()));
      }
    }
    return found;
  }

  private static Map<String, Difference> compared(
      Map<String, Expected> e, Map<String, double[]> found) {
    Map<String, Difference> all = new LinkedHashMap<>();
    found.forEach(
        (state, values) -> {
          boolean decoder = state.startsWith("decoder.") || state.equals("logits");
          boolean padded = e.containsKey("attention_mask") && !state.equals("pooled");
          List<int[]> mask =
              padded && !(decoder && e.containsKey("decoder_input_ids"))
                  ? rows(e.get("attention_mask"))
                  : null;
          all.put(state, difference(values, e.get(state), mask));
        });
    return all;
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
