package dev.orograph.comparison;

import dev.orograph.finding.Figure;
import dev.orograph.finding.FirstScreen;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.instrument.weights.SparsityColumns;
import dev.orograph.instrument.weights.SpectraColumns;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Differences of figures that are a mean over matrices, with Welch's interval from the values of
 * the single matrices: every model against the first, and all pairs of up to four models.
 */
final class Differences {
  /** Most models of which all pairs are compared; of more each with the first. */
  static final int ALL_PAIRS = 4;

  /** A relative difference worth a word where no interval tells whether it is one. */
  private static final double VISIBLE = 0.01;

  /**
   * A figure of single matrices that is compared.
   *
   * @param claim whether a difference says something of its own and does not follow from the
   *     models' widths alone
   */
  private record Aspect(
      String name, String words, String table, Function<Row, Double> of, boolean claim) {
    static Aspect plain(Figure<?> f) {
      return new Aspect(f.name(), f.words(), f.table(), r -> r.number(f), false);
    }

    static Aspect claim(Figure<?> f) {
      return new Aspect(f.name(), f.words(), f.table(), r -> r.number(f), true);
    }

    static Aspect overCopies(Figure<?> f) {
      return new Aspect(
          f.name() + "_ratio",
          f.words() + " over the shuffled copy's",
          f.table(),
          r -> r.overChance(f),
          true);
    }
  }

  private static final List<Aspect> ASPECTS =
      List.of(
          Aspect.overCopies(SpectraColumns.EFFECTIVE_RANK),
          Aspect.overCopies(SpectraColumns.STABLE_RANK),
          Aspect.claim(SpectraColumns.ALPHA),
          Aspect.plain(SpectraColumns.STABLE_RANK),
          Aspect.plain(SpectraColumns.EFFECTIVE_RANK),
          Aspect.plain(SpectraColumns.PARTICIPATION_RATIO),
          Aspect.plain(SpectraColumns.ACTIVE_SHARE),
          Aspect.plain(SpectraColumns.RANK90),
          Aspect.plain(SpectraColumns.CONDITION),
          Aspect.plain(SpectraColumns.LOG10_SPECTRAL_NORM),
          Aspect.plain(SpectraColumns.SPIKES),
          Aspect.plain(SpectraColumns.BEYOND),
          Aspect.plain(SparsityColumns.BELOW_STD.get(0)),
          Aspect.claim(SparsityColumns.BELOW_STD.get(1)),
          Aspect.plain(SparsityColumns.BELOW_STD.get(2)),
          Aspect.claim(SparsityColumns.KURTOSIS),
          Aspect.plain(SparsityColumns.HOYER),
          Aspect.claim(SparsityColumns.GINI));

  /**
   * One difference, second model minus first.
   *
   * @param pair positions of the models, from 1
   */
  private record Difference(
      Aspect figure,
      String component,
      String pair,
      String first,
      String second,
      List<Double> ofFirst,
      List<Double> ofSecond,
      Estimate estimate) {

    String id() {
      return "compare." + Spelling.id(component) + "." + figure.name() + "." + pair;
    }

    /** Whether the interval leaves 0 out; without an interval, not. */
    boolean clear() {
      List<Double> i = estimate.interval();
      return i != null && (i.get(0) > 0 || i.get(1) < 0);
    }

    /** By the rule of the first screen: clear by four standard errors, and not only slight. */
    boolean standsOut() {
      return clear() && large() && errors() >= FirstScreen.CLEAR;
    }

    /** Distance from 0 in standard errors. */
    double errors() {
      return estimate.z() == null ? 0 : Math.abs(estimate.z());
    }

    /**
     * How unlike the figures can be: the farther end of the interval, or without one the
     * difference, over the mean size of both.
     */
    double apart() {
      double size = (Math.abs(Samples.mean(ofFirst)) + Math.abs(Samples.mean(ofSecond))) / 2;
      List<Double> i = Objects.requireNonNullElse(estimate.interval(), List.of(estimate.value()));
      return size == 0 ? 0 : i.stream().mapToDouble(Math::abs).max().orElseThrow() / size;
    }

    /** Whether the difference is at least a tenth of the mean size of both. */
    private boolean large() {
      double size = (Math.abs(Samples.mean(ofFirst)) + Math.abs(Samples.mean(ofSecond))) / 2;
      return Math.abs(estimate.value()) >= FirstScreen.SMALLEST * size;
    }

    String sentence() {
      String text =
          component
              + ": "
              + figure.words()
              + " is "
              + mean(ofSecond)
              + " in "
              + second
              + " and "
              + mean(ofFirst)
              + " in "
              + first
              + "; the difference of "
              + Spelling.number(estimate.value());
      List<Double> i = estimate.interval();
      if (i == null) {
        return text + " has no interval, for there are too few matrices or they do not vary.";
      }
      return text
          + " (95 % interval "
          + Spelling.number(i.get(0))
          + " to "
          + Spelling.number(i.get(1))
          + ") is "
          + (clear() ? "more than" : "within what")
          + " the spread over layers explains.";
    }

    private static String mean(List<Double> values) {
      return Spelling.number(Samples.mean(values))
          + (values.size() == 1 ? " (1 matrix)" : " (mean of " + values.size() + " matrices)");
    }

    Scalar scalar() {
      return Scalar.of(
              id(),
              component + ": " + figure.words() + ", " + second + " - " + first,
              estimate,
              null,
              "1",
              large() ? "compare." + figure.name() : null,
              sentence())
          .on(Scale.ERRORS);
    }
  }

  private final List<Difference> all = new ArrayList<>();

  Differences(List<Compared> models) {
    List<Map<Aspect, Map<String, List<Double>>>> values =
        models.stream().map(Differences::values).toList();
    for (int i = 0; i < models.size(); i++) {
      for (int j = i + 1; j < models.size() && (i == 0 || models.size() <= ALL_PAIRS); j++) {
        add(models, values, i, j);
      }
    }
  }

  /** Every figure of every component, a value per matrix. */
  private static Map<Aspect, Map<String, List<Double>>> values(Compared model) {
    Map<Aspect, Map<String, List<Double>>> values = new LinkedHashMap<>();
    for (Aspect f : ASPECTS) {
      Map<String, List<Double>> byComponent = new LinkedHashMap<>();
      for (Row r : model.rows(f.table())) {
        Double v = f.of().apply(r);
        if (v != null && r.text("component") != null) {
          byComponent.computeIfAbsent(r.text("component"), k -> new ArrayList<>()).add(v);
        }
      }
      values.put(f, byComponent);
    }
    return values;
  }

  private void add(
      List<Compared> models, List<Map<Aspect, Map<String, List<Double>>>> values, int i, int j) {
    Set<String> components = new LinkedHashSet<>(Compared.components(models));
    values.get(i).values().forEach(m -> components.addAll(m.keySet()));
    for (String component : components) {
      for (Aspect f : ASPECTS) {
        List<Double> first = values.get(i).get(f).get(component);
        List<Double> second = values.get(j).get(f).get(component);
        if (first != null && second != null) {
          Estimate e = Samples.difference(second, first);
          if (Double.isFinite(e.value())) {
            all.add(
                new Difference(
                    f,
                    component,
                    (j + 1) + "-" + (i + 1),
                    models.get(i).name(),
                    models.get(j).name(),
                    first,
                    second,
                    e));
          }
        }
      }
    }
  }

  /** A scalar per difference that claims something. */
  List<Scalar> scalars() {
    return all.stream().filter(d -> d.figure().claim()).map(Difference::scalar).toList();
  }

  /** Every difference. */
  Table table() {
    List<Table.Column<Difference>> c =
        List.of(
            new Table.Column<>("component", "what the matrices do", Difference::component),
            new Table.Column<>("figure", "mean over the matrices", d -> d.figure().words()),
            new Table.Column<>("first", "a model", Difference::first),
            new Table.Column<>("second", "another", Difference::second),
            new Table.Column<>("of_first", "mean", d -> Samples.mean(d.ofFirst())),
            new Table.Column<>("of_second", "mean", d -> Samples.mean(d.ofSecond())),
            new Table.Column<>("difference", "second - first", d -> d.estimate().value()),
            new Table.Column<>("low", "lower end of Welch's 95 % interval", d -> end(d, 0)),
            new Table.Column<>("high", "upper end", d -> end(d, 1)),
            new Table.Column<>("z", "difference over its standard error", d -> d.estimate().z()),
            new Table.Column<>("first_matrices", "how many", d -> (long) d.ofFirst().size()),
            new Table.Column<>("second_matrices", "how many", d -> (long) d.ofSecond().size()));
    return Table.of("compare.differences", "Differences", c, all);
  }

  private static Double end(Difference d, int end) {
    return d.estimate().interval() == null ? null : d.estimate().interval().get(end);
  }

  /**
   * The clearest differences in words, each figure once; the largest ones where none has an
   * interval.
   */
  String clearest(int most) {
    List<Difference> claims = all.stream().filter(d -> d.figure().claim()).toList();
    boolean known = claims.stream().anyMatch(d -> d.estimate().interval() != null);
    List<Difference> far =
        claims.stream()
            .filter(d -> known ? d.standsOut() : d.apart() > VISIBLE)
            .sorted(Comparator.comparingDouble((Difference d) -> -(known ? d.errors() : d.apart())))
            .toList();
    if (far.isEmpty()) {
      return known
          ? "No clear difference: none lies four standard errors and a tenth from 0."
          : "No figure that is compared differs by more than "
              + Spelling.percent(VISIBLE)
              + " of itself.";
    }
    return (known ? "Clearest differences: " : "Largest differences: ")
        + String.join(" ", once(far, most).stream().map(Difference::sentence).toList());
  }

  /** Where the models are surely alike, in words, each figure once. */
  List<String> alike(int most, double within) {
    return once(
            all.stream()
                .filter(d -> d.figure().claim() && d.estimate().interval() != null)
                .filter(d -> d.apart() < within)
                .sorted(Comparator.comparingDouble(Difference::apart))
                .toList(),
            most)
        .stream()
        .map(
            d ->
                d.component()
                    + ", "
                    + d.figure().words()
                    + ": "
                    + Spelling.number(Samples.mean(d.ofFirst()))
                    + " in "
                    + d.first()
                    + " and "
                    + Spelling.number(Samples.mean(d.ofSecond()))
                    + " in "
                    + d.second()
                    + ", at most "
                    + Spelling.percent(d.apart())
                    + " apart")
        .toList();
  }

  private static List<Difference> once(List<Difference> sorted, int most) {
    Set<String> seen = new HashSet<>();
    return sorted.stream().filter(d -> seen.add(d.figure().name())).limit(most).toList();
  }

  /** How many differences there are, and how many have an interval that leaves 0 out. */
  String counts() {
    long clear = all.stream().filter(Difference::clear).count();
    long with = all.stream().filter(d -> d.estimate().interval() != null).count();
    return all.size()
        + " differences of means over matrices; "
        + with
        + " have an interval, and "
        + clear
        + " of those leave 0 out, where chance alone would give about "
        + Math.round(0.05 * with)
        + ".";
  }
}
