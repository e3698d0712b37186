package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The pictures of the spectra, each with the shuffled copies behind the data. */
final class SpectraCharts {
  private final Map<String, List<SpectrumFigures>> components;
  private final List<Finding> findings;

  /**
   * Pictures of these results.
   *
   * @param components measured matrices by component
   * @param findings where they are added
   */
  SpectraCharts(Map<String, List<SpectrumFigures>> components, List<Finding> findings) {
    this.components = components;
    this.findings = findings;
  }

  /** Effective rank over the shuffled copy's, by component and layer. */
  void heatmap(SpectraNulls nulls) {
    TreeSet<Integer> layers = new TreeSet<>();
    Map<String, Map<Integer, Double>> rows = new LinkedHashMap<>();
    components.forEach(
        (group, members) ->
            Groups.byStack(members, SpectrumFigures::task)
                .forEach(
                    (stack, ms) -> {
                      if (!Groups.layered(ms, SpectrumFigures::task)
                          || rows.size() >= Groups.MOST_PANELS) {
                        return;
                      }
                      Map<Integer, Double> row = new TreeMap<>();
                      for (SpectrumFigures r : ms) {
                        List<Double> copies = nulls.of(r, Figures::effectiveRank);
                        if (!copies.isEmpty() && r.task().place().layer() >= 0) {
                          row.put(
                              r.task().place().layer(),
                              r.own().effectiveRank() / Samples.mean(copies));
                          layers.add(r.task().place().layer());
                        }
                      }
                      rows.put(stack.equals("shared") ? group : stack + " " + group, row);
                    }));
    if (layers.isEmpty()) {
      return;
    }
    List<List<Double>> values = new ArrayList<>();
    rows.values()
        .forEach(
            row -> {
              List<Double> line = new ArrayList<>();
              layers.forEach(l -> line.add(row.get(l)));
              values.add(line);
            });
    findings.add(
        new Heatmap(
            "spectra.effective_rank_map",
            "Effective rank against chance",
            layers.stream().map(String::valueOf).toList(),
            new ArrayList<>(rows.keySet()),
            values,
            Axis.ordinal("layer"),
            Axis.linear("effective rank / shuffled copy's"),
            1.0,
            "1 is what the same entries give in random places; the lower, the fewer directions"
                + " the matrix prefers."));
  }

  /** One figure over the short side by layer, a panel per component. */
  void layers(
      String name, String title, String axis, Function<Figures, Double> of, String reading) {
    List<Curve.Panel> panels = new ArrayList<>();
    components.forEach(
        (group, members) -> {
          if (panels.size() >= Groups.MOST_PANELS
              || !Groups.layered(members, SpectrumFigures::task)) {
            return;
          }
          List<Curve.Line> lines = new ArrayList<>();
          Map<Double, List<Double>> chance = new TreeMap<>();
          Groups.byStack(members, SpectrumFigures::task)
              .forEach(
                  (stack, ms) -> {
                    List<Double> x = new ArrayList<>();
                    List<Double> y = new ArrayList<>();
                    for (SpectrumFigures r : ms) {
                      double n = Math.min(r.task().detail().rows(), r.task().detail().columns());
                      double layer = r.task().place().layer();
                      x.add(layer);
                      y.add(of.apply(r.own()) / n);
                      for (double v : SpectraColumns.nulls(r, of)) {
                        chance.computeIfAbsent(layer, k -> new ArrayList<>()).add(v / n);
                      }
                    }
                    lines.add(new Curve.Line(stack, x, y, false));
                  });
          panels.add(new Curve.Panel(group, lines, band(chance)));
        });
    if (!panels.isEmpty()) {
      findings.add(
          new Curve(
              "spectra." + name, title, Axis.linear("layer"), Axis.linear(axis), panels, reading));
    }
  }

  private static List<Curve.Band> band(Map<Double, List<Double>> chance) {
    if (chance.isEmpty()) {
      return List.of();
    }
    List<Double> low = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    for (List<Double> v : chance.values()) {
      low.add(v.stream().min(Double::compare).orElseThrow());
      high.add(v.stream().max(Double::compare).orElseThrow());
    }
    return List.of(new Curve.Band("shuffled copies", new ArrayList<>(chance.keySet()), low, high));
  }

  /** The singular values of first, middle and last layer. */
  void spectra() {
    List<Curve.Panel> panels = new ArrayList<>();
    components.forEach(
        (group, members) -> {
          if (panels.size() >= Groups.MOST_PANELS) {
            return;
          }
          List<Curve.Line> lines = new ArrayList<>();
          Map<Double, List<Double>> chance = new TreeMap<>();
          for (SpectrumFigures r : firstMiddleLast(members)) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (int i = 0; i < r.quantiles().size(); i++) {
              double at = (double) i / (r.quantiles().size() - 1);
              x.add(at);
              // A logarithmic axis has no zero.
              y.add(r.quantiles().get(i) > 1e-9 ? r.quantiles().get(i) : null);
              if (!r.shuffledQuantiles().isEmpty() && r.shuffledQuantiles().get(i) > 1e-9) {
                chance
                    .computeIfAbsent(at, k -> new ArrayList<>())
                    .add(r.shuffledQuantiles().get(i));
              }
            }
            String name =
                r.task().place().layer() < 0
                    ? r.task().place().stack()
                    : r.task().place().stack() + " " + r.task().place().layer();
            lines.add(new Curve.Line(name, x, y, false));
          }
          panels.add(new Curve.Panel(group, lines, band(chance)));
        });
    findings.add(
        new Curve(
            "spectra.singular_values",
            "Singular values",
            Axis.linear("rank / short side"),
            Axis.log("s / s1"),
            panels,
            "First, middle and last layer; where a line leaves the grey band of shuffled copies at"
                + " the left, a few directions carry more than chance, at the right, some carry"
                + " less."));
  }

  private static List<SpectrumFigures> firstMiddleLast(List<SpectrumFigures> members) {
    List<SpectrumFigures> chosen = new ArrayList<>();
    Groups.byStack(members, SpectrumFigures::task)
        .values()
        .forEach(
            ms -> {
              TreeSet<Integer> at = new TreeSet<>(List.of(0, ms.size() / 2, ms.size() - 1));
              at.forEach(i -> chosen.add(ms.get(i)));
            });
    return chosen;
  }
}
