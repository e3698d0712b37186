package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.OnnxGraph.Use;
import dev.orograph.input.InputException;
import dev.orograph.input.ProtoMessage;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The weights of an ONNX model, believed only after every check: initialisers and constants of its
 * graph, which lie in the file or in files beside it, under the names that the model's parameters
 * had before it was exported ({@link OnnxNames}). Whole numbers that stand for weights are decoded
 * as a runtime does ({@link OnnxScales}). What the graph's constants tell of the model's shape
 * ({@link OnnxFacts}) serves where no configuration lies beside it.
 *
 * <p>Limits: {@value #MAX_TENSORS} tensors, {@value #MAX_NODES} nodes, {@value #MAX_TEXTS} bytes of
 * names. Source: ONNX, {@code onnx.proto}, "External Data".
 */
final class Onnx {
  /** What a file of the format is called. */
  static final String WHAT = "an ONNX model";

  private static final int MAX_TENSORS = 1 << 17;
  private static final int MAX_NODES = 1 << 17;
  private static final int MAX_TEXTS = 32 << 20;
  private static final int MAX_METADATA = 256;
  private static final int KEPT = 1 << 10;

  private final FileBytes in;
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
  private final Set<String> constants = new HashSet<>();
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, String> metadata = new TreeMap<>();
  private final Map<String, Integer> left = new LinkedHashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, String> placed = new HashMap<>();
  private final Map<String, String> aliases = new TreeMap<>();
  private final Map<String, External> external = new TreeMap<>();
  private final List<TensorInfo> found = new ArrayList<>();
  private long texts;

  /** An initialiser, and the weights that it holds. */
  private record Placed(TensorInfo whole, List<TensorInfo> parts) {}

  /** A file beside the model, and what lies in it. */
  private static final class External {
    private final Path file;
    private final long size;
    private final FileStamp stamp;
    private final List<Placed> placed = new ArrayList<>();
    private final List<WeightFile.Range> scales = new ArrayList<>();

    External(FileBytes bytes) {
      this.file = bytes.file();
      this.size = bytes.size();
      this.stamp = bytes.stamp();
    }
  }

  private Onnx(FileBytes in) {
    this.in = in;
  }

  /**
   * Reads and checks a model.
   *
   * @return the file, and those beside it that hold weights
   * @throws InputException where it breaks a rule of the format
   */
  static List<WeightFile> read(FileBytes in) {
    return new Onnx(in).read();
  }

  private List<WeightFile> read() {
    ProtoMessage model = in.message(0, in.size(), Onnx.WHAT);
    boolean graph = false;
    while (model.next()) {
      switch (model.field()) {
        case 2 -> metadata.put("producer", shortened(model));
        case 3 -> metadata.put("producer_version", shortened(model));
        case 7 -> {
          if (graph) {
            throw in.fault("the model", "must have one graph", "has several").build();
          }
          graph = true;
          graph(model.message(), true);
        }
        case 14 -> property(model.message());
        case 20 -> left.merge("what it needs to be trained on", 1, Integer::sum);
        default -> {
          // Versions, texts for people, functions.
        }
      }
    }
    if (!graph) {
      throw in.fault("the model", "must have a graph, as every ONNX model", "has none")
          .remedy("check what it is; of a TensorFlow model, " + FileKind.FROM_TENSORFLOW)
          .build();
    }
    OnnxGraph all = new OnnxGraph(tensors, nodes);
    place(all);
    return files(OnnxFacts.config(in, all));
  }

  private void property(ProtoMessage m) {
    String key = "";
    String value = "";
    while (m.next()) {
      if (m.field() == 1) {
        key = m.text(OnnxTensor.MAX_TEXT);
      } else if (m.field() == 2) {
        value = shortened(m);
      }
    }
    if (metadata.size() < MAX_METADATA) {
      metadata.put(key, value);
    }
  }

  private static String shortened(ProtoMessage m) {
    long length = m.end() - m.begin();
    return length > KEPT ? "a text of " + Text.grouped(length) + " bytes" : m.text(KEPT);
  }

  private void graph(ProtoMessage m, boolean outermost) {
    while (m.next()) {
      switch (m.field()) {
        case 1 -> {
          if (nodes.size() == MAX_NODES) {
            throw in.fault(
                    "the graph",
                    "must have at most " + Text.grouped(MAX_NODES) + " nodes",
                    "has more")
                .build();
          }
          node(m.message());
        }
        case 5 -> {
          OnnxTensor t = OnnxTensor.read(in, m.message(), m.begin(), m.end());
          if (t.name().isEmpty() || (outermost && tensors.containsKey(t.name()))) {
            throw in.fault(
                    "the initialiser at byte " + m.begin(),
                    "must have a name of its own",
                    t.name().isEmpty()
                        ? "has none"
                        : "is called " + Text.quoted(t.name()) + ", as another")
                .build();
          }
          add(t, t.name());
        }
        case 15 -> left.merge("sparse initialisers", 1, Integer::sum);
        default -> {
          // Inputs, outputs, what is known of values, texts for people.
        }
      }
    }
  }

  private void node(ProtoMessage m) {
    List<OnnxTensor> held = new ArrayList<>(0);
    OnnxNode node =
        OnnxNode.read(
            in,
            m,
            this::kept,
            new OnnxNode.Inside() {
              @Override
              public void tensor(ProtoMessage message, long begin, long end) {
                held.add(OnnxTensor.read(in, message, begin, end));
              }

              @Override
              public void graph(ProtoMessage message) {
                Onnx.this.graph(message, false);
              }
            });
    if (nodes.size() == MAX_NODES) {
      throw in.fault(
              "the graph", "must have at most " + Text.grouped(MAX_NODES) + " nodes", "has more")
          .build();
    }
    nodes.add(node);
    if (node.op().equals("Constant") && !held.isEmpty() && !node.output().isEmpty()) {
      String name = node.output();
      constants.add(name);
      add(held.get(0), name);
    }
  }

  private void add(OnnxTensor t, String wanted) {
    if (tensors.size() == MAX_TENSORS) {
      throw in.fault(
              "the graph",
              "must have at most " + Text.grouped(MAX_TENSORS) + " initialisers and constants",
              "has more")
          .build();
    }
    String name = kept(wanted);
    HeaderEntry.requireName(in.file(), name);
    if (t.dtype().isPresent()) {
      t.require(in);
    }
    // Graphs within graphs may use a name twice.
    tensors.putIfAbsent(name, t.named(name));
  }

  /** The same text once, and not too much of it. */
  private String kept(String text) {
    String known = names.putIfAbsent(text, text);
    if (known != null) {
      return known;
    }
    texts += text.length();
    if (texts > MAX_TEXTS) {
      throw in.fault(
              "the graph",
              "must have names of at most " + Text.grouped(MAX_TEXTS) + " bytes",
              "has more")
          .build();
    }
    return text;
  }

  /** What is to be placed: a tensor, where it is used, and what decodes it. */
  private record Candidate(OnnxTensor tensor, List<Use> uses, Optional<OnnxScales> scales) {}

  private void place(OnnxGraph graph) {
    List<Candidate> candidates = new ArrayList<>();
    Set<String> scales = new HashSet<>();
    for (OnnxTensor t : tensors.values()) {
      if (t.dtype().isEmpty()) {
        left.merge("tensors of type " + t.typeName() + ", which is not read", 1, Integer::sum);
        continue;
      }
      List<Use> uses = graph.uses(t.name());
      Optional<OnnxScales> decoded = OnnxScales.of(graph, t, uses);
      decoded.ifPresent(
          s -> {
            scales.add(s.scale().name());
            if (s.zero() != null) {
              scales.add(s.zero().name());
            }
          });
      candidates.add(new Candidate(t, uses, decoded));
    }
    OnnxNames called = new OnnxNames(graph);
    List<Candidate> renamed = new ArrayList<>();
    List<Candidate> fused = new ArrayList<>();
    for (Candidate c : candidates) {
      if (scales.contains(c.tensor.name()) || onlyScale(graph, c.tensor)) {
        continue;
      }
      if (constant(c)) {
        left.merge("constants of its graph (shapes, axes, single numbers)", 1, Integer::sum);
      } else if (c.tensor.bits() < 8 && c.scales.isEmpty()) {
        left.merge("tensors of 4 bits whose scales are not understood", 1, Integer::sum);
      } else if (OnnxFused.node(c.tensor, c.uses).isPresent()) {
        fused.add(c);
      } else if (OnnxNames.renamed(c.tensor.name())) {
        renamed.add(c);
      } else {
        called.keep(c.tensor.name());
        place(c, called.of(c.tensor, c.uses, c.scales.isPresent()), t -> List.of(t));
      }
    }
    renamed.forEach(
        c -> place(c, called.of(c.tensor, c.uses, c.scales.isPresent()), t -> List.of(t)));
    for (Candidate c : fused) {
      OnnxNode node = OnnxFused.node(c.tensor, c.uses).orElseThrow();
      place(
          c,
          new OnnxNames.Known(c.tensor.name(), false),
          whole -> called.free(OnnxFused.split(graph, node, whole, placed), whole));
    }
    for (OnnxNode node : nodes) {
      // Equal parameters are stored once, and handed on under the names of the others.
      if (node.op().equals("Identity") && !OnnxNames.renamed(node.output())) {
        graph
            .tensor(node.input(0))
            .filter(t -> !node.output().isEmpty() && placed.containsKey(t.name()))
            .ifPresent(t -> aliases.putIfAbsent(node.output(), placed.get(t.name())));
      }
    }
  }

  private static boolean onlyScale(OnnxGraph graph, OnnxTensor t) {
    List<OnnxGraph.Input> inputs = graph.consumers(t.name());
    return !inputs.isEmpty() && inputs.stream().allMatch(OnnxScales::takes);
  }

  /** Whether it is a number of the computation, no weight of the model. */
  private boolean constant(Candidate c) {
    OnnxTensor t = c.tensor;
    boolean madeUp = constants.contains(t.name()) || OnnxNames.renamed(t.name());
    return madeUp && c.scales.isEmpty() && (!t.floating() || t.count() < 2);
  }

  /**
   * Places a tensor.
   *
   * @param parts the weights that it holds
   */
  private void place(
      Candidate c, OnnxNames.Known known, Function<TensorInfo, List<TensorInfo>> parts) {
    OnnxTensor t = c.tensor.named(known.name());
    Encoded encoded = c.tensor.numbers();
    List<Long> shape = t.shape();
    DType dtype = t.dtype().orElseThrow();
    if (c.scales.isPresent()) {
      OnnxScales s = c.scales.get();
      encoded =
          s.quantised(t, stored(s.scale(), true), s.zero() == null ? null : stored(s.zero(), true));
      dtype = DType.F32;
      shape = s.shape();
    }
    Strided view = null;
    if (known.turned()) {
      view = Strided.of(0, List.of(shape.get(1), shape.get(0)), List.of(1L, shape.get(1)));
      shape = List.of(shape.get(1), shape.get(0));
    }
    TensorInfo stored = stored(t, false);
    TensorInfo info =
        new TensorInfo(
            t.name(),
            dtype,
            shape,
            stored.file(),
            stored.begin(),
            stored.end(),
            encoded,
            view,
            t.name());
    placed.put(c.tensor.name(), known.name());
    if (t.external().isEmpty()) {
      found.addAll(parts.apply(info));
    } else {
      external.get(key(stored.file())).placed.add(new Placed(info, parts.apply(info)));
    }
  }

  /** Where the bytes of a tensor lie. */
  private TensorInfo stored(OnnxTensor t, boolean scale) {
    if (t.numbers() != null && t.external().isEmpty()) {
      return t.inFile(in);
    }
    long bytes = Quantised.bytes(t.count(), t.bits());
    WeightFile.Range range = t.data();
    Path file = in.file();
    if (!t.external().isEmpty()) {
      External outside = outside(t);
      range = range(t, outside, bytes);
      file = outside.file;
      if (scale) {
        outside.scales.add(range);
      }
    }
    DType dtype = t.dtype().orElseThrow();
    List<Long> shape = t.bits() < 8 ? List.of(bytes) : t.shape();
    return new TensorInfo(t.name(), dtype, shape, file, range.begin(), range.end());
  }

  private External outside(OnnxTensor t) {
    String location = t.external().getOrDefault("location", "");
    External known = external.get(location);
    if (known != null) {
      return known;
    }
    Path file = SafePath.inside(in.file().toAbsolutePath().getParent(), location, in.file());
    External opened = external.get(key(file));
    if (opened == null) {
      if (key(file).equals(key(in.file()))) {
        throw in.fault(Text.quoted(t.name()), "must lie in another file", "lies in the model's own")
            .build();
      }
      try (FileBytes bytes = FileBytes.open(file)) {
        opened = new External(bytes);
      }
      external.put(key(file), opened);
    }
    external.put(location, opened);
    return opened;
  }

  private static String key(Path file) {
    try {
      return file.toRealPath().toString();
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private WeightFile.Range range(OnnxTensor t, External outside, long bytes) {
    long offset = number(t, "offset", 0);
    long length = number(t, "length", bytes);
    if (length != bytes) {
      throw in.fault(
              Text.quoted(t.name()),
              "needs " + Text.grouped(bytes) + " bytes for " + t.dtype().get() + " " + t.shape(),
              "has " + Text.grouped(length))
          .build();
    }
    if (offset > outside.size || length > outside.size - offset) {
      throw in.fault(
              Text.quoted(t.name()),
              "has " + Text.grouped(length) + " bytes from byte " + Text.grouped(offset) + " on",
              Text.quoted(outside.file.getFileName().toString())
                  + " has "
                  + Text.grouped(outside.size))
          .build();
    }
    return new WeightFile.Range(offset, offset + length);
  }

  private long number(OnnxTensor t, String key, long otherwise) {
    String text = t.external().get(key);
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("\\d{1,18}")) {
      throw in.fault(
              Text.quoted(t.name()),
              "must say where it lies in whole numbers",
              "its " + key + " is " + Text.quoted(text))
          .build();
    }
    return Long.parseLong(text);
  }

  private List<WeightFile> files(Optional<JsonNode> config) {
    List<String> leftOut = new ArrayList<>();
    left.forEach((what, n) -> leftOut.add(n + " " + what));
    found.sort(Comparator.comparingLong(TensorInfo::begin));
    List<WeightFile.Range> heads = new ArrayList<>();
    long at = 0;
    for (TensorInfo t : found) {
      if (t.begin() > at) {
        heads.add(new WeightFile.Range(at, t.begin()));
      }
      at = Math.max(at, t.end());
    }
    heads.add(new WeightFile.Range(at, in.size()));
    List<WeightFile> files = new ArrayList<>();
    files.add(
        new WeightFile(
            in.file(),
            in.stamp(),
            List.copyOf(heads),
            metadata,
            List.copyOf(found),
            aliases,
            config,
            leftOut,
            List.of(),
            Optional.empty()));
    for (External e : new HashSet<>(external.values())) {
      files.add(
          new WeightFile(
              e.file,
              e.stamp,
              List.copyOf(e.scales),
              Map.of(),
              apart(e),
              Map.of(),
              Optional.empty(),
              List.of(),
              List.of(),
              Optional.empty()));
    }
    files.sort(
        Comparator.comparing(
            f -> f.file().equals(in.file()) ? "" : f.file().toString(), NaturalOrder.INSTANCE));
    return files;
  }

  /** The tensors of a file beside the model; those that lie in the same bytes once. */
  private List<TensorInfo> apart(External e) {
    e.placed.sort(
        Comparator.comparingLong((Placed p) -> p.whole.begin())
            .thenComparingLong(p -> p.whole.end())
            .thenComparing(p -> p.whole.name()));
    List<TensorInfo> apart = new ArrayList<>();
    Placed before = null;
    for (Placed p : e.placed) {
      TensorInfo t = p.whole;
      if (before == null || t.begin() >= before.whole.end() || t.count() == 0) {
        apart.addAll(p.parts);
        before = p;
        continue;
      }
      TensorInfo b = before.whole;
      boolean same =
          t.begin() == b.begin()
              && t.end() == b.end()
              && t.dtype() == b.dtype()
              && t.shape().equals(b.shape())
              && Objects.equals(t.view(), b.view())
              && Objects.equals(t.encoded(), b.encoded())
              && p.parts.size() == before.parts.size();
      if (!same) {
        throw in.fault(
                Text.quoted(t.name()),
                "overlaps "
                    + Text.quoted(b.name())
                    + " in "
                    + Text.quoted(e.file.getFileName().toString())
                    + ": it begins at byte "
                    + Text.grouped(t.begin()),
                "the bytes before it end at " + Text.grouped(b.end()))
            .build();
      }
      for (int i = 0; i < p.parts.size(); i++) {
        aliases.put(p.parts.get(i).name(), before.parts.get(i).name());
      }
    }
    return List.copyOf(apart);
  }
}
