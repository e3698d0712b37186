package dev.orograph.checkpoint;

import static dev.orograph.checkpoint.OnnxModel.counting;
import static dev.orograph.checkpoint.OnnxModel.floats;
import static dev.orograph.checkpoint.OnnxModel.head;
import static dev.orograph.checkpoint.OnnxModel.longs;
import static dev.orograph.checkpoint.OnnxModel.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.OnnxModel.Attribute;
import dev.orograph.input.InputException;
import dev.orograph.input.ProtoWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tensors an ONNX file gives, under which names, and where their elements lie. */
class OnnxTest {
  @TempDir private Path dir;

  private static double[] read(Checkpoint c, String name) {
    TensorInfo t = c.tensor(name).orElseThrow();
    try (TensorData data = c.map(t)) {
      double[] all = new double[(int) t.count()];
      data.read(0, all, 0, all.length);
      return all;
    }
  }

  private static List<String> names(Checkpoint c) {
    return c.tensors().stream().map(TensorInfo::name).toList();
  }

  /** Patterns of a few numbers in every type, as raw bytes and as the typed field that holds it. */
  @ParameterizedTest
  @CsvSource({
    "1, 4, 4, 0x3F800000 0xC0200000 0x00000000, 1 -2.5 0",
    "2, 5, 1, 0 7 255, 0 7 255",
    "3, 5, 1, 0 0xFF 0x80, 0 -1 -128",
    "4, 5, 2, 1 2 65535, 1 2 65535",
    "5, 5, 2, 1 0xFFFF 0x8000, 1 -1 -32768",
    "6, 5, 4, 1 0xFFFFFFFF 0x80000000, 1 -1 -2147483648",
    "7, 7, 8, 1 0xFFFFFFFFFFFFFFFF 77, 1 -1 77",
    "9, 5, 1, 0 1 1, 0 1 1",
    "10, 5, 2, 0x3C00 0xC100 0x0001, 1 -2.5 5.9604644775390625e-8",
    "11, 10, 8, 0x3FF0000000000000 0xC004000000000000 0, 1 -2.5 0",
    "12, 11, 4, 1 2 4294967295, 1 2 4294967295",
    "13, 11, 8, 1 2 3, 1 2 3",
    "16, 5, 2, 0x3F80 0xC020 0, 1 -2.5 0",
    "17, 5, 1, 0x38 0xC2 0, 1 -2.5 0",
    "19, 5, 1, 0x3C 0xC1 0, 1 -2.5 0"
  })
  void everyPlainType(int type, int field, int bytes, String patterns, String expected)
      throws IOException {
    long[] bits =
        List.of(patterns.split(" ", -1)).stream()
            .mapToLong(
                p ->
                    p.startsWith("0x")
                        ? Long.parseUnsignedLong(p.substring(2), 16)
                        : Long.parseLong(p))
            .toArray();
    ByteBuffer raw = ByteBuffer.allocate(8 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
    long[] signed = bits.clone();
    ProtoWriter single = head("single", type, List.of(3));
    for (int i = 0; i < bits.length; i++) {
      raw.putLong(i * bytes, bits[i]);
      // int32_data holds signed numbers of 32 bits, as int64 of the wire.
      signed[i] = field == 5 && type == 6 ? (int) bits[i] : bits[i];
      if (type == 3 || type == 5) {
        int unused = 64 - 8 * bytes;
        signed[i] = bits[i] << unused >> unused;
      }
      if (type == 1) {
        single.real(4, Float.intBitsToFloat((int) bits[i]));
      } else if (type != 11) {
        single.number(field, signed[i]);
      }
    }
    byte[] data = java.util.Arrays.copyOf(raw.array(), bytes * bits.length);
    boolean fixed = type == 1 || type == 11;
    OnnxModel model =
        new OnnxModel()
            .initialiser(tensor("raw", type, List.of(3), data))
            .initialiser(
                head("typed", type, List.of(3))
                    .bytes(field, fixed ? data : ProtoWriter.packed(signed)));
    if (type != 11) {
      model.initialiser(single);
    }
    double[] values =
        List.of(expected.split(" ", -1)).stream().mapToDouble(Double::parseDouble).toArray();
    try (Checkpoint c = model.open(dir)) {
      for (String name : names(c)) {
        assertThat(read(c, name)).as(name).containsExactly(values);
      }
      assertThat(c.tensors()).hasSize(type == 11 ? 2 : 3);
      // In place, and equal however it is stored.
      assertThat(c.tensor("raw").orElseThrow().encoded()).isNull();
      assertThat(c.contentSha256(c.tensor("typed").orElseThrow()))
          .isEqualTo(c.contentSha256(c.tensor("raw").orElseThrow()));
    }
  }

  @Test
  void whatAnExporterRenamedHasTheNameOfTheNodeThatUsesIt() throws IOException {
    OnnxModel model =
        new OnnxModel()
            .initialiser("encoder.layer.0.query.bias", List.of(3), 1, 2, 3)
            .initialiser("onnx::MatMul_9", List.of(2, 3), counting(6))
            .initialiser("onnx::Gemm_10", List.of(3, 2), counting(6))
            .initialiser("pooler.dense.weight", List.of(3, 2), counting(6))
            .initialiser("12", List.of(2, 3), counting(6))
            .initialiser("later.dense.bias", List.of(3), 1, 2, 3)
            .initialiser("onnx::Gather_13", List.of(4, 2), counting(8))
            .initialiser("onnx::Mul_14", List.of(2, 2), counting(4))
            .node(
                "MatMul",
                "/encoder/layer.0/query/MatMul",
                List.of("x", "onnx::MatMul_9"),
                "/encoder/layer.0/query/MatMul_output_0")
            .node(
                "Add",
                "/encoder/layer.0/query/Add",
                List.of("encoder.layer.0.query.bias", "/encoder/layer.0/query/MatMul_output_0"),
                "a")
            .node(
                "Gemm", "/out/Gemm", List.of("a", "onnx::Gemm_10"), "b", Attribute.of("transB", 1))
            .node(
                "Gemm",
                "/pooler/dense/Gemm",
                List.of("a", "pooler.dense.weight"),
                "c",
                Attribute.of("transB", 1))
            // An exporter that names no modules: the bias that is added afterwards tells.
            .node("MatMul", "MatMul_77", List.of("a", "12"), "d")
            .node("Add", "Add_78", List.of("d", "later.dense.bias"), "e")
            .node("Gather", "/words/Gather", List.of("onnx::Gather_13", "ids"), "f")
            .node("Mul", "/encoder/Mul_3", List.of("f", "onnx::Mul_14"), "g");
    try (Checkpoint c = model.open(dir)) {
      assertThat(names(c))
          .containsExactlyInAnyOrder(
              "encoder.layer.0.query.bias",
              "encoder.layer.0.query.weight",
              "out.weight",
              "pooler.dense.weight",
              "later.dense.weight",
              "later.dense.bias",
              "words.weight",
              "encoder.Mul_3");
      // (inputs, outputs) as it was exported, (outputs, inputs) as it was.
      assertThat(c.tensor("encoder.layer.0.query.weight").orElseThrow().shape())
          .containsExactly(3L, 2L);
      assertThat(read(c, "encoder.layer.0.query.weight")).containsExactly(0, 3, 1, 4, 2, 5);
      assertThat(read(c, "later.dense.weight")).containsExactly(0, 3, 1, 4, 2, 5);
      assertThat(read(c, "out.weight")).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(read(c, "pooler.dense.weight")).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(read(c, "words.weight")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }
  }

  @Test
  void aMatrixThatTheGraphTurnsRoundIsNotTurnedAgain() throws IOException {
    OnnxModel model =
        new OnnxModel()
            .initialiser("onnx::Transpose_3", List.of(3, 2), counting(6))
            .node("Transpose", "/a/q/Transpose", List.of("onnx::Transpose_3"), "t")
            .node("MatMul", "/a/q/MatMul", List.of("x", "t"), "y");
    try (Checkpoint c = model.open(dir)) {
      assertThat(read(c, "a.q.weight")).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(c.tensor("a.q.weight").orElseThrow().view()).isNull();
    }
  }

  @Test
  void twoMatricesOfOneModuleHaveTwoNames() throws IOException {
    OnnxModel model =
        new OnnxModel()
            .initialiser("a.weight", List.of(2), 1, 2)
            .initialiser("onnx::MatMul_1", List.of(2, 2), counting(4))
            .initialiser("onnx::MatMul_2", List.of(2, 2), counting(4))
            .node("MatMul", "/a/MatMul", List.of("x", "onnx::MatMul_1"), "y")
            .node("MatMul", "/a/MatMul_1", List.of("y", "onnx::MatMul_2"), "z");
    try (Checkpoint c = model.open(dir)) {
      assertThat(names(c)).containsExactlyInAnyOrder("a.weight", "a.MatMul", "a.MatMul_1");
    }
  }

  @Test
  void constantsAreWeightsOrNumbersOfTheComputation() throws IOException {
    OnnxModel model =
        new OnnxModel()
            .constant("/w/Constant_output_0", tensor("", 1, List.of(2, 2), floats(1, 2, 3, 4)))
            .constant("/s/Constant_output_0", tensor("", 1, List.of(), floats(0.5f)))
            .constant("shape", tensor("", 7, List.of(2), longs(2, -1)))
            .initialiser("logit_scale", List.of(), 4.6f)
            .initialiser(tensor("position_ids", 7, List.of(1, 2), longs(0, 1)))
            .node("MatMul", "/w/MatMul", List.of("x", "/w/Constant_output_0"), "y");
    try (Checkpoint c = model.open(dir)) {
      assertThat(names(c)).containsExactlyInAnyOrder("w.weight", "logit_scale", "position_ids");
      assertThat(read(c, "w.weight")).containsExactly(1, 3, 2, 4);
      assertThat(c.leftOut().toString()).contains("2 constants of its graph");
    }
  }

  @Test
  void equalParametersThatAreStoredOnceKeepTheirNames() throws IOException {
    OnnxModel model =
        new OnnxModel()
            .initialiser("layer.0.norm.weight", List.of(2), 1, 1)
            .node("Identity", "Identity_1", List.of("layer.0.norm.weight"), "layer.1.norm.weight")
            .node("Mul", "/layer.1/norm/Mul", List.of("x", "layer.1.norm.weight"), "y");
    try (Checkpoint c = model.open(dir)) {
      assertThat(c.aliases()).containsEntry("layer.1.norm.weight", "layer.0.norm.weight");
      assertThat(c.tensors()).hasSize(1);
    }
  }

  @Test
  void weightsInAGraphWithinTheGraphAreNamedToo() throws IOException {
    OnnxModel inner =
        new OnnxModel()
            .initialiser("onnx::MatMul_5", List.of(2, 3), counting(6))
            .node("MatMul", "/a/k/MatMul", List.of("x", "onnx::MatMul_5"), "y")
            .node("MatMul", "/a/q/MatMul", List.of("x", "onnx::MatMul_4"), "z");
    OnnxModel model =
        new OnnxModel()
            .initialiser("onnx::MatMul_4", List.of(2, 3), counting(6))
            .node(
                "If",
                "If_1",
                List.of("condition"),
                "out",
                new Attribute("then_branch", 6, inner.graph()));
    try (Checkpoint c = model.open(dir)) {
      assertThat(names(c)).containsExactlyInAnyOrder("a.k.weight", "a.q.weight");
    }
  }

  @Test
  void fusedAttentionIsCutIntoTheWeightsThatItWas() throws IOException {
    // (inputs 2, query 2 | key 2 | value 2), as ONNX Runtime's optimiser lays them.
    OnnxModel model =
        new OnnxModel()
            .initialiser("Attention_0_qkv_weight", List.of(2, 6), counting(12))
            .initialiser("Attention_0_qkv_bias", List.of(6), counting(6))
            .initialiser("encoder.layer.0.attention.output.dense.bias", List.of(2), 1, 2)
            .initialiser("onnx::MatMul_7", List.of(2, 2), counting(4))
            .node(
                "Attention",
                "Attention_0",
                List.of("x", "Attention_0_qkv_weight", "Attention_0_qkv_bias"),
                "y",
                Attribute.of("num_heads", 2))
            .node(
                "MatMul",
                "/encoder/layer.0/attention/output/dense/MatMul",
                List.of("y", "onnx::MatMul_7"),
                "z");
    try (Checkpoint c = model.open(dir)) {
      String self = "encoder.layer.0.attention.self.";
      assertThat(read(c, self + "query.weight")).containsExactly(0, 6, 1, 7);
      assertThat(read(c, self + "key.weight")).containsExactly(2, 8, 3, 9);
      assertThat(read(c, self + "value.weight")).containsExactly(4, 10, 5, 11);
      assertThat(read(c, self + "key.bias")).containsExactly(2, 3);
      assertThat(c.config().orElseThrow().path("num_attention_heads").asInt()).isEqualTo(2);
    }
  }

  @Test
  void headsAreReadFromTheShapeIntoWhichAProjectionIsCut() throws IOException {
    OnnxModel model =
        new OnnxModel()
            .initialiser("onnx::MatMul_1", List.of(6, 6), counting(36))
            .initialiser("onnx::MatMul_2", List.of(6, 3), counting(18))
            .initialiser("q.bias", List.of(6), counting(6))
            .constant("two", tensor("", 7, List.of(1), longs(2)))
            .constant("three", tensor("", 7, List.of(1), longs(3)))
            .constant("whole", tensor("", 7, List.of(4), longs(0, -1, 1, 3)))
            .constant("eps", tensor("", 1, List.of(), floats(1e-12f)))
            .node("MatMul", "/a/q_proj/MatMul", List.of("x", "onnx::MatMul_1"), "m")
            .node("Add", "/a/q_proj/Add", List.of("q.bias", "m"), "q")
            .node("Concat", "/a/Concat", List.of("b", "s", "two", "three"), "sizes")
            .node("Reshape", "/a/Reshape", List.of("q", "sizes"), "heads")
            .node("MatMul", "/a/k_proj/MatMul", List.of("x", "onnx::MatMul_2"), "k")
            .node("Reshape", "/a/Reshape_1", List.of("k", "whole"), "keys")
            .node("Sub", "/n/Sub", List.of("x", "mean"), "centred")
            .node("Pow", "/n/Pow", List.of("centred", "exponent"), "squares")
            .node("ReduceMean", "/n/ReduceMean", List.of("squares"), "variance")
            .node("Add", "/n/Add", List.of("variance", "eps"), "sum")
            .node("Sqrt", "/n/Sqrt", List.of("sum"), "deviation")
            .node("Erf", "/f/Erf", List.of("x"), "erf");
    try (Checkpoint c = model.open(dir)) {
      assertThat(c.config().orElseThrow().toString())
          .isEqualTo(
              "{\"num_attention_heads\":2,\"layer_norm_eps\":1.0E-12,\"hidden_act\":\"gelu\"}");
      Files.writeString(dir.resolve("config.json"), "{\"model_type\":\"bert\"}");
    }
    // What lies beside it counts before what its graph tells.
    try (Checkpoint c = Checkpoint.open(dir)) {
      assertThat(c.config().orElseThrow().toString()).isEqualTo("{\"model_type\":\"bert\"}");
    }
  }

  @Test
  void weightsInOtherFilesAreReadInPlace() throws IOException {
    ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    file.position(16);
    for (float f : counting(6)) {
      file.putFloat(f);
    }
    Files.write(dir.resolve("model.onnx_data"), file.array());
    OnnxModel model =
        new OnnxModel()
            .initialiser(
                OnnxModel.outside("onnx::MatMul_1", List.of(2, 3), "model.onnx_data", "16", "24"))
            .initialiser(OnnxModel.outside("b", List.of(2), "model.onnx_data", "40", "8"))
            .initialiser(OnnxModel.outside("same", List.of(2), "model.onnx_data", "40", "8"))
            .node("MatMul", "/a/MatMul", List.of("x", "onnx::MatMul_1"), "y");
    try (Checkpoint c = model.open(dir)) {
      assertThat(read(c, "a.weight")).containsExactly(0, 3, 1, 4, 2, 5);
      assertThat(c.files())
          .containsExactly(dir.resolve("model.onnx"), dir.resolve("model.onnx_data"));
      assertThat(c.tensor("a.weight").orElseThrow().file())
          .isEqualTo(dir.resolve("model.onnx_data"));
      assertThat(c.aliases()).containsEntry("same", "b");
      String before = c.fingerprint();
      assertThat(c.sha256()).hasSize(2);
      Files.write(dir.resolve("model.onnx_data"), new byte[65]);
      assertThatThrownBy(c::fingerprint).hasMessageContaining("has changed");
      assertThat(before).hasSize(64);
    }
  }

  @Test
  void anExportedModelLiesInAFolderOfItsOwn() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("some-model/onnx"));
    OnnxModel model = new OnnxModel().initialiser("w", List.of(2, 2), counting(4));
    Files.write(folder.resolve("model.onnx"), model.toBytes());
    Files.write(folder.resolve("model_quantized.onnx"), model.toBytes());
    Files.writeString(dir.resolve("some-model/config.json"), "{\"model_type\":\"odd\"}");
    for (Path path : List.of(folder.getParent(), folder, folder.resolve("model.onnx"))) {
      try (Checkpoint c = Checkpoint.open(path)) {
        assertThat(c.files()).containsExactly(folder.resolve("model.onnx"));
        if (!path.equals(folder)) {
          assertThat(c.root()).isEqualTo(folder.getParent());
          assertThat(c.name()).isEqualTo("some-model");
          assertThat(c.config()).isPresent();
        }
      }
    }
  }

  @Test
  void otherFrameworksFilesAreNamedWithTheRemedy() throws IOException {
    Files.write(
        dir.resolve("flax_model.msgpack"),
        "\u0081\u00a6params\u0080".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Checkpoint.open(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("flax_model.msgpack")
        .hasMessageContaining("from_flax=True");
    assertThatThrownBy(() -> Checkpoint.open(dir.resolve("flax_model.msgpack")))
        .hasMessageContaining("Flax")
        .hasMessageContaining("from_flax=True");
    Files.delete(dir.resolve("flax_model.msgpack"));
    Files.write(
        dir.resolve("tf_model.h5"), "\u0089HDF\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Checkpoint.open(dir)).hasMessageContaining("from_tf=True");
    assertThatThrownBy(() -> Checkpoint.open(dir.resolve("tf_model.h5")))
        .hasMessageContaining("HDF5")
        .hasMessageContaining("from_tf=True");
  }
}
