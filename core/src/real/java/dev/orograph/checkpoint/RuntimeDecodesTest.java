package dev.orograph.checkpoint;

import static dev.orograph.checkpoint.OnnxModel.INT8;
import static dev.orograph.checkpoint.OnnxModel.UINT8;
import static dev.orograph.checkpoint.OnnxModel.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.orograph.checkpoint.OnnxModel.Attribute;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole numbers in place of weights are decoded to what ONNX Runtime computes with, bit for bit.
 */
@Tag("real")
class RuntimeDecodesTest {
  private static final int ROWS = 8;
  private static final int COLUMNS = 6;

  private final SplittableRandom random = new SplittableRandom(5);
  @TempDir private Path dir;

  private byte[] bytes(int n) {
    byte[] bytes = new byte[n];
    random.nextBytes(bytes);
    return bytes;
  }

  private float[] scales(int n) {
    float[] scales = new float[n];
    for (int i = 0; i < n; i++) {
      scales[i] = (float) Math.exp(random.nextDouble(-12, 2));
    }
    return scales;
  }

  /** What the runtime gives for the output {@code y}, in row-major order. */
  private float[] runtime(OnnxModel model) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model.output("y").toBytes());
        OrtSession.Result result = session.run(Map.of())) {
      float[][] rows = (float[][]) result.get(0).getValue();
      float[] all = new float[rows.length * rows[0].length];
      for (int i = 0; i < all.length; i++) {
        all[i] = rows[i / rows[0].length][i % rows[0].length];
      }
      return all;
    }
  }

  private float[] ours(OnnxModel model, String name) throws IOException {
    try (Checkpoint c = model.open(dir)) {
      TensorInfo t = c.tensor(name).orElseThrow();
      assertThat(t.encoded()).isInstanceOf(Quantised.class);
      try (TensorData data = c.map(t)) {
        float[] all = new float[(int) t.count()];
        data.read(0, all, 0, all.length);
        return all;
      }
    }
  }

  @Test
  void dequantizeLinear() throws OrtException, IOException {
    for (int type : new int[] {UINT8, INT8}) {
      for (int axis : new int[] {-1, 0, 1}) {
        for (boolean zero : new boolean[] {false, true}) {
          int n = axis < 0 ? 1 : axis == 0 ? ROWS : COLUMNS;
          List<Integer> shape = axis < 0 ? List.of() : List.of(n);
          OnnxModel model =
              new OnnxModel()
                  .initialiser(tensor("w", type, List.of(ROWS, COLUMNS), bytes(ROWS * COLUMNS)))
                  .initialiser("s", shape, scales(n))
                  .initialiser(tensor("z", type, shape, bytes(n)))
                  .node(
                      "DequantizeLinear",
                      "d",
                      zero ? List.of("w", "s", "z") : List.of("w", "s"),
                      "decoded",
                      Attribute.of("axis", Math.max(0, axis)))
                  .node("Identity", "i", List.of("decoded"), "y")
                  .node("Abs", "a", List.of("decoded"), "unused");
          assertThat(ours(model, "w")).isEqualTo(runtime(model));
        }
      }
    }
  }

  @Test
  void dequantizeLinearInBlocks() throws OrtException, IOException {
    for (int axis : new int[] {0, 1}) {
      List<Integer> shape = axis == 0 ? List.of(ROWS / 4, COLUMNS) : List.of(ROWS, COLUMNS / 3);
      int n = shape.get(0) * shape.get(1);
      OnnxModel model =
          new OnnxModel()
              .initialiser(tensor("w", INT8, List.of(ROWS, COLUMNS), bytes(ROWS * COLUMNS)))
              .initialiser("s", shape, scales(n))
              .initialiser(tensor("z", INT8, shape, bytes(n)))
              .node(
                  "DequantizeLinear",
                  "d",
                  List.of("w", "s", "z"),
                  "decoded",
                  Attribute.of("axis", axis),
                  Attribute.of("block_size", axis == 0 ? 4 : 3))
              .node("Identity", "i", List.of("decoded"), "y")
              .node("Abs", "a", List.of("decoded"), "unused");
      assertThat(ours(model, "w")).isEqualTo(runtime(model));
    }
  }

  @Test
  void quantizeLinearBefore() throws OrtException, IOException {
    float[] weights = new float[ROWS * COLUMNS];
    for (int i = 0; i < weights.length; i++) {
      // Ties among them, and numbers beyond what eight bits hold.
      weights[i] = i % 3 == 0 ? (i - 20) * 0.125f : (float) random.nextDouble(-40, 40);
    }
    for (int type : new int[] {UINT8, INT8}) {
      OnnxModel model =
          new OnnxModel()
              .initialiser("w", List.of(ROWS, COLUMNS), weights)
              .initialiser("s", List.of(), 0.25f)
              .initialiser(tensor("z", type, List.of(), new byte[] {9}))
              .node("QuantizeLinear", "q", List.of("w", "s", "z"), "whole")
              .node("DequantizeLinear", "d", List.of("whole", "s", "z"), "decoded")
              .node("Identity", "i", List.of("decoded"), "y")
              .node("Abs", "a", List.of("decoded"), "unused");
      assertThat(ours(model, "w")).isEqualTo(runtime(model));
    }
  }

  @Test
  void matMulInteger() throws OrtException, IOException {
    byte[] unit = new byte[ROWS * ROWS];
    for (int i = 0; i < ROWS; i++) {
      unit[i * ROWS + i] = 1;
    }
    OnnxModel model =
        new OnnxModel()
            .initialiser(tensor("x", UINT8, List.of(ROWS, ROWS), unit))
            .initialiser(tensor("x_zero", UINT8, List.of(), new byte[1]))
            .initialiser(
                tensor("onnx::MatMul_1", INT8, List.of(ROWS, COLUMNS), bytes(ROWS * COLUMNS)))
            .initialiser("s", List.of(COLUMNS), scales(COLUMNS))
            .initialiser(tensor("z", INT8, List.of(COLUMNS), bytes(COLUMNS)))
            .node("MatMulInteger", "/a/MatMul", List.of("x", "onnx::MatMul_1", "x_zero", "z"), "p")
            .node("Cast", "c", List.of("p"), "r", Attribute.of("to", 1))
            .node("Mul", "m", List.of("r", "s"), "y");
    float[] theirs = runtime(model);
    float[] ours = ours(model, "a.weight");
    for (int i = 0; i < theirs.length; i++) {
      assertThat(ours[i % COLUMNS * ROWS + i / COLUMNS]).isEqualTo(theirs[i]);
    }
  }

  @Test
  void matMulNBits() throws OrtException, IOException {
    int inputs = 64;
    int outputs = 3;
    int block = 32;
    float[] unit = new float[inputs * inputs];
    for (int i = 0; i < inputs; i++) {
      unit[i * inputs + i] = 1;
    }
    for (boolean zero : new boolean[] {false, true}) {
      OnnxModel model =
          new OnnxModel()
              .initialiser("x", List.of(inputs, inputs), unit)
              .initialiser(
                  tensor(
                      "w",
                      UINT8,
                      List.of(outputs, inputs / block, block / 2),
                      bytes(outputs * inputs / 2)))
              .initialiser("s", List.of(outputs * inputs / block), scales(outputs * inputs / block))
              .initialiser(tensor("z", UINT8, List.of(outputs), bytes(outputs)))
              .node(
                  "MatMulNBits",
                  "/a/MatMul_Q4",
                  zero ? List.of("x", "w", "s", "z") : List.of("x", "w", "s"),
                  "y",
                  Attribute.of("K", inputs),
                  Attribute.of("N", outputs),
                  Attribute.of("bits", 4),
                  Attribute.of("block_size", block));
      float[] theirs = runtime(model);
      float[] ours = ours(model, "w");
      for (int i = 0; i < theirs.length; i++) {
        assertThat(ours[i % outputs * inputs + i / outputs]).isEqualTo(theirs[i]);
      }
    }
  }
}
