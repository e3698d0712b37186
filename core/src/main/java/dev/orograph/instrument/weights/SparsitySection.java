package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Bars;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Card;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Gaussian;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** What the entries say: by component, stack and model, and one row per tensor. */
final class SparsitySection {
  private static final List<String> BELOW = List.of("1e-6", "1e-4", "1e-3", "1e-2", "1e-1");
  private static final List<String> DEVIATIONS = List.of("0.01", "0.1", "0.5");

  private final Card card;
  private final Sparsity.Settings settings;
  private final List<EntryFigures> all;
  private final Map<String, List<EntryFigures>> components;
  private final List<Finding> findings = new ArrayList<>();

  SparsitySection(Card card, Sparsity.Settings settings, List<EntryFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
    this.components = Groups.byComponent(results, EntryFigures::piece);
  }

  Section section() {
    notes();
    for (int t = 0; t < BELOW.size(); t++) {
      findings.add(below("model", "whole model", all, t));
    }
    components.forEach(
        (group, members) -> {
          findings.add(below(Words.id(group), group, members, BELOW.size() - 1));
          if (settings.sound()) {
            sound(group, members);
          }
        });
    bars();
    layers();
    findings.add(
        Table.of("sparsity.components", "By component and stack", columns(), rowsByComponent()));
    findings.add(Table.of("sparsity.tensors", "Every tensor", tensorColumns(), all));
    return new Section(
        card.id(), card.title(), summary(), card.method(), card.source(), card.limits(), findings);
  }

  private String summary() {
    double last = share(all, BELOW.size() - 1);
    String text =
        Words.percent(last) + " of all weights are below 0.1 in magnitude, the seed's sparsity. ";
    if (!settings.sound()) {
      return text;
    }
    return text
        + "A Gaussian with each matrix's own standard deviation would have "
        + Words.percent(gaussianShare(all, BELOW.size() - 1))
        + ", so most of that number is scale. Against their own standard deviation, shares near"
        + " zero, kurtosis, Hoyer and Gini tell how far the shape itself is from a Gaussian's.";
  }

  private void notes() {
    long broken = all.stream().mapToLong(EntryFigures::nonFinite).sum();
    if (broken > 0) {
      EntryFigures first = all.stream().filter(r -> r.nonFinite() > 0).findFirst().orElseThrow();
      findings.add(
          new Note(
              "sparsity.non_finite",
              "NaN or infinity",
              broken
                  + " entries are NaN, infinite or beyond float32 and are left out of every figure;"
                  + " the first are in '"
                  + first.piece().tensor()
                  + "'."));
    }
    long zeros = all.stream().mapToLong(EntryFigures::zeros).sum();
    findings.add(
        Scalar.plain(
            "sparsity.zeros",
            "Entries that are exactly zero",
            (double) zeros,
            "entries",
            zeros + " of " + all.stream().mapToLong(EntryFigures::count).sum() + " are 0."));
  }

  private Scalar below(String id, String words, List<EntryFigures> members, int t) {
    double share = share(members, t);
    Estimate e = Estimate.of(share);
    String sentence = Words.percent(share) + " of " + words + " entries are below " + BELOW.get(t);
    if (settings.sound() && members.stream().anyMatch(SparsitySection::shaped)) {
      double expected = gaussianShare(members, t);
      double n = total(members);
      e = e.against(expected, Math.sqrt(expected * (1 - expected) / n));
      sentence += "; a Gaussian of the same scale has " + Words.percent(expected) + " there";
    }
    return Scalar.of(
        "sparsity." + id + ".below_" + BELOW.get(t),
        words + ": share of |w| below " + BELOW.get(t),
        e,
        share,
        "1",
        null,
        sentence + ".");
  }

  private static double total(List<EntryFigures> members) {
    return members.stream().mapToDouble(EntryFigures::count).sum();
  }

  private static double share(List<EntryFigures> members, int t) {
    double n = total(members);
    return n == 0 ? 0 : members.stream().mapToDouble(r -> r.below().get(t)).sum() / n;
  }

  /** Tensors whose entries can be set against a Gaussian. */
  private static boolean shaped(EntryFigures r) {
    return r.kurtosis() != null;
  }

  /** The share that centred Gaussians of the tensors' own deviations have; others as they are. */
  private static double gaussianShare(List<EntryFigures> members, int t) {
    double sum = 0;
    for (EntryFigures r : members) {
      sum +=
          shaped(r)
              ? r.count() * Gaussian.below(EntryStatistics.THRESHOLDS[t] / r.deviation())
              : r.below().get(t);
    }
    return sum / total(members);
  }

  private void sound(String group, List<EntryFigures> members) {
    List<EntryFigures> shaped = members.stream().filter(SparsitySection::shaped).toList();
    if (shaped.isEmpty()) {
      return;
    }
    double n = Samples.mean(shaped.stream().map(r -> (double) r.count()).toList());
    for (int i = 0; i < DEVIATIONS.size(); i++) {
      int k = i;
      double p = Gaussian.below(EntryStatistics.IN_DEVIATIONS[i]);
      figure(
          group,
          shaped,
          "below_" + DEVIATIONS.get(i) + "_std",
          "share below " + DEVIATIONS.get(i) + " standard deviations",
          r -> r.belowDeviation().get(k),
          p,
          Math.sqrt(p * (1 - p) / n),
          i == 1);
    }
    figure(
        group, shaped, "kurtosis", "kurtosis", EntryFigures::kurtosis, 3, Math.sqrt(24 / n), true);
    figure(
        group,
        shaped,
        "hoyer",
        "Hoyer sparseness",
        EntryFigures::hoyer,
        Gaussian.hoyer(n),
        Gaussian.hoyerDeviation(n),
        false);
    figure(
        group,
        shaped,
        "gini",
        "Gini coefficient of |w|",
        EntryFigures::gini,
        Gaussian.GINI,
        Gaussian.giniDeviation(n),
        true);
  }

  private void figure(
      String group,
      List<EntryFigures> members,
      String name,
      String words,
      Function<EntryFigures, Double> of,
      double expected,
      double deviation,
      boolean claim) {
    List<Double> values = members.stream().map(of).toList();
    Estimate e = Samples.meanOf(values).against(expected, deviation);
    findings.add(
        Scalar.of(
            "sparsity." + Words.id(group) + "." + name,
            group + ": " + words,
            e,
            null,
            "1",
            claim ? "sparsity." + name : null,
            "The "
                + group
                + " entries have "
                + words
                + " "
                + Words.number(e.value())
                + Words.against(e, "a Gaussian has ", below(name), above(name))));
  }

  private static String below(String figure) {
    return switch (figure) {
      case "kurtosis" -> "their tails are lighter";
      case "hoyer", "gini" -> "their magnitudes are more even";
      default -> "fewer sit near zero than their spread explains";
    };
  }

  private static String above(String figure) {
    return switch (figure) {
      case "kurtosis" -> "a few are far larger than the rest";
      case "hoyer", "gini" -> "their magnitudes are more uneven";
      default -> "more sit near zero than their spread explains";
    };
  }

  private void bars() {
    List<String> names = new ArrayList<>();
    List<List<Double>> seed = new ArrayList<>();
    Map<Integer, List<Double>> sound = new LinkedHashMap<>();
    components.forEach(
        (group, members) -> {
          if (names.size() >= Groups.MOST_PANELS) {
            return;
          }
          names.add(group);
          List<Double> s = new ArrayList<>();
          for (int t = 0; t < BELOW.size(); t++) {
            s.add(share(members, t));
          }
          seed.add(s);
          for (int i = 0; i < DEVIATIONS.size(); i++) {
            int k = i;
            List<Double> shares =
                members.stream()
                    .filter(SparsitySection::shaped)
                    .map(r -> r.belowDeviation().get(k))
                    .toList();
            sound
                .computeIfAbsent(i, x -> new ArrayList<>())
                .add(shares.isEmpty() ? null : Samples.mean(shares));
          }
        });
    if (settings.sound()) {
      List<Bars.Group> groups = new ArrayList<>();
      for (int i = 0; i < DEVIATIONS.size(); i++) {
        groups.add(
            new Bars.Group(
                "below " + DEVIATIONS.get(i) + " std",
                sound.get(i),
                Gaussian.below(EntryStatistics.IN_DEVIATIONS[i]),
                false));
      }
      findings.add(
          new Bars(
              "sparsity.shares",
              "Small entries against a Gaussian's",
              Axis.linear("share of entries"),
              names,
              groups,
              "The grey line is a Gaussian's share; bars above it have more entries near zero than"
                  + " their own spread explains."));
    }
    List<Bars.Group> groups = new ArrayList<>();
    for (int t = 1; t < BELOW.size(); t++) {
      int k = t;
      groups.add(
          new Bars.Group(
              "|w| < " + BELOW.get(t), seed.stream().map(s -> s.get(k)).toList(), null, true));
    }
    findings.add(
        new Bars(
            "sparsity.seed_shares",
            "The seed's sparsity: entries below fixed thresholds",
            Axis.linear("share of entries"),
            names,
            groups,
            "Fixed thresholds measure scale: a T5 query matrix is below 0.1 throughout when fresh,"
                + " because T5 folds 1/sqrt(d_head) into it."));
  }

  private void layers() {
    if (!settings.sound()) {
      return;
    }
    List<Curve.Panel> panels = new ArrayList<>();
    components.forEach(
        (group, members) -> {
          List<EntryFigures> shaped = members.stream().filter(SparsitySection::shaped).toList();
          if (panels.size() >= Groups.MOST_PANELS || !Groups.layered(shaped, EntryFigures::piece)) {
            return;
          }
          List<Curve.Line> lines = new ArrayList<>();
          List<Double> xs = new ArrayList<>();
          Groups.byStack(shaped, EntryFigures::piece)
              .forEach(
                  (stack, ms) -> {
                    List<Double> x = ms.stream().map(r -> (double) r.piece().layer()).toList();
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

  private List<Column<List<EntryFigures>>> columns() {
    List<Column<List<EntryFigures>>> c = new ArrayList<>();
    c.add(new Column<>("component", "what the tensors do", ms -> ms.get(0).piece().group()));
    c.add(
        new Column<>(
            "stack",
            "which stack; all where a component has several",
            ms ->
                Groups.byStack(ms, EntryFigures::piece).size() == 1
                    ? ms.get(0).piece().stack()
                    : "all"));
    c.add(new Column<>("tensors", "how many", ms -> (long) ms.size()));
    c.add(new Column<>("entries", "how many", ms -> (long) total(ms)));
    for (int t = 0; t < BELOW.size(); t++) {
      int k = t;
      c.add(
          new Column<>(
              "below_" + BELOW.get(t),
              "share of |w| below " + BELOW.get(t) + "; seed",
              ms -> share(ms, k)));
    }
    c.add(
        new Column<>(
            "gaussian_below_1e-1",
            "share below 0.1 of Gaussians of the tensors' own deviations",
            ms ->
                settings.sound() && ms.stream().allMatch(SparsitySection::shaped)
                    ? (Object) gaussianShare(ms, BELOW.size() - 1)
                    : null));
    for (int i = 0; i < DEVIATIONS.size(); i++) {
      int k = i;
      c.add(
          new Column<>(
              "below_" + DEVIATIONS.get(i) + "_std",
              "mean share below " + DEVIATIONS.get(i) + " standard deviations; sound",
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

  private List<List<EntryFigures>> rowsByComponent() {
    List<List<EntryFigures>> rows = new ArrayList<>();
    components
        .values()
        .forEach(
            ms -> {
              Map<String, List<EntryFigures>> stacks = Groups.byStack(ms, EntryFigures::piece);
              if (stacks.size() > 1) {
                rows.add(ms);
              }
              rows.addAll(stacks.values());
            });
    return rows;
  }

  private static Double mean(List<EntryFigures> members, Function<EntryFigures, Double> of) {
    List<Double> v = members.stream().map(of).filter(Objects::nonNull).toList();
    return v.isEmpty() ? null : Samples.mean(v);
  }

  private List<Column<EntryFigures>> tensorColumns() {
    List<Column<EntryFigures>> c = new ArrayList<>(WeightPiece.columns(EntryFigures::piece));
    for (int t = 0; t < BELOW.size(); t++) {
      int k = t;
      c.add(
          new Column<>(
              "below_" + BELOW.get(t),
              "share of |w| (as float32) below " + BELOW.get(t) + "; seed",
              r -> (double) r.below().get(k) / r.count()));
    }
    for (int i = 0; i < DEVIATIONS.size(); i++) {
      int k = i;
      c.add(
          new Column<>(
              "below_" + DEVIATIONS.get(i) + "_std",
              "share of |w| below " + DEVIATIONS.get(i) + " standard deviations; sound",
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
}
