package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Bars;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.stats.Gaussian;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The pictures of the entries, each with the Gaussian's level. */
final class SparsityCharts {
  private final Map<String, List<EntryFigures>> components;
  private final List<Finding> findings;

  /**
   * Pictures of these results.
   *
   * @param components tensors by component
   * @param findings where they are added
   */
  SparsityCharts(Map<String, List<EntryFigures>> components, List<Finding> findings) {
    this.components = components;
    this.findings = findings;
  }

  /** Shares in standard deviations, against a Gaussian's. */
  void sound() {
    List<Bars.Group> groups = new ArrayList<>();
    for (int i = 0; i < Shares.DEVIATIONS.size(); i++) {
      int k = i;
      List<Double> values = new ArrayList<>();
      for (List<EntryFigures> members : shown()) {
        List<Double> shares =
            members.stream().filter(Shares::shaped).map(r -> r.belowDeviation().get(k)).toList();
        values.add(shares.isEmpty() ? null : Samples.mean(shares));
      }
      double expected = Gaussian.below(EntryStatistics.IN_DEVIATIONS[i]);
      groups.add(
          new Bars.Group("below " + Shares.DEVIATIONS.get(i) + " std", values, expected, false));
    }
    findings.add(
        new Bars(
            "sparsity.shares",
            "Small entries against a Gaussian's",
            Axis.linear("share of entries"),
            names(),
            groups,
            "The grey line is a Gaussian's share; bars above it have more entries near zero than"
                + " their own spread explains."));
  }

  /** Shares below the seed's thresholds. */
  void seed() {
    List<Bars.Group> groups = new ArrayList<>();
    // The first threshold, 1e-6, would be a bar of no height.
    for (int t = 1; t < Shares.BELOW.size(); t++) {
      int k = t;
      List<Double> values = shown().stream().map(ms -> Shares.share(ms, k)).toList();
      groups.add(new Bars.Group("|w| < " + Shares.BELOW.get(t), values, null, true));
    }
    findings.add(
        new Bars(
            "sparsity.seed_shares",
            "The reference notebooks' sparsity: entries below fixed thresholds",
            Axis.linear("share of entries"),
            names(),
            groups,
            "Fixed thresholds measure scale: a T5 query matrix is below 0.1 throughout when fresh,"
                + " because T5 folds 1/sqrt(d_head) into it."));
  }

  private List<String> names() {
    return components.keySet().stream().limit(Groups.MOST_PANELS).toList();
  }

  private List<List<EntryFigures>> shown() {
    return components.values().stream().limit(Groups.MOST_PANELS).toList();
  }

  /** Kurtosis by layer, against a Gaussian's. */
  void layers() {
    List<Curve.Panel> panels = new ArrayList<>();
    components.forEach(
        (group, members) -> {
          List<EntryFigures> shaped = members.stream().filter(Shares::shaped).toList();
          if (panels.size() >= Groups.MOST_PANELS || !Groups.layered(shaped, EntryFigures::task)) {
            return;
          }
          List<Curve.Line> lines = new ArrayList<>();
          List<Double> xs = new ArrayList<>();
          Groups.byStack(shaped, EntryFigures::task)
              .forEach(
                  (stack, ms) -> {
                    List<Double> x =
                        ms.stream().map(r -> (double) r.task().place().layer()).toList();
                    xs.addAll(x);
                    lines.add(
                        new Curve.Line(
                            stack, x, ms.stream().map(EntryFigures::kurtosis).toList(), false));
                  });
          double n = Samples.mean(shaped.stream().map(r -> (double) r.count()).toList());
          double half = 1.96 * Math.sqrt(24 / n);
          List<Double> x = xs.stream().distinct().sorted().toList();
          panels.add(
              new Curve.Panel(
                  group,
                  lines,
                  List.of(
                      new Curve.Band(
                          "Gaussian, 95 %",
                          x,
                          x.stream().map(v -> 3 - half).toList(),
                          x.stream().map(v -> 3 + half).toList()))));
        });
    if (!panels.isEmpty()) {
      findings.add(
          new Curve(
              "sparsity.kurtosis_by_layer",
              "Kurtosis by layer",
              Axis.linear("layer"),
              Axis.log("kurtosis"),
              panels,
              "3 is a Gaussian's; higher means that a few entries are far larger than the rest."));
    }
  }
}
