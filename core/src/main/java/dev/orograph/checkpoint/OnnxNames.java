package dev.orograph.checkpoint;

import dev.orograph.checkpoint.OnnxGraph.Input;
import dev.orograph.checkpoint.OnnxGraph.Use;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What initialisers were called before an exporter renamed them. PyTorch's keeps the names of
 * parameters, but where it computes a weight in advance (it turns the matrix of every linear layer
 * round) the result is {@code onnx::MatMul_523}; the node that uses it is called after its module,
 * {@code /encoder/layer.0/attention/self/query/MatMul}, and the bias that is added afterwards has
 * kept its name. Such a matrix is {@code (inputs, outputs)} and is turned back.
 */
final class OnnxNames {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";
  private static final String QUANTISED = "_quantized";
  private static final Pattern RENAMED =
      Pattern.compile("onnx::.*|/.*|\\d+|val_\\d+|.*_output_\\d+|ortshared_.*|Constant.*");

  /** Where an operator takes a matrix {@code (inputs, outputs)}. */
  private static final Map<String, Integer> MATRIX =
      Map.of(
          "MatMul", 1,
          "MatMulInteger", 1,
          "QLinearMatMul", 3,
          "DynamicQuantizeMatMul", 1,
          "MatMulIntegerToFloat", 1,
          "FusedMatMul", 1,
          "Gemm", 1,
          "QGemm", 3,
          "FusedGemm", 1);

  /** Where an operator takes another weight. */
  private static final Map<String, Integer> OTHER_WEIGHT =
      Map.of(
          "Gather", 0,
          "Conv", 1,
          "QLinearConv", 3,
          "ConvInteger", 1,
          "MatMulNBits", 1,
          "LayerNormalization", 1,
          "SimplifiedLayerNormalization", 1,
          "RMSNormalization", 1);

  /** Where an operator takes what is added. */
  private static final Map<String, Integer> ADDED =
      Map.of(
          "Gemm", 2,
          "Conv", 2,
          "LayerNormalization", 2,
          "SkipLayerNormalization", 4,
          "SkipSimplifiedLayerNormalization", 4,
          "BiasGelu", 1,
          "FastGelu", 1);

  private final OnnxGraph graph;
  private final Set<String> taken = new HashSet<>();

  /**
   * What a tensor is.
   *
   * @param name what it is called
   * @param turned whether it is stored the other way round
   */
  record Known(String name, boolean turned) {}

  OnnxNames(OnnxGraph graph) {
    this.graph = graph;
  }

  /** Whether a name is one that an exporter made up. */
  static boolean renamed(String name) {
    return RENAMED.matcher(name).matches();
  }

  /** Keeps a name for the tensor that has it already. */
  void keep(String name) {
    taken.add(name);
  }

  /**
   * The name of an initialiser and which way round it lies.
   *
   * @param uses where it is used
   * @param decoded whether it holds whole numbers that stand for weights
   */
  Known of(OnnxTensor t, List<Use> uses, boolean decoded) {
    boolean matrix = t.shape().size() == 2;
    boolean quantised = decoded && t.name().endsWith(QUANTISED);
    String own =
        quantised ? t.name().substring(0, t.name().length() - QUANTISED.length()) : t.name();
    if (!renamed(own)) {
      // The quantiser turns the matrices of Gemm round under their name.
      boolean turned = quantised && matrix && turnedByTheQuantiser(own, uses);
      return new Known(quantised ? free(List.of(own, t.name())) : own, turned);
    }
    List<String> candidates = new ArrayList<>();
    boolean turned = false;
    for (Use use : uses) {
      OnnxNode node = use.node();
      String module = node.module();
      boolean product = MATRIX.getOrDefault(node.op(), -1) == use.index();
      if (product && matrix && candidates.isEmpty()) {
        turned = (node.whole("transB", 0) != 0) == use.turned();
      }
      if (product || OTHER_WEIGHT.getOrDefault(node.op(), -1) == use.index()) {
        if (!module.isEmpty()) {
          candidates.add(module + WEIGHT);
        }
        added(node).ifPresent(candidates::add);
      } else if (adds(node, use.index()) && t.shape().size() == 1 && !module.isEmpty()) {
        candidates.add(module + BIAS);
      }
    }
    for (Use use : uses) {
      String name = use.node().name();
      if (!name.isEmpty()) {
        candidates.add((name.startsWith("/") ? name.substring(1) : name).replace('/', '.'));
      }
    }
    candidates.add(own);
    candidates.add(t.name());
    return new Known(free(candidates), turned);
  }

  private static boolean adds(OnnxNode node, int index) {
    return node.op().equals("Add") || ADDED.getOrDefault(node.op(), -1) == index;
  }

  private static boolean turnedByTheQuantiser(String name, List<Use> uses) {
    boolean conv1d = name.matches(".*\\.(c_attn|c_proj|c_fc|q_attn)\\.weight");
    return !conv1d
        && uses.stream()
            .anyMatch(
                u ->
                    !u.turned()
                        && !u.node().op().contains("Gemm")
                        && MATRIX.getOrDefault(u.node().op(), -1) == u.index());
  }

  /** The weight that belongs to the bias which is added to a product. */
  private Optional<String> added(OnnxNode product) {
    String value = product.output();
    // Behind an integer product there are a Cast and the scales first.
    for (int i = 0; i < 4; i++) {
      String next = null;
      for (Input c : graph.consumers(value)) {
        OnnxNode node = c.node();
        for (int k = 0; k < node.inputs().size(); k++) {
          if (k != c.index() && adds(node, k)) {
            Optional<String> bias =
                graph.tensor(node.input(k)).map(OnnxTensor::name).filter(n -> n.endsWith(BIAS));
            if (bias.isPresent() && !renamed(bias.get())) {
              String name = bias.get();
              return Optional.of(name.substring(0, name.length() - BIAS.length()) + WEIGHT);
            }
          }
        }
        next =
            next == null && (node.op().equals("Cast") || node.op().equals("Mul"))
                ? node.output()
                : next;
      }
      if (next == null) {
        return Optional.empty();
      }
      value = next;
    }
    return Optional.empty();
  }

  /** The parts where no other tensor has their names, else the whole under its own. */
  List<TensorInfo> free(List<TensorInfo> parts, TensorInfo whole) {
    if (parts.stream().anyMatch(p -> taken.contains(p.name())) || !taken.add(whole.name())) {
      taken.add(whole.name());
      return List.of(whole);
    }
    parts.forEach(p -> taken.add(p.name()));
    return parts;
  }

  /** The first name that no other tensor has. */
  private String free(List<String> candidates) {
    for (String candidate : candidates) {
      if (taken.add(candidate)) {
        return candidate;
      }
    }
    String last = candidates.get(candidates.size() - 1);
    for (int n = 2; ; n++) {
      String numbered = last + "." + n;
      if (taken.add(numbered)) {
        return numbered;
      }
    }
  }
}
