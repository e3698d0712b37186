package dev.orograph.checkpoint;

import dev.orograph.input.ProtoWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A small ONNX model, written field by field. */
public final class OnnxModel {
  public static final int FLOAT = 1;
  public static final int UINT8 = 2;
  public static final int INT8 = 3;
  public static final int INT64 = 7;

  /** Whose operators are not the standard's. */
  private static final String RUNTIME = "com.microsoft";

  private static final Set<String> FUSED = Set.of("Attention", "MatMulNBits");

  private final ProtoWriter graph = new ProtoWriter();

  /** An attribute of a node. */
  public record Attribute(String name, int field, Object value) {
    static Attribute of(String name, long value) {
      return new Attribute(name, 3, value);
    }

    static Attribute of(String name, float value) {
      return new Attribute(name, 2, value);
    }
  }

  /** A TensorProto with raw bytes. */
  public static ProtoWriter tensor(String name, int type, List<Integer> shape, byte[] raw) {
    return head(name, type, shape).bytes(9, raw);
  }

  /** A TensorProto without elements. */
  public static ProtoWriter head(String name, int type, List<Integer> shape) {
    ProtoWriter t = new ProtoWriter();
    shape.forEach(size -> t.number(1, size));
    return t.number(2, type).text(8, name);
  }

  /** A TensorProto whose elements lie in another file. */
  public static ProtoWriter outside(
      String name, List<Integer> shape, String location, String offset, String length) {
    ProtoWriter t = head(name, FLOAT, shape).number(14, 1);
    t.message(13, new ProtoWriter().text(1, "location").text(2, location));
    t.message(13, new ProtoWriter().text(1, "offset").text(2, offset));
    return t.message(13, new ProtoWriter().text(1, "length").text(2, length));
  }

  /** Raw bytes of float32 numbers. */
  public static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  /** Raw bytes of int64 numbers. */
  public static byte[] longs(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putLong(value);
    }
    return bytes.array();
  }

  /** The numbers 0, 1, 2, ... in that shape. */
  static float[] counting(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = i;
    }
    return values;
  }

  /** Adds an initialiser. */
  public OnnxModel initialiser(ProtoWriter tensor) {
    graph.message(5, tensor);
    return this;
  }

  /** Adds an initialiser of float32 numbers. */
  public OnnxModel initialiser(String name, List<Integer> shape, float... values) {
    return initialiser(tensor(name, FLOAT, shape, floats(values)));
  }

  /** Adds a node Constant. */
  public OnnxModel constant(String output, ProtoWriter tensor) {
    graph.message(
        1,
        new ProtoWriter()
            .text(2, output)
            .text(4, "Constant")
            .message(5, new ProtoWriter().text(1, "value").message(5, tensor).number(20, 4)));
    return this;
  }

  /** Adds a node. */
  public OnnxModel node(
      String op, String name, List<String> inputs, String output, Attribute... attributes) {
    graph.message(1, plain(op, name, inputs, output, attributes));
    return this;
  }

  /** A NodeProto. */
  static ProtoWriter plain(
      String op, String name, List<String> inputs, String output, Attribute... attributes) {
    ProtoWriter node = new ProtoWriter();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, name).text(4, op);
    if (FUSED.contains(op)) {
      node.text(7, RUNTIME);
    }
    for (Attribute a : attributes) {
      ProtoWriter attribute = new ProtoWriter().text(1, a.name);
      if (a.value instanceof Long n) {
        attribute.number(a.field, n).number(20, 2);
      } else if (a.value instanceof Float f) {
        attribute.real(a.field, f).number(20, 1);
      } else {
        attribute.message(a.field, (ProtoWriter) a.value);
      }
      node.message(5, attribute);
    }
    return node;
  }

  /** Says that a value of float32 numbers is an output of the graph. */
  public OnnxModel output(String value) {
    ProtoWriter type = new ProtoWriter().message(1, new ProtoWriter().number(1, FLOAT));
    graph.message(12, new ProtoWriter().text(1, value).message(2, type));
    return this;
  }

  /** The graph as a message, for a graph within another. */
  ProtoWriter graph() {
    return graph;
  }

  /** The file. */
  public byte[] toBytes() {
    return new ProtoWriter()
        .number(1, 10)
        .text(2, "pytorch")
        .message(7, graph.text(2, "graph"))
        .message(8, new ProtoWriter().number(2, 21))
        .message(8, new ProtoWriter().text(1, RUNTIME).number(2, 1))
        .toBytes();
  }

  /** Writes {@code model.onnx} into a folder and opens it. */
  Checkpoint open(Path folder) throws IOException {
    Files.write(folder.resolve("model.onnx"), toBytes());
    return Checkpoint.open(folder.resolve("model.onnx"));
  }
}
