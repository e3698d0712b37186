package dev.orograph.checkpoint;

import static dev.orograph.checkpoint.OnnxModel.counting;
import static dev.orograph.checkpoint.OnnxModel.floats;
import static dev.orograph.checkpoint.OnnxModel.head;
import static dev.orograph.checkpoint.OnnxModel.outside;
import static dev.orograph.checkpoint.OnnxModel.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.OnnxModel.Attribute;
import dev.orograph.input.InputException;
import dev.orograph.input.ProtoMessage;
import dev.orograph.input.ProtoWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX files that lie. */
class HostileOnnxTest {
  @TempDir private Path dir;

  private void refused(OnnxModel model, String... parts) throws IOException {
    refused(model.toBytes(), parts);
  }

  private void refused(byte[] bytes, String... parts) throws IOException {
    Files.write(dir.resolve("model.onnx"), bytes);
    assertThatThrownBy(() -> Checkpoint.open(dir).close())
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts);
  }

  private static OnnxModel with(ProtoWriter tensor) {
    return new OnnxModel().initialiser(tensor);
  }

  @Test
  void aFileThatIsCutOffIsRefusedOrShorter() throws IOException {
    byte[] whole =
        new OnnxModel()
            .initialiser("onnx::MatMul_7", List.of(2, 3), counting(6))
            .node("MatMul", "/a/MatMul", List.of("x", "onnx::MatMul_7"), "y")
            .toBytes();
    int refused = 0;
    for (int n = 12; n < whole.length; n++) {
      Files.write(dir.resolve("model.onnx"), Arrays.copyOf(whole, n));
      try (Checkpoint c = Checkpoint.open(dir)) {
        assertThat(c.tensors()).hasSize(1);
      } catch (InputException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan((whole.length - 12) * 9 / 10);
  }

  @Test
  void shapesAreHeldToTheBytes() throws IOException {
    refused(with(tensor("w", 1, List.of(2, 3), floats(1, 2, 3))), "'w'", "24 bytes", "has 12");
    refused(with(head("w", 1, List.of(2)).number(1, -1).bytes(9, floats(1))), "'w'", "shape");
    ProtoWriter many = head("w", 1, List.of(1 << 30, 1 << 30, 1 << 30, 1 << 30));
    refused(with(many.bytes(9, floats(1))), "'w'", "2^63");
    ProtoWriter deep = head("w", 1, List.of());
    for (int i = 0; i < 40; i++) {
      deep.number(1, 1);
    }
    refused(with(deep.bytes(9, floats(1))), "at most 32 dimensions");
    refused(with(head("w", 6, List.of(1 << 30)).bytes(5, new byte[8])), "'w'");
    refused(with(tensor("w", 1, List.of(1), floats(1)).message(3, new ProtoWriter())), "segment");
    refused(with(tensor("", 1, List.of(1), floats(1))), "name of its own", "none");
    refused(with(tensor("a\u001b[2J", 1, List.of(1), floats(1))), "control character");
    refused(
        with(tensor("w", 1, List.of(1), floats(1))).initialiser("w", List.of(1), 2),
        "name of its own",
        "'w'");
  }

  @Test
  void typedFieldsThatAreTooFewShowWhenTheyAreRead() throws IOException {
    OnnxModel model =
        with(
            head("w", 10, List.of(9)).bytes(5, ProtoWriter.packed(15_360, 15_361, 15_362, 70_000)));
    try (Checkpoint c = model.open(dir)) {
      TensorInfo t = c.tensor("w").orElseThrow();
      assertThatThrownBy(() -> c.map(t))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("'w'", "9 elements", "has 4");
    }
  }

  @Test
  void numbersThatDoNotEndAndGroupsAreRefused() throws IOException {
    byte[] start = {8, 8, 0x12, 0};
    byte[] endless = Arrays.copyOf(start, 40);
    Arrays.fill(endless, 4, 40, (byte) 0xFF);
    refused(endless, "an ONNX model", "does not end");
    refused(new byte[] {8, 8, 0x12, 0, 0x3B, 0, 0}, "damaged", "at byte 4");
    refused(new byte[] {8, 8, 0x12, 0, 0x3A, 100, 0}, "cut off");
    refused(new byte[] {8, 8, 0x12, 0}, "must have a graph", "from_tf=True");
  }

  @Test
  void aGraphWithinAGraphWithinAGraphHasAnEnd() throws IOException {
    OnnxModel inner = new OnnxModel().initialiser("w", List.of(1), 1);
    for (int i = 0; i < 60; i++) {
      inner =
          new OnnxModel()
              .node("If", "if", List.of("c"), "y", new Attribute("then_branch", 6, inner.graph()));
    }
    refused(inner, ProtoMessage.MOST_DEPTH + " deep");
  }

  @Test
  void nodesThatLeadInACircleOrToEverything() throws IOException {
    OnnxModel model = new OnnxModel().initialiser("onnx::MatMul_1", List.of(2, 2), counting(4));
    for (int i = 0; i < 200; i++) {
      model.node("Identity", "", List.of("onnx::MatMul_1"), "a" + i % 7);
      model.node("Transpose", "", List.of("a" + i % 7), "a" + (i + 1) % 7);
    }
    model.node("Identity", "", List.of("b"), "b");
    model.node("Reshape", "", List.of("b", "b"), "b");
    model.node("Sqrt", "", List.of("b"), "b").node("Tanh", "", List.of("b"), "b");
    model.node("Mul", "", List.of("b", "b"), "b").node("MatMulInteger", "", List.of("b", "b"), "b");
    try (Checkpoint c = model.open(dir)) {
      assertThat(c.tensors()).hasSize(1);
    }
  }

  @Test
  void aMillionInitialisersAreTooMany() throws IOException {
    ProtoWriter graph = new ProtoWriter();
    ProtoWriter nodes = new ProtoWriter();
    for (int i = 0; i < (1 << 17) + 1; i++) {
      graph.message(5, tensor(Integer.toString(i), 1, List.of(), floats(1)));
      nodes.message(1, new ProtoWriter());
    }
    refused(new ProtoWriter().number(1, 8).message(7, graph).toBytes(), "at most 131,072 init");
    refused(new ProtoWriter().number(1, 8).message(7, nodes).toBytes(), "at most 131,072 nodes");
    ProtoWriter ends = new ProtoWriter();
    for (int i = 0; i < 5000; i++) {
      ends.text(1, "");
    }
    refused(
        new ProtoWriter().number(1, 8).message(7, new ProtoWriter().message(1, ends)).toBytes(),
        "at most 4096 inputs");
  }

  @Test
  void filesBesideItStayInTheFolder() throws IOException {
    Files.write(dir.resolve("data"), new byte[64]);
    Path elsewhere = Files.createDirectories(dir.resolve("model"));
    Files.createSymbolicLink(elsewhere.resolve("link"), dir.resolve("data"));
    Files.write(elsewhere.resolve("own"), new byte[64]);
    Files.createSymbolicLink(elsewhere.resolve("same"), elsewhere.resolve("own"));
    Files.createDirectories(elsewhere.resolve("folder"));
    String[][] cases = {
      {"../data", "leads upwards"},
      {dir.resolve("data").toString(), "is absolute"},
      {"link", "leads outside"},
      {"nothing", "does not exist"},
      {"folder", "is a folder"},
      {"", "is empty"},
      {"model.onnx", "in another file"}
    };
    for (String[] one : cases) {
      Files.write(
          elsewhere.resolve("model.onnx"),
          with(outside("w", List.of(2), one[0], "0", "8")).toBytes());
      assertThatThrownBy(() -> Checkpoint.open(elsewhere))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(one[1]);
    }
    String[][] ranges = {
      {"60", "8", "has 64"},
      {"0", "4", "needs 8 bytes"},
      {"-8", "8", "whole numbers"},
      {"999999999999999999", "8", "has 64"},
      {"99999999999999999999", "8", "whole numbers"}
    };
    for (String[] one : ranges) {
      Files.write(
          elsewhere.resolve("model.onnx"),
          with(outside("w", List.of(2), "own", one[0], one[1])).toBytes());
      assertThatThrownBy(() -> Checkpoint.open(elsewhere))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(one[2]);
    }
    // Overlapping, under one name of the file or two.
    for (String other : List.of("own", "same")) {
      OnnxModel model =
          with(outside("a", List.of(4), "own", "0", "16"))
              .initialiser(outside("b", List.of(4), other, "8", "16"));
      Files.write(elsewhere.resolve("model.onnx"), model.toBytes());
      assertThatThrownBy(() -> Checkpoint.open(elsewhere))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("'b'", "overlaps", "'a'");
    }
  }

  @Test
  void aTestFileOfTheFormatThatIsNoneIsNamed() throws IOException {
    byte[] bytes = new byte[82];
    byte[] start = "\b\u0003\u0012\u000bbackend-test:Z".getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(start, 0, bytes, 0, start.length);
    refused(bytes, "an ONNX model");
  }

  @Test
  void whatIsNotReadIsSaid() throws IOException {
    OnnxModel model =
        with(head("texts", 8, List.of(2)).text(6, "a").text(6, "b"))
            .initialiser(tensor("c", 14, List.of(1), new byte[8]))
            .initialiser(tensor("four", 22, List.of(4), new byte[2]));
    try (Checkpoint c = model.open(dir)) {
      assertThat(c.tensors()).isEmpty();
      assertThat(c.leftOut().toString()).contains("STRING", "COMPLEX64", "4 bits");
    }
  }
}
