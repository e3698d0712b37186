package dev.orograph.comparison;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import dev.orograph.stats.Spearman;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Snapshots of one training as an axis of time: every figure by step, and which layers move when.
 *
 * <p>The way of a matrix is the sum of |W_(t+1) - W_t| over the intervals; the step by which half
 * of it was gone says when it learned. Whether that goes with depth is Spearman's rank correlation
 * of half times with layers, averaged over components; chance is layers in random orders, one order
 * for all components, since those of a layer move together.
 */
final class Series {
  private static final Pattern DIGITS = Pattern.compile("\\d{1,18}");
  private static final int DRAWS = 999;
  private static final int SEED = 42;
  private static final int FEWEST_LAYERS = 3;
  private static final double MOST = 0.5;
  private static final int MOST_PANELS = 24;

  private final List<Compared> models;
  private final List<Long> steps;
  private final List<Way> ways;
  private final List<String> apart = new ArrayList<>();
  private final boolean stacks;

  /**
   * Over the models in their order.
   *
   * @param steps ascending, one of each
   * @param intervals {@code shared_start} of each model with the next one; none where models were
   *     not opened
   * @param ends the same of the first and the last, or null
   */
  Series(List<Compared> models, List<Long> steps, List<Results> intervals, Results ends) {
    this.models = models;
    this.steps = steps;
    this.ways = Way.of(intervals, ends);
    this.stacks = ways.stream().filter(w -> w.layer() >= 0).map(Way::stack).distinct().count() > 1;
    for (int i = 0; i < intervals.size(); i++) {
      double share =
          intervals
              .get(i)
              .find("shared_start.share")
              .filter(Scalar.class::isInstance)
              .map(f -> ((Scalar) f).value())
              .orElse(1.0);
      if (share <= MOST) {
        apart.add(spoken(steps.get(i)) + " and " + spoken(steps.get(i + 1)));
      }
    }
  }

  /**
   * The steps that names tell: the first number in which all of them differ. None where they do
   * not, or names have other counts of numbers.
   */
  static Optional<List<Long>> steps(List<String> names) {
    List<List<Long>> numbers = new ArrayList<>();
    for (String name : names) {
      List<Long> own = new ArrayList<>();
      for (Matcher m = DIGITS.matcher(name); m.find(); ) {
        own.add(Long.parseLong(m.group()));
      }
      numbers.add(own);
    }
    int count = numbers.get(0).size();
    if (numbers.stream().anyMatch(n -> n.size() != count)) {
      return Optional.empty();
    }
    for (int k = 0; k < count; k++) {
      int at = k;
      List<Long> steps = numbers.stream().map(n -> n.get(at)).toList();
      if (steps.stream().distinct().count() == names.size()) {
        return Optional.of(steps);
      }
    }
    return Optional.empty();
  }

  private static String spoken(long step) {
    return String.format(Locale.ROOT, "%,d", step);
  }

  /** What it shows, in a sentence or two. */
  String sentence() {
    StringBuilder text = new StringBuilder("Snapshots of one training, steps ");
    text.append(spoken(steps.get(0)))
        .append(" to ")
        .append(spoken(steps.get(steps.size() - 1)))
        .append('.');
    List<Double> halves = halves();
    if (!halves.isEmpty()) {
      text.append(" Half of the way that its matrices go is gone by step ")
          .append(spoken(Math.round(Samples.median(halves))))
          .append(" (median of ")
          .append(halves.size())
          .append(").");
      byDepth().ifPresent(e -> text.append(' ').append(spoken(e)));
    }
    return text.toString();
  }

  private static String spoken(Estimate e) {
    boolean clear = e.z() != null && Math.abs(e.z()) >= 2;
    return (clear
            ? "Deeper layers move " + (e.value() > 0 ? "later" : "earlier")
            : "When a layer moves does not follow its depth beyond chance")
        + ": rank correlation "
        + Spelling.number(e.value())
        + ", with layers in random orders "
        + Spelling.spread(e.expected(), e.deviation())
        + ".";
  }

  private List<Double> halves() {
    return ways.stream().map(w -> w.half(steps)).filter(Objects::nonNull).toList();
  }

  /** Rank correlation of half times with depth, averaged over components; none for few layers. */
  private Optional<Estimate> byDepth() {
    Map<String, TreeMap<Integer, Double>> all = new LinkedHashMap<>();
    for (Way w : ways) {
      Double half = w.half(steps);
      if (w.layer() >= 0 && half != null) {
        // Of several tensors of one component in a layer the first: the others move with it.
        all.computeIfAbsent(w.stack() + " " + w.component(), k -> new TreeMap<>())
            .putIfAbsent(w.layer(), half);
      }
    }
    int layers = all.values().stream().mapToInt(TreeMap::size).max().orElse(0);
    List<double[]> components =
        all.values().stream()
            .filter(m -> m.size() == layers)
            .map(m -> m.values().stream().mapToDouble(v -> v).toArray())
            .filter(v -> Double.isFinite(Spearman.ofOrder(v)))
            .toList();
    if (layers < FEWEST_LAYERS || components.isEmpty()) {
      return Optional.empty();
    }
    Generator g = Generator.of(SEED);
    List<Double> draws = new ArrayList<>();
    for (int d = 0; d < DRAWS; d++) {
      int[] order = g.permutation(layers);
      draws.add(mean(components.stream().map(v -> ordered(v, order)).toList()));
    }
    return Optional.of(Estimate.of(mean(components)).among(draws));
  }

  private static double mean(List<double[]> components) {
    return components.stream().mapToDouble(Spearman::ofOrder).average().orElseThrow();
  }

  private static double[] ordered(double[] values, int[] order) {
    return Arrays.stream(order).mapToDouble(i -> values[i]).toArray();
  }

  /** All of it. */
  Section section() {
    List<Finding> findings = new ArrayList<>();
    if (!apart.isEmpty()) {
      findings.add(
          new Note(
              "compare.series.apart",
              "Is this one training?",
              "The weights at these steps share no start that can be seen, or only in part: "
                  + String.join("; ", apart)
                  + "."));
    }
    if (ways.isEmpty()) {
      findings.add(
          new Note(
              "compare.series.runs",
              "Which layers move is not told",
              "That takes the snapshots themselves and the analysis 'shared_start'; finished runs"
                  + " hold no weights."));
    } else {
      moved(findings);
    }
    findings.addAll(new DepthCurves(models).overSteps(steps));
    return new Section(
        "series",
        "By step",
        sentence(),
        "The way of a matrix is the sum of |W(t+1) - W(t)|, Frobenius norms, over the snapshots; half"
            + " of it is gone at the step where the sum reaches a half, each interval gone evenly."
            + " Depth: Spearman's rank correlation of these steps with the layer, averaged over"
            + " components; chance: layers in 999 random orders, one for all components.",
        "our own",
        "A way between snapshots is at most as long as the one through every step: more snapshots"
            + " make it longer, most where the learning rate is high and steps undo each other."
            + " Tensors that are 0 or not finite at a snapshot are left out.",
        findings);
  }

  /** Every figure of the runs. */
  Section figures() {
    ScalarsOverSteps scalars = new ScalarsOverSteps(models, steps);
    List<Finding> findings = new ArrayList<>(scalars.curves());
    findings.add(scalars.table());
    return new Section(
        "series_figures",
        "Every figure by step",
        scalars.count()
            + " figures that at least two snapshots have, each with its null where it has one.",
        "Taken from the single runs; each null was drawn for the weights of its own step.",
        "our own",
        "Steps of one training are not independent of each other, and many figures are followed at"
            + " once: that one of them moves is nothing rare.",
        findings);
  }

  private void moved(List<Finding> findings) {
    List<Double> halves = halves();
    if (!halves.isEmpty()) {
      findings.add(
          Scalar.plain(
              "compare.series.half_time",
              "step by which half of the way is gone",
              Samples.median(halves),
              "steps",
              "Half of the matrices have gone half of their way by step "
                  + spoken(Math.round(Samples.median(halves)))
                  + "."));
    }
    byDepth()
        .ifPresent(
            e ->
                findings.add(
                    Scalar.of(
                            "compare.series.half_time_by_depth",
                            "when a layer moves, against its depth",
                            e,
                            null,
                            "1",
                            "compare.series.half_time_by_depth",
                            spoken(e))
                        .on(Scale.BOUNDED)));
    findings.add(changes());
    findings.addAll(gone());
    findings.add(table());
  }

  /** Rows in the order of layers, what is outside of them behind. */
  private Map<String, List<Way>> byPlace() {
    Map<String, List<Way>> places = new LinkedHashMap<>();
    ways.stream()
        .filter(w -> w.layer() >= 0)
        .sorted(Comparator.comparing(Way::stack).thenComparing(Way::layer))
        .forEach(w -> places.computeIfAbsent(w.place(stacks), k -> new ArrayList<>()).add(w));
    ways.stream()
        .filter(w -> w.layer() < 0)
        .forEach(w -> places.computeIfAbsent(w.place(stacks), k -> new ArrayList<>()).add(w));
    return places;
  }

  private Heatmap changes() {
    List<String> columns = new ArrayList<>();
    for (int i = 1; i < steps.size(); i++) {
      columns.add(spoken(steps.get(i - 1)) + " to " + spoken(steps.get(i)));
    }
    Map<String, List<Way>> places = byPlace();
    List<List<Double>> values = new ArrayList<>();
    places.forEach(
        (place, members) -> {
          List<Double> row = new ArrayList<>();
          for (int i = 0; i < columns.size(); i++) {
            int at = i;
            double moved = members.stream().mapToDouble(w -> square(w.lengths().get(at))).sum();
            double size = members.stream().mapToDouble(w -> square(w.norms().get(at))).sum();
            row.add(Math.sqrt(moved / size));
          }
          values.add(row);
        });
    return new Heatmap(
        "compare.series.change",
        "How much changed between snapshots",
        columns,
        List.copyOf(places.keySet()),
        values,
        new Axis("steps", "", false),
        Axis.linear("change / norm before"),
        null,
        "Root of the squared change of all matrices of a layer over that of their norms before;"
            + " intervals need not be equally long.");
  }

  private static double square(double v) {
    return v * v;
  }

  /** The share of the way that was gone, a panel per component. */
  private List<Finding> gone() {
    Map<String, List<Curve.Line>> panels = new LinkedHashMap<>();
    List<Double> x = steps.stream().map(Long::doubleValue).toList();
    byPlace()
        .values()
        .forEach(
            members ->
                members.forEach(
                    w -> {
                      List<Double> share = w.gone();
                      List<Curve.Line> lines =
                          panels.computeIfAbsent(w.component(), k -> new ArrayList<>());
                      String name = w.place(stacks);
                      if (share != null && lines.stream().noneMatch(l -> l.name().equals(name))) {
                        lines.add(new Curve.Line(name, x, share, false));
                      }
                    }));
    panels.values().removeIf(List::isEmpty);
    return panels.isEmpty()
        ? List.of()
        : List.of(
            new Curve(
                "compare.series.gone",
                "Share of the way that is gone",
                Axis.linear("step"),
                Axis.linear("share of the way"),
                panels.entrySet().stream()
                    .limit(MOST_PANELS)
                    .map(e -> new Curve.Panel(e.getKey(), e.getValue(), List.of()))
                    .toList(),
                "A line per layer; one that lies above another learned earlier.",
                "layer"));
  }

  private Table table() {
    List<Column<Way>> c = new ArrayList<>();
    c.add(new Column<>("tensor", "name in all snapshots", Way::tensor));
    c.add(new Column<>("stack", "which stack", Way::stack));
    c.add(new Column<>("component", "what it does", Way::component));
    c.add(
        new Column<>(
            "layer", "number of the block", w -> w.layer() < 0 ? null : (Object) (long) w.layer()));
    c.add(new Column<>("half_time", "step by which half of its way was gone", w -> w.half(steps)));
    c.add(
        new Column<>(
            "way",
            "sum of its changes over its norm at the first step",
            w -> w.length() / w.norms().get(0)));
    c.add(
        new Column<>(
            "directness",
            "|last - first| over the sum of its changes: 1 for a straight way",
            Way::directness));
    for (int i = 1; i < steps.size(); i++) {
      int at = i - 1;
      c.add(
          new Column<>(
              "change_" + steps.get(i),
              "from step "
                  + spoken(steps.get(at))
                  + " to "
                  + spoken(steps.get(i))
                  + " over its norm before",
              w -> w.lengths().get(at) / w.norms().get(at)));
    }
    return Table.of("compare.series.tensors", "Which matrix moved when", c, ways);
  }
}
