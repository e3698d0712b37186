package dev.orograph.comparison;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Spelling;
import dev.orograph.instrument.weights.CrossLayerColumns;
import dev.orograph.instrument.weights.NeuronColumns;
import dev.orograph.instrument.weights.NormColumns;
import dev.orograph.instrument.weights.QkColumns;
import dev.orograph.instrument.weights.SparsityColumns;
import dev.orograph.instrument.weights.SpectraColumns;
import dev.orograph.stats.Gaussian;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Figures by relative depth, layer / (layers - 1), so that models of different depth lie over each
 * other; a stack of one layer lies at 0. A panel per component, a line per model (and stack).
 */
final class DepthCurves {
  /** Most panels of one figure; models of unknown names can share hundreds. */
  private static final int MOST_PANELS = 24;

  /** Half of a 95 % range in standard deviations. */
  private static final double HALF = 1.96;

  private static final double SMALL = Gaussian.below(0.1);

  /** What is drawn: a figure of a table's rows and the range that chance gives for it. */
  private record Profile(
      String name,
      Axis axis,
      String title,
      String table,
      String chance,
      Function<Row, Double> of,
      Function<Row, List<Double>> range,
      String reading) {}

  private static final List<Profile> ALL =
      List.of(
          new Profile(
              SpectraColumns.EFFECTIVE_RANK.name(),
              Axis.linear("effective rank / short side"),
              "Effective rank",
              SpectraColumns.MATRICES,
              "shuffled copies",
              r -> r.perShortSide(r.number(SpectraColumns.EFFECTIVE_RANK)),
              r -> around(r.perShortSide(r.chance(SpectraColumns.EFFECTIVE_RANK)), 0.0),
              "The lower, the fewer directions; each model's shuffled copies lie behind it in its"
                  + " colour."),
          new Profile(
              SpectraColumns.STABLE_RANK.name(),
              Axis.linear("stable rank / short side"),
              "Stable rank",
              SpectraColumns.MATRICES,
              "shuffled copies",
              r -> r.perShortSide(r.number(SpectraColumns.STABLE_RANK)),
              r -> around(r.perShortSide(r.chance(SpectraColumns.STABLE_RANK)), 0.0),
              "Low where one direction dominates; each model's shuffled copies lie behind it."),
          new Profile(
              SparsityColumns.BELOW_STD.get(1).name(),
              Axis.linear("share of entries"),
              "Entries below 0.1 standard deviations",
              SparsityColumns.TENSORS,
              "Gaussian, 95 %",
              r -> r.number(SparsityColumns.BELOW_STD.get(1)),
              r -> around(SMALL, Math.sqrt(SMALL * (1 - SMALL) / r.entries())),
              "Above the Gaussian's level more entries sit near zero than their spread explains."),
          new Profile(
              SparsityColumns.KURTOSIS.name(),
              Axis.log("kurtosis"),
              "Kurtosis",
              SparsityColumns.TENSORS,
              "Gaussian, 95 %",
              r -> r.number(SparsityColumns.KURTOSIS),
              r -> around(3.0, Math.sqrt(24 / r.entries())),
              "3 is a Gaussian's; higher means that a few entries are far larger than the rest."),
          new Profile(
              "qk_score",
              Axis.linear("2r - 1"),
              "Query-key symmetry",
              QkColumns.LAYERS,
              "chance, 95 %",
              r -> r.number(QkColumns.SCORE),
              r -> around(r.chance(QkColumns.SCORE), r.number(QkColumns.SCORE_NULL_SD)),
              "1 where queries and keys are the same map, -1 where they are opposed."),
          new Profile(
              "qk_positive_energy",
              Axis.linear("share of energy"),
              "Energy of positive eigenvalues",
              QkColumns.LAYERS,
              "chance",
              r -> r.number(QkColumns.POSITIVE_ENERGY),
              r -> around(r.chance(QkColumns.POSITIVE_ENERGY), 0.0),
              "Above the null the query-key form favours like attending to like."),
          new Profile(
              "dead_neurons",
              Axis.linear("share of neurons"),
              "Dead neurons",
              NeuronColumns.LAYERS,
              "chance",
              r -> r.ratio(NeuronColumns.DEAD, NeuronColumns.D_FF),
              r ->
                  around(
                      Row.quotient(r.chance(NeuronColumns.DEAD), r.number(NeuronColumns.D_FF)),
                      0.0),
              "Neurons whose weights are below 1 % of the layer's mean."),
          new Profile(
              "adjacent_cosine",
              Axis.linear("cosine"),
              "Cosine between neighbouring layers",
              CrossLayerColumns.PAIRS,
              "chance, 95 %",
              r -> r.number(CrossLayerColumns.COSINE),
              r -> around(0.0, r.ratio(CrossLayerColumns.COSINE, CrossLayerColumns.Z)),
              "A point stands midway between its two layers; 0 is what unrelated weights give."),
          new Profile(
              "norm_scales",
              Axis.linear("mean scale"),
              "Norm scales",
              NormColumns.SCALES,
              "",
              r -> r.number(NormColumns.MEAN),
              r -> null,
              "1 is where training begins; several norms of a layer are averaged."));

  private final List<Compared> models;
  private final List<String> order;

  DepthCurves(List<Compared> models) {
    this.models = models;
    this.order = Compared.components(models);
  }

  /** A curve per figure that at least two models have of a component. */
  List<Finding> curves() {
    return curves(null);
  }

  /**
   * The same.
   *
   * @param sequence what the models are steps of; null where they are different ones
   */
  List<Finding> curves(String sequence) {
    List<Finding> curves = new ArrayList<>();
    for (Profile profile : ALL) {
      List<Curve.Panel> panels = panels(profile);
      if (!panels.isEmpty()) {
        curves.add(
            new Curve(
                "compare.by_depth." + profile.name(),
                profile.title(),
                Axis.linear("relative depth"),
                profile.axis(),
                panels,
                profile.reading(),
                sequence));
      }
    }
    return curves;
  }

  /**
   * The same figures by step, a line per layer.
   *
   * @param steps of the models, ascending
   */
  List<Finding> overSteps(List<Long> steps) {
    List<Finding> curves = new ArrayList<>();
    for (Profile profile : ALL) {
      Map<String, LayerLines> panels = new LinkedHashMap<>();
      order.forEach(c -> panels.put(c, new LayerLines(profile)));
      for (int i = 0; i < models.size(); i++) {
        for (Row r : models.get(i).rows(profile.table())) {
          if (r.layer() != null && profile.of().apply(r) != null) {
            String component = Objects.requireNonNullElse(r.text("component"), profile.title());
            panels
                .computeIfAbsent(component, k -> new LayerLines(profile))
                .add(models.get(i).stacks().size(), steps.get(i), r);
          }
        }
      }
      List<Curve.Panel> drawn = new ArrayList<>();
      panels.forEach(
          (component, lines) -> {
            if (lines.several() && drawn.size() < MOST_PANELS) {
              drawn.add(lines.panel(component));
            }
          });
      if (!drawn.isEmpty()) {
        curves.add(
            new Curve(
                "compare.series.by_layer." + profile.name(),
                profile.title() + " by step",
                Axis.linear("step"),
                profile.axis(),
                drawn,
                "A line per layer. " + profile.reading(),
                "layer"));
      }
    }
    return curves;
  }

  /** Lines by layer of one component, over steps. */
  private static final class LayerLines {
    private final Profile profile;
    private final Map<String, Map<Double, TreeMap<Long, List<Row>>>> rows = new TreeMap<>();
    private final TreeMap<Long, List<Double>> chance = new TreeMap<>();

    LayerLines(Profile profile) {
      this.profile = profile;
    }

    void add(int stacks, long step, Row r) {
      String stack = stacks > 1 ? Objects.requireNonNullElse(r.text("stack"), "") : "";
      rows.computeIfAbsent(stack, k -> new TreeMap<>())
          .computeIfAbsent(r.layer(), k -> new TreeMap<>())
          .computeIfAbsent(step, k -> new ArrayList<>())
          .add(r);
      List<Double> range = profile.range().apply(r);
      if (range != null) {
        chance.computeIfAbsent(step, k -> new ArrayList<>()).addAll(range);
      }
    }

    boolean several() {
      return rows.values().stream()
          .flatMap(layers -> layers.values().stream())
          .anyMatch(byStep -> byStep.size() > 1);
    }

    Curve.Panel panel(String component) {
      List<Curve.Line> lines = new ArrayList<>();
      rows.forEach(
          (stack, layers) ->
              layers.forEach(
                  (layer, byStep) ->
                      lines.add(
                          new Curve.Line(
                              (stack + " layer " + Spelling.number(layer)).strip(),
                              byStep.keySet().stream().map(Long::doubleValue).toList(),
                              byStep.values().stream()
                                  .map(r -> Samples.mean(r.stream().map(profile.of()).toList()))
                                  .toList(),
                              false))));
      List<Curve.Band> bands = new ArrayList<>();
      if (!chance.isEmpty()) {
        bands.add(
            new Curve.Band(
                profile.chance(),
                chance.keySet().stream().map(Long::doubleValue).toList(),
                chance.values().stream().map(Collections::min).toList(),
                chance.values().stream().map(Collections::max).toList()));
      }
      return new Curve.Panel(component, lines, bands);
    }
  }

  private static List<Double> around(Double mean, Double deviation) {
    if (mean == null || deviation == null || !Double.isFinite(deviation)) {
      return null;
    }
    double half = HALF * Math.abs(deviation);
    return List.of(mean - half, mean + half);
  }

  private List<Curve.Panel> panels(Profile profile) {
    // Component to model to stack to rows.
    Map<String, Map<Compared, Map<String, List<Row>>>> found = new LinkedHashMap<>();
    order.forEach(c -> found.put(c, new LinkedHashMap<>()));
    Map<Compared, Map<String, Double>> last = new HashMap<>();
    for (Compared m : models) {
      for (Row r : m.rows(profile.table())) {
        String stack = Objects.requireNonNullElse(r.text("stack"), "");
        last.computeIfAbsent(m, k -> new HashMap<>()).merge(stack, r.lastLayer(), Math::max);
        if (r.layer() != null && profile.of().apply(r) != null) {
          // A table without components is about the one thing that it is named after.
          found
              .computeIfAbsent(
                  Objects.requireNonNullElse(r.text("component"), profile.title()),
                  k -> new LinkedHashMap<>())
              .computeIfAbsent(m, k -> new LinkedHashMap<>())
              .computeIfAbsent(stack, k -> new ArrayList<>())
              .add(r);
        }
      }
    }
    List<Curve.Panel> panels = new ArrayList<>();
    found.forEach(
        (component, byModel) -> {
          if (byModel.size() < 2 || panels.size() >= MOST_PANELS) {
            return;
          }
          List<Curve.Line> lines = new ArrayList<>();
          List<Curve.Band> bands = new ArrayList<>();
          byModel.forEach(
              (m, stacks) ->
                  stacks.forEach(
                      (stack, rows) -> {
                        double end = last.get(m).get(stack);
                        Map<Double, List<Row>> depths = byDepth(rows, end);
                        lines.add(line(profile, m.line(stack), depths));
                        band(profile, m.line(stack), depths).ifPresent(bands::add);
                      }));
          panels.add(new Curve.Panel(component, lines, bands));
        });
    return panels;
  }

  /**
   * Rows by relative depth.
   *
   * @param last the last block of the stack
   */
  private static Map<Double, List<Row>> byDepth(List<Row> rows, double last) {
    Map<Double, List<Row>> depths = new TreeMap<>();
    for (Row r : rows) {
      double depth = last > 0 ? r.layer() / last : 0;
      depths.computeIfAbsent(depth, k -> new ArrayList<>()).add(r);
    }
    return depths;
  }

  private static Curve.Line line(Profile profile, String name, Map<Double, List<Row>> depths) {
    List<Double> y = new ArrayList<>();
    for (List<Row> rows : depths.values()) {
      y.add(Samples.mean(rows.stream().map(profile.of()).toList()));
    }
    return new Curve.Line(name, new ArrayList<>(depths.keySet()), y, false);
  }

  /** The range of chance of one line, where the rows tell it. */
  private static Optional<Curve.Band> band(
      Profile profile, String name, Map<Double, List<Row>> depths) {
    List<Double> x = new ArrayList<>();
    List<Double> low = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    depths.forEach(
        (depth, rows) -> {
          List<Double> range =
              rows.stream()
                  .map(profile.range())
                  .filter(Objects::nonNull)
                  .flatMap(List::stream)
                  .sorted()
                  .toList();
          if (!range.isEmpty()) {
            x.add(depth);
            low.add(range.get(0));
            high.add(range.get(range.size() - 1));
          }
        });
    return x.isEmpty()
        ? Optional.empty()
        : Optional.of(new Curve.Band(profile.chance(), x, low, high, name));
  }
}
