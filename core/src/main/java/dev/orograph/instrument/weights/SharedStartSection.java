package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.geometry.SharedDirections;
import dev.orograph.instrument.Card;
import dev.orograph.model.Component;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What two checkpoints have in common, in words and figures. */
final class SharedStartSection {
  private static final double MOST = 0.5;
  private static final int MOST_PANELS = 24;

  private final Card card;
  private final WeightSettings settings;
  private final List<SharedStartFigures> tensors;
  private final List<SharedStartFigures> matrices;
  private final List<SharedStartFigures> layers;
  private final List<SharedStartFigures> heads;
  private final String first;
  private final String second;
  private final List<Finding> findings = new ArrayList<>();

  SharedStartSection(Card card, WeightSettings settings, List<SharedStartFigures> results) {
    this.card = card;
    this.settings = settings;
    heads = results.stream().filter(r -> r.task().detail().attention() != null).toList();
    tensors = results.stream().filter(r -> !r.task().detail().tensor().isEmpty()).toList();
    matrices = tensors.stream().filter(SharedStartFigures::counts).toList();
    layers =
        results.stream()
            .filter(r -> r.task().detail().attention() == null && !r.layers().isEmpty())
            .toList();
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
      findings.addAll(new SharedHeads(heads, settings.sound()).findings());
      moved();
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
        : "; with columns permuted " + Spelling.spread(e.expected(), e.deviation()) + ".";
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

  /** The matrices that have one origin and are not the same. */
  private List<SharedStartFigures> movedOnes() {
    return matrices.stream()
        .filter(r -> r.moved() != null && r.moved().stableRank() != null)
        .toList();
  }

  private void moved() {
    List<SharedStartFigures> moved = movedOnes();
    if (moved.isEmpty()) {
      return;
    }
    List<Double> ratios =
        moved.stream()
            .map(r -> r.moved().stableRank())
            .filter(e -> e.expected() != null)
            .map(e -> e.value() / e.expected())
            .toList();
    double stable =
        Samples.median(moved.stream().map(r -> r.moved().stableRank().value()).toList());
    findings.add(
        Scalar.plain(
            "shared_start.change_stable_rank",
            "median stable rank of the differences",
            stable,
            "1",
            "Of "
                + moved.size()
                + " matrices with one origin the difference has a median stable rank of "
                + Spelling.number(stable)
                + (ratios.isEmpty()
                    ? "."
                    : ", "
                        + Spelling.number(Samples.median(ratios))
                        + " times that of independent entries (median).")));
    overlap(
        moved,
        "shared_start.directions_left",
        "overlap of left singular directions",
        m -> m.directions().leftBest(),
        m -> SharedDirections.bestFloor(m.rows(), m.directions().count()));
    overlap(
        moved,
        "shared_start.directions_right",
        "overlap of right singular directions",
        m -> m.directions().rightBest(),
        m -> SharedDirections.bestFloor(m.columns(), m.directions().count()));
    spectra(moved);
    directions(moved);
  }

  private void overlap(
      List<SharedStartFigures> moved,
      String id,
      String title,
      Function<MovedMatrix, Double> best,
      Function<MovedMatrix, Double> floor) {
    List<MovedMatrix> known =
        moved.stream().map(SharedStartFigures::moved).filter(m -> m.directions() != null).toList();
    if (known.isEmpty()) {
      return;
    }
    double median = Samples.median(known.stream().map(best).toList());
    double chance = Samples.median(known.stream().map(floor).toList());
    findings.add(
        Scalar.plain(
            id,
            title,
            median,
            "1",
            "The leading singular directions of one lie in those of the other with a median best"
                + " match of "
                + Spelling.number(median)
                + "; random directions reach about "
                + Spelling.number(chance)
                + "."));
  }

  /** Singular values of the differences, a panel per component. */
  private void spectra(List<SharedStartFigures> moved) {
    Map<String, List<Curve.Line>> panels = new LinkedHashMap<>();
    for (SharedStartFigures r : moved) {
      List<Double> y = r.moved().spectrum();
      List<Double> x = new ArrayList<>();
      for (int i = 0; i < y.size(); i++) {
        x.add((double) i / (y.size() - 1));
      }
      String place = r.task().place().layer() < 0 ? r.task().detail().tensor() : place(r);
      panels
          .computeIfAbsent(component(r), k -> new ArrayList<>())
          .add(new Curve.Line(place, x, y, false));
    }
    findings.add(
        new Curve(
            "shared_start.change_spectra",
            "Singular values of the differences",
            Axis.linear("rank / short side"),
            Axis.linear("singular value / root mean square entry"),
            panels(panels, List.of()),
            "A line that falls steeply is a difference of few directions; independent entries begin"
                + " at sqrt(rows) + sqrt(columns).",
            "layer"));
  }

  /** Best matches of right singular directions by layer, with their floor. */
  private void directions(List<SharedStartFigures> moved) {
    Map<String, Map<Integer, MovedMatrix>> all = new LinkedHashMap<>();
    for (SharedStartFigures r : moved) {
      if (r.task().place().layer() >= 0 && r.moved().directions() != null) {
        all.computeIfAbsent(component(r), k -> new TreeMap<>())
            .putIfAbsent(r.task().place().layer(), r.moved());
      }
    }
    all.values().removeIf(layers -> layers.size() < 2);
    if (all.isEmpty()) {
      return;
    }
    List<Curve.Panel> panels = new ArrayList<>();
    all.forEach(
        (component, layers) -> {
          if (panels.size() < MOST_PANELS) {
            List<Double> x = layers.keySet().stream().map(Integer::doubleValue).toList();
            MovedMatrix first = layers.values().iterator().next();
            double floor =
                SharedDirections.bestFloor(
                    Math.min(first.rows(), first.columns()), first.directions().count());
            panels.add(
                new Curve.Panel(
                    component,
                    List.of(
                        line("left, best match", x, layers, m -> m.directions().leftBest()),
                        line("left, same index", x, layers, m -> m.directions().leftSame()),
                        line("right, best match", x, layers, m -> m.directions().rightBest()),
                        line("right, same index", x, layers, m -> m.directions().rightSame())),
                    List.of(
                        new Curve.Band(
                            "random directions, best match, up to",
                            x,
                            x.stream().map(v -> 0.0).toList(),
                            x.stream().map(v -> floor).toList()))));
          }
        });
    findings.add(
        new Curve(
            "shared_start.directions",
            "Are the leading singular directions the same ones?",
            Axis.linear("layer"),
            Axis.linear("mean overlap"),
            panels,
            "1 where none of the 16 leading directions moved; a best match above the same index says"
                + " that directions changed places."));
  }

  private static Curve.Line line(
      String name,
      List<Double> x,
      Map<Integer, MovedMatrix> layers,
      Function<MovedMatrix, Double> of) {
    return new Curve.Line(name, x, layers.values().stream().map(of).toList(), false);
  }

  private static List<Curve.Panel> panels(
      Map<String, List<Curve.Line>> panels, List<Curve.Band> bands) {
    return panels.entrySet().stream()
        .limit(MOST_PANELS)
        .map(e -> new Curve.Panel(e.getKey(), e.getValue(), bands))
        .toList();
  }

  private static String component(SharedStartFigures r) {
    return (r.task().place().stack() + " " + r.task().place().component()).strip();
  }

  private static String place(SharedStartFigures r) {
    return "layer " + r.task().place().layer();
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
    c.add(
        moved(
            "change_stable_rank",
            "of the difference, of matrices with one origin: |D|^2 / s1^2",
            m -> of(m.stableRank(), Estimate::value)));
    if (settings.sound()) {
      c.add(
          moved(
              "change_stable_rank_chance",
              "of independent entries, by the Tracy-Widom law",
              m -> of(m.stableRank(), Estimate::expected)));
      c.add(
          moved(
              "change_stable_rank_z",
              "deviations from chance",
              m -> of(m.stableRank(), Estimate::z)));
    }
    c.add(
        moved(
            "change_effective_rank",
            "of the difference, exp of the entropy of its singular values",
            MovedMatrix::effectiveRank));
    c.add(
        overlap(
            "left_same",
            "mean |u_i . u'_i| of the 16 leading left singular directions",
            (m, d) -> d.leftSame()));
    c.add(
        overlap(
            "left_floor",
            "1/sqrt(rows): a random direction's",
            (m, d) -> SharedDirections.floor(m.rows())));
    c.add(overlap("left_best", "mean over i of the largest |u_i . u'_j|", (m, d) -> d.leftBest()));
    c.add(
        overlap(
            "left_best_floor",
            "sqrt(2 ln k / rows), of k directions",
            (m, d) -> SharedDirections.bestFloor(m.rows(), d.count())));
    c.add(overlap("right_same", "the same of right ones", (m, d) -> d.rightSame()));
    c.add(overlap("right_floor", "1/sqrt(columns)", (m, d) -> SharedDirections.floor(m.columns())));
    c.add(overlap("right_best", "the same of right ones", (m, d) -> d.rightBest()));
    c.add(
        overlap(
            "right_best_floor",
            "sqrt(2 ln k / columns)",
            (m, d) -> SharedDirections.bestFloor(m.columns(), d.count())));
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

  private static Column<SharedStartFigures> moved(
      String name, String about, Function<MovedMatrix, Object> cell) {
    return new Column<>(name, about, r -> r.moved() == null ? null : cell.apply(r.moved()));
  }

  private static Column<SharedStartFigures> overlap(
      String name, String about, BiFunction<MovedMatrix, SharedDirections, Double> cell) {
    return moved(name, about, m -> m.directions() == null ? null : cell.apply(m, m.directions()));
  }

  private static Object of(Estimate e, Function<Estimate, Double> figure) {
    return e == null ? null : figure.apply(e);
  }
}
