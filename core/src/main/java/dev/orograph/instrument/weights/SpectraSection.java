package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What the spectra say: scalars by component, curves by layer, one row per matrix. */
final class SpectraSection {
  /** Figures that claim something of their own; the others say the same in other words. */
  private static final Set<String> CLAIMS =
      Set.of("stable_rank", "effective_rank", "alpha", "spikes", "log10_spectral_norm");

  private final Card card;
  private final Spectra.Settings settings;
  private final List<SpectrumFigures> all;
  private final List<SpectrumFigures> measured;
  private final Map<String, List<SpectrumFigures>> components;
  private final List<Finding> findings = new ArrayList<>();

  SpectraSection(Card card, Spectra.Settings settings, List<SpectrumFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
    this.measured = results.stream().filter(r -> r.own() != null).toList();
    this.components = Groups.byComponent(measured, SpectrumFigures::piece);
  }

  Section section() {
    notes();
    model();
    components.forEach(this::component);
    if (!measured.isEmpty()) {
      heatmap();
      layers(
          "effective_rank_by_layer",
          "Effective rank by layer",
          "effective rank / short side",
          r -> r.effectiveRank(),
          true,
          "A line below the grey band spreads over fewer directions than the same entries in"
              + " random places.");
      layers(
          "stable_rank_by_layer",
          "Stable rank by layer",
          "stable rank / short side",
          r -> r.stableRank(),
          false,
          "Low where one direction dominates; the grey band is the range of shuffled copies.");
      spectra();
      byComponent();
    }
    matrices();
    return new Section(
        card.id(), card.title(), summary(), card.method(), card.source(), card.limits(), findings);
  }

  private String summary() {
    if (measured.isEmpty()) {
      return "No matrix could be measured.";
    }
    String text = measured.size() + " matrices were decomposed. ";
    if (!settings.sound()) {
      return text + "Only the seed's figures were asked for; nothing here is set against chance.";
    }
    long below =
        measured.stream()
            .filter(r -> SpectraColumns.nulls(r, Figures::effectiveRank).size() > 0)
            .filter(
                r ->
                    r.own().effectiveRank()
                        < SpectraColumns.nulls(r, Figures::effectiveRank).stream()
                            .mapToDouble(Double::doubleValue)
                            .min()
                            .orElseThrow())
            .count();
    long withNull = measured.stream().filter(r -> !r.shuffled().isEmpty()).count();
    long spiked = measured.stream().filter(r -> r.own().spikes() > 0).count();
    return text
        + below
        + " of "
        + withNull
        + " have an effective rank below that of every shuffled copy of themselves, and "
        + spiked
        + " of "
        + measured.size()
        + " have singular values above the Marchenko-Pastur edge. Seed and sound columns agree"
        + " where the formula is the same; what the seed lacks is the null.";
  }

  private void notes() {
    List<SpectrumFigures> broken = all.stream().filter(r -> r.own() == null).toList();
    if (!broken.isEmpty()) {
      findings.add(
          new Note(
              "spectra.non_finite",
              "Not measured: NaN or infinity",
              broken.size()
                  + " matrices hold NaN or infinite entries and have no spectrum; the first is '"
                  + broken.get(0).piece().tensor()
                  + "' with "
                  + broken.get(0).nonFinite()
                  + "."));
    }
    long zeroRows = all.stream().mapToLong(SpectrumFigures::zeroRows).sum();
    if (zeroRows > 0) {
      findings.add(
          new Note(
              "spectra.zero_rows",
              "Zero rows",
              zeroRows + " rows are zero throughout; they are counted by matrix in the table."));
    }
    List<SpectrumFigures> bare =
        measured.stream().filter(r -> settings.sound() && r.shuffled().isEmpty()).toList();
    if (!bare.isEmpty()) {
      findings.add(
          new Note(
              "spectra.no_null",
              "No null for some matrices",
              bare.size()
                  + " matrices are too large to hold a shuffled copy within the memory budget, so"
                  + " their figures stand without a null; the first is '"
                  + bare.get(0).piece().tensor()
                  + "'. Give more with --memory."));
    }
    long direct = measured.stream().filter(SpectrumFigures::direct).count();
    if (direct > 0) {
      findings.add(
          new Note(
              "spectra.direct",
              "Direct decompositions",
              direct
                  + " matrices have a condition number above 1e6 and were decomposed directly"
                  + " instead of through their Gram matrix (column 'route')."));
    }
  }

  private void model() {
    findings.add(
        Scalar.plain(
            "spectra.matrices",
            "Matrices measured",
            measured.size(),
            "matrices",
            measured.size() + " matrices have a spectrum."));
    if (settings.sound() && !measured.isEmpty()) {
      List<Double> ratios =
          measured.stream()
              .filter(r -> !r.shuffled().isEmpty())
              .map(
                  r ->
                      r.own().effectiveRank()
                          / Samples.mean(SpectraColumns.nulls(r, Figures::effectiveRank)))
              .filter(Double::isFinite)
              .sorted()
              .toList();
      if (!ratios.isEmpty()) {
        double median = Samples.median(ratios);
        findings.add(
            Scalar.plain(
                "spectra.model.effective_rank_ratio",
                "Median effective rank over the shuffled copy's",
                median,
                "1",
                "Half of the matrices keep less than "
                    + Words.percent(median)
                    + " of the effective rank that their own entries have in random places."));
      }
    }
  }

  private void component(String group, List<SpectrumFigures> members) {
    figure(group, members, "stable_rank", "stable rank", Figures::stableRank, true);
    figure(group, members, "effective_rank", "effective rank", Figures::effectiveRank, false);
    figure(
        group,
        members,
        "participation_ratio",
        "participation ratio",
        Figures::participationRatio,
        true);
    if (settings.sound()) {
      figure(group, members, "alpha", "power-law exponent alpha", Figures::alpha, false);
      figure(group, members, "spikes", "Marchenko-Pastur spikes", f -> (double) f.spikes(), false);
      figure(
          group,
          members,
          "log10_spectral_norm",
          "log10 of s1",
          f -> f.largest() > 0 ? Math.log10(f.largest()) : null,
          false);
    }
    figure(group, members, "rank90", "90 % rank", f -> (double) f.rank90(), true);
    figure(
        group, members, "active_share", "share of s above 1 % of s1", Figures::activeShare, true);
    figure(group, members, "condition", "condition number", Figures::condition, true);
  }

  private void figure(
      String group,
      List<SpectrumFigures> members,
      String name,
      String words,
      Function<Figures, Double> of,
      boolean seed) {
    List<Double> own =
        members.stream().map(r -> of.apply(r.own())).filter(SpectraColumns::finite).toList();
    if (own.isEmpty() || (!settings.sound() && !seed)) {
      return;
    }
    List<Double> nulls = new ArrayList<>();
    members.forEach(r -> nulls.addAll(SpectraColumns.nulls(r, of)));
    Estimate e = Samples.meanOf(own).among(nulls);
    String id = "spectra." + Words.id(group) + "." + name;
    String sentence =
        (own.size() == 1
                ? "The " + group + " matrix has "
                : "The " + own.size() + " " + group + " matrices have on average ")
            + words
            + " "
            + Words.number(e.value())
            + (e.expected() == null
                ? "."
                : (own.size() == 1 ? "; with its" : "; with their")
                    + " entries shuffled it is "
                    + Words.number(e.expected())
                    + (e.deviation() == null ? "" : " ± " + Words.number(e.deviation()))
                    + ".");
    findings.add(
        Scalar.of(
            id,
            group + ": " + words,
            e,
            seed ? e.value() : null,
            "1",
            CLAIMS.contains(name) ? "spectra." + name : null,
            sentence));
  }

  private void heatmap() {
    if (!settings.sound()) {
      return;
    }
    TreeSet<Integer> layers = new TreeSet<>();
    Map<String, Map<Integer, Double>> rows = new java.util.LinkedHashMap<>();
    components.forEach(
        (group, members) ->
            Groups.byStack(members, SpectrumFigures::piece)
                .forEach(
                    (stack, ms) -> {
                      if (!Groups.layered(ms, SpectrumFigures::piece)
                          || rows.size() >= Groups.MOST_PANELS) {
                        return;
                      }
                      Map<Integer, Double> row = new TreeMap<>();
                      for (SpectrumFigures r : ms) {
                        List<Double> nulls = SpectraColumns.nulls(r, Figures::effectiveRank);
                        if (!nulls.isEmpty() && r.piece().layer() >= 0) {
                          row.put(r.piece().layer(), r.own().effectiveRank() / Samples.mean(nulls));
                          layers.add(r.piece().layer());
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
            Axis.linear("layer"),
            Axis.linear("effective rank / shuffled copy's"),
            1.0,
            "1 is what the same entries give in random places; the lower, the fewer directions"
                + " the matrix prefers."));
  }

  private void layers(
      String name,
      String title,
      String axis,
      Function<Figures, Double> of,
      boolean soundOnly,
      String reading) {
    if (soundOnly && !settings.sound()) {
      return;
    }
    List<Curve.Panel> panels = new ArrayList<>();
    components.forEach(
        (group, members) -> {
          if (panels.size() >= Groups.MOST_PANELS
              || !Groups.layered(members, SpectrumFigures::piece)) {
            return;
          }
          List<Curve.Line> lines = new ArrayList<>();
          Map<Double, List<Double>> chance = new TreeMap<>();
          Groups.byStack(members, SpectrumFigures::piece)
              .forEach(
                  (stack, ms) -> {
                    List<Double> x = new ArrayList<>();
                    List<Double> y = new ArrayList<>();
                    for (SpectrumFigures r : ms) {
                      double n = Math.min(r.piece().rows(), r.piece().columns());
                      double layer = r.piece().layer();
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

  private void spectra() {
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
                r.piece().layer() < 0
                    ? r.piece().stack()
                    : r.piece().stack() + " " + r.piece().layer();
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
    Groups.byStack(members, SpectrumFigures::piece)
        .values()
        .forEach(
            ms -> {
              TreeSet<Integer> at = new TreeSet<>(List.of(0, ms.size() / 2, ms.size() - 1));
              at.forEach(i -> chosen.add(ms.get(i)));
            });
    return chosen;
  }

  private void byComponent() {
    List<List<SpectrumFigures>> groups = new ArrayList<>();
    components
        .values()
        .forEach(ms -> groups.addAll(Groups.byStack(ms, SpectrumFigures::piece).values()));
    findings.add(
        Table.of("spectra.components", "By component", SpectraColumns.ofComponents(), groups));
  }

  private void matrices() {
    Map<String, Double> spread = new HashMap<>();
    components.forEach(
        (group, members) -> {
          List<Double> nulls = new ArrayList<>();
          members.forEach(r -> nulls.addAll(SpectraColumns.nulls(r, Figures::effectiveRank)));
          if (nulls.size() >= Estimate.FEWEST_DRAWS) {
            spread.put(group, Samples.deviation(nulls));
          }
        });
    findings.add(
        Table.of("spectra.matrix", "Every matrix", SpectraColumns.ofMatrices(spread), all));
  }
}
