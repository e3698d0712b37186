package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.model.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small floats with scales beside them against the published formulas, element by element. */
class ScaledBlocksTest {
  private static final String NAME = "model.layers.0.mlp.down_proj.weight";

  @TempDir private Path dir;

  private final Random random = new Random(7);

  /** Blocks that the matrix does not fill at its edges, as the usual size and as another. */
  @ParameterizedTest
  @CsvSource({"128, 128, ''", "64, 32, '\"weight_block_size\": [64, 32],'"})
  void fp8InBlocks(int down, int across, String said) throws IOException {
    int rows = 200;
    int columns = 150;
    int acrossAll = (columns + across - 1) / across;
    byte[] codes = codes(rows * columns);
    float[] scales = scales((rows + down - 1) / down * acrossAll);
    config("{\"quantization_config\": {" + said + " \"quant_method\": \"fp8\"}}");
    write(
        entry(NAME, DType.F8_E4M3, codes, rows, columns),
        entry(NAME + "_scale_inv", scales, scales.length / acrossAll, acrossAll),
        entry("model.layers.0.mlp.down_proj.input_scale", new float[] {1}));
    try (Checkpoint c = Checkpoint.open(dir)) {
      assertThat(c.tensors()).extracting(TensorInfo::name).containsExactly(NAME);
      assertThat(c.tensors().get(0).stored()).isEqualTo("F8_E4M3 with scales");
      assertThat(c.remarks())
          .containsExactly(
              "model.safetensors: 1 tensor of F8_E4M3 with scales is read as code times scale");
      assertThat(c.leftOut()).containsExactly("model.safetensors: 1 scale of activations");
      float[] found = read(c, NAME);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          float scale = scales[i / down * acrossAll + j / across];
          assertThat(found[i * columns + j]).isEqualTo(e4m3(codes[i * columns + j]) * scale);
        }
      }
    }
    try (Model model = Model.open(dir)) {
      assertThat(model.packed()).isEmpty();
    }
  }

  /** One scale for each row, or one for all, in bfloat16 too. */
  @ParameterizedTest
  @CsvSource({"rows, F32", "column, F32", "one, F32", "scalar, BF16", "rows, BF16"})
  void fp8ByRowOrWhole(String how, DType type) throws IOException {
    int rows = 5;
    int columns = 7;
    byte[] codes = codes(rows * columns);
    boolean byRow = how.equals("rows") || how.equals("column");
    float[] scales = scales(byRow ? rows : 1);
    long[] shape =
        switch (how) {
          case "rows" -> new long[] {rows};
          case "column" -> new long[] {rows, 1};
          case "one" -> new long[] {1};
          default -> new long[0];
        };
    if (type == DType.BF16) {
      for (int i = 0; i < scales.length; i++) {
        scales[i] = Float.intBitsToFloat(Float.floatToIntBits(scales[i]) & 0xFFFF0000);
      }
    }
    ByteBuffer stored =
        ByteBuffer.allocate(scales.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float s : scales) {
      if (type == DType.BF16) {
        stored.putShort((short) (Float.floatToIntBits(s) >>> 16));
      } else {
        stored.putFloat(s);
      }
    }
    config("{\"quantization_config\": {\"quant_method\": \"compressed-tensors\"}}");
    write(
        entry(NAME, DType.F8_E4M3, codes, rows, columns),
        Entry.of(NAME + "_scale", type, stored.array(), shape));
    try (Checkpoint c = Checkpoint.open(dir)) {
      float[] found = read(c, NAME);
      for (int i = 0; i < found.length; i++) {
        float scale = scales[byRow ? i / columns : 0];
        assertThat(found[i]).isEqualTo(e4m3(codes[i]) * scale);
      }
    }
  }

  /** MX: 32 numbers E2M1 and a power of two; 255 stands for NaN. */
  @Test
  void mxfp4() throws IOException {
    int experts = 2;
    int rows = 3;
    int groups = 2;
    byte[] blocks = new byte[experts * rows * groups * 16];
    byte[] scales = new byte[experts * rows * groups];
    random.nextBytes(blocks);
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (byte) (i == 4 ? 255 : 120 + i);
    }
    String name = "model.layers.0.mlp.experts.down_proj";
    config("{\"quantization_config\": {\"quant_method\": \"mxfp4\"}}");
    write(
        entry(name + "_blocks", DType.U8, blocks, experts, rows, groups, 16),
        entry(name + "_scales", DType.U8, scales, experts, rows, groups));
    double[] numbers = {0, .5, 1, 1.5, 2, 3, 4, 6};
    try (Checkpoint c = Checkpoint.open(dir)) {
      TensorInfo t = c.tensor(name).orElseThrow();
      assertThat(c.tensors()).hasSize(1);
      assertThat(t.shape()).containsExactly(2L, 3L, 64L);
      assertThat(t.stored()).isEqualTo("MXFP4 with scales");
      float[] found = read(c, name);
      for (int e = 0; e < found.length; e++) {
        int code = e % 2 == 0 ? blocks[e / 2] & 0xF : (blocks[e / 2] & 0xFF) >> 4;
        double value = (code < 8 ? 1 : -1) * numbers[code & 7];
        double expected =
            e / 32 == 4 ? Double.NaN : value * Math.pow(2, (scales[e / 32] & 0xFF) - 127);
        assertThat((double) found[e]).as("element %d", e).isEqualTo(Double.valueOf(expected));
      }
    }
    try (Model model = Model.open(dir)) {
      assertThat(model.packed()).isEmpty();
      assertThat(model.parameters().get(0).matrices()).hasSize(experts);
    }
  }

  /** What is not exactly one of these formats stays as it was: refused by name as packed. */
  @ParameterizedTest
  @ValueSource(strings = {"no configuration", "blocks of another size", "second scale", "F16"})
  void anythingElseIsNotDecoded(String kind) throws IOException {
    byte[] codes = codes(200 * 150);
    List<Entry> entries = new ArrayList<>(List.of(entry(NAME, DType.F8_E4M3, codes, 200, 150)));
    if (!kind.equals("no configuration")) {
      config("{\"quantization_config\": {\"quant_method\": \"fp8\"}}");
    }
    switch (kind) {
      case "blocks of another size" -> entries.add(entry(NAME + "_scale_inv", scales(12), 4, 3));
      case "F16" -> entries.add(Entry.of(NAME + "_scale", DType.F16, new byte[2], new long[] {1}));
      default -> entries.add(entry(NAME + "_scale", scales(1), 1));
    }
    if (kind.equals("second scale")) {
      entries.add(entry(NAME + "_scale_2", scales(1), 1));
    }
    write(entries.toArray(Entry[]::new));
    try (Model model = Model.open(dir)) {
      assertThat(model.checkpoint().tensors()).hasSize(entries.size());
      assertThat(model.packed().orElseThrow()).contains("weight_scale");
    }
  }

  private void config(String json) throws IOException {
    Files.writeString(dir.resolve("config.json"), json);
  }

  private void write(Entry... entries) {
    SafetensorsWriter.write(dir.resolve("model.safetensors"), Map.of(), List.of(entries));
  }

  private static Entry entry(String name, DType type, byte[] bytes, long... shape) {
    return Entry.of(name, type, bytes, shape);
  }

  private static Entry entry(String name, float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Entry.of(name, DType.F32, bytes.array(), shape);
  }

  /** Any but the two patterns of NaN. */
  private byte[] codes(int n) {
    byte[] codes = new byte[n];
    for (int i = 0; i < n; i++) {
      do {
        codes[i] = (byte) random.nextInt(256);
      } while ((codes[i] & 0x7F) == 0x7F);
    }
    return codes;
  }

  private float[] scales(int n) {
    float[] scales = new float[n];
    for (int i = 0; i < n; i++) {
      scales[i] = (float) Math.exp(random.nextGaussian());
    }
    return scales;
  }

  /** E4M3 by its definition: bias 7, no infinity. */
  private static float e4m3(byte code) {
    int exponent = code >> 3 & 0xF;
    int fraction = code & 7;
    double size =
        exponent == 0 ? fraction * Math.pow(2, -9) : (8 + fraction) * Math.pow(2, exponent - 10);
    return (float) (code < 0 ? -size : size);
  }

  private static float[] read(Checkpoint c, String name) {
    TensorInfo t = c.tensor(name).orElseThrow();
    try (TensorData data = c.map(t)) {
      float[] values = new float[Math.toIntExact(t.count())];
      data.read(0, values, 0, values.length);
      return values;
    }
  }
}
