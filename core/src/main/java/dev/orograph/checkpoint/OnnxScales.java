package dev.orograph.checkpoint;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The scales and zero points of an initialiser that holds whole numbers in place of weights, as the
 * graph's nodes pair them: DequantizeLinear (behind a Gather, too), QuantizeLinear before it,
 * MatMulInteger and ConvInteger with the products behind them, and the runtime's fused operators.
 * Sources: the ONNX operators of these names; ONNX Runtime, "Contrib operators".
 *
 * @param shape of the weights
 * @param scale the scales
 * @param zero the zero points; null where all are {@code offset}
 * @param offset the zero point where none are stored
 * @param axis along which scales differ; -1 for one scale
 * @param block indices of that axis that share a scale
 * @param bits of a number
 * @param rounded the type to which stored floating numbers are rounded first; null for none
 */
record OnnxScales(
    List<Long> shape,
    OnnxTensor scale,
    OnnxTensor zero,
    int offset,
    int axis,
    long block,
    int bits,
    DType rounded) {
  private static final int DEPTH = 4;

  /** Where an operator takes numbers, their scale and their zero point. */
  private record Place(int numbers, int scale, int zero) {}

  private static final Map<String, List<Place>> PLACES =
      Map.of(
          "DequantizeLinear", List.of(new Place(0, 1, 2)),
          "QuantizeLinear", List.of(new Place(0, 1, 2)),
          "QLinearMatMul", List.of(new Place(0, 1, 2), new Place(3, 4, 5), new Place(-1, 6, 7)),
          "QLinearConv", List.of(new Place(0, 1, 2), new Place(3, 4, 5), new Place(-1, 6, 7)),
          "QGemm", List.of(new Place(0, 1, 2), new Place(3, 4, 5), new Place(-1, 7, 8)),
          "DynamicQuantizeMatMul", List.of(new Place(1, 2, 3)),
          "MatMulIntegerToFloat", List.of(new Place(0, 2, 4), new Place(1, 3, 5)),
          "QAttention", List.of(new Place(0, 3, 6), new Place(1, 4, 7)),
          "QEmbedLayerNormalization",
              List.of(
                  new Place(2, 8, 13),
                  new Place(3, 9, 14),
                  new Place(4, 10, 15),
                  new Place(5, 11, 16),
                  new Place(6, 12, 17)),
          "MatMulNBits", List.of(new Place(1, 2, 3)));

  /** Whether an operator takes a scale or a zero point there. */
  static boolean takes(OnnxGraph.Input input) {
    boolean product = input.node().op().equals("MatMulInteger") && input.index() >= 2;
    return product
        || (input.node().op().equals("ConvInteger") && input.index() >= 2)
        || PLACES.getOrDefault(input.node().op(), List.of()).stream()
            .anyMatch(p -> p.scale == input.index() || p.zero == input.index());
  }

  /** Those of an initialiser; empty where it has none, or none that are understood. */
  static Optional<OnnxScales> of(OnnxGraph graph, OnnxTensor t, List<OnnxGraph.Use> uses) {
    return uses.stream()
        .map(use -> of(graph, t, use))
        .flatMap(Optional::stream)
        .filter(s -> s.fits(t))
        .findFirst();
  }

  private static Optional<OnnxScales> of(OnnxGraph graph, OnnxTensor t, OnnxGraph.Use use) {
    int rank = t.shape().size();
    if (use.decoder() != null) {
      boolean turned = use.decodedTurned() && rank == 2;
      return decoded(graph, t, use.decoder(), use.encoder(), turned, rank);
    }
    OnnxNode node = use.node();
    if (t.floating() || use.encoder() != null) {
      return Optional.empty();
    }
    switch (node.op()) {
      case "Gather" -> {
        return use.index() == 0 && !use.turned()
            ? graph.consumers(node.output()).stream()
                .filter(c -> c.node().op().equals("DequantizeLinear") && c.index() == 0)
                .findFirst()
                .flatMap(c -> decoded(graph, t, c.node(), null, false, -1))
            : Optional.empty();
      }
      case "MatMulInteger", "ConvInteger" -> {
        return product(graph, node, use.index())
            .flatMap(
                scale ->
                    of(
                        graph,
                        t,
                        scale,
                        node.input(use.index() + 2),
                        node.op().equals("ConvInteger") ? 0 : use.turned() ? 0 : rank - 1));
      }
      case "MatMulNBits" -> {
        return use.index() == 1 ? blocks(graph, t, node) : Optional.empty();
      }
      default -> {
        return PLACES.getOrDefault(node.op(), List.of()).stream()
            .filter(p -> p.numbers == use.index())
            .findFirst()
            .flatMap(
                p ->
                    graph
                        .tensor(node.input(p.scale))
                        .flatMap(
                            scale ->
                                of(
                                    graph,
                                    t,
                                    scale,
                                    node.input(p.zero),
                                    node.op().equals("QLinearConv") || use.turned()
                                        ? 0
                                        : rank - 1)));
      }
    }
  }

  private static Optional<OnnxScales> of(
      OnnxGraph graph, OnnxTensor t, OnnxTensor scale, String zeroPoint, int axis) {
    Optional<OnnxTensor> zero = graph.tensor(zeroPoint);
    if (!zeroPoint.isEmpty() && zero.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new OnnxScales(t.shape(), scale, zero.orElse(null), 0, axis, 1, t.bits(), null));
  }

  /**
   * The scales of a DequantizeLinear.
   *
   * @param rank of what it decodes; -1 where that is not known
   */
  private static Optional<OnnxScales> decoded(
      OnnxGraph graph, OnnxTensor t, OnnxNode node, OnnxNode encoder, boolean turned, int rank) {
    Optional<OnnxTensor> scale = graph.tensor(node.input(1));
    Optional<OnnxTensor> zero = graph.tensor(node.input(2));
    if (scale.isEmpty() || (!node.input(2).isEmpty() && zero.isEmpty())) {
      return Optional.empty();
    }
    long axis = node.whole("axis", 1);
    long block = Math.max(1, node.whole("block_size", 0));
    int last = t.shape().size() - 1;
    // Behind a Gather the axes are those of what was gathered; only the last one is the table's.
    int own = rank >= 0 ? (int) (axis < 0 ? axis + rank : axis) : axis == -1 ? last : -1;
    own = turned ? 1 - own : own;
    if (t.floating()) {
      boolean whole = encoder != null && zero.isPresent() && !zero.get().floating();
      if (!whole || !graph.tensor(encoder.input(1)).equals(scale)) {
        return t.dtype().get().bytes() == 1
            ? Optional.of(new OnnxScales(t.shape(), scale.get(), null, 0, own, block, 8, null))
            : Optional.empty();
      }
      DType rounded = zero.get().dtype().get();
      return Optional.of(
          new OnnxScales(t.shape(), scale.get(), zero.get(), 0, own, block, t.bits(), rounded));
    }
    return Optional.of(
        new OnnxScales(t.shape(), scale.get(), zero.orElse(null), 0, own, block, t.bits(), null));
  }

  /** The scale with which an integer product is multiplied afterwards. */
  private static Optional<OnnxTensor> product(OnnxGraph graph, OnnxNode node, int index) {
    if (index != 1) {
      return Optional.empty();
    }
    Deque<String> values = new ArrayDeque<>(List.of(node.output()));
    for (int i = 0; i < DEPTH && !values.isEmpty(); i++) {
      String value = values.remove();
      for (OnnxGraph.Input c : graph.consumers(value)) {
        String op = c.node().op();
        if (op.equals("Mul")) {
          String factor = c.node().input(1 - c.index());
          Optional<OnnxTensor> own = graph.tensor(factor).filter(OnnxTensor::floating);
          if (own.isPresent()) {
            return own;
          }
          Optional<OnnxNode> both = graph.producer(factor).filter(n -> n.op().equals("Mul"));
          for (int k = 0; k < 2 && both.isPresent(); k++) {
            own = graph.tensor(both.get().input(k)).filter(OnnxTensor::floating);
            if (own.isPresent()) {
              return own;
            }
          }
        }
        if (values.size() < DEPTH && (op.equals("Cast") || op.equals("Mul"))) {
          values.add(c.node().output());
        }
      }
    }
    return Optional.empty();
  }

  /** Rows of blocks along the inputs: {@code (outputs, blocks, bytes)}. */
  private static Optional<OnnxScales> blocks(OnnxGraph graph, OnnxTensor t, OnnxNode node) {
    long inputs = node.whole("K", 0);
    long outputs = node.whole("N", 0);
    long block = node.whole("block_size", 0);
    int bits = node.whole("bits", 4) == 8 ? 8 : 4;
    Optional<OnnxTensor> scale = graph.tensor(node.input(2));
    Optional<OnnxTensor> zero = graph.tensor(node.input(3));
    boolean whole =
        inputs > 0
            && inputs < 1 << 28
            && outputs > 0
            && outputs < 1 << 28
            && block > 1
            && inputs % block == 0
            && node.whole("bits", 4) == bits
            && node.input(4).isEmpty();
    if (!whole
        || scale.isEmpty()
        || t.type() != 2
        || t.count() != Quantised.bytes(inputs * outputs, bits)
        || (zero.isPresent()
            && (zero.get().type() != 2 || (bits < 8 && inputs / block % 2 != 0)))) {
      return Optional.empty();
    }
    return Optional.of(
        new OnnxScales(
            List.of(outputs, inputs),
            scale.get(),
            zero.orElse(null),
            1 << (bits - 1),
            1,
            block,
            bits,
            null));
  }

  /** Whether scales and zero points are as many as there must be, of types that are decoded. */
  private boolean fits(OnnxTensor t) {
    boolean readable = scale.type() == 1 || scale.type() == 10;
    if (!readable || count() == 0 || (t.floating() && t.bits() > 32)) {
      return false;
    }
    long scales = quantised(t, null, null).scales();
    boolean twoInByte = bits < 8 && t.type() == 2;
    boolean zeros =
        zero == null
            || (twoInByte
                ? zero.count() * 2 == scales
                : zero.count() == scales && (rounded != null || zero.type() == t.type()));
    return zeros && scale.count() == scales;
  }

  private long count() {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return count;
  }

  /** How elements are decoded. */
  Quantised quantised(OnnxTensor t, TensorInfo scales, TensorInfo zeros) {
    boolean along = axis >= 0 && axis < shape.size() && scale.count() > 1;
    long inner = 1;
    for (int i = axis + 1; along && i < shape.size(); i++) {
      inner *= shape.get(i);
    }
    return new Quantised(
        t.dtype().orElseThrow(),
        bits,
        count(),
        scales,
        zeros,
        offset,
        along ? shape.get(axis) : 1,
        inner,
        along ? block : 1,
        rounded);
  }
}
