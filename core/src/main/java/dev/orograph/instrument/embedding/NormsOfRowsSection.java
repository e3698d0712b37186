package dev.orograph.instrument.embedding;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.finding.Unlike;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.embedding.NormsOfRows.Dimensions;
import dev.orograph.instrument.embedding.NormsOfRows.Level;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Gaussian;
import java.util.ArrayList;
import java.util.List;

/** What the norms of a matrix say. */
final class NormsOfRowsSection {
  private static final double COVERAGE = 1.96;

  private final Card card;
  private final TerrainSettings settings;
  private final List<NormsOfRows> all;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  NormsOfRowsSection(Card card, TerrainSettings settings, List<NormsOfRows> all) {
    this.card = card;
    this.settings = settings;
    this.all = all;
  }

  Section section() {
    for (NormsOfRows r : all) {
      SeedTable.broken(card.id(), r.task(), r.broken()).ifPresent(findings::add);
      if (r.norms() == null) {
        sentences.add("No row of the " + r.task().detail().name() + " is whole.");
      } else {
        matrix(r);
      }
    }
    List<NormsOfRows> whole = all.stream().filter(r -> r.tokens() != null).toList();
    if (settings.sound() && !whole.isEmpty()) {
      List<Column<NormsOfRows>> c = new ArrayList<>();
      c.add(new Column<>("component", "which matrix", r -> r.task().detail().name()));
      c.addAll(Unlike.columns(NormsOfRows::tokens));
      findings.add(Table.of(card.id() + Unlike.TABLE, "Tokens unlike the others", c, whole));
    }
    return card.section(String.join(" ", sentences), findings);
  }

  private void matrix(NormsOfRows r) {
    String id = card.id() + "." + r.task().detail().id();
    Spread s = r.norms();
    String name = r.task().detail().name();
    String mean =
        "The rows of the "
            + name
            + " are "
            + Spelling.number(s.mean())
            + " long on average, from "
            + Spelling.number(s.min())
            + " ("
            + r.shortest().name()
            + ") to "
            + Spelling.number(s.max())
            + " ("
            + r.longest().name()
            + ")"
            + (r.zeros() > 0 ? "; " + r.zeros() + " are shorter than 1e-6." : ".");
    sentences.add(mean);
    double half = COVERAGE * s.deviation() / Math.sqrt((double) s.count());
    Estimate e = Estimate.of(s.mean());
    findings.add(
        Scalar.of(
            id + ".mean",
            "mean norm, " + name,
            settings.sound() ? e.within(s.mean() - half, s.mean() + half).inside(0, s.max()) : e,
            s.mean(),
            "1",
            null,
            mean));
    if (s.mean() > 0) {
      variation(r, id);
    }
    findings.add(
        Scalar.seed(
            id + ".near_zero",
            "rows near zero, " + name,
            r.zeros(),
            "tokens",
            r.zeros() + " of " + s.count() + " rows are shorter than 1e-6."));
    findings.add(histogram(r, id));
    findings.add(table(r));
  }

  private void variation(NormsOfRows r, String id) {
    Spread s = r.norms();
    Estimate e = Estimate.of(s.variation());
    String sentence =
        "The norms of the "
            + r.task().detail().name()
            + " vary by "
            + Spelling.percent(s.variation())
            + " of their mean";
    Level g = r.gaussian();
    if (g != null && g.mean() > 0 && s.count() > 1) {
      double error = s.variation() * Math.sqrt(Math.max(0, r.kurtosis() - 1) / (4.0 * s.count()));
      double chance = g.deviation() / g.mean();
      e =
          e.within(e.value() - COVERAGE * error, e.value() + COVERAGE * error)
              .inside(0, Double.POSITIVE_INFINITY)
              .against(chance, chance / Math.sqrt(2.0 * s.count()));
      sentence +=
          "; those of a Gaussian cloud with the same mean and covariance by "
              + Spelling.percent(chance)
              + (e.value() > 1.5 * chance
                  ? ": tokens differ in length far more than their directions explain"
                  : "");
      sentences.add(sentence + ".");
    }
    findings.add(
        Scalar.of(
            id + ".variation",
            "spread of the norms, " + r.task().detail().name(),
            e,
            s.variation(),
            "1",
            "spread of norms",
            sentence + "."));
  }

  private static Histogram histogram(NormsOfRows r, String id) {
    Spread s = r.norms();
    List<Histogram.Series> series = new ArrayList<>();
    Level g = r.gaussian();
    if (g != null && g.deviation() > 0) {
      List<Double> shares = new ArrayList<>();
      for (int i = 1; i < s.edges().size(); i++) {
        shares.add(
            Gaussian.cumulative((s.edges().get(i) - g.mean()) / g.deviation())
                - Gaussian.cumulative((s.edges().get(i - 1) - g.mean()) / g.deviation()));
      }
      series.add(new Histogram.Series("Gaussian of the same covariance", shares, s.count(), true));
    }
    series.add(new Histogram.Series("tokens", s.shares(), s.count(), false));
    return new Histogram(
        id + ".histogram",
        "Norms of the rows, " + r.task().detail().name(),
        Axis.linear("norm"),
        s.edges(),
        series,
        List.of(new Histogram.Mark("mean", s.mean(), true)),
        "Share of the tokens by the length of their row; grey: a Gaussian cloud with the same mean"
            + " and covariance, where norms hardly differ.");
  }

  private Finding table(NormsOfRows r) {
    Spread s = r.norms();
    Dimensions d = r.dimensions();
    double sample = Math.sqrt(s.count() / Math.max(1.0, s.count() - 1.0));
    SeedTable t = new SeedTable();
    t.row("mean norm", s.mean(), s.mean(), null);
    t.row("std of norms", s.deviation(), s.deviation() * sample, null);
    t.row("smallest norm", s.min(), s.min(), null);
    t.row(
        "token of the smallest norm", (double) r.shortest().id(), (double) r.shortest().id(), null);
    t.row("largest norm", s.max(), s.max(), null);
    t.row("token of the largest norm", (double) r.longest().id(), (double) r.longest().id(), null);
    t.row("median norm", null, r.lowerMedian(), s.median());
    t.percentiles("norm", s, s);
    t.row("norms below 1e-6", (double) r.zeros(), (double) r.zeros(), null);
    t.row("mean of the dimensions' means", d.meanOfMeans(), d.meanOfMeans(), null);
    t.row("mean of the dimensions' stds", d.meanOfDeviations(), d.meanOfSampleDeviations(), null);
    t.row("std of the dimensions' means", null, d.spreadOfMeans(), null);
    t.row("std of the dimensions' stds", null, d.spreadOfDeviations(), null);
    return t.table(card.id(), r.task(), "Norms");
  }
}
