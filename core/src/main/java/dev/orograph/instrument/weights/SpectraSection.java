package dev.orograph.instrument.weights;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.geometry.TailComparison;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import dev.orograph.stats.Binomial;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.PairedMean;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the spectra say: scalars by component, curves by layer, one row per matrix. */
final class SpectraSection {
  private final Card card;
  private final WeightSettings settings;
  private final List<SpectrumFigures> all;
  private final List<SpectrumFigures> measured;
  private final Map<String, List<SpectrumFigures>> components;
  private final SpectraNulls nulls;
  private final List<Finding> findings = new ArrayList<>();

  SpectraSection(Card card, WeightSettings settings, List<SpectrumFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
    this.measured = results.stream().filter(r -> r.own() != null).toList();
    this.components = Groups.byComponent(measured, SpectrumFigures::task);
    this.nulls = new SpectraNulls(results);
  }

  Section section() {
    notes();
    model();
    components.forEach(
        (group, members) ->
            Groups.byShape(group, members, SpectrumFigures::task).forEach(this::component));
    if (!measured.isEmpty()) {
      charts();
      byComponent();
    }
    matrices();
    return card.section(summary(), findings);
  }

  private void charts() {
    SpectraCharts charts = new SpectraCharts(components, findings);
    if (settings.sound()) {
      charts.heatmap(nulls);
      charts.layers(
          "effective_rank_by_layer",
          "Effective rank by layer",
          "effective rank / short side",
          Figures::effectiveRank,
          "A line below the grey band spreads over fewer directions than the same entries in"
              + " random places.");
    }
    charts.layers(
        "stable_rank_by_layer",
        "Stable rank by layer",
        "stable rank / short side",
        Figures::stableRank,
        "Low where one direction dominates; the grey band is the range of shuffled copies.");
    charts.spectra();
  }

  private String summary() {
    if (measured.isEmpty()) {
      return "No matrix could be measured.";
    }
    String text = measured.size() + " matrices were decomposed. ";
    if (!settings.sound()) {
      return text
          + "Only the reference notebooks' figures were asked for; nothing here is set against chance.";
    }
    long withNull = measured.stream().filter(r -> hasNull(r)).count();
    long below =
        measured.stream()
            .filter(r -> hasNull(r))
            .filter(
                r ->
                    nulls.of(r, Figures::effectiveRank).stream()
                        .allMatch(n -> r.own().effectiveRank() < n))
            .count();
    long spiked = measured.stream().filter(r -> r.own().beyond() > 0).count();
    List<Double> apart =
        measured.stream()
            .map(SpectrumFigures::distance)
            .filter(SpectraColumns::finite)
            .sorted()
            .toList();
    return text
        + below
        + " of "
        + withNull
        + " have an effective rank below that of every shuffled copy that they are set against, and "
        + spiked
        + " of "
        + measured.size()
        + " have singular values above the Tracy-Widom edge, which noise reaches once in a hundred."
        + (apart.isEmpty()
            ? ""
            : " The squared singular values of the median matrix lie "
                + Spelling.percent(Samples.median(apart))
                + " of their mean from those of its shuffled copies.")
        + " The reference notebooks' columns and the sound ones agree where the formula is the same;"
        + " what the notebooks lack is the null.";
  }

  private boolean hasNull(SpectrumFigures r) {
    return !nulls.of(r, Figures::effectiveRank).isEmpty();
  }

  private void notes() {
    dimensions();
    List<SpectrumFigures> broken = all.stream().filter(r -> r.nonFinite() > 0).toList();
    if (!broken.isEmpty()) {
      findings.add(
          new Note(
              "spectra.non_finite",
              "Not measured: NaN or infinity",
              broken.size()
                  + (broken.size() == 1 ? " matrix holds" : " matrices hold")
                  + " NaN or infinite entries and "
                  + (broken.size() == 1 ? "has" : "have")
                  + " no spectrum; the first is '"
                  + broken.get(0).task().label()
                  + "' with "
                  + broken.get(0).nonFinite()
                  + " of them."));
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
        measured.stream().filter(r -> settings.sound() && !hasNull(r)).toList();
    if (!bare.isEmpty()) {
      findings.add(
          new Note(
              "spectra.no_null",
              "No null for some matrices",
              bare.size()
                  + " matrices are too large to hold a shuffled copy within the memory budget, so"
                  + " their figures stand without a null; the first is '"
                  + bare.get(0).task().label()
                  + "'. Give more with --memory, and --fresh."));
    }
    tails();
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

  /** Whether the tails are power laws at all. */
  private void tails() {
    List<TailComparison> fits =
        measured.stream().map(SpectrumFigures::tails).filter(Objects::nonNull).toList();
    List<TailComparison> drawn = fits.stream().filter(t -> t.p() != null).toList();
    if (fits.isEmpty()) {
      return;
    }
    long plausible = drawn.stream().filter(t -> t.p() >= TailComparison.PLAUSIBLE).count();
    long exponential =
        fits.stream().filter(t -> t.exponential() < 0 && t.exponentialP() < 0.05).count();
    long power = fits.stream().filter(t -> t.exponential() > 0 && t.exponentialP() < 0.05).count();
    long cut = fits.stream().filter(t -> t.cutoffP() < 0.05).count();
    findings.add(
        new Note(
            "spectra.tails",
            "Whether the tails are power laws",
            "A power law was fitted to "
                + fits.size()
                + " of "
                + measured.size()
                + " matrices"
                + (drawn.isEmpty()
                    ? ""
                    : "; by bootstrap it is plausible (p at least .1) for "
                        + plausible
                        + " of the "
                        + drawn.size()
                        + " that are small enough")
                + ". Against an exponential it clearly fits better in "
                + power
                + ", worse in "
                + exponential
                + "; a cut-off improves it in "
                + cut
                + "."));
  }

  /** What becomes of tensors of three and more dimensions. */
  private void dimensions() {
    List<SpectrumFigures> others = all.stream().filter(r -> !r.task().detail().matrix()).toList();
    if (!others.isEmpty()) {
      long numbers = others.stream().mapToLong(r -> r.task().detail().rows()).sum();
      long counted =
          all.stream().mapToLong(r -> r.task().detail().rows() * r.task().detail().columns()).sum();
      findings.add(
          new Note(
              "spectra.not_decomposed",
              "Not decomposed: three and more dimensions",
              others.size()
                  + " of "
                  + all.size()
                  + " tensors have three and more dimensions and are neither experts nor"
                  + " convolutions as far as their names tell: "
                  + Text.grouped(numbers)
                  + " numbers, "
                  + Spelling.percent((double) numbers / Math.max(1, counted))
                  + " of those in tensors of two and more, have no singular values here; the first is '"
                  + others.get(0).task().label()
                  + "'."));
    }
    long parts = measured.stream().filter(r -> r.task().label().endsWith("]")).count();
    long experts = measured.stream().filter(r -> r.task().label().contains("[expert ")).count();
    long kernels =
        measured.stream().filter(r -> r.task().label().matches("(?s).*\\[\\d+ x \\d+\\]")).count();
    if (parts > 0 && experts + kernels > 0) {
      findings.add(
          new Note(
              "spectra.cut",
              "Tensors taken as matrices",
              experts
                  + " matrices are experts cut out of packed tensors, "
                  + kernels
                  + " are convolutions as (outputs, inputs times window)."));
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
              .filter(this::hasNull)
              .map(r -> r.own().effectiveRank() / Samples.mean(nulls.of(r, Figures::effectiveRank)))
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
                    + Spelling.percent(median)
                    + " of the effective rank that their own entries have in random places."));
      }
    }
  }

  private void component(String group, List<SpectrumFigures> members) {
    for (SpectrumFigure figure : SpectrumFigure.ALL) {
      if (settings.sound() || figure.seed()) {
        figure(group, members, figure);
      }
    }
    distance(group, members);
  }

  private void figure(String group, List<SpectrumFigures> members, SpectrumFigure figure) {
    List<SpectrumFigures> known =
        members.stream().filter(r -> SpectraColumns.finite(figure.of(r.own()))).toList();
    List<Double> own = known.stream().map(r -> figure.of(r.own())).toList();
    if (own.isEmpty()) {
      return;
    }
    StoredTensor shape = members.get(0).task().detail();
    Estimate e = Samples.meanOf(own);
    String place = "";
    if (figure.count()) {
      e = spikes(e, members, figure);
    } else if (figure.figure().equals(SpectraColumns.CONDITION)) {
      e = condition(e, members);
    } else {
      PairedMean test = nulls.paired(known, figure::of);
      e = test.of(e);
      place = place(known, test, e);
    }
    e = figure.inside(e, Math.min(shape.rows(), shape.columns()));
    boolean one = own.size() == 1;
    String subject =
        one
            ? "The " + group + " matrix has "
            : own.size() + " " + group + " matrices have on average ";
    String chance = (one ? "its" : "their") + " entries shuffled give ";
    findings.add(
        Scalar.of(
                "spectra." + Spelling.id(group) + "." + figure.name(),
                group + ": " + figure.words(),
                e,
                figure.seed() ? e.value() : null,
                "1",
                figure.claim() ? "spectra." + figure.name() : null,
                subject
                    + figure.words()
                    + " "
                    + Spelling.number(e.value())
                    + Words.against(e, chance, figure.below(), figure.above())
                    + place)
            .on(figure.figure().scale()));
  }

  /** How far spectra are from those of their copies, against how far copies are from each other. */
  private void distance(String group, List<SpectrumFigures> members) {
    List<SpectrumFigures> known = members.stream().filter(r -> r.distance() != null).toList();
    if (known.isEmpty()) {
      return;
    }
    PairedMean test = new PairedMean();
    List<SpectrumFigures> tested = known.stream().filter(r -> !r.distances().isEmpty()).toList();
    tested.forEach(r -> test.add(r.distance(), r.distances()));
    Estimate mean = Samples.meanOf(known.stream().map(SpectrumFigures::distance).toList());
    Estimate e = tested.size() == known.size() ? test.of(mean) : mean;
    e = e.inside(0, Double.POSITIVE_INFINITY);
    findings.add(
        Scalar.of(
                "spectra." + Spelling.id(group) + "." + SpectraColumns.DISTANCE.name(),
                group + ": " + SpectraColumns.DISTANCE.words(),
                e,
                null,
                "1",
                "spectra." + SpectraColumns.DISTANCE.name(),
                "The squared singular values of "
                    + (known.size() == 1
                        ? "the " + group + " matrix"
                        : known.size() + " " + group + " matrices")
                    + " lie on average "
                    + Spelling.percent(e.value())
                    + " of their mean from those of shuffled copies"
                    + (e.expected() == null
                        ? "."
                        : "; copies lie " + Spelling.percent(e.expected()) + " from each other.")
                    + (e.expected() == null ? "" : place(tested, test, e)))
            .on(SpectraColumns.DISTANCE.scale()));
  }

  /** Where the matrix is that lies farthest out, of those that clearly do on average. */
  private static String place(List<SpectrumFigures> known, PairedMean test, Estimate e) {
    if (known.size() < 2 || e.z() == null || Math.abs(e.z()) < Words.CLEAR) {
      return "";
    }
    List<SpectrumFigures> set = known.stream().filter(r -> r.task().place().layer() >= 0).toList();
    if (set.size() != known.size()) {
      return "";
    }
    double[] pair = test.pair(test.farthest());
    Task.Place p = known.get(test.farthest()).task().place();
    return " It is farthest in layer "
        + p.layer()
        + " of the "
        + p.stack()
        + ": "
        + Spelling.number(pair[0])
        + " against "
        + Spelling.number(pair[1])
        + ".";
  }

  /**
   * Counts are no deviations: given as many spikes in matrices and copies together, those of the
   * matrices are binomial where both have the same rate.
   */
  private static Estimate spikes(Estimate e, List<SpectrumFigures> members, SpectrumFigure figure) {
    int own = members.stream().mapToInt(r -> figure.of(r.own()).intValue()).sum();
    int copies = members.stream().mapToInt(r -> r.shuffled().size()).sum();
    if (copies == 0) {
      return e;
    }
    int drawn =
        members.stream()
            .flatMap(r -> r.shuffled().stream())
            .mapToInt(f -> figure.of(f).intValue())
            .sum();
    double share = (double) members.size() / (members.size() + copies);
    return e.beside(
        (double) drawn / copies, null, Binomial.twoSided(own, own + drawn, share), copies);
  }

  /**
   * 1 / sn of a square matrix has no mean: the median of the copies stands beside, without z, and
   * no interval, which would be of that mean.
   */
  private static Estimate condition(Estimate mean, List<SpectrumFigures> members) {
    Estimate e = Estimate.of(mean.value());
    List<Double> copies = new ArrayList<>();
    members.forEach(r -> copies.addAll(SpectraColumns.nulls(r, Figures::condition)));
    return copies.isEmpty() ? e : e.beside(Samples.median(copies), null, null, copies.size());
  }

  private void byComponent() {
    List<List<SpectrumFigures>> groups = new ArrayList<>();
    components
        .values()
        .forEach(ms -> groups.addAll(Groups.byStack(ms, SpectrumFigures::task).values()));
    findings.add(
        Table.of(SpectraColumns.COMPONENTS, "By component", SpectraColumns.ofComponents(), groups));
  }

  private void matrices() {
    findings.add(
        Table.of(SpectraColumns.MATRICES, "Every matrix", SpectraColumns.ofMatrices(nulls), all));
  }
}
