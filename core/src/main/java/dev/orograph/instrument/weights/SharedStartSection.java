package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Card;
import dev.orograph.model.Component;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What two checkpoints have in common, in words and figures. */
final class SharedStartSection {
  private static final double MOST = 0.5;

  private final Card card;
  private final WeightSettings settings;
  private final List<SharedStartFigures> tensors;
  private final List<SharedStartFigures> matrices;
  private final List<SharedStartFigures> layers;
  private final String first;
  private final String second;
  private final List<Finding> findings = new ArrayList<>();

  SharedStartSection(Card card, WeightSettings settings, List<SharedStartFigures> results) {
    this.card = card;
    this.settings = settings;
    tensors = results.stream().filter(r -> r.layers().isEmpty()).toList();
    matrices = tensors.stream().filter(SharedStartFigures::counts).toList();
    layers = results.stream().filter(r -> !r.layers().isEmpty()).toList();
    first = results.get(0).names().get(0);
    second = results.get(0).names().get(1);
  }

  Section section() {
    long broken = tensors.stream().filter(r -> r.nonFinite() > 0).count();
    if (broken > 0) {
      findings.add(
          new Note(
              "shared_start.non_finite",
              "NaN or infinity",
              broken + " tensors hold a NaN or an infinite number and have no figures."));
    }
    String summary = "No matrix of the same name and shape has entries to compare.";
    if (!matrices.isEmpty()) {
      summary = summary();
      share(summary);
      byPlace();
      whichLayer();
    }
    table();
    return card.section(summary, findings);
  }

  private long shared() {
    return matrices.stream().filter(SharedStartFigures::shared).count();
  }

  private double median() {
    return Samples.median(matrices.stream().map(r -> r.cosine().value()).toList());
  }

  private String summary() {
    double share = (double) shared() / matrices.size();
    String verdict =
        share > MOST
            ? first + " and " + second + " share a start"
            : shared() > 0
                ? first + " and " + second + " share a start in part"
                : first + " and " + second + " share no start that can be seen";
    return verdict
        + ": "
        + shared()
        + " of "
        + matrices.size()
        + " matrices of the same name and shape lie nearer to each other than chance has them"
        + " (cosine beyond it by 0.1 and four deviations); the median cosine is "
        + Spelling.number(median())
        + "."
        + others();
  }

  /** Where the layers of one are those of the other under other numbers. */
  private String others() {
    List<String> pairs = new ArrayList<>();
    boolean moved = false;
    Map<Integer, Map<Integer, Double>> means = means();
    for (Map.Entry<Integer, Map<Integer, Double>> row : means.entrySet()) {
      Map.Entry<Integer, Double> best =
          row.getValue().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
      if (best.getValue() >= SharedStartFigures.SMALLEST) {
        pairs.add(row.getKey() + " is " + best.getKey());
        moved |= !best.getKey().equals(row.getKey());
      }
    }
    return moved
        ? " Layers stand elsewhere in "
            + second
            + ": by cosine, layer "
            + String.join(", ", pairs)
            + "."
        : "";
  }

  private void share(String sentence) {
    double share = (double) shared() / matrices.size();
    findings.add(
        Scalar.plain(
            "shared_start.share", "share of matrices with one origin", share, "1", sentence));
    findings.add(
        Scalar.plain(
            "shared_start.median_cosine",
            "median cosine of matrices",
            median(),
            "1",
            "Half of the matrices have a cosine above " + Spelling.number(median()) + "."));
    matrices.stream()
        .filter(r -> r.task().detail().named())
        .filter(r -> r.task().place().component().equals(Component.EMBEDDING.id()))
        .findFirst()
        .ifPresent(
            r ->
                findings.add(
                    Scalar.of(
                            "shared_start.tokens",
                            "cosine of the token tables",
                            r.cosine(),
                            null,
                            "1",
                            "shared_start.tokens",
                            "The tables '"
                                + r.task().detail().tensor()
                                + "' have a cosine of "
                                + Spelling.number(r.cosine().value())
                                + chance(r.cosine()))
                        .on(Scale.BOUNDED)));
  }

  private static String chance(Estimate e) {
    return e.expected() == null
        ? "."
        : "; with columns permuted "
            + Spelling.number(e.expected())
            + " ± "
            + Spelling.number(e.deviation())
            + ".";
  }

  /** Cosine by component and layer. */
  private void byPlace() {
    Map<String, Map<Integer, List<Double>>> cells = new LinkedHashMap<>();
    TreeMap<Integer, String> columns = new TreeMap<>();
    for (SharedStartFigures r : matrices) {
      int layer = r.task().place().layer();
      if (layer >= 0) {
        columns.put(layer, Integer.toString(layer));
        cells
            .computeIfAbsent(
                (r.task().place().stack() + " " + r.task().place().component()).strip(),
                k -> new LinkedHashMap<>())
            .computeIfAbsent(layer, k -> new ArrayList<>())
            .add(r.cosine().value());
      }
    }
    if (columns.size() < 2) {
      return;
    }
    List<List<Double>> values = new ArrayList<>();
    cells.forEach(
        (component, byLayer) -> {
          List<Double> row = new ArrayList<>();
          columns
              .keySet()
              .forEach(
                  layer ->
                      row.add(
                          byLayer.containsKey(layer) ? Samples.mean(byLayer.get(layer)) : null));
          values.add(row);
        });
    findings.add(
        new Heatmap(
            "shared_start.by_layer",
            "Cosine of the same tensors",
            List.copyOf(columns.values()),
            List.copyOf(cells.keySet()),
            values,
            Axis.ordinal("layer"),
            Axis.linear("cosine"),
            0.0,
            "Neutral is what two models that were begun apart have; 1 is the same tensor."));
  }

  /** Means over components of the cosines of layers, by layer of the first, then of the second. */
  private Map<Integer, Map<Integer, Double>> means() {
    Map<Integer, Map<Integer, List<Double>>> all = new TreeMap<>();
    String stack = layers.isEmpty() ? "" : layers.get(0).task().place().stack();
    for (SharedStartFigures r : layers) {
      if (!r.task().place().stack().equals(stack)) {
        continue;
      }
      for (int i = 0; i < r.layers().size(); i++) {
        for (int j = 0; j < r.others().size(); j++) {
          Double c = r.cosines().get(i).get(j);
          if (c != null) {
            all.computeIfAbsent(r.layers().get(i), k -> new TreeMap<>())
                .computeIfAbsent(r.others().get(j), k -> new ArrayList<>())
                .add(c);
          }
        }
      }
    }
    Map<Integer, Map<Integer, Double>> means = new TreeMap<>();
    all.forEach(
        (i, row) -> {
          Map<Integer, Double> of = new TreeMap<>();
          row.forEach((j, values) -> of.put(j, Samples.mean(values)));
          means.put(i, of);
        });
    return means;
  }

  private void whichLayer() {
    Map<Integer, Map<Integer, Double>> means = means();
    if (means.size() < 2) {
      return;
    }
    List<Integer> columns =
        means.values().stream().flatMap(m -> m.keySet().stream()).distinct().sorted().toList();
    List<List<Double>> values = new ArrayList<>();
    means
        .values()
        .forEach(
            row -> {
              List<Double> cells = new ArrayList<>();
              columns.forEach(j -> cells.add(row.get(j)));
              values.add(cells);
            });
    findings.add(
        new Heatmap(
            "shared_start.which_layer",
            "Which layer is which",
            columns.stream().map(String::valueOf).toList(),
            means.keySet().stream().map(String::valueOf).toList(),
            values,
            Axis.ordinal("layer of " + second),
            Axis.ordinal("layer of " + first),
            Axis.linear("mean cosine"),
            0.0,
            "Mean over the components; a layer that stands out in a row is where that row's layer"
                + " came from, also under another number."));
  }

  private void table() {
    List<Column<SharedStartFigures>> c = new ArrayList<>();
    c.add(new Column<>("tensor", "name in both models", r -> r.task().detail().tensor()));
    c.add(new Column<>("stack", "which stack", r -> r.task().place().stack()));
    c.add(new Column<>("component", "what it does", r -> r.task().place().component()));
    c.add(new Column<>("layer", "number of the block", r -> r.task().place().layerOrNull()));
    c.add(
        new Column<>(
            "shape",
            "in both models",
            r -> String.join(" x ", r.shape().stream().map(String::valueOf).toList())));
    c.add(new Column<>("cosine", "entry by entry", r -> of(r.cosine(), Estimate::value)));
    if (settings.sound()) {
      c.add(
          new Column<>(
              "chance",
              "mean with rows and columns of one permuted, of tables with named rows columns only",
              r -> of(r.cosine(), Estimate::expected)));
      c.add(
          new Column<>(
              "chance_sd", "its standard deviation", r -> of(r.cosine(), Estimate::deviation)));
      c.add(new Column<>("z", "deviations from chance", r -> of(r.cosine(), Estimate::z)));
    }
    c.add(
        new Column<>(
            "distance",
            "|a - b| / sqrt(|a|^2 + |b|^2): 0 for equal ones, 1 for orthogonal ones",
            SharedStartFigures::distance));
    c.add(
        new Column<>("change", "|a - b| / |a|, a of the first model", SharedStartFigures::change));
    c.add(new Column<>("norm", "|a|", SharedStartFigures::norm));
    c.add(new Column<>("other_norm", "|b|", SharedStartFigures::other));
    c.add(
        new Column<>(
            "shared",
            "whether the cosine is beyond chance by 0.1 and four deviations; matrices only",
            r -> r.counts() ? (Object) r.shared() : null));
    c.add(new Column<>("non_finite", "NaN or infinite in either", SharedStartFigures::nonFinite));
    findings.add(Table.of("shared_start.tensors", "Tensor by tensor", c, tensors));
  }

  private static Object of(Estimate e, Function<Estimate, Double> figure) {
    return e == null ? null : figure.apply(e);
  }
}
