package dev.orograph.instrument.levelset;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.levelset.NormalFigures.Ends;
import dev.orograph.instrument.levelset.NormalFigures.Near;
import dev.orograph.instrument.levelset.NormalFigures.Part;
import dev.orograph.instrument.levelset.NormalFigures.Shared;
import dev.orograph.instrument.levelset.NormalFigures.Whole;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import dev.orograph.stats.Spearman;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** What is told of the normals of a level-set. */
final class NormalSection {
  private final Card card;
  private final NormalSettings settings;
  private final Whole r;
  private final List<Part> parts;
  private final List<Estimators> estimators;
  private final List<Finding> findings = new ArrayList<>();

  NormalSection(Card card, NormalSettings settings, List<NormalFigures> results) {
    this.card = card;
    this.settings = settings;
    r =
        results.stream()
            .map(NormalFigures::whole)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow();
    parts = results.stream().map(NormalFigures::part).filter(Objects::nonNull).toList();
    estimators =
        IntStream.range(0, r.normals().size())
            .mapToObj(
                i ->
                    Estimators.of(
                        i,
                        r.normals().get(i),
                        r.curved().isEmpty() ? null : r.curved().get(i),
                        parts,
                        settings.delta()))
            .toList();
  }

  Section section() {
    findings.add(
        Scalar.plain(
            "normal.gradient",
            "mean length of the gradient",
            r.normals().stream().mapToDouble(n -> Landscape.length(n.array())).average().orElse(0),
            "nats",
            "Over "
                + points(r.normals().size())
                + " the gradient of "
                + r.divergence()
                + " is "
                + Spelling.number(
                    r.normals().stream()
                        .mapToDouble(n -> Landscape.length(n.array()))
                        .average()
                        .orElse(0))
                + " nats per unit of length in the mean."));
    findings.addAll(new DifferenceScalars(estimators).all());
    shared();
    near("embedding", "the embedding", r.embedding());
    near("head", "the readout", r.head());
    curvature();
    radius();
    findings.addAll(new NormalCharts(settings, r, estimators).all());
    findings.addAll(new NormalTables(r, parts, estimators).all());
    notes();
    return card.section(summary(), findings);
  }

  private static String points(int n) {
    return n + (n == 1 ? " point" : " points");
  }

  private void shared() {
    Shared s = r.shared();
    if (s == null) {
      return;
    }
    Estimate e = Estimate.of(s.participation()).among(s.random());
    findings.add(
        Scalar.of(
            "normal.shared.participation",
            "directions that the normals fill",
            e,
            null,
            "1",
            "normals share a subspace",
            "The normals at "
                + points(r.normals().size())
                + " fill "
                + Spelling.number(s.participation())
                + " directions (participation ratio), as many random ones "
                + Spelling.spread(e.expected(), e.deviation())
                + "."));
    if (!s.shuffled().isEmpty()) {
      Estimate o = Estimate.of(s.participation()).among(s.shuffled());
      findings.add(
          Scalar.of(
              "normal.shared.target",
              "directions that the normals fill, against other targets",
              o,
              null,
              "1",
              "normals of this target share a subspace",
              "The normals at "
                  + points(r.normals().size())
                  + " fill "
                  + Spelling.number(s.participation())
                  + " directions, those of targets with shuffled tokens at the same points "
                  + Spelling.spread(o.expected(), o.deviation())
                  + ": what the latter share is the model's, not the target's."));
    }
  }

  private void near(String id, String what, Near n) {
    if (n == null) {
      return;
    }
    double mean = Samples.mean(n.cosines());
    Estimate e = Estimate.of(mean).among(n.random(), 1.0 / n.cosines().size());
    findings.add(
        Scalar.of(
                "normal." + id + ".cosine",
                "normal and the nearest row of " + what,
                e,
                null,
                "1",
                "normals point at rows of " + what,
                "The row of "
                    + what
                    + " that is nearest to a normal has a |cosine| of "
                    + Spelling.number(mean)
                    + " with it in the mean; that nearest to a random direction "
                    + Spelling.spread(e.expected(), e.deviation())
                    + ".")
            .on(Scale.BOUNDED));
  }

  /** The rank correlation of |n_i| with how much the set bends towards axis i, by point. */
  private List<Double> ranks() {
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < r.curved().size(); i++) {
      double[] n = r.normals().get(i).array();
      List<Double> axes = r.curved().get(i).axes();
      int[] kept = IntStream.range(0, n.length).filter(k -> Double.isFinite(axes.get(k))).toArray();
      all.add(
          Spearman.of(
                  IntStream.of(kept).mapToDouble(k -> Math.abs(n[k])).toArray(),
                  IntStream.of(kept).mapToDouble(k -> Math.abs(axes.get(k))).toArray())
              .value());
    }
    return all;
  }

  private void curvature() {
    if (!r.ends().isEmpty()) {
      ends();
    }
    if (r.curved().isEmpty()) {
      return;
    }
    List<Double> all = r.curved().stream().flatMap(c -> c.principal().stream()).sorted().toList();
    double negative = all.stream().filter(v -> v < 0).count() / (double) all.size();
    findings.add(
        Scalar.plain(
            "normal.curvature.negative",
            "principal curvatures below 0",
            negative,
            "1",
            Spelling.percent(negative)
                + " of the principal curvatures are below 0, so that the set bends away from its"
                + " inside there; a ball has none. They run from "
                + Spelling.number(all.get(0))
                + " to "
                + Spelling.number(all.get(all.size() - 1))
                + ", median "
                + Spelling.number(Samples.median(all))
                + "."));
    List<Double> ranks = ranks();
    // Points share their axes, so the mean of them is judged as one of them would be.
    Estimate e =
        Samples.meanOf(ranks)
            .inside(-1, 1)
            .against(0, Spearman.deviation(r.normals().get(0).gradient().size()));
    findings.add(
        Scalar.of(
            "normal.curvature.components",
            "large components and strong curvature",
            e,
            null,
            "1",
            null,
            "The rank correlation of the size of a component with how much the set bends towards"
                + " its axis is "
                + Spelling.number(e.value())
                + " in the mean over "
                + points(ranks.size())
                + "."));
  }

  private void ends() {
    List<Ends> found = r.ends().stream().filter(e -> !e.low().isEmpty()).toList();
    if (found.isEmpty()) {
      return;
    }
    Ends lowest = found.stream().min(Comparator.comparingDouble(e -> e.low().get(0))).orElseThrow();
    Ends highest =
        found.stream().max(Comparator.comparingDouble(e -> e.high().get(0))).orElseThrow();
    findings.add(
        end(
            "normal.curvature.low",
            "smallest principal curvature",
            lowest.low().get(0),
            lowest.lowResiduals().get(0),
            lowest.products()));
    findings.add(
        end(
            "normal.curvature.high",
            "largest principal curvature",
            highest.high().get(0),
            highest.highResiduals().get(0),
            highest.products()));
  }

  private Scalar end(String id, String what, double value, double residual, int products) {
    return Scalar.plain(
        id,
        what,
        value,
        "1 / length",
        "Over "
            + points(r.ends().size())
            + " the "
            + what
            + " found in a space of "
            + products
            + " directions is "
            + Spelling.number(value)
            + "; a principal curvature lies within "
            + Spelling.number(residual)
            + " of it.");
  }

  private void radius() {
    if (r.radius() == null) {
      return;
    }
    double share = r.radius().inside() / (double) r.radius().of();
    findings.add(
        Scalar.plain(
            "normal.radius.inside",
            "tokens inside the set",
            share,
            "1",
            r.radius().inside()
                + " of "
                + r.radius().of()
                + " tokens have a divergence below epsilon from the target; the smallest, "
                + Spelling.number(r.radius().best())
                + " nats, has "
                + r.radius().bestToken()
                + " '"
                + r.radius().bestText()
                + "'."));
    List<Double> logs = r.radius().tokens().stream().map(Math::log).toList();
    List<Double> nulls = r.radius().drawn().stream().map(Math::log).toList();
    if (logs.size() >= Samples.FEWEST && nulls.size() >= Samples.FEWEST) {
      Estimate mean = Samples.meanOf(logs);
      Estimate e = mean.among(nulls, 1.0 / logs.size());
      findings.add(
          Scalar.of(
              "normal.radius.log_ratio",
              "radius of the set around a token over the distance to the next",
              e,
              null,
              "nats",
              null,
              "Around a token's own answer the set {f = epsilon} reaches "
                  + Spelling.number(Math.exp(e.value()))
                  + " times as far as the next token (geometric mean over "
                  + logs.size()
                  + " tokens of the median over directions); around points drawn among the tokens "
                  + Spelling.number(Math.exp(e.expected()))
                  + " times as far as the nearest token. The figure is the logarithm."));
    }
  }

  private void notes() {
    if (r.left() > 0) {
      findings.add(
          new Note(
              "normal.left",
              "Points left out",
              r.left() + " points of the run are not on the set, or beyond --most."));
    }
    if (r.curved().isEmpty() && r.ends().isEmpty() && settings.sound()) {
      findings.add(
          new Note(
              "normal.plain",
              "No curvature",
              "The smallest and largest principal curvatures take "
                  + 2 * NormalSettings.PRODUCTS
                  + " gradients a point and all of them 2 d; both are left out for this model, and"
                  + " --curvature ends or full takes them."));
    }
  }

  private String summary() {
    StringBuilder text = new StringBuilder();
    text.append("Normals of ")
        .append(r.divergence())
        .append(" = ")
        .append(Spelling.number(r.epsilon()))
        .append(" nats for ")
        .append(r.target())
        .append(" at ")
        .append(points(r.normals().size()))
        .append('.');
    for (Finding f : List.copyOf(findings)) {
      if (f instanceof Scalar s
          && List.of(
                  "normal.signed.cosine",
                  "normal.unsigned.cosine",
                  "normal.seed.cosine",
                  "normal.shared.participation")
              .contains(s.id())) {
        text.append(' ').append(s.sentence());
      }
    }
    return text.toString();
  }
}
