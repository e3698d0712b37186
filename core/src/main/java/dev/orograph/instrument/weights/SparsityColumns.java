package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.finding.Unlike;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The figures of entries, and the columns of their tables. */
public final class SparsityColumns {
  /** A row per tensor. */
  public static final String TENSORS = "sparsity.tensors";

  /** A row per component. */
  public static final String COMPONENTS = "sparsity.components";

  /** Shares of |w| below absolute values, smallest first. */
  public static final List<Figure<EntryFigures>> BELOW =
      IntStream.range(0, Shares.BELOW.size())
          .mapToObj(
              k ->
                  figure(
                      "below_" + Shares.BELOW.get(k),
                      "share below " + Shares.BELOW.get(k),
                      "share of |w| (as float32) below " + Shares.BELOW.get(k) + "; seed",
                      r -> (double) r.below().get(k) / r.count()))
          .toList();

  /** Share of |w| below 0.1, which depends on the scale, beside a Gaussian's of that scale. */
  public static final Figure<EntryFigures> BELOW_TENTH =
      BELOW.get(BELOW.size() - 1).against("gaussian_below_1e-1");

  /** Shares of |w| below multiples of the tensor's own deviation, smallest first. */
  public static final List<Figure<EntryFigures>> BELOW_STD =
      IntStream.range(0, Shares.DEVIATIONS.size())
          .mapToObj(
              k ->
                  figure(
                      "below_" + Shares.DEVIATIONS.get(k) + "_std",
                      "share below " + Shares.DEVIATIONS.get(k) + " standard deviations",
                      "share of |w| below "
                          + Shares.DEVIATIONS.get(k)
                          + " standard deviations; sound",
                      r -> r.belowDeviation() == null ? null : r.belowDeviation().get(k)))
          .toList();

  /** Fourth central moment over squared variance. */
  public static final Figure<EntryFigures> KURTOSIS =
      figure(
          "kurtosis",
          "kurtosis",
          "fourth central moment / variance^2; sound",
          EntryFigures::kurtosis);

  /** Hoyer's sparseness. */
  public static final Figure<EntryFigures> HOYER =
      figure(
          "hoyer",
          "Hoyer sparseness",
          "(sqrt N - |w|_1/|w|_2) / (sqrt N - 1); sound",
          EntryFigures::hoyer);

  /** Gini coefficient of magnitudes. */
  public static final Figure<EntryFigures> GINI =
      figure(
          "gini", "Gini coefficient of |w|", "Gini coefficient of |w|; sound", EntryFigures::gini);

  /** Standard deviation of the entries. */
  public static final Figure<EntryFigures> DEVIATION =
      figure(
          "std",
          "standard deviation of the entries",
          "standard deviation of entries, ddof 0",
          EntryFigures::deviation);

  private SparsityColumns() {}

  /**
   * A test of the rows or columns of a tensor.
   *
   * @param of the tensor
   * @param test the test
   */
  record Lines(EntryFigures of, Unlike test) {}

  /** A row per test of rows or columns. */
  static Table lines(List<EntryFigures> all) {
    List<Column<Lines>> c = new ArrayList<>(StoredTensor.place(l -> l.of().task()));
    c.addAll(Unlike.columns(Lines::test));
    List<Lines> rows = new ArrayList<>();
    all.forEach(r -> r.lines().forEach(u -> rows.add(new Lines(r, u))));
    return Table.of("sparsity" + Unlike.TABLE, "Rows and columns unlike the others", c, rows);
  }

  private static Figure<EntryFigures> figure(
      String name, String words, String about, Function<EntryFigures, ?> of) {
    return Figure.of(TENSORS, name, words, about, of);
  }

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
              BELOW.get(t).name(),
              "share of |w| below " + Shares.BELOW.get(t) + "; seed",
              ms -> Shares.share(ms, k)));
    }
    c.add(
        new Column<>(
            BELOW_TENTH.chance(),
            "share below 0.1 of Gaussians of the tensors' own deviations",
            ms ->
                ms.stream().anyMatch(Shares::shaped)
                    ? (Object) Shares.gaussianShare(ms, Shares.BELOW.size() - 1)
                    : null));
    for (int i = 0; i < Shares.DEVIATIONS.size(); i++) {
      int k = i;
      c.add(
          new Column<>(
              BELOW_STD.get(i).name(),
              "mean share below " + Shares.DEVIATIONS.get(i) + " standard deviations; sound",
              ms -> mean(ms, BELOW_STD.get(k))));
    }
    c.add(new Column<>(KURTOSIS.name(), "mean; a Gaussian's is 3", ms -> mean(ms, KURTOSIS)));
    c.add(new Column<>(HOYER.name(), "mean; a Gaussian's is 0.2021", ms -> mean(ms, HOYER)));
    c.add(new Column<>(GINI.name(), "mean; a Gaussian's is 0.4142", ms -> mean(ms, GINI)));
    return c;
  }

  /** A row per tensor. */
  static List<Column<EntryFigures>> ofTensors() {
    List<Column<EntryFigures>> c = new ArrayList<>(StoredTensor.columns(EntryFigures::task));
    for (Figure<EntryFigures> f : BELOW) {
      c.add(f.column());
    }
    for (Figure<EntryFigures> f : BELOW_STD) {
      c.add(f.column());
    }
    c.add(KURTOSIS.column());
    c.add(HOYER.column());
    c.add(GINI.column());
    c.add(new Column<>("mean", "mean entry", r -> r.mean()));
    c.add(DEVIATION.column());
    c.add(new Column<>("largest", "largest |w|", r -> r.largest()));
    c.add(new Column<>("zeros", "entries that are exactly 0", r -> r.zeros()));
    c.add(new Column<>("non_finite", "NaN, infinite or beyond float32", r -> r.nonFinite()));
    return c;
  }

  private static Double mean(List<EntryFigures> members, Figure<EntryFigures> of) {
    List<Double> v = members.stream().map(of::number).filter(Objects::nonNull).toList();
    return v.isEmpty() ? null : Samples.mean(v);
  }
}
