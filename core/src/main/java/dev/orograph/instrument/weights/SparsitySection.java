package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Card;
import dev.orograph.model.Component;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Gaussian;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

/** What the entries say: by component, stack and model, and one row per tensor. */
final class SparsitySection {
  /** Entries from which the shape of their distribution is told. */
  private static final int FEWEST = 1000;

  /** Deviations of both figures of N numbers spread evenly, times sqrt N. */
  private static final double KURTOSIS_ERROR = 1.18;

  private static final double GINI_ERROR = 0.26;

  /** Kurtosis and Gini coefficient of numbers spread evenly, with which a linear layer begins. */
  private static final double EVEN_KURTOSIS = 1.8;

  private static final double EVEN_GINI = 1 / 3.0;

  private static final int NAMED = 4;

  private final Card card;
  private final WeightSettings settings;
  private final List<EntryFigures> all;
  private final Map<String, List<EntryFigures>> components;
  private final List<Finding> findings = new ArrayList<>();

  SparsitySection(Card card, WeightSettings settings, List<EntryFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
    this.components = Groups.byComponent(results, EntryFigures::task);
    // Beside matrices the seed leaves out what is none: biases of the same component.
    components.replaceAll(
        (group, members) -> {
          List<EntryFigures> matrices =
              members.stream().filter(r -> r.task().detail().matrix()).toList();
          return matrices.isEmpty() ? members : matrices;
        });
  }

  Section section() {
    notes();
    for (int t = 0; t < Shares.BELOW.size() && Shares.total(all) > 0; t++) {
      findings.add(below("model", "whole model", all, t));
    }
    components.forEach(
        (group, members) -> {
          if (Shares.total(members) == 0) {
            return;
          }
          findings.add(below(Spelling.id(group), group, members, Shares.LAST));
          if (settings.sound()) {
            Groups.byShape(group, members, EntryFigures::task).forEach(this::sound);
          }
        });
    if (settings.sound()) {
      untrained();
      queries(components.getOrDefault(Component.SELF_ATTN_Q.id(), List.of()));
    }
    SparsityCharts charts = new SparsityCharts(components, findings);
    if (settings.sound()) {
      charts.sound();
    }
    charts.seed();
    if (settings.sound()) {
      charts.layers();
    }
    findings.add(
        Table.of(
            "sparsity.components",
            "By component and stack",
            SparsityColumns.ofComponents(),
            rowsByComponent()));
    findings.add(Table.of("sparsity.tensors", "Every tensor", SparsityColumns.ofTensors(), all));
    if (settings.sound()) {
      findings.add(SparsityColumns.lines(all));
    }
    return card.section(summary(), findings);
  }

  private String summary() {
    if (Shares.total(all) == 0) {
      return "No entry is a finite number.";
    }
    double last = Shares.share(all, Shares.LAST);
    String text =
        Spelling.percent(last)
            + " of all weights are below 0.1 in magnitude, the reference notebooks' sparsity. ";
    if (!settings.sound()) {
      return text;
    }
    return text
        + "A Gaussian with each matrix's own standard deviation would have "
        + Spelling.percent(Shares.gaussianShare(all, Shares.LAST))
        + ": that much is scale. Against their own standard deviation, shares near zero, kurtosis,"
        + " Hoyer and Gini tell how far the shape itself is from a Gaussian's.";
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
                  + (broken == 1 ? " entry is" : " entries are")
                  + " NaN, infinite or beyond float32 and left out of every figure; "
                  + (broken == 1 ? "it is in '" : "the first are in '")
                  + first.task().label()
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

  /**
   * Matrices whose entries are spread evenly to 1 / sqrt(inputs), as a linear layer of PyTorch
   * begins: kurtosis 1.8, Gini coefficient 1/3, deviation 1 / sqrt(3 inputs). A training long
   * enough to matter leaves none of the three.
   */
  private void untrained() {
    List<EntryFigures> left =
        all.stream()
            .filter(r -> r.task().detail().matrix() && r.count() >= FEWEST && Shares.shaped(r))
            .filter(r -> Math.abs(r.kurtosis() - EVEN_KURTOSIS) < off(KURTOSIS_ERROR, r))
            .filter(r -> Math.abs(r.gini() - 1 / 3.0) < off(GINI_ERROR, r))
            .toList();
    if (left.isEmpty()) {
      return;
    }
    long linear = left.stream().filter(SparsitySection::ofLinear).count();
    findings.add(
        new Note(
            "sparsity.initial",
            "Left as they began",
            "Entries of "
                + left.size()
                + (left.size() == 1 ? " matrix are" : " matrices are")
                + " spread evenly (kurtosis 1.8 and Gini 1/3, where a Gaussian has 3 and .414), "
                + (linear == left.size() ? "all" : linear + " of them")
                + " with the deviation 1/sqrt(3 inputs) that torch.nn.Linear starts from: "
                + left.stream()
                    .limit(NAMED)
                    .map(r -> "'" + r.task().label() + "'")
                    .collect(Collectors.joining(", "))
                + (left.size() > NAMED ? " and others" : "")
                + ". They look as initialised; nothing here was learned, as far as entries tell."));
  }

  /** Eight deviations of a figure of so many numbers. */
  private static double off(double error, EntryFigures r) {
    return 8 * error / Math.sqrt((double) r.count());
  }

  private static boolean ofLinear(EntryFigures r) {
    double columns = r.task().detail().columns();
    double rows = r.task().detail().rows();
    return near(r.deviation() * Math.sqrt(3 * columns))
        || near(r.deviation() * Math.sqrt(3 * rows));
  }

  /** Whether a share of so many is that of a Gaussian, to a tenth or four deviations. */
  private static boolean alike(double share, double multiple, double count) {
    double gaussian = Gaussian.below(multiple);
    double deviation = Math.sqrt(Gaussian.belowVariance(multiple) / count);
    return Math.abs(share - gaussian) < Math.max(0.1 * gaussian, Words.CLEAR * deviation);
  }

  private static boolean near(double ratio) {
    return Math.abs(ratio - 1) < 0.02;
  }

  /** What the seed's share of small entries of W_q is worth, from this model. */
  private void queries(List<EntryFigures> all) {
    List<EntryFigures> members = all.stream().filter(Shares::shaped).toList();
    if (members.isEmpty()) {
      return;
    }
    double near = 0;
    for (EntryFigures r : members) {
      near += r.count() * r.belowDeviation().get(1);
    }
    double tenth = EntryStatistics.IN_DEVIATIONS[1];
    findings.add(
        new Note(
            "sparsity.queries",
            "What the reference notebooks' \"Q sparsity 93-100 %\" is worth",
            (alike(near / Shares.total(members), tenth, Shares.total(members))
                    ? "It measures scale: "
                    : "It measures scale first: ")
                + Spelling.percent(Shares.share(members, Shares.LAST))
                + " of W_q is below 0.1 here, and a Gaussian of the same standard deviations has "
                + Spelling.percent(Shares.gaussianShare(members, Shares.LAST))
                + " there. Against a tenth of its own standard deviation W_q has "
                + Spelling.percent(near / Shares.total(members))
                + " small entries, a Gaussian "
                + Spelling.percent(Gaussian.below(tenth))
                + "."));
  }

  private Scalar below(String id, String words, List<EntryFigures> members, int t) {
    double share = Shares.share(members, t);
    Estimate e = Estimate.of(share);
    String sentence =
        Spelling.percent(share) + " of " + words + " entries are below " + Shares.BELOW.get(t);
    if (settings.sound() && members.stream().anyMatch(Shares::shaped)) {
      double expected = Shares.gaussianShare(members, t);
      e = Shares.against(e, members, t);
      sentence += "; a Gaussian of the same scale has " + Spelling.percent(expected) + " there";
    }
    return Scalar.of(
        "sparsity." + id + ".below_" + Shares.BELOW.get(t),
        words + ": share of |w| below " + Shares.BELOW.get(t),
        e,
        share,
        "1",
        null,
        sentence + ".");
  }

  private void sound(String group, List<EntryFigures> members) {
    List<EntryFigures> shaped = members.stream().filter(Shares::shaped).toList();
    if (shaped.isEmpty()) {
      return;
    }
    for (int i = 0; i < Shares.DEVIATIONS.size(); i++) {
      double t = EntryStatistics.IN_DEVIATIONS[i];
      figure(
          group,
          shaped,
          SparsityColumns.BELOW_STD.get(i),
          n -> Gaussian.below(t),
          n -> Math.sqrt(Gaussian.belowVariance(t) / n),
          i == 1 ? t / Math.sqrt(3) : Double.NaN);
    }
    figure(
        group,
        shaped,
        SparsityColumns.KURTOSIS,
        Gaussian::kurtosis,
        Gaussian::kurtosisDeviation,
        EVEN_KURTOSIS);
    figure(
        group,
        shaped,
        SparsityColumns.HOYER,
        Gaussian::hoyer,
        Gaussian::hoyerDeviation,
        Double.NaN);
    figure(
        group,
        shaped,
        SparsityColumns.GINI,
        n -> Gaussian.GINI,
        Gaussian::giniDeviation,
        EVEN_GINI);
  }

  /**
   * The mean over tensors against that of Gaussians of their sizes. It claims nothing where it lies
   * between these and numbers spread evenly, since untrained models begin with the one or the
   * other.
   *
   * @param even what numbers spread evenly have; NaN for a figure that claims nothing
   */
  private void figure(
      String group,
      List<EntryFigures> members,
      Figure<EntryFigures> figure,
      DoubleUnaryOperator expected,
      DoubleUnaryOperator deviation,
      double even) {
    boolean kurtosis = figure.equals(SparsityColumns.KURTOSIS);
    double mean = 0;
    double variances = 0;
    double thirds = 0;
    for (EntryFigures r : members) {
      double n = r.count();
      double sd = deviation.applyAsDouble(n) / members.size();
      mean += expected.applyAsDouble(n) / members.size();
      variances += sd * sd;
      thirds += kurtosis ? sd * sd * sd * Gaussian.kurtosisSkewness(n) : 0;
    }
    Estimate e =
        Samples.meanOf(members.stream().map(figure::number).toList())
            .inside(kurtosis ? 1 : 0, kurtosis ? Double.POSITIVE_INFINITY : 1)
            .skewed(mean, Math.sqrt(variances), thirds / Math.pow(variances, 1.5));
    boolean untrained =
        members.stream().mapToLong(EntryFigures::count).sum() >= FEWEST
            && (e.value() - mean) * (even - mean) > 0
            && Math.abs(e.value() - mean) < 1.1 * Math.abs(even - mean);
    boolean claim =
        !Double.isNaN(even) && !(untrained && e.z() != null && Math.abs(e.z()) >= Words.CLEAR);
    findings.add(
        Scalar.of(
            "sparsity." + Spelling.id(group) + "." + figure.name(),
            group + ": " + figure.words(),
            e,
            null,
            "1",
            claim ? "sparsity." + figure.name() : null,
            "The "
                + group
                + " entries have "
                + figure.words()
                + " "
                + Spelling.number(e.value())
                + Words.against(e, "a Gaussian has ", below(figure), above(figure))
                + place(members, figure, e)));
  }

  /** Where the tensor is that lies farthest on that side, where the mean clearly does. */
  private static String place(List<EntryFigures> members, Figure<EntryFigures> figure, Estimate e) {
    if (e.z() == null
        || Math.abs(e.z()) < Words.CLEAR
        || members.size() < 2
        || members.stream().anyMatch(r -> r.task().place().layer() < 0)) {
      return "";
    }
    EntryFigures far =
        members.stream()
            .max(Comparator.comparingDouble(r -> Math.signum(e.z()) * figure.number(r)))
            .orElseThrow();
    return " It is farthest in layer "
        + far.task().place().layer()
        + " of the "
        + far.task().place().stack()
        + ": "
        + Spelling.number(figure.number(far))
        + ".";
  }

  private static String below(Figure<EntryFigures> figure) {
    return figure.equals(SparsityColumns.KURTOSIS)
        ? "their tails are lighter"
        : figure.equals(SparsityColumns.HOYER) || figure.equals(SparsityColumns.GINI)
            ? "their magnitudes are more even"
            : "fewer sit near zero than their spread explains";
  }

  private static String above(Figure<EntryFigures> figure) {
    return figure.equals(SparsityColumns.KURTOSIS)
        ? "a few are far larger than the rest"
        : figure.equals(SparsityColumns.HOYER) || figure.equals(SparsityColumns.GINI)
            ? "their magnitudes are more uneven"
            : "more sit near zero than their spread explains";
  }

  private List<List<EntryFigures>> rowsByComponent() {
    List<List<EntryFigures>> rows = new ArrayList<>();
    components
        .values()
        .forEach(
            ms -> {
              Map<String, List<EntryFigures>> stacks = Groups.byStack(ms, EntryFigures::task);
              if (stacks.size() > 1) {
                rows.add(ms);
              }
              rows.addAll(stacks.values());
            });
    return rows;
  }
}
