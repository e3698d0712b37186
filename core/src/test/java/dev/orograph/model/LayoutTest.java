package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.Role.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A fused tensor is cut into its weights: every element once, each where it belongs. */
class LayoutTest {
  private static final List<Component> QKV =
      List.of(Component.SELF_ATTN_Q, Component.SELF_ATTN_K, Component.SELF_ATTN_V);
  private static final List<Component> GATED = List.of(Component.MLP_GATE, Component.MLP_UP);

  @TempDir Path folder;

  /** What element (o, i) of a tensor is: which weight, and which output of it. */
  private record Place(Component component, long output) {}

  /** Random shapes, grouped or not: as the plain definition of each layout says. */
  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"STACKED", "STACKED_TRANSPOSED", "BY_HEAD"})
  void everyElementIsOfOneWeightAndItsOutput(Layout layout) {
    Random random = new Random(5);
    for (int round = 0; round < 60; round++) {
      int keyHeads = 1 + random.nextInt(4);
      int heads = keyHeads * (1 + random.nextInt(3));
      int dHead = 1 + random.nextInt(5);
      int inputs = 1 + random.nextInt(6);
      List<Component> components = round % 4 == 0 ? GATED : QKV;
      StackSpec stack =
          StackSpec.of(Stack.DECODER, 1, heads * dHead, heads, 0).withHeads(keyHeads, dHead);
      List<Place> outputs = outputs(layout, components, heads, keyHeads, dHead);
      check(layout, components, stack, outputs, inputs);
      check(layout, components, stack, outputs, 0);
    }
  }

  /** The outputs of the stored tensor in their order, written out one by one. */
  private static List<Place> outputs(
      Layout layout, List<Component> components, int heads, int keyHeads, int dHead) {
    boolean qkv = components.equals(QKV);
    int blocks = layout != Layout.BY_HEAD ? 1 : qkv ? keyHeads : heads;
    List<Place> outputs = new ArrayList<>();
    for (int b = 0; b < blocks; b++) {
      for (Component c : components) {
        int all = !qkv || c == Component.SELF_ATTN_Q ? heads : keyHeads;
        int here = all / blocks * dHead;
        for (int o = 0; o < here; o++) {
          outputs.add(new Place(c, (long) b * here + o));
        }
      }
    }
    return outputs;
  }

  /** With inputs a matrix, without a bias. */
  private void check(
      Layout layout, List<Component> components, StackSpec stack, List<Place> outputs, int inputs) {
    boolean across = layout == Layout.STACKED_TRANSPOSED && inputs > 0;
    int columns = Math.max(1, inputs);
    float[] numbers = new float[outputs.size() * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    long[] shape =
        inputs == 0
            ? new long[] {outputs.size()}
            : across ? new long[] {inputs, outputs.size()} : new long[] {outputs.size(), inputs};
    try (Checkpoint c = write(Entry.of("fused", numbers, shape))) {
      boolean[] seen = new boolean[numbers.length];
      List<Layout.Piece> pieces = layout.split(c.tensors().get(0), components, Optional.of(stack));
      assertThat(pieces.stream().map(Layout.Piece::component)).isEqualTo(components);
      for (Layout.Piece piece : pieces) {
        TensorInfo t = piece.tensor();
        assertThat(t.name()).isEqualTo("fused[" + piece.component().id() + "]");
        long own = outputs.stream().filter(p -> p.component() == piece.component()).count();
        assertThat(t.shape())
            .isEqualTo(
                inputs == 0
                    ? List.of(own)
                    : across ? List.of((long) inputs, own) : List.of(own, (long) inputs));
        double[] read = new double[(int) t.count()];
        try (TensorData data = c.map(t)) {
          data.read(0, read, 0, read.length);
        }
        for (int i = 0; i < read.length; i++) {
          int stored = (int) read[i];
          assertThat(seen[stored]).isFalse();
          seen[stored] = true;
          int output = across ? stored % outputs.size() : stored / columns;
          int input = across ? stored / outputs.size() : stored % columns;
          long expectedOutput = across ? i % own : i / columns;
          assertThat(input).isEqualTo(across ? (int) (i / own) : i % columns);
          assertThat(outputs.get(output)).isEqualTo(new Place(piece.component(), expectedOutput));
        }
      }
      assertThat(seen).doesNotContain(false);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BY_HEAD | 4 | 4 | 94 3 | 3 weights for each of 4 heads, a multiple of 12 outputs",
        "BY_HEAD | 5 | 5 | 96 32 | 3 weights for each of 5 heads, a multiple of 15 outputs",
        "BY_HEAD | 4 | 2 | 12 3 | 3 weights for each of 2 heads, a multiple of 8 outputs",
        "BY_HEAD | 4 | 3 | 96 3 | 3 weights for each of 3 heads, a multiple of 9 outputs",
        "STACKED | 4 | 4 | 95 3 | 3 weights, a multiple of 3 outputs",
        "STACKED | 4 | 2 | 12 3 | 3 weights, a multiple of 8 outputs",
        "STACKED | 4 | 4 | 1 | 3 weights, a multiple of 3 outputs",
        "STACKED | 4 | 4 | 3 3 3 | 3 weights, a multiple of 3 outputs",
        "STACKED | 4 | 4 | 0 3 | 3 weights, a multiple of 3 outputs",
        "STACKED | 4 | 4 | '' | 3 weights, a multiple of 3 outputs",
        "STACKED_TRANSPOSED | 4 | 4 | 96 32 | 3 weights, a multiple of 3 outputs",
        "BY_HEAD | 268435456 | 268435456 | 96 32 |"
            + " 3 weights for each of 268435456 heads, a multiple of 805306368 outputs"
      })
  void whatCannotBeCutIsRefused(
      Layout layout, int heads, int keyHeads, String shape, String expected) {
    long[] sizes =
        shape.isEmpty()
            ? new long[0]
            : Arrays.stream(shape.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    int count = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    StackSpec stack = StackSpec.of(Stack.DECODER, 1, 32, heads, 0).withHeads(keyHeads, 8);
    try (Checkpoint c = write(Entry.of("h.0.fused", new float[count], sizes))) {
      TensorInfo t = c.tensors().get(0);
      assertThatThrownBy(() -> layout.split(t, QKV, Optional.of(stack)))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "model.safetensors: 'h.0.fused' should hold %s but it has shape %s: check the"
                  + " configuration against the weights",
              expected, t.shape());
    }
  }

  /** Thirds need no heads; by head they do, and nothing is guessed. */
  @Test
  void withoutAConfigurationHeadsStayTogether() {
    write(
            Entry.of(
                "gpt_neox.layers.0.attention.query_key_value.weight", new float[96 * 32], 96, 32),
            Entry.of("gpt_neox.layers.0.attention.query_key_value.bias", new float[96], 96))
        .close();
    try (Model model = Model.open(folder)) {
      assertThat(model.spec().family()).isEqualTo("GPT-NeoX");
      assertThat(model.parameters())
          .hasSize(2)
          .allMatch(p -> p.role().component() == Component.SELF_ATTN_QKV)
          .allMatch(p -> !p.tensor().isPart() && p.role().layer() == 0);
    }
    write(Entry.of("h.0.attn.c_attn.weight", new float[32 * 96], 32, 96)).close();
    try (Model model = Model.open(folder)) {
      assertThat(model.parameters().stream().map(p -> p.role().component())).isEqualTo(QKV);
      assertThat(model.parameters()).allMatch(p -> p.outputs() == 32 && p.inputs() == 32);
      assertThat(model.parameters()).allMatch(Parameter::transposed);
    }
  }

  /** A configuration that does not fit is an error that names the tensor, not a wrong cut. */
  @Test
  void aConfigurationThatDoesNotFitIsRefused() throws IOException {
    write(Entry.of("layers.0.attention.query_key_value.weight", new float[96 * 32], 96, 32))
        .close();
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\":\"gpt_neox\",\"hidden_size\":32,\"num_attention_heads\":5}");
    assertThatThrownBy(() -> Model.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'layers.0.attention.query_key_value.weight' should hold 3 weights");
  }

  /** Packed numbers are not where the weights would be. */
  @Test
  void integersAreNotCut() throws IOException {
    byte[] packed = new byte[1535];
    write(Entry.of("layers.0.attention.query_key_value.weight", DType.U8, packed, 1535, 1)).close();
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\":\"gpt_neox\",\"hidden_size\":32,\"num_attention_heads\":4}");
    try (Model model = Model.open(folder)) {
      assertThat(model.parameters()).singleElement().matches(p -> !p.weight());
    }
  }

  private Checkpoint write(Entry... entries) {
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(file, Map.of(), List.of(entries));
    return Checkpoint.open(file);
  }
}
