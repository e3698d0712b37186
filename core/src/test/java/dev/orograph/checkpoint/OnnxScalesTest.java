package dev.orograph.checkpoint;

import static dev.orograph.checkpoint.OnnxModel.INT8;
import static dev.orograph.checkpoint.OnnxModel.UINT8;
import static dev.orograph.checkpoint.OnnxModel.counting;
import static dev.orograph.checkpoint.OnnxModel.floats;
import static dev.orograph.checkpoint.OnnxModel.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.OnnxModel.Attribute;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole numbers in place of weights, against (q - z) s written out. */
class OnnxScalesTest {
  private static final byte[] NUMBERS = {0, 1, -1, 127, -128, 5};

  @TempDir private Path dir;

  private static float[] read(Checkpoint c, String name) {
    TensorInfo t = c.tensor(name).orElseThrow();
    assertThat(t.dtype()).isEqualTo(DType.F32);
    try (TensorData data = c.map(t)) {
      float[] all = new float[(int) t.count()];
      data.read(0, all, 0, all.length);
      int[] patterns = new int[all.length];
      data.readRaw(0, patterns, 0, all.length);
      byte[] bytes = new byte[4 * all.length];
      // From an odd byte on, as a sample of the stored bytes may begin.
      data.readRaw(3, bytes, 3, bytes.length - 3);
      double[] doubles = new double[all.length];
      data.read(0, doubles, 0, all.length);
      for (int i = 0; i < all.length; i++) {
        assertThat(Float.floatToRawIntBits(all[i])).isEqualTo(patterns[i]);
        assertThat(doubles[i]).isEqualTo(all[i]);
        if (i > 0) {
          assertThat(bytes[4 * i]).isEqualTo((byte) patterns[i]);
        }
      }
      return all;
    }
  }

  private static float product(int q, int z, float s) {
    return (q - z) * s;
  }

  @Test
  void anIntegerProductBehindWhichItIsScaled() throws IOException {
    float[] scales = {0.1f, 0.003f, 7e-4f};
    byte[] zeros = {3, -7, 0};
    OnnxModel model =
        new OnnxModel()
            .initialiser(tensor("onnx::MatMul_7_quantized", INT8, List.of(2, 3), NUMBERS))
            .initialiser("onnx::MatMul_7_scale", List.of(3), scales)
            .initialiser(tensor("onnx::MatMul_7_zero_point", INT8, List.of(3), zeros))
            .node("DynamicQuantizeLinear", "quantise", List.of("x"), "x_quantised")
            .node("Mul", "both", List.of("x_scale", "onnx::MatMul_7_scale"), "scales")
            .node(
                "MatMulInteger",
                "/a/query/MatMul_quant",
                List.of(
                    "x_quantised",
                    "onnx::MatMul_7_quantized",
                    "x_zero",
                    "onnx::MatMul_7_zero_point"),
                "product")
            .node("Cast", "cast", List.of("product"), "real")
            .node("Mul", "scaled", List.of("real", "scales"), "y");
    try (Checkpoint c = model.open(dir)) {
      assertThat(c.tensors()).hasSize(1);
      float[] w = read(c, "a.query.weight");
      assertThat(c.tensor("a.query.weight").orElseThrow().shape()).containsExactly(3L, 2L);
      assertThat(c.tensor("a.query.weight").orElseThrow().stored()).isEqualTo("I8 with scales");
      for (int in = 0; in < 2; in++) {
        for (int out = 0; out < 3; out++) {
          assertThat(w[out * 2 + in])
              .isEqualTo(product(NUMBERS[in * 3 + out], zeros[out], scales[out]));
        }
      }
    }
  }

  @Test
  void aTableThatIsDecodedBehindTheGather() throws IOException {
    OnnxModel model =
        new OnnxModel()
            .initialiser(tensor("words.weight_quantized", UINT8, List.of(3, 2), NUMBERS))
            .initialiser("words.weight_scale", List.of(), 0.0123f)
            .initialiser(
                tensor("words.weight_zero_point", UINT8, List.of(), new byte[] {(byte) 128}))
            .node("Gather", "/words/Gather", List.of("words.weight_quantized", "ids"), "rows")
            .node(
                "DequantizeLinear",
                "/words/DequantizeLinear",
                List.of("rows", "words.weight_scale", "words.weight_zero_point"),
                "y");
    try (Checkpoint c = model.open(dir)) {
      float[] w = read(c, "words.weight");
      for (int i = 0; i < w.length; i++) {
        assertThat(w[i]).isEqualTo(product(NUMBERS[i] & 0xFF, 128, 0.0123f));
      }
    }
  }

  @Test
  void aWeightThatIsDecodedBeforeItsUseAlongAnyAxisOrInBlocks() throws IOException {
    float[] scales = {0.1f, 0.003f};
    for (int axis : new int[] {0, 1, -1, -2}) {
      boolean rows = axis == 0 || axis == -2;
      List<Integer> shape = rows ? List.of(2, 3) : List.of(3, 2);
      OnnxModel model =
          new OnnxModel()
              .initialiser(tensor("a.weight_quantized", INT8, shape, NUMBERS))
              .initialiser("s", List.of(2), scales)
              .node(
                  "DequantizeLinear",
                  "d",
                  List.of("a.weight_quantized", "s"),
                  "w",
                  Attribute.of("axis", axis))
              .node("Gemm", "/a/Gemm", List.of("x", "w"), "y", Attribute.of("transB", 1));
      try (Checkpoint c = model.open(dir)) {
        float[] w = read(c, "a.weight");
        for (int i = 0; i < w.length; i++) {
          assertThat(w[i]).isEqualTo(product(NUMBERS[i], 0, scales[rows ? i / 3 : i % 2]));
        }
      }
    }
    float[] blocks = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    OnnxModel model =
        new OnnxModel()
            .initialiser(tensor("b.weight", INT8, List.of(3, 5), new byte[15]))
            .initialiser(
                tensor(
                    "c.weight",
                    INT8,
                    List.of(3, 5),
                    "abcdefghijklmno".getBytes(StandardCharsets.US_ASCII)))
            .initialiser("s", List.of(3, 3), blocks)
            .node(
                "DequantizeLinear",
                "d",
                List.of("c.weight", "s"),
                "w",
                Attribute.of("axis", 1),
                Attribute.of("block_size", 2))
            .node("MatMul", "/c/MatMul", List.of("x", "w"), "y");
    try (Checkpoint c = model.open(dir)) {
      float[] w = read(c, "c.weight");
      for (int r = 0; r < 3; r++) {
        for (int k = 0; k < 5; k++) {
          assertThat(w[r * 5 + k]).isEqualTo(product('a' + r * 5 + k, 0, blocks[r * 3 + k / 2]));
        }
      }
      // Without scales they are what they are.
      assertThat(c.tensor("b.weight").orElseThrow().dtype()).isEqualTo(DType.I8);
    }
  }

  @Test
  void floatingWeightsThatTheGraphRoundsFirst() throws IOException {
    float[] weights = {0.049f, 0.05f, 0.15f, -0.25f, 100, -100};
    OnnxModel model =
        new OnnxModel()
            .initialiser("a.weight", List.of(3, 2), weights)
            .initialiser("s", List.of(), 0.1f)
            .initialiser(tensor("z", INT8, List.of(), new byte[] {2}))
            .node("QuantizeLinear", "q", List.of("a.weight", "s", "z"), "whole")
            .node("DequantizeLinear", "d", List.of("whole", "s", "z"), "w")
            .node("Gemm", "/a/Gemm", List.of("x", "w"), "y", Attribute.of("transB", 1));
    try (Checkpoint c = model.open(dir)) {
      float[] w = read(c, "a.weight");
      // 0.049 / 0.1 rounds to 0, 0.5 to the even 0, 1.5 to 2, -2.5 to -2; what is too large is cut.
      assertThat(w).containsExactly(0, 0, 2 * 0.1f, -2 * 0.1f, 125 * 0.1f, -130 * 0.1f);
    }
  }

  @Test
  void fourBitsInBlocksAsTheRuntimesMatrixProductTakesThem() throws IOException {
    // Two outputs of eight inputs, in blocks of four; the first number in the lower half.
    byte[] bytes = {0x10, 0x32, 0x54, 0x76, (byte) 0x98, (byte) 0xBA, (byte) 0xDC, (byte) 0xFE};
    float[] scales = {1, 0.5f, 0.25f, 3};
    for (boolean zeros : new boolean[] {false, true}) {
      OnnxModel model =
          new OnnxModel()
              .initialiser(tensor("a_q4", UINT8, List.of(2, 2, 2), bytes))
              .initialiser("s", List.of(4), scales)
              .initialiser(tensor("z", UINT8, List.of(2), new byte[] {0x21, 0x43}))
              .node(
                  "MatMulNBits",
                  "/a/MatMul_Q4",
                  zeros ? List.of("x", "a_q4", "s", "z") : List.of("x", "a_q4", "s"),
                  "y",
                  Attribute.of("K", 8),
                  Attribute.of("N", 2),
                  Attribute.of("bits", 4),
                  Attribute.of("block_size", 4));
      try (Checkpoint c = model.open(dir)) {
        assertThat(c.tensor("a_q4").orElseThrow().shape()).containsExactly(2L, 8L);
        assertThat(c.tensor("a_q4").orElseThrow().stored()).isEqualTo("U4 with scales");
        float[] w = read(c, "a_q4");
        for (int i = 0; i < w.length; i++) {
          int z = zeros ? i / 4 + 1 : 8;
          assertThat(w[i]).as("element " + i).isEqualTo((i - z) * scales[i / 4]);
        }
      }
    }
  }

  @Test
  void aScaleInBinary16RoundsTheProductToOne() throws IOException {
    OnnxModel model =
        new OnnxModel()
            .initialiser(tensor("a.weight", INT8, List.of(6), NUMBERS))
            .initialiser(tensor("s", 10, List.of(), new byte[] {0x66, 0x2E}))
            .node("DequantizeLinear", "d", List.of("a.weight", "s"), "w")
            .node("Add", "/a/Add", List.of("x", "w"), "y");
    try (Checkpoint c = model.open(dir)) {
      float s = SmallFloat.binary16(0x2E66); // 0.0999755859375
      float[] w = read(c, "a.weight");
      assertThat(w[1]).isEqualTo(s);
      // 127 s = 12.6968994140625 lies between binary16 numbers that are 2^-7 apart.
      assertThat(w[3]).isEqualTo(12.695_312_5f);
    }
  }

  @Test
  void binary16IsRoundedToTheNearest() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 20_000; i++) {
      float x = Float.intBitsToFloat(random.nextInt());
      float rounded = SmallFloat.roundedToBinary16(x);
      if (Float.isNaN(x)) {
        assertThat(rounded).isNaN();
        continue;
      }
      // The nearest of all numbers: no neighbour is nearer, and a tie goes to the even pattern.
      float best = Float.NaN;
      int pattern = 0;
      for (int bits : neighbours(x)) {
        float candidate = SmallFloat.binary16(bits);
        double gap = Math.abs((double) candidate - x);
        double least = Math.abs((double) best - x);
        if (Float.isNaN(best) || gap < least || (gap == least && bits % 2 == 0)) {
          best = candidate;
          pattern = bits;
        }
      }
      boolean overflow = Math.abs(x) >= 65_520;
      assertThat(rounded)
          .as(x + " near " + pattern)
          .isEqualTo(overflow ? Math.copySign(Float.POSITIVE_INFINITY, x) : best);
    }
  }

  /** Patterns of the finite numbers on both sides of x. */
  private static int[] neighbours(float x) {
    int sign = Float.floatToRawIntBits(x) < 0 ? 0x8000 : 0;
    int low = 0;
    int high = 0x7BFF;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (SmallFloat.binary16(middle) <= Math.abs(x)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return new int[] {sign | low, sign | Math.min(0x7BFF, low + 1)};
  }

  @Test
  void scalesThatDoNotFitAreNotTaken() throws IOException {
    OnnxModel model =
        new OnnxModel()
            .initialiser(tensor("a.weight", INT8, List.of(2, 3), NUMBERS))
            .initialiser("s", List.of(4), counting(4))
            .initialiser(tensor("raw", 1, List.of(1), floats(2)))
            .node("DequantizeLinear", "d", List.of("a.weight", "s"), "w")
            .node("MatMul", "/a/MatMul", List.of("raw", "w"), "y");
    try (Checkpoint c = model.open(dir)) {
      assertThat(c.tensor("a.weight").orElseThrow().dtype()).isEqualTo(DType.I8);
    }
  }
}
