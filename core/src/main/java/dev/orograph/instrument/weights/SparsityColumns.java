package dev.orograph.instrument.weights;

import dev.orograph.finding.Table.Column;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** The columns of the tables of entries. */
final class SparsityColumns {
  private SparsityColumns() {}

  /** A row per component and stack. */
  static List<Column<List<EntryFigures>>> ofComponents() {
    List<Column<List<EntryFigures>>> c = new ArrayList<>();
    c.add(
        new Column<>(
            "component", "what the tensors do", ms -> ms.get(0).task().place().component()));
    c.add(
        new Column<>(
            "stack",
            "which stack; all where a component has several",
            ms ->
                Groups.byStack(ms, EntryFigures::task).size() == 1
                    ? ms.get(0).task().place().stack()
                    : "all"));
    c.add(new Column<>("tensors", "how many", ms -> (long) ms.size()));
    c.add(new Column<>("entries", "how many", ms -> (long) Shares.total(ms)));
    for (int t = 0; t < Shares.BELOW.size(); t++) {
      int k = t;
      c.add(
          new Column<>(
              "below_" + Shares.BELOW.get(t),
              "share of |w| below " + Shares.BELOW.get(t) + "; seed",
              ms -> Shares.share(ms, k)));
    }
    c.add(
        new Column<>(
            "gaussian_below_1e-1",
            "share below 0.1 of Gaussians of the tensors' own deviations",
            ms ->
                ms.stream().anyMatch(Shares::shaped)
                    ? (Object) Shares.gaussianShare(ms, Shares.BELOW.size() - 1)
                    : null));
    for (int i = 0; i < Shares.DEVIATIONS.size(); i++) {
      int k = i;
      c.add(
          new Column<>(
              "below_" + Shares.DEVIATIONS.get(i) + "_std",
              "mean share below " + Shares.DEVIATIONS.get(i) + " standard deviations; sound",
              ms -> mean(ms, r -> r.belowDeviation() == null ? null : r.belowDeviation().get(k))));
    }
    c.add(
        new Column<>(
            "kurtosis", "mean; a Gaussian's is 3", ms -> mean(ms, EntryFigures::kurtosis)));
    c.add(
        new Column<>("hoyer", "mean; a Gaussian's is 0.2021", ms -> mean(ms, EntryFigures::hoyer)));
    c.add(new Column<>("gini", "mean; a Gaussian's is 0.4142", ms -> mean(ms, EntryFigures::gini)));
    return c;
  }

  /** A row per tensor. */
  static List<Column<EntryFigures>> ofTensors() {
    List<Column<EntryFigures>> c = new ArrayList<>(StoredTensor.columns(EntryFigures::task));
    for (int t = 0; t < Shares.BELOW.size(); t++) {
      int k = t;
      c.add(
          new Column<>(
              "below_" + Shares.BELOW.get(t),
              "share of |w| (as float32) below " + Shares.BELOW.get(t) + "; seed",
              r -> (double) r.below().get(k) / r.count()));
    }
    for (int i = 0; i < Shares.DEVIATIONS.size(); i++) {
      int k = i;
      c.add(
          new Column<>(
              "below_" + Shares.DEVIATIONS.get(i) + "_std",
              "share of |w| below " + Shares.DEVIATIONS.get(i) + " standard deviations; sound",
              r -> r.belowDeviation() == null ? null : r.belowDeviation().get(k)));
    }
    c.add(new Column<>("kurtosis", "fourth central moment / variance^2; sound", r -> r.kurtosis()));
    c.add(new Column<>("hoyer", "(sqrt N - |w|_1/|w|_2) / (sqrt N - 1); sound", r -> r.hoyer()));
    c.add(new Column<>("gini", "Gini coefficient of |w|; sound", r -> r.gini()));
    c.add(new Column<>("mean", "mean entry", r -> r.mean()));
    c.add(new Column<>("std", "standard deviation of entries, ddof 0", r -> r.deviation()));
    c.add(new Column<>("largest", "largest |w|", r -> r.largest()));
    c.add(new Column<>("zeros", "entries that are exactly 0", r -> r.zeros()));
    c.add(new Column<>("non_finite", "NaN, infinite or beyond float32", r -> r.nonFinite()));
    return c;
  }

  private static Double mean(List<EntryFigures> members, Function<EntryFigures, Double> of) {
    List<Double> v = members.stream().map(of).filter(Objects::nonNull).toList();
    return v.isEmpty() ? null : Samples.mean(v);
  }
}
