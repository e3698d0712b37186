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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What the spectra say: scalars by component, curves by layer, one row per matrix. */
final class SpectraSection {
  /**
   * A figure of a component.
   *
   * @param name last part of its id
   * @param words its name in sentences
   * @param below what it means to lie below the null
   * @param above what it means to lie above it
   * @param of the figure of one spectrum
   * @param seed whether the seed prints it
   * @param claim whether it claims something of its own, rather than the same in other words
   */
  private record Figure(
      String name,
      String words,
      String below,
      String above,
      Function<Figures, Double> of,
      boolean seed,
      boolean claim) {}

  private static final String FEWER = "it prefers fewer directions than chance";
  private static final String MORE = "it spreads over more directions than chance";

  private static final List<Figure> FIGURES =
      List.of(
          new Figure(
              "stable_rank",
              "stable rank",
              "its strongest direction carries more than chance",
              "its strongest direction carries less than chance",
              Figures::stableRank,
              true,
              true),
          new Figure(
              "effective_rank", "effective rank", FEWER, MORE, Figures::effectiveRank, false, true),
          new Figure(
              "participation_ratio",
              "participation ratio",
              FEWER,
              MORE,
              Figures::participationRatio,
              true,
              false),
          new Figure(
              "alpha",
              "power-law exponent",
              "its spectrum has a heavier tail than chance",
              "its spectrum has a lighter tail than chance",
              Figures::alpha,
              false,
              true),
          new Figure(
              "spikes",
              "Marchenko-Pastur spikes",
              "fewer directions stand out than by chance",
              "these directions stand out of the noise",
              f -> (double) f.spikes(),
              false,
              true),
          new Figure(
              "log10_spectral_norm",
              "log10 of s1",
              "its largest gain is smaller than chance",
              "its largest gain is beyond chance",
              f -> f.largest() > 0 ? Math.log10(f.largest()) : null,
              false,
              true),
          new Figure("rank90", "90 % rank", FEWER, MORE, f -> (double) f.rank90(), true, false),
          new Figure(
              "active_share",
              "share of s above 1 % of s1",
              FEWER,
              MORE,
              Figures::activeShare,
              true,
              false),
          new Figure(
              "condition",
              "condition number",
              "it is better conditioned than chance",
              "it is worse conditioned than chance",
              Figures::condition,
              true,
              false));

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
    for (Figure figure : FIGURES) {
      if (settings.sound() || figure.seed()) {
        figure(group, members, figure);
      }
    }
  }

  private void figure(String group, List<SpectrumFigures> members, Figure figure) {
    List<Double> own =
        members.stream()
            .map(r -> figure.of().apply(r.own()))
            .filter(SpectraColumns::finite)
            .toList();
    if (own.isEmpty()) {
      return;
    }
    List<Double> nulls = new ArrayList<>();
    members.forEach(r -> nulls.addAll(SpectraColumns.nulls(r, figure.of())));
    Estimate e = Samples.meanOf(own).among(nulls);
    boolean one = own.size() == 1;
    String subject =
        one
            ? "The " + group + " matrix has "
            : own.size() + " " + group + " matrices have on average ";
    String chance = (one ? "its" : "their") + " entries shuffled give ";
    findings.add(
        Scalar.of(
            "spectra." + Words.id(group) + "." + figure.name(),
            group + ": " + figure.words(),
            e,
            figure.seed() ? e.value() : null,
            "1",
            figure.claim() ? "spectra." + figure.name() : null,
            subject
                + figure.words()
                + " "
                + Words.number(e.value())
                + Words.against(e, chance, figure.below(), figure.above())));
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
