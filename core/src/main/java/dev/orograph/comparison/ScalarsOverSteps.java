package dev.orograph.comparison;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every scalar that at least two snapshots of a training have, by step, with its null. */
final class ScalarsOverSteps {
  /** Half of a 95 % range in standard deviations. */
  private static final double HALF = 1.96;

  private static final int MOST_PANELS = 24;

  /** Panels from which on a figure has a chart of its own. */
  private static final int MANY = 4;

  private final List<Long> steps;
  private final Map<String, TreeMap<Integer, Scalar>> scalars = new LinkedHashMap<>();

  ScalarsOverSteps(List<Compared> models, List<Long> steps) {
    this.steps = steps;
    for (int i = 0; i < models.size(); i++) {
      for (Finding f : models.get(i).findings()) {
        if (f instanceof Scalar s && s.id() != null) {
          scalars.computeIfAbsent(s.id(), k -> new TreeMap<>()).putIfAbsent(i, s);
        }
      }
    }
    scalars.values().removeIf(byStep -> byStep.size() < 2);
  }

  /** How many there are. */
  int count() {
    return scalars.size();
  }

  /** A row for each figure and step. */
  Table table() {
    List<List<Object>> rows = new ArrayList<>();
    scalars.forEach(
        (id, byStep) ->
            byStep.forEach(
                (i, s) -> {
                  List<Object> row = new ArrayList<>();
                  row.add(id);
                  row.add(s.title());
                  row.add(s.unit());
                  row.add(steps.get(i));
                  row.add(s.value());
                  row.add(end(s, 0));
                  row.add(end(s, 1));
                  row.add(s.expected());
                  row.add(s.deviation());
                  row.add(s.z());
                  rows.add(row);
                }));
    return new Table(
        "compare.series.figures",
        "Every figure by step",
        List.of("id", "finding", "unit", "step", "value", "low", "high", "null", "null_sd", "z"),
        List.of(
            "of the scalar",
            "what was measured",
            "1 for a pure number",
            "of the optimiser",
            "at that step",
            "lower end of its 95 % interval",
            "upper end",
            "mean under the null model, made anew for the weights of that step",
            "standard deviation under it",
            "distance from the null in its deviations"),
        rows);
  }

  private static Double end(Scalar s, int end) {
    return s.interval() == null || s.interval().size() != 2 ? null : s.interval().get(end);
  }

  /**
   * A chart for each figure that many components have, one for what else an analysis found; figures
   * that never change are left out.
   */
  List<Finding> curves() {
    Map<String, Map<String, List<Curve.Panel>>> charts = new LinkedHashMap<>();
    scalars.forEach(
        (id, byStep) -> {
          if (byStep.values().stream().map(Scalar::value).distinct().count() > 1) {
            String[] parts = id.split("\\.", 2);
            String last = id.substring(id.lastIndexOf('.') + 1);
            Scalar first = byStep.firstEntry().getValue();
            String unit = "1".equals(first.unit()) ? "" : " (" + first.unit() + ")";
            charts
                .computeIfAbsent(parts[0], k -> new LinkedHashMap<>())
                .computeIfAbsent(last, k -> new ArrayList<>())
                .add(panel(first.title() + unit, byStep));
          }
        });
    List<Finding> curves = new ArrayList<>();
    charts.forEach(
        (analysis, figures) -> {
          List<Curve.Panel> rest = new ArrayList<>();
          figures.forEach(
              (figure, panels) -> {
                if (panels.size() < MANY) {
                  rest.addAll(panels);
                } else {
                  curves.add(chart(analysis + "." + figure, panels));
                }
              });
          if (!rest.isEmpty()) {
            curves.add(chart(analysis, rest));
          }
        });
    return curves;
  }

  private static Curve chart(String name, List<Curve.Panel> panels) {
    return new Curve(
        "compare.series.figures." + Spelling.id(name),
        name.replace('_', ' ').replaceFirst("[.]", ": "),
        Axis.linear("step"),
        Axis.linear("value"),
        panels.size() > MOST_PANELS ? List.copyOf(panels.subList(0, MOST_PANELS)) : panels,
        "Grey: chance at that step, mean and 1.96 deviations, where the figure has a null. Each"
            + " panel has a scale of its own.",
        null,
        true);
  }

  private Curve.Panel panel(String title, Map<Integer, Scalar> byStep) {
    List<Double> x = byStep.keySet().stream().map(i -> (double) steps.get(i)).toList();
    List<Double> y = byStep.values().stream().map(Scalar::value).toList();
    List<Double> at = new ArrayList<>();
    List<Double> low = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    byStep.forEach(
        (i, s) -> {
          if (s.expected() != null) {
            double half = s.deviation() == null ? 0 : HALF * s.deviation();
            at.add((double) steps.get(i));
            low.add(s.expected() - half);
            high.add(s.expected() + half);
          }
        });
    return new Curve.Panel(
        title,
        List.of(new Curve.Line("figure", x, y, false)),
        at.isEmpty() ? List.of() : List.of(new Curve.Band("chance, 95 %", at, low, high)));
  }
}
