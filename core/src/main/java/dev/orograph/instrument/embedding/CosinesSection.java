package dev.orograph.instrument.embedding;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.embedding.PairFigures.All;
import dev.orograph.instrument.embedding.PairFigures.Constant;
import dev.orograph.instrument.embedding.PairFigures.Sampled;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Gaussian;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the pairs of tokens say. */
final class CosinesSection {
  private static final double COVERAGE = 1.96;

  /** Of some ten constants one lies two errors out by chance alone. */
  private static final double CLEAR = 4;

  private final Card card;
  private final TerrainSettings settings;
  private final List<PairFigures> all;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  CosinesSection(Card card, TerrainSettings settings, List<PairFigures> all) {
    this.card = card;
    this.settings = settings;
    this.all = all;
  }

  Section section() {
    Map<String, List<PairFigures>> matrices = new LinkedHashMap<>();
    all.forEach(
        r -> matrices.computeIfAbsent(r.task().detail().tensor(), t -> new ArrayList<>()).add(r));
    matrices.values().forEach(this::matrix);
    return card.section(String.join(" ", sentences), findings);
  }

  private static <T> T part(List<PairFigures> parts, Function<PairFigures, T> of) {
    return parts.stream().map(of).filter(v -> v != null).findFirst().orElse(null);
  }

  private void matrix(List<PairFigures> parts) {
    Task<TokenMatrix> task = parts.get(0).task();
    SeedTable.broken(card.id(), task, parts.get(0).broken()).ifPresent(findings::add);
    Sampled sampled = part(parts, PairFigures::cosines);
    if (sampled == null || sampled.spread() == null) {
      sentences.add("The " + task.detail().name() + " has fewer than two whole rows: no pairs.");
      return;
    }
    All pairs = part(parts, PairFigures::all);
    Spread first = part(parts, PairFigures::distances1);
    Spread second = part(parts, PairFigures::distances13);
    String id = card.id() + "." + task.detail().id();
    mean(id, task, sampled, pairs);
    if (pairs != null) {
      treated(id, task, pairs);
    }
    distances(id, task, first, pairs);
    findings.add(cosineHistogram(id, task, sampled.spread(), pairs));
    findings.add(distanceHistogram(id, task, first));
    constants(id, task, sampled);
    SeedTable t = new SeedTable();
    t.row("pairs", (double) sampled.spread().count(), (double) sampled.spread().count(), null);
    t.spread("cosine", sampled.spread(), sampled.spread());
    t.row("pairs of distances", (double) first.count(), (double) second.count(), null);
    t.spread("distance", first, second);
    t.row("std over mean of distances", first.variation(), second.variation(), null);
    double root = Math.sqrt(task.detail().columns());
    t.row("mean distance over sqrt(d)", null, second.mean() / root, null);
    t.row("std of distances over sqrt(d)", null, second.deviation() / root, null);
    if (pairs != null) {
      t.row("mean cosine, all pairs", null, null, pairs.raw());
      t.row("mean squared distance, all pairs", null, null, pairs.meanSquareDistance());
    }
    findings.add(t.table(card.id(), task, "Cosines and distances"));
  }

  private void mean(String id, Task<TokenMatrix> task, Sampled sampled, All pairs) {
    double seed = sampled.spread().mean();
    if (pairs == null) {
      String sentence =
          "The mean cosine of the reference notebooks' sample of the "
              + task.detail().name()
              + " is "
              + Spelling.number(seed)
              + ".";
      sentences.add(sentence);
      findings.add(
          Scalar.seed(id + ".mean", "mean cosine, " + task.detail().name(), seed, "1", sentence));
      return;
    }
    String sentence =
        "The mean cosine of all pairs of tokens of the "
            + task.detail().name()
            + " is "
            + Spelling.number(pairs.raw())
            + " (the reference notebooks' sample: "
            + Spelling.number(seed)
            + ")"
            + (pairs.centred() == null || pairs.standardised() == null
                ? "; all tokens lie in one direction"
                : "; after centring "
                    + Spelling.number(pairs.centred())
                    + ", after standardising each dimension "
                    + Spelling.number(pairs.standardised()))
            + ". Of the common direction "
            + Spelling.percent(pairs.rogue().stream().mapToDouble(Token::value).sum())
            + " lie in the dimensions "
            + String.join(", ", pairs.rogue().stream().map(t -> Integer.toString(t.id())).toList())
            + (pairs.zeros() > 0 ? "; " + pairs.zeros() + " zero rows have none" : "")
            + ".";
    sentences.add(sentence);
    Estimate e =
        Estimate.of(pairs.raw())
            .within(pairs.raw() - COVERAGE * pairs.error(), pairs.raw() + COVERAGE * pairs.error());
    findings.add(
        Scalar.of(
                id + ".mean",
                "mean cosine, " + task.detail().name(),
                e.against(0, evenly(task, pairs)),
                seed,
                "1",
                "a common direction",
                sentence)
            .on(Scale.BOUNDED));
    findings.add(
        Table.of(
            id + ".rogue",
            "Dimensions of the common direction, " + task.detail().name(),
            List.of(
                new Column<Token>("dimension", "which, from 0", t -> (long) t.id()),
                new Column<Token>("share", "share of |m|^2, m the mean unit row", Token::value)),
            pairs.rogue()));
  }

  /** Standard deviation of the mean cosine of directions that are drawn evenly. */
  private static double evenly(Task<TokenMatrix> task, All pairs) {
    return Math.sqrt(
        2 / (task.detail().columns() * (double) pairs.tokens() * (pairs.tokens() - 1)));
  }

  private void treated(String id, Task<TokenMatrix> task, All pairs) {
    figure(id + ".centred", "after centring", task, pairs.centred(), pairs);
    figure(
        id + ".standardised",
        "after standardising each dimension",
        task,
        pairs.standardised(),
        pairs);
    figure(
        id + ".without_components",
        "without the leading " + pairs.components() + " principal components",
        task,
        pairs.pruned(),
        pairs);
  }

  private void figure(String id, String how, Task<TokenMatrix> task, Double value, All pairs) {
    if (value == null) {
      return;
    }
    findings.add(
        Scalar.of(
            id,
            "mean cosine " + how + ", " + task.detail().name(),
            Estimate.of(value).from(-1.0 / (pairs.tokens() - 1)),
            null,
            "1",
            null,
            "Over all pairs, "
                + how
                + ", the mean cosine is "
                + Spelling.number(value)
                + "; where lengths are alike, centring alone makes it "
                + Spelling.number(-1.0 / (pairs.tokens() - 1))
                + "."));
  }

  private void distances(String id, Task<TokenMatrix> task, Spread d, All pairs) {
    Estimate e = Estimate.of(d.variation());
    String sentence =
        "Distances of the reference notebooks' sample of the "
            + task.detail().name()
            + " vary by "
            + Spelling.percent(d.variation())
            + " of their mean";
    if (pairs != null && pairs.participation() > 0) {
      double chance = 1 / Math.sqrt(2 * pairs.participation());
      e = e.from(chance);
      sentence +=
          "; those of a Gaussian cloud of the same covariance by about " + Spelling.percent(chance);
    }
    findings.add(
        Scalar.of(
            id + ".distance_variation",
            "spread of the distances, " + task.detail().name(),
            e,
            d.variation(),
            "1",
            null,
            sentence + "."));
  }

  private Histogram cosineHistogram(String id, Task<TokenMatrix> task, Spread s, All pairs) {
    List<Histogram.Series> series = new ArrayList<>();
    if (settings.sound()) {
      series.add(normal("directions drawn evenly", s, 0, 1 / Math.sqrt(task.detail().columns())));
    }
    series.add(new Histogram.Series("pairs of tokens", s.shares(), s.count(), false));
    List<Histogram.Mark> marks = new ArrayList<>();
    marks.add(new Histogram.Mark("seed's mean", s.mean(), true));
    for (double c : List.of(0.19471, 0.29154)) {
      if (c < s.max()) {
        marks.add(new Histogram.Mark(Double.toString(c), c, true));
      }
    }
    if (pairs != null) {
      marks.add(new Histogram.Mark("mean of all pairs", pairs.raw(), false));
    }
    return new Histogram(
        id + ".histogram",
        "Cosines of pairs, " + task.detail().name(),
        Axis.linear("cosine"),
        s.edges(),
        series,
        marks,
        "Share of the sampled pairs by cosine; grey: directions drawn evenly in "
            + task.detail().columns()
            + " dimensions. Dashed: the reference notebooks' constants, which would show as a bump if they were"
            + " special.");
  }

  private static Histogram.Series normal(String name, Spread s, double mean, double sd) {
    List<Double> shares = new ArrayList<>();
    for (int i = 1; i < s.edges().size(); i++) {
      shares.add(
          Gaussian.cumulative((s.edges().get(i) - mean) / sd)
              - Gaussian.cumulative((s.edges().get(i - 1) - mean) / sd));
    }
    return new Histogram.Series(name, shares, s.count(), true);
  }

  private static Histogram distanceHistogram(String id, Task<TokenMatrix> task, Spread s) {
    return new Histogram(
        id + ".distance_histogram",
        "Distances of pairs, " + task.detail().name(),
        Axis.linear("Euclidean distance"),
        s.edges(),
        List.of(new Histogram.Series("pairs of tokens", s.shares(), s.count(), false)),
        List.of(new Histogram.Mark("mean", s.mean(), true)),
        "Share of the sampled pairs by distance.");
  }

  private void constants(String id, Task<TokenMatrix> task, Sampled sampled) {
    List<Constant> special =
        sampled.constants().stream()
            .filter(k -> k.excess() != null && k.error() != null && k.error() > 0)
            .filter(k -> Math.abs(k.excess() - 1) / k.error() >= CLEAR && k.at() != 0)
            .toList();
    for (Constant k : sampled.constants()) {
      if (settings.sound() && k.at() == 0.29154 && k.excess() != null && k.error() != null) {
        double half = COVERAGE * k.error();
        String sentence =
            "Within 0.01 of 0.29154, which the reference notebooks call universal, lie "
                + Spelling.percent(k.share())
                + " of the pairs: "
                + Spelling.number(k.excess())
                + " times as many as the shares to either side lead to expect"
                + (Math.abs(k.excess() - 1) < CLEAR * k.error() ? ", no bump." : ".");
        sentences.add(sentence);
        findings.add(
            Scalar.of(
                id + ".at_0_29154",
                "pairs at 0.29154 over those beside it, " + task.detail().name(),
                Estimate.of(k.excess())
                    .within(k.excess() - half, k.excess() + half)
                    .inside(0, Double.POSITIVE_INFINITY)
                    .against(1, k.error()),
                null,
                "1",
                "a constant of the reference notebooks",
                sentence));
      }
    }
    if (settings.sound() && !special.isEmpty()) {
      sentences.add(
          "More pairs than the neighbourhood leads to expect, or fewer, lie at "
              + String.join(", ", special.stream().map(k -> Double.toString(k.at())).toList())
              + ".");
    }
    findings.add(
        Table.of(
            id + ".constants",
            "Pairs near the reference notebooks' constants, " + task.detail().name(),
            List.of(
                new Column<Constant>("cosine", "the constant", Constant::at),
                new Column<>(
                    "share", "share of the pairs within 0.01 of it; seed", Constant::share),
                new Column<>("nearest", "how near any pair comes; seed", Constant::nearest),
                new Column<>(
                    "excess",
                    "that share over what a cubic through the shares 0.02 and 0.04 to either side"
                        + " gives; 1 where the density is smooth",
                    Constant::excess),
                new Column<>(
                    "error",
                    "standard error of the excess, by a jackknife over ten groups of tokens",
                    Constant::error)),
            sampled.constants()));
  }
}
