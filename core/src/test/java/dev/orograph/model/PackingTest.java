package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which numbers are weights, told by what lies beside them and without a configuration. */
class PackingTest {
  @TempDir private Path dir;

  private Model model(Entry... entries) {
    List<Entry> all = new ArrayList<>(List.of(entries));
    all.add(zeros("other.weight", DType.F32, 4, 4));
    SafetensorsWriter.write(dir.resolve("model.safetensors"), Map.of(), all);
    return Model.open(dir);
  }

  private static Entry zeros(String name, DType type, long... shape) {
    long count = type.bytes();
    for (long n : shape) {
      count *= n;
    }
    return Entry.of(name, type, new byte[Math.toIntExact(count)], shape);
  }

  /** Whatever scales FP8 numbers, wherever it is named. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "l.weight_scale",
        "l.weight.scale",
        "l.weight_scale_inv",
        "l.scale_weight",
        "l.input_scale",
        "l.scale",
        "l_scale",
        "l.anything",
        "l._extra_state",
        "scales.l",
        "scaled_fp8"
      })
  void fp8HasACompanion(String name) {
    DType type = name.endsWith("state") ? DType.U8 : DType.F32;
    try (Model model = model(zeros("l.weight", DType.F8_E4M3, 8, 8), zeros(name, type, 3))) {
      assertThat(model.packed()).get().asString().contains("'" + name + "' belongs to");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"l.bias", "norm.weight", "other.bias"})
  void fp8Alone(String name) {
    try (Model model = model(zeros("l.weight", DType.F8_E4M3, 8, 8), zeros(name, DType.F32, 8))) {
      assertThat(model.packed()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "l.weight, U32, l.scales, F16",
    "l.weight, U32, l.biases, BF16",
    "l, U32, l.scales, F16",
    "weight, U32, scales, F16",
    "l.B, I32, l.s, F16",
    "l.weight, I8, l.SCB, F32",
    "l.weight, U8, l.weight.absmax, U8",
    "l.qweight, I32, l.scales, F16",
    "l.W_q, U8, l.scale, F16",
    "l.weight, I8, l.weight_scale, F32",
    "l.weight, I8, l_scale, F32"
  })
  void wholeNumbersHaveACompanion(String codes, DType type, String name, DType scale) {
    try (Model model = model(zeros(codes, type, 8, 4), zeros(name, scale, 8, 2))) {
      assertThat(model.packed()).isPresent();
    }
  }

  /** A mask, a table of whole numbers and what counts are no weights, and pack none. */
  @Test
  void wholeNumbersThatAreNoWeights() {
    try (Model model =
        model(
            zeros("a.bias", DType.U8, 1, 1, 4, 4),
            zeros("a.num_batches_tracked", DType.I64),
            zeros("position_ids", DType.I64, 1, 9),
            zeros("a.weight", DType.F32, 4, 4))) {
      assertThat(model.packed()).isEmpty();
    }
  }

  /** Experts in one table are matrices, one each; their biases and what has no form are none. */
  @ParameterizedTest
  @CsvSource({
    "mlp.experts.gate_up_proj, '4,6,8', 4, false",
    "blk.0.ffn_up_exps.weight, '4,6,8', 4, false",
    "moe.w1, '4,6,8', 4, false",
    "mlp.experts.gate_up_proj_bias, '4,6', 0, false",
    "moe.experts.b1, '4,6', 0, false",
    "conv.weight, '4,3,5', 1, false",
    "stem.kernel, '3,3,5,7', 1, true",
    "query.kernel, '8,2,4', 0, false",
    "pos_embed, '1,9,8', 0, false",
    "w, '4,6,8', 0, false"
  })
  void matricesOfTables(String name, String shape, int matrices, boolean flipped) {
    long[] sizes =
        java.util.Arrays.stream(shape.split(",", -1)).mapToLong(Long::parseLong).toArray();
    try (Model model = model(zeros(name, DType.F32, sizes))) {
      List<Parameter> found = model.parameter(name).orElseThrow().matrices();
      assertThat(found).hasSize(matrices);
      assertThat(found).allMatch(p -> p.transposed() == flipped);
      if (flipped) {
        assertThat(List.of(found.get(0).outputs(), found.get(0).inputs())).containsExactly(7L, 45L);
      }
    }
  }
}
