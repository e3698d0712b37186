package dev.orograph.checkpoint;

import dev.orograph.input.ProtoMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A node of a graph.
 *
 * @param op what it computes
 * @param name its name; "" where it has none
 * @param inputs names of what it takes; "" for one that is left out
 * @param outputs names of what it gives
 * @param attributes those that are a Long, a Float or a short list of Longs
 */
record OnnxNode(
    String op,
    String name,
    List<String> inputs,
    List<String> outputs,
    Map<String, Object> attributes) {
  private static final int MAX_ENDS = 1 << 12;
  private static final int MAX_ATTRIBUTES = 64;
  private static final int MAX_LIST = 16;

  /** What a node holds besides what is told of it: a constant, graphs. */
  interface Inside {
    void tensor(ProtoMessage message, long begin, long end);

    void graph(ProtoMessage message);
  }

  /**
   * Reads a message.
   *
   * @param names how a name is kept
   */
  static OnnxNode read(FileBytes in, ProtoMessage m, UnaryOperator<String> names, Inside inside) {
    String op = "";
    String name = "";
    List<String> inputs = new ArrayList<>(0);
    List<String> outputs = new ArrayList<>(0);
    Map<String, Object> attributes = Map.of();
    while (m.next()) {
      switch (m.field()) {
        case 1 -> inputs.add(names.apply(m.text(OnnxTensor.MAX_TEXT)));
        case 2 -> outputs.add(names.apply(m.text(OnnxTensor.MAX_TEXT)));
        case 3 -> name = m.text(OnnxTensor.MAX_TEXT);
        case 4 -> op = names.apply(m.text(OnnxTensor.MAX_TEXT));
        case 5 -> {
          attributes = attributes.isEmpty() ? new HashMap<>() : attributes;
          attribute(m.message(), attributes, inside);
        }
        default -> {
          // The domain (operators are told by their names alone), a text for people.
        }
      }
      if (inputs.size() > MAX_ENDS
          || outputs.size() > MAX_ENDS
          || attributes.size() > MAX_ATTRIBUTES) {
        throw in.fault(
                "the node before byte " + m.end(),
                "must have at most " + MAX_ENDS + " inputs and " + MAX_ATTRIBUTES + " attributes",
                "has more")
            .build();
      }
    }
    return new OnnxNode(op, name, inputs, outputs, attributes);
  }

  private static void attribute(ProtoMessage m, Map<String, Object> attributes, Inside inside) {
    String name = "";
    Object value = null;
    List<Long> list = new ArrayList<>(0);
    while (m.next()) {
      switch (m.field()) {
        case 1 -> name = m.text(OnnxTensor.MAX_TEXT);
        case 2 -> value = m.real();
        case 3 -> value = m.number();
        case 5 -> inside.tensor(m.message(), m.begin(), m.end());
        case 6, 11 -> inside.graph(m.message());
        case 8 ->
            m.numbers(
                0,
                n -> {
                  if (list.size() < MAX_LIST) {
                    list.add(n);
                  }
                });
        default -> {
          // Kinds of attributes that say nothing about weights.
        }
      }
    }
    if (value != null || !list.isEmpty()) {
      attributes.put(name, value == null ? list : value);
    }
  }

  /** The input of that index; "" where there is none. */
  String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  /** The first output; "" where there is none. */
  String output() {
    return outputs.isEmpty() ? "" : outputs.get(0);
  }

  /** An attribute that is a whole number. */
  long whole(String attribute, long otherwise) {
    return attributes.get(attribute) instanceof Long n ? n : otherwise;
  }

  /** The module of the model that it belongs to, with dots; "" where its name does not say. */
  String module() {
    int cut = name.lastIndexOf('/');
    String path = cut < 0 ? "" : name.substring(0, cut);
    return (path.startsWith("/") ? path.substring(1) : path).replace('/', '.');
  }
}
