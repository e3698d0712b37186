package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.OnnxGraph.Input;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the constants of a graph tell of a model's shape, under the keys of the transformers
 * library's configurations: heads, from the sizes to which projections are reshaped or an
 * operator's attribute; the small number in its norms; the activation. What the graph says twice
 * differently is left out. Nothing of it names a family.
 */
final class OnnxFacts {
  private static final int DEPTH = 10;

  private final FileBytes in;
  private final OnnxGraph graph;
  private final Set<Long> queryHeads = new TreeSet<>();
  private final Set<Long> keyHeads = new TreeSet<>();
  private final Set<Float> layerNorm = new TreeSet<>();
  private final Set<Float> rmsNorm = new TreeSet<>();
  private final Set<String> activations = new TreeSet<>();

  private OnnxFacts(FileBytes in, OnnxGraph graph) {
    this.in = in;
    this.graph = graph;
  }

  /** The facts; empty where there are none. */
  static Optional<JsonNode> config(FileBytes in, OnnxGraph graph) {
    OnnxFacts facts = new OnnxFacts(in, graph);
    graph.nodes().forEach(facts::node);
    return facts.config();
  }

  private Optional<JsonNode> config() {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    if (queryHeads.size() == 1) {
      config.put("num_attention_heads", queryHeads.iterator().next());
      if (keyHeads.size() == 1 && !keyHeads.equals(queryHeads)) {
        config.put("num_key_value_heads", keyHeads.iterator().next());
      }
    }
    // A float32 as it was meant: 1e-12, not 9.999999960041972e-13.
    if (layerNorm.size() == 1) {
      config.put("layer_norm_eps", Double.parseDouble(layerNorm.iterator().next().toString()));
    }
    if (rmsNorm.size() == 1) {
      config.put("rms_norm_eps", Double.parseDouble(rmsNorm.iterator().next().toString()));
    }
    if (activations.size() == 1) {
      config.put("hidden_act", activations.iterator().next());
    }
    return config.isEmpty() ? Optional.empty() : Optional.of(config);
  }

  private void node(OnnxNode node) {
    switch (node.op()) {
      case "Reshape" -> reshape(node);
      case "Attention", "MultiHeadAttention", "QAttention", "GroupQueryAttention" -> {
        add(queryHeads, node.whole("num_heads", node.whole("q_num_heads", 0)));
        add(keyHeads, node.whole("kv_num_heads", 0));
      }
      case "LayerNormalization", "SkipLayerNormalization", "EmbedLayerNormalization" ->
          epsilon(node, layerNorm);
      case "SimplifiedLayerNormalization", "SkipSimplifiedLayerNormalization", "RMSNormalization" ->
          epsilon(node, rmsNorm);
      case "Sqrt" -> root(node);
      case "Erf", "BiasGelu" -> activations.add("gelu");
      case "Gelu" ->
          activations.add(node.attributes().containsKey("approximate") ? "gelu_new" : "gelu");
      case "FastGelu" -> activations.add("gelu_new");
      case "Relu" -> activations.add("relu");
      case "Tanh" -> tanh(node);
      default -> {
        // Says nothing.
      }
    }
  }

  private static void add(Set<Long> heads, long n) {
    if (n > 0 && n <= 1 << 20) {
      heads.add(n);
    }
  }

  private static void epsilon(OnnxNode node, Set<Float> into) {
    if (node.attributes().get("epsilon") instanceof Float f) {
      into.add(f);
    }
  }

  /** The square root of a variance plus a small number. */
  private void root(OnnxNode sqrt) {
    OnnxNode sum = graph.producer(sqrt.input(0)).filter(n -> n.op().equals("Add")).orElse(null);
    for (int i = 0; sum != null && i < 2; i++) {
      Optional<Float> small = graph.tensor(sum.input(i)).flatMap(t -> t.real(in));
      Optional<OnnxNode> mean =
          graph.producer(sum.input(1 - i)).filter(n -> n.op().equals("ReduceMean"));
      if (small.isPresent() && mean.isPresent()) {
        boolean centred =
            graph
                .producer(mean.get().input(0))
                .flatMap(square -> graph.producer(square.input(0)))
                .map(n -> n.op().equals("Sub"))
                .orElse(false);
        (centred ? layerNorm : rmsNorm).add(small.get());
      }
    }
  }

  /** The approximation of GELU has 0.044715 in its argument. */
  private void tanh(OnnxNode tanh) {
    Set<String> seen = new HashSet<>();
    List<String> values = List.of(tanh.input(0));
    for (int depth = 0; depth < 4 && seen.size() < 32; depth++) {
      Set<String> before = new java.util.LinkedHashSet<>();
      for (String value : values) {
        Optional<Float> number = graph.tensor(value).flatMap(t -> t.real(in));
        if (number.isPresent() && Math.abs(number.get() - 0.044715) < 1e-6) {
          activations.add("gelu_new");
          return;
        }
        if (seen.add(value)) {
          graph
              .producer(value)
              .filter(n -> n.op().matches("Mul|Add|Pow"))
              .ifPresent(n -> before.addAll(n.inputs().subList(0, Math.min(2, n.inputs().size()))));
        }
      }
      values = List.copyOf(before);
    }
  }

  /** The heads into which a projection is cut: (.., .., heads, width). */
  private void reshape(OnnxNode node) {
    List<Long> sizes = sizes(node.input(1));
    if (sizes.size() != 4 || sizes.get(2) < 2 || sizes.get(3) < 2) {
      return;
    }
    OnnxTensor weight = projection(node.input(0));
    if (weight == null) {
      return;
    }
    long heads = sizes.get(2);
    if (heads > 1 << 20
        || sizes.get(3) > 1 << 20
        || !weight.shape().contains(heads * sizes.get(3))) {
      return;
    }
    String name = module(weight);
    boolean key = name.matches(".*(?:\\b|_)(?:key|value|k|v|k_proj|v_proj|k_lin|v_lin)");
    add(key ? keyHeads : queryHeads, heads);
  }

  private final Map<String, String> modules = new LinkedHashMap<>();

  /** The module that a weight belongs to. */
  private String module(OnnxTensor weight) {
    return modules.computeIfAbsent(
        weight.name(),
        name -> {
          for (Input use : graph.consumers(name)) {
            if (!use.node().module().isEmpty()) {
              return use.node().module();
            }
          }
          return name.replaceAll("\\.weight.*$", "");
        });
  }

  /** The sizes of a shape; 0 for one that is not constant. */
  private List<Long> sizes(String value) {
    Optional<OnnxTensor> whole = graph.tensor(value);
    if (whole.isPresent()) {
      return whole.get().wholeNumbers(in, 4).orElse(List.of());
    }
    OnnxNode concat = graph.producer(value).filter(n -> n.op().equals("Concat")).orElse(null);
    if (concat == null || concat.inputs().size() != 4) {
      return List.of();
    }
    return concat.inputs().stream()
        .map(i -> graph.tensor(i).flatMap(t -> t.wholeNumbers(in, 1)).orElse(List.of(0L)))
        .map(n -> n.isEmpty() ? 0L : n.get(0))
        .toList();
  }

  /** The matrix of the linear layer that gives a value; null where none does. */
  private OnnxTensor projection(String given) {
    String value = given;
    for (int i = 0; i < DEPTH; i++) {
      OnnxNode node = graph.producer(value).orElse(null);
      if (node == null) {
        return null;
      }
      switch (node.op()) {
        case "MatMul", "MatMulInteger", "Gemm" -> {
          String b = node.input(1);
          OnnxNode before = graph.producer(b).orElse(null);
          if (before != null && before.op().matches("Transpose|DequantizeLinear|Identity")) {
            b = before.input(0);
          }
          return graph.tensor(b).filter(t -> t.shape().size() == 2).orElse(null);
        }
        case "Add", "Mul" -> {
          // The bias or the scales stand on either side.
          boolean first = graph.tensor(node.input(0)).isPresent();
          boolean scales =
              !first
                  && graph.producer(node.input(0)).map(n -> n.op().equals("Mul")).orElse(false)
                  && node.op().equals("Mul");
          value = node.input(first || scales ? 1 : 0);
        }
        case "Cast", "Split", "Reshape" -> value = node.input(0);
        default -> {
          return null;
        }
      }
    }
    return null;
  }
}
