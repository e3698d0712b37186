package dev.orograph.checkpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes of a graph by what they take and give: where an initialiser is used, seen through nodes
 * that hand a weight on as it is (Identity, Cast), turn it round (Transpose) or decode it
 * (DequantizeLinear). Graphs within graphs are taken as one with theirs. A hostile graph may be one
 * long chain or a circle: what is followed is short.
 */
final class OnnxGraph {
  private static final int DEPTH = 8;
  private static final int MOST_STEPS = 256;

  private final Map<String, OnnxTensor> tensors;
  private final List<OnnxNode> nodes;
  private final Map<String, List<Input>> consumers = new HashMap<>();
  private final Map<String, OnnxNode> producers = new HashMap<>();

  /** An input of a node. */
  record Input(OnnxNode node, int index) {}

  /**
   * A use of an initialiser.
   *
   * @param node what computes with it
   * @param index which of its inputs it is
   * @param turned whether a matrix was turned round before
   * @param decoder the node that decodes it before; null where none does
   * @param decodedTurned whether it was turned round before it was decoded
   * @param encoder the node that rounds it to whole numbers before; null where none does
   */
  record Use(
      OnnxNode node,
      int index,
      boolean turned,
      OnnxNode decoder,
      boolean decodedTurned,
      OnnxNode encoder) {}

  OnnxGraph(Map<String, OnnxTensor> tensors, List<OnnxNode> nodes) {
    this.tensors = tensors;
    this.nodes = nodes;
    for (OnnxNode node : nodes) {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (!node.input(i).isEmpty()) {
          consumers.computeIfAbsent(node.input(i), k -> new ArrayList<>(1)).add(new Input(node, i));
        }
      }
      node.outputs().forEach(output -> producers.putIfAbsent(output, node));
    }
  }

  List<OnnxNode> nodes() {
    return nodes;
  }

  /** The initialiser or constant that a value is, seen through Identity. */
  Optional<OnnxTensor> tensor(String value) {
    String name = value;
    for (int i = 0; i < DEPTH; i++) {
      OnnxTensor tensor = tensors.get(name);
      OnnxNode producer = producers.get(name);
      if (tensor != null) {
        return Optional.of(tensor);
      }
      if (producer == null || !producer.op().equals("Identity")) {
        return Optional.empty();
      }
      name = producer.input(0);
    }
    return Optional.empty();
  }

  /** The node that gives a value. */
  Optional<OnnxNode> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** The inputs that a value is, without seeing through anything. */
  List<Input> consumers(String value) {
    return consumers.getOrDefault(value, List.of());
  }

  /** Where an initialiser is used. */
  List<Use> uses(String initialiser) {
    List<Use> uses = new ArrayList<>(1);
    follow(initialiser, new Use(null, 0, false, null, false, null), DEPTH, new int[1], uses);
    return uses;
  }

  private void follow(String value, Use so, int depth, int[] steps, List<Use> uses) {
    for (Input input : consumers(value)) {
      OnnxNode node = input.node();
      if (depth == 0 || steps[0]++ >= MOST_STEPS) {
        return;
      }
      String op = input.index() == 0 ? node.op() : "";
      boolean turned = so.turned;
      switch (op) {
        case "Identity", "Cast" -> follow(node.output(), so, depth - 1, steps, uses);
        case "Transpose" ->
            follow(
                node.output(),
                turns(node)
                    ? new Use(null, 0, !turned, so.decoder, so.decodedTurned, so.encoder)
                    : so,
                depth - 1,
                steps,
                uses);
        case "DequantizeLinear" ->
            follow(
                node.output(),
                new Use(null, 0, turned, node, turned, so.encoder),
                depth - 1,
                steps,
                uses);
        case "QuantizeLinear" ->
            follow(
                node.output(),
                new Use(null, 0, turned, so.decoder, so.decodedTurned, node),
                depth - 1,
                steps,
                uses);
        default ->
            uses.add(
                new Use(node, input.index(), turned, so.decoder, so.decodedTurned, so.encoder));
      }
    }
  }

  private static boolean turns(OnnxNode transpose) {
    return !(transpose.attributes().get("perm") instanceof List<?> perm)
        || perm.equals(List.of(1L, 0L));
  }
}
