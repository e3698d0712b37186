package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.InputException;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every pass whatever it computes. */
@Tag("numeric")
class TransformerTest {
  private static final int[] TEXT = {5, 17, 33, 60, 12, 7, 81, 2};

  @Test
  void namesOfStates() {
    try (Model model = Model.open(FamilyFixture.of("llama-tied").folder());
        Transformer t = Transformer.load(model)) {
      assertThat(t.stateNames())
          .containsExactly(
              "embed",
              "block_0.attn.out",
              "block_0.mlp.act",
              "block_0.mlp.out",
              "block_0.out",
              "block_1.attn.out",
              "block_1.mlp.act",
              "block_1.mlp.out",
              "block_1.out",
              "block_2.attn.out",
              "block_2.mlp.act",
              "block_2.mlp.out",
              "block_2.out",
              "final_norm.out",
              "logits");
      try (States s = t.forward(Inputs.ids(TEXT), Set.of("block_1.out"))) {
        assertThat(s.names()).containsExactly("block_1.out");
        assertThat(s.get("block_1.out").shape()).containsExactly(1L, 8L, 32L);
        assertThatThrownBy(() -> s.get("embed")).hasMessageContaining("was asked for");
      }
      assertThatThrownBy(() -> t.forward(Inputs.ids(TEXT), Set.of("block_3.out")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no state 'block_3.out'");
    }
    try (Model model = Model.open(FamilyFixture.of("t5-relu-tied").folder());
        Transformer t = Transformer.load(model)) {
      assertThat(t.stateNames())
          .startsWith("encoder.embed", "encoder.block_0.attn.out")
          .contains("encoder.final_norm.out", "decoder.embed", "decoder.block_1.cross.out")
          .endsWith("decoder.final_norm.out", "logits");
      // Only what is wanted is computed: the encoder alone needs nothing for the decoder.
      try (States s = t.forward(Inputs.ids(TEXT), Set.of("encoder.block_2.out"))) {
        assertThat(s.names()).containsExactly("encoder.block_2.out");
      }
    }
  }

  /** What the halves of a block add makes up the block. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-tied", "gptj", "gpt2", "dinov2", "t5-gated-untied"})
  void theHalvesOfABlockAddUp(String name) {
    FamilyFixture f = FamilyFixture.of(name);
    boolean two = name.startsWith("t5");
    String stack = two ? "decoder." : "";
    Set<String> wanted = new java.util.HashSet<>();
    for (String s : List.of("attn.out", "mlp.out", "out")) {
      wanted.add(stack + "block_1." + s);
    }
    wanted.add(stack + "block_0.out");
    if (two) {
      wanted.add("decoder.block_1.cross.out");
    }
    try (Model model = Model.open(f.folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        States s = t.forward(FamilyFixture.inputs(f.expected()), wanted)) {
      double[] sum = s.get(stack + "block_0.out").doubles();
      for (String part : List.of("attn.out", "cross.out", "mlp.out")) {
        if (wanted.contains(stack + "block_1." + part)) {
          double[] add = s.get(stack + "block_1." + part).doubles();
          Arrays.setAll(sum, i -> sum[i] + add[i]);
        }
      }
      close(s.get(stack + "block_1.out").doubles(), sum, 1e-13);
    }
  }

  /** mlp.out again from mlp.act and the stored weights: W act + b, in plain loops. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "gpt2",
        "clip-text",
        "vit",
        "dinov2-swiglu",
        "gpt-neox-parallel",
        "gptj",
        "llama-tied",
        "meta-llama-bytes",
        "qwen3",
        "t5-relu-tied",
        "t5-gated-untied"
      })
  void whatNeuronsGiveMakesTheOutputOfTheMlp(String name) {
    FamilyFixture f = FamilyFixture.of(name);
    String at = (name.startsWith("t5") ? "encoder." : "") + "block_1.mlp.";
    try (Model model = Model.open(f.folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        States s = t.forward(FamilyFixture.inputs(f.expected()), Set.of(at + "act", at + "out"))) {
      Parameter down = mlp(model, Component.MLP_DOWN, false);
      double[] w = numbers(model, down);
      double[] b = numbers(model, mlp(model, Component.MLP_DOWN, true));
      int neurons = (int) down.inputs();
      int d = (int) down.outputs();
      List<Long> shape = s.get(at + "act").shape();
      assertThat(shape.get(2)).isEqualTo(neurons);
      assertThat(shape.subList(0, 2)).isEqualTo(s.get(at + "out").shape().subList(0, 2));
      double[] act = s.get(at + "act").doubles();
      double[] expected = new double[act.length / neurons * d];
      for (int i = 0; i < expected.length; i++) {
        double sum = b.length == 0 ? 0 : b[i % d];
        for (int k = 0; k < neurons; k++) {
          double weight = down.transposed() ? w[k * d + i % d] : w[i % d * neurons + k];
          sum += weight * act[i / d * neurons + k];
        }
        expected[i] = sum * scale(model, i % d);
      }
      close(s.get(at + "out").doubles(), expected, 1e-12);
      if (name.equals("t5-relu-tied")) {
        assertThat(Arrays.stream(act).min().orElseThrow()).isZero();
      }
    }
  }

  private static Parameter mlp(Model model, Component c, boolean bias) {
    return model.parameters().stream()
        .filter(p -> p.role().component() == c && p.role().layer() == 1)
        .filter(p -> p.role().stack() != Role.Stack.DECODER || !hasEncoder(model))
        .filter(p -> bias == p.tensor().storedName().endsWith("bias"))
        .findFirst()
        .orElse(null);
  }

  private static boolean hasEncoder(Model model) {
    return model.parameters().stream()
        .anyMatch(p -> p.role().stack() == Role.Stack.ENCODER && p.role().layer() == 1);
  }

  /** DINOv2's learned scale of what the MLP adds; 1 elsewhere. */
  private static double scale(Model model, int i) {
    return model.parameters().stream()
        .filter(p -> p.role().layer() == 1 && p.tensor().storedName().contains("layer_scale2"))
        .findFirst()
        .map(p -> numbers(model, p)[i])
        .orElse(1.0);
  }

  private static double[] numbers(Model model, Parameter p) {
    double[] all = new double[p == null ? 0 : Math.toIntExact(p.tensor().count())];
    if (p != null) {
      try (var data = model.checkpoint().map(p.tensor())) {
        data.read(0, all, 0, all.length);
      }
    }
    return all;
  }

  @Test
  void vectorsInPlaceOfTokens() {
    try (Model model = Model.open(FamilyFixture.of("gpt2").folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        States s = t.forward(Inputs.ids(TEXT), Set.of("embed", "logits"))) {
      double[] table = new double[97 * 32];
      try (var data =
          model
              .checkpoint()
              .map(model.checkpoint().tensor("transformer.wte.weight").orElseThrow())) {
        data.read(0, table, 0, table.length);
      }
      double[] rows = new double[TEXT.length * 32];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = table[TEXT[i / 32] * 32 + i % 32];
      }
      try (States same =
          t.forward(Inputs.vectors(rows, 1, TEXT.length, 32), Set.of("embed", "logits"))) {
        assertThat(same.get("embed").doubles()).containsExactly(s.get("embed").doubles());
        assertThat(same.get("logits").doubles()).containsExactly(s.get("logits").doubles());
      }
    }
  }

  /** df/dx against central differences, f the sum of weighted numbers of a state. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-gqa-untied", "bert", "gpt-neox-parallel"})
  void gradientsAreThoseOfDifferences(String name) {
    try (Model model = Model.open(FamilyFixture.of(name).folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU)) {
      double[] x = new double[5 * 32];
      Generator.of(3).standardNormal(x);
      double[] weights = new double[5 * 32];
      Generator.of(4).standardNormal(weights);
      double[] gradient = t.gradient(Inputs.vectors(x, 1, 5, 32), "block_2.out", y -> weights);
      for (int i : new int[] {0, 37, 81, 159}) {
        double h = 1e-5;
        double difference = (f(t, x, i, h, weights) - f(t, x, i, -h, weights)) / (2 * h);
        assertThat(gradient[i])
            .isCloseTo(
                difference,
                org.assertj.core.api.Assertions.within(1e-6 * (1 + Math.abs(difference))));
      }
    }
  }

  private static double f(Transformer t, double[] x, int at, double by, double[] weights) {
    double[] moved = x.clone();
    moved[at] += by;
    try (States s = t.forward(Inputs.vectors(moved, 1, 5, 32), Set.of("block_2.out"))) {
      double[] y = s.get("block_2.out").doubles();
      return IntStream.range(0, y.length).mapToDouble(i -> y[i] * weights[i]).sum();
    }
  }

  @Test
  void aHookSeesTheStreamAndMayChangeIt() {
    try (Model model = Model.open(FamilyFixture.of("llama-tied").folder());
        Transformer t = Transformer.load(model)) {
      Inputs in = Inputs.ids(TEXT);
      Set<String> wanted = Set.of("block_0.out", "block_1.out", "logits");
      List<String> seen = new ArrayList<>();
      Hook looks =
          (block, state) -> {
            seen.add(block);
            return state;
          };
      try (States plain = t.forward(in, wanted);
          States watched = t.forward(in, wanted, looks);
          States same = t.forward(in, wanted, Hook.numbers("block_1", h -> h));
          States twice = t.forward(in, wanted, Hook.numbers("block_1", TransformerTest::doubled))) {
        assertThat(seen).containsExactly("block_0", "block_1", "block_2");
        double[] logits = plain.get("logits").doubles();
        assertThat(watched.get("logits").doubles()).containsExactly(logits);
        assertThat(same.get("logits").doubles()).containsExactly(logits);
        assertThat(twice.get("block_0.out").doubles())
            .containsExactly(plain.get("block_0.out").doubles());
        assertThat(twice.get("logits").doubles()).isNotEqualTo(logits);
      }
    }
  }

  private static double[] doubled(double[] h) {
    return Arrays.stream(h).map(v -> 2 * v).toArray();
  }

  /** A state of a token is the same wherever padding stands. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-gqa-untied", "t5-relu-tied", "bert", "mistral-window", "gpt2"})
  void paddingOnEitherSide(String name) {
    FamilyFixture f = FamilyFixture.of(name);
    String state = name.startsWith("t5") ? "encoder.block_2.out" : "block_2.out";
    int[] shorter = Arrays.copyOf(TEXT, 5);
    try (Model model = Model.open(f.folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        States alone = t.forward(Inputs.ids(shorter), Set.of(state))) {
      double[] expected = alone.get(state).doubles();
      for (boolean left : new boolean[] {false, true}) {
        Inputs in = Inputs.padded(List.of(TEXT, shorter), 3, left);
        if (left) {
          int[] counted = {0, 1, 2, 3, 4, 5, 6, 7};
          in = in.positions(List.of(counted, new int[] {0, 0, 0, 0, 1, 2, 3, 4}));
        }
        try (States both = t.forward(in, Set.of(state))) {
          double[] second = both.get(state).sequence(1);
          int from = left ? 3 * 32 : 0;
          close(Arrays.copyOfRange(second, from, from + 5 * 32), expected, 1e-13);
        }
      }
    }
  }

  /** A batch that is cut into slices gives every sequence what it gets alone, on any threads. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-tied", "t5-relu-tied", "vit"})
  void slicesAndThreadsChangeNothing(String name) {
    FamilyFixture f = FamilyFixture.of(name);
    int batch = 120;
    Inputs in = inputs(name, batch);
    String state = name.startsWith("t5") ? "logits" : "block_2.out";
    try (Model model = Model.open(f.folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU)) {
      t.threads(1);
      double[] first;
      try (States s = t.forward(in, Set.of(state))) {
        first = s.get(state).doubles();
      }
      t.threads(3);
      try (States s = t.forward(in, Set.of(state))) {
        assertThat(s.get(state).doubles()).containsExactly(first);
      }
      int each = first.length / batch;
      for (int i : new int[] {0, 51, 63, 64, batch - 1}) {
        try (States s = t.forward(in.slice(i, i + 1), Set.of(state))) {
          close(s.get(state).doubles(), Arrays.copyOfRange(first, i * each, (i + 1) * each), 1e-13);
        }
      }
    }
  }

  /** In their order, with the digits of one thread; what cannot be read is told at its turn. */
  @Test
  void inputsSideBySide() {
    Inputs many = inputs("llama-tied", 7);
    List<Inputs> each = new ArrayList<>();
    List<double[]> alone = new ArrayList<>();
    try (Model model = Model.open(FamilyFixture.of("llama-tied").folder());
        Transformer t = Transformer.load(model)) {
      t.threads(1);
      for (int i = 0; i < many.batch(); i++) {
        each.add(many.slice(i, i + 1));
        try (States s = t.forward(each.get(i), Set.of("logits"))) {
          alone.add(s.get("logits").doubles());
        }
      }
      each.add(3, Inputs.ids(new int[] {1_000_000}));
      alone.add(3, null);
      t.threads(3);
      List<double[]> found = new ArrayList<>();
      t.each(
          each,
          Set.of("logits"),
          states -> {
            try (States s = states.get()) {
              found.add(s.get("logits").doubles());
            } catch (InputException e) {
              found.add(null);
            }
          });
      assertThat(found).usingRecursiveComparison().isEqualTo(alone);
      assertThatThrownBy(() -> t.each(each, Set.of("logits"), states -> states.get().close()))
          .isInstanceOf(InputException.class);
      // Whoever it failed for can go on.
      try (States s = t.forward(each.get(0), Set.of("logits"))) {
        assertThat(s.get("logits").doubles()).containsExactly(alone.get(0));
      }
    }
  }

  private static Inputs inputs(String name, int batch) {
    if (name.equals("vit")) {
      double[] pixels = new double[batch * 3 * 24 * 24];
      Generator.of(1).standardNormal(pixels);
      return Inputs.pixels(pixels, batch, 3, 24, 24);
    }
    List<int[]> rows = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      int at = i;
      rows.add(IntStream.range(0, 8).map(j -> (at * 31 + j * j * 7) % 97).toArray());
    }
    return Inputs.ids(rows).decoder(Inputs.ids(rows));
  }

  /** Weights of every plain type are the numbers that they stand for. */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F16", "BF16"})
  void otherTypesAreCastOnce(DType type, @TempDir Path folder) throws IOException {
    Path from = FamilyFixture.of("llama-tied").folder();
    // Numbers that every one of the types holds: a sign, an exponent near 0 and five more bits.
    Path plain =
        Altered.weights(
            from,
            folder.resolve("plain"),
            all ->
                all.values()
                    .forEach(
                        w -> {
                          for (int i = 0; i < w.values.length; i++) {
                            w.values[i] = Math.round(w.values[i] * 64) / 64f;
                          }
                        }));
    Path other = folder.resolve("other");
    Files.createDirectories(other);
    Files.copy(plain.resolve("config.json"), other.resolve("config.json"));
    Map<String, Entry> entries = new TreeMap<>();
    try (Model model = Model.open(plain)) {
      model
          .checkpoint()
          .tensors()
          .forEach(
              t -> {
                double[] values = new double[Math.toIntExact(t.count())];
                try (var data = model.checkpoint().map(t)) {
                  data.read(0, values, 0, values.length);
                }
                entries.put(
                    t.name(),
                    new Entry(t.name(), type, t.shape(), out -> out.write(bytes(type, values))));
              });
    }
    SafetensorsWriter.write(
        other.resolve("model.safetensors"), Map.of(), List.copyOf(entries.values()));
    for (Precision precision : List.of(Precision.FLOAT64, Precision.FLOAT32)) {
      assertThat(logits(other, precision)).containsExactly(logits(plain, precision));
    }
  }

  private static byte[] bytes(DType type, double[] values) {
    ByteBuffer b = ByteBuffer.allocate(type.bytes() * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double v : values) {
      switch (type) {
        case F64 -> b.putDouble(v);
        case BF16 -> b.putShort((short) (Float.floatToIntBits((float) v) >>> 16));
        default -> b.putShort(half((float) v));
      }
    }
    return b.array();
  }

  /** A binary16 of a number with at most ten bits behind its first. */
  private static short half(float v) {
    if (v == 0) {
      return 0;
    }
    int bits = Float.floatToIntBits(v);
    int exponent = ((bits >>> 23) & 0xff) - 127 + 15;
    return (short) (((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff));
  }

  private static double[] logits(Path folder, Precision precision) {
    try (Model model = Model.open(folder);
        Transformer t = Transformer.load(model, precision, Device.CPU);
        States s = t.forward(Inputs.ids(TEXT), Set.of("logits"))) {
      return s.get("logits").doubles();
    }
  }

  /** bfloat16 keeps eight bits: some per cent after three blocks, and not float32's digits. */
  @Test
  void bfloat16IsCoarse() {
    Path folder = FamilyFixture.of("llama-tied").folder();
    double[] exact = logits(folder, Precision.FLOAT64);
    double[] coarse = logits(folder, Precision.BFLOAT16);
    double largest = Arrays.stream(exact).map(Math::abs).max().orElseThrow();
    double worst =
        IntStream.range(0, exact.length)
                .mapToDouble(i -> Math.abs(exact[i] - coarse[i]))
                .max()
                .orElseThrow()
            / largest;
    assertThat(worst).isBetween(1e-4, 0.1);
  }

  /** What a cache gives step by step is what the whole text gives at once. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-gqa-untied", "mistral-window", "gptj", "gpt2", "qwen3"})
  void aCacheGivesTheSameScores(String name) {
    try (Model model = Model.open(FamilyFixture.of(name).folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        States whole = t.forward(Inputs.ids(TEXT), Set.of("logits"));
        Cache cache = new Cache(3)) {
      for (int[] part : List.of(Arrays.copyOf(TEXT, 4), new int[] {12}, new int[] {7, 81, 2})) {
        int last = cache.length() + part.length - 1;
        try (States s = t.plain(Inputs.ids(part), Set.of("logits"), Hook.NONE, cache)) {
          close(
              s.get("logits").vector(0, part.length - 1),
              whole.get("logits").vector(0, last),
              1e-13);
        }
      }
    }
  }

  /** Equal up to that share of the largest number. */
  private static void close(double[] found, double[] expected, double share) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - expected[i])).as("number " + i).isLessThan(share * largest);
    }
  }
}
