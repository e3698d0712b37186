package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Figure;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Card;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.PairedMean;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the updates of an adapter say: by kind of matrix against shuffled factors, size by layer.
 */
final class AdapterSection {
  private final Card card;
  private final WeightSettings settings;
  private final List<LowRankFigures> all;
  private final List<LowRankFigures> updates;
  private final List<LowRankFigures> updated;
  private final List<Finding> findings = new ArrayList<>();

  AdapterSection(Card card, WeightSettings settings, List<LowRankFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
    this.updates = results.stream().filter(LowRankFigures::updates).toList();
    this.updated = results.stream().filter(r -> r.updated() != null).toList();
  }

  Section section() {
    Groups.by(updates, r -> r.task().place().component())
        .forEach(
            (kind, of) -> {
              figure(kind, of, LowRankColumns.STABLE_RANK, LowRankFigures::stableRanks);
              figure(kind, of, LowRankColumns.EFFECTIVE_RANK, LowRankFigures::effectiveRanks);
            });
    if (all.stream().anyMatch(r -> r.task().detail().alpha() == null)) {
      findings.add(
          new Note(
              "adapter.no_alpha",
              "Without its scale",
              "Nothing says what alpha is, so the products are taken as they are: their sizes mean"
                  + " nothing against each other's alpha, their ranks are right."));
    }
    sizes();
    base();
    List<Table.Column<LowRankFigures>> columns = new ArrayList<>(LowRankColumns.columns());
    if (!updated.isEmpty()) {
      columns.addAll(LowRankColumns.ofBase());
    }
    findings.add(Table.of(LowRankColumns.UPDATES, "Every update", columns, all));
    return card.section(summary(), findings);
  }

  /** By kind of matrix: size against the base's, and where in it the updates lie. */
  private void base() {
    boolean given = all.stream().anyMatch(r -> r.task().detail().base() != null);
    if (given && updated.size() < all.size()) {
      findings.add(
          new Note(
              "adapter.no_base",
              "Matrices that the base does not have",
              all.size()
                  - updated.size()
                  + " of "
                  + all.size()
                  + " updates found no finite matrix of their name and shape in the base."));
    }
    Groups.by(
            updated.stream().filter(r -> r.updated().left() != null).toList(),
            r -> r.task().place().component())
        .forEach(
            (kind, of) -> {
              String id = "adapter." + Spelling.id(kind);
              double size =
                  of.stream()
                      .mapToDouble(r -> r.frobenius() / r.updated().frobenius())
                      .average()
                      .orElseThrow();
              findings.add(
                  Scalar.plain(
                      id + ".relative_size",
                      kind + ": size of an update against the matrix",
                      size,
                      "1",
                      "The updates of "
                          + kind
                          + " have in the mean "
                          + Spelling.number(size)
                          + " times the Frobenius norm of the matrix that they change."));
              share(id + ".left_share", kind, "left", of.stream().map(r -> r.updated().left()));
              share(id + ".right_share", kind, "right", of.stream().map(r -> r.updated().right()));
            });
  }

  /** Mean share over the matrices of a kind; each is independent of the others under the null. */
  private void share(String id, String kind, String side, Stream<Estimate> shares) {
    List<Estimate> all = shares.toList();
    Estimate mean = Samples.meanOf(all.stream().map(Estimate::value).toList());
    if (settings.sound() && all.stream().allMatch(e -> e.expected() != null)) {
      double expected = all.stream().mapToDouble(Estimate::expected).average().orElseThrow();
      double variance =
          all.stream().mapToDouble(e -> e.deviation() * e.deviation()).sum()
              / ((double) all.size() * all.size());
      mean = mean.against(expected, Math.sqrt(variance));
    }
    findings.add(
        Scalar.of(
                id,
                kind + ": share of the updates in the matrix's leading " + side + " directions",
                mean,
                null,
                "1",
                "adapter " + side + "_share",
                Spelling.percent(mean.value())
                    + " of the squared norm of the updates of "
                    + kind
                    + " lies in the span of the 16 leading "
                    + side
                    + " singular directions of the matrices"
                    + (mean.expected() == null
                        ? "."
                        : "; of updates in a random orientation "
                            + Spelling.percent(mean.expected())
                            + "."))
            .on(Scale.SHARE));
  }

  private String summary() {
    long broken = all.stream().filter(r -> r.nonFinite() > 0).count();
    long zero = all.size() - updates.size() - broken;
    StringBuilder s = new StringBuilder();
    s.append(all.size())
        .append(all.size() == 1 ? " matrix is" : " matrices are")
        .append(" updated");
    if (zero > 0) {
      s.append(", ")
          .append(zero == all.size() ? "all" : Long.toString(zero))
          .append(" by nothing at all, as where training starts");
    }
    if (broken > 0) {
      s.append(", ").append(broken).append(" have factors that are not finite");
    }
    s.append('.');
    if (!updates.isEmpty()) {
      LowRankFigures most =
          updates.stream().max(Comparator.comparing(LowRankFigures::frobenius)).orElseThrow();
      s.append(" The largest update, of ")
          .append(most.task().label())
          .append(", has a Frobenius norm of ")
          .append(Spelling.number(most.frobenius()))
          .append('.');
      double own = mean(LowRankFigures::stableRank);
      s.append(" Of rank ")
          .append(ranks())
          .append(", the updates have a stable rank of ")
          .append(Spelling.number(own))
          .append(" in the mean");
      if (settings.sound()) {
        s.append("; products of their shuffled factors have ")
            .append(Spelling.number(mean(r -> Samples.mean(r.stableRanks()))));
      }
      s.append('.');
    }
    return s.toString();
  }

  private double mean(Function<LowRankFigures, Double> of) {
    return updates.stream().mapToDouble(of::apply).average().orElseThrow();
  }

  private String ranks() {
    int least = updates.stream().mapToInt(r -> r.task().detail().rank()).min().orElseThrow();
    int most = updates.stream().mapToInt(r -> r.task().detail().rank()).max().orElseThrow();
    return least == most ? Integer.toString(least) : least + " to " + most;
  }

  private void figure(
      String kind,
      List<LowRankFigures> of,
      Figure<LowRankFigures> figure,
      Function<LowRankFigures, List<Double>> draws) {
    PairedMean paired = new PairedMean();
    boolean drawn = of.stream().noneMatch(r -> draws.apply(r).isEmpty());
    for (LowRankFigures r : of) {
      if (drawn) {
        paired.add(figure.number(r), draws.apply(r));
      }
    }
    Estimate plain = Samples.meanOf(of.stream().map(figure::number).toList());
    Estimate e = drawn ? paired.of(plain) : plain;
    findings.add(
        Scalar.of(
            "adapter." + Spelling.id(kind) + "." + figure.name(),
            kind + ": " + figure.words(),
            e,
            null,
            "1",
            "adapter " + figure.name(),
            "The "
                + figure.words()
                + " of "
                + kind
                + " is "
                + Spelling.number(e.value())
                + " in the mean of "
                + of.size()
                + (e.expected() == null
                    ? "."
                    : "; with the entries of both factors shuffled it is "
                        + Spelling.spread(e.expected(), e.deviation())
                        + ".")));
  }

  private void sizes() {
    List<Curve.Line> lines = new ArrayList<>();
    Groups.by(
            updates.stream().filter(r -> r.task().place().layer() >= 0).toList(),
            r -> r.task().place().component())
        .forEach(
            (kind, of) -> {
              List<LowRankFigures> sorted =
                  of.stream().sorted(Comparator.comparing(r -> r.task().place().layer())).toList();
              boolean single =
                  sorted.stream().map(r -> r.task().place().layer()).distinct().count()
                      == sorted.size();
              if (single && sorted.size() > 1 && lines.size() < Groups.MOST_PANELS) {
                lines.add(
                    new Curve.Line(
                        kind,
                        sorted.stream().map(r -> (double) r.task().place().layer()).toList(),
                        sorted.stream().map(LowRankFigures::frobenius).toList(),
                        false));
              }
            });
    if (!lines.isEmpty()) {
      findings.add(
          new Curve(
              "adapter.by_layer",
              "Size of the updates by layer",
              Axis.linear("layer"),
              Axis.linear("Frobenius norm"),
              List.of(new Curve.Panel("", lines, List.of())),
              "How much the adapter adds to each kind of matrix; where a line is high, training"
                  + " changed most."));
    }
  }
}
