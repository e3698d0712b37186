package dev.orograph.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Query, key and value that a runtime's optimiser has put side by side in one matrix {@code
 * (inputs, 3 outputs)} and one bias, as the operators Attention, QAttention and MultiHeadAttention
 * take them. They get the names that they had: those of their module, which the projection behind
 * the operator or the ones before it still tell. Source: ONNX Runtime, "Contrib operators".
 */
final class OnnxFused {
  private static final List<String> PARTS = List.of("query", "key", "value");

  /** How the projection behind attention is called, and what stands in its place for each part. */
  private static final Map<String, List<String>> NAMES =
      Map.of(
          ".output.dense.weight", List.of(".self.query", ".self.key", ".self.value"),
          ".out_proj.weight", List.of(".q_proj", ".k_proj", ".v_proj"),
          ".o_proj.weight", List.of(".q_proj", ".k_proj", ".v_proj"),
          ".out_lin.weight", List.of(".q_lin", ".k_lin", ".v_lin"));

  private OnnxFused() {}

  /** The node that takes an initialiser as such a matrix or bias; empty where none does. */
  static Optional<OnnxNode> node(OnnxTensor t, List<OnnxGraph.Use> uses) {
    return uses.stream()
        .filter(u -> !u.turned() && takes(u, t.shape()))
        .map(OnnxGraph.Use::node)
        .findFirst();
  }

  private static boolean takes(OnnxGraph.Use use, List<Long> shape) {
    OnnxNode node = use.node();
    boolean even =
        !shape.isEmpty()
            && shape.get(shape.size() - 1) % PARTS.size() == 0
            && shape.get(shape.size() - 1) > 0
            && !node.attributes().containsKey("qkv_hidden_sizes");
    return even
        && switch (node.op()) {
          case "Attention", "QAttention" -> use.index() == 3 - shape.size() && shape.size() <= 2;
          case "MultiHeadAttention" -> use.index() == 3 && shape.size() == 1;
          default -> false;
        };
  }

  /**
   * The three weights, each {@code (outputs, inputs)}, or the three biases.
   *
   * @param placed names of the other initialisers
   */
  static List<TensorInfo> split(
      OnnxGraph graph, OnnxNode node, TensorInfo whole, Map<String, String> placed) {
    boolean bias = whole.rank() == 1;
    long all = whole.shape().get(whole.rank() - 1);
    long outputs = all / PARTS.size();
    List<TensorInfo> parts = new ArrayList<>();
    for (int i = 0; i < PARTS.size(); i++) {
      String name = module(graph, node, i, placed) + (bias ? ".bias" : ".weight");
      List<Long> shape = bias ? List.of(outputs) : List.of(outputs, whole.shape().get(0));
      List<Long> strides = bias ? List.of(1L) : List.of(1L, all);
      parts.add(
          new TensorInfo(
              name,
              whole.dtype(),
              shape,
              whole.file(),
              whole.begin(),
              whole.end(),
              whole.encoded(),
              Strided.of(i * outputs, shape, strides),
              name));
    }
    return parts;
  }

  private static String module(
      OnnxGraph graph, OnnxNode node, int part, Map<String, String> placed) {
    if (node.op().equals("MultiHeadAttention")) {
      Optional<String> before =
          graph.producer(node.input(part)).flatMap(product -> weight(graph, product, placed));
      if (before.isPresent()) {
        return before.get().substring(0, before.get().length() - ".weight".length());
      }
    }
    for (OnnxGraph.Input after : graph.consumers(node.output())) {
      String name = weight(graph, after.node(), placed).orElse("");
      for (Map.Entry<String, List<String>> e : NAMES.entrySet()) {
        if (name.endsWith(e.getKey())) {
          return name.substring(0, name.length() - e.getKey().length()) + e.getValue().get(part);
        }
      }
    }
    String own = node.name().isEmpty() ? node.output() : node.name();
    return (own.startsWith("/") ? own.substring(1) : own).replace('/', '.') + "." + PARTS.get(part);
  }

  private static Optional<String> weight(
      OnnxGraph graph, OnnxNode product, Map<String, String> placed) {
    return graph
        .tensor(product.input(1))
        .map(t -> placed.getOrDefault(t.name(), ""))
        .filter(name -> name.endsWith(".weight"));
  }
}
