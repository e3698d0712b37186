package dev.orograph.instrument.embedding;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Bars;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.geometry.Simplex;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.embedding.SimplexFigures.Volumes;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import dev.orograph.stats.StudentT;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the volumes say. */
final class SimplicesSection {
  /** The band in which the seeds found their models. */
  private static final double BAND_LOW = 0.20;

  private static final double BAND_HIGH = 0.23;
  private static final int K = SeedDraws.POINTS - 1;

  private final Card card;
  private final TerrainSettings settings;
  private final List<SimplexFigures> all;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  SimplicesSection(Card card, TerrainSettings settings, List<SimplexFigures> all) {
    this.card = card;
    this.settings = settings;
    this.all = all;
  }

  Section section() {
    Map<String, Map<String, SimplexFigures>> matrices = new LinkedHashMap<>();
    for (SimplexFigures r : all) {
      matrices
          .computeIfAbsent(r.task().detail().tensor(), t -> new LinkedHashMap<>())
          .put(r.task().detail().part(), r);
    }
    matrices.values().forEach(this::matrix);
    return card.section(String.join(" ", sentences), findings);
  }

  private void matrix(Map<String, SimplexFigures> parts) {
    SimplexFigures seeds = parts.get(Simplices.SEEDS);
    Task<TokenMatrix> task = seeds.task();
    SeedTable.broken(card.id(), task, seeds.broken()).ifPresent(findings::add);
    if (seeds.first() == null || seeds.first().spread() == null || task.detail().columns() < K) {
      String why =
          task.detail().columns() < K
              ? "in " + task.detail().columns() + " dimensions no five points span a volume"
              : seeds.first() == null
                  ? "it has fewer than five whole rows"
                  : "fewer than two of its sets span a volume";
      sentences.add("The " + task.detail().name() + " has no simplices: " + why + ".");
      findings.add(
          new Note(card.id() + "." + task.detail().id() + ".none", "No simplices", sentence(why)));
      return;
    }
    Spread s = seeds.first().spread();
    String id = card.id() + "." + task.detail().id();
    if (settings.sound()) {
      nulls(id, task, s, parts);
    } else {
      String sentence =
          "The volumes of the "
              + task.detail().name()
              + "'s random 4-simplices vary by "
              + Spelling.number(s.variation())
              + " of their mean.";
      sentences.add(sentence);
      findings.add(
          Scalar.seed(
              id + ".cv", "CV of volumes, " + task.detail().name(), s.variation(), "1", sentence));
    }
    findings.add(histogram(id, task, s));
    findings.add(table(task, seeds));
  }

  private static String sentence(String why) {
    return Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".";
  }

  private void nulls(
      String id, Task<TokenMatrix> task, Spread s, Map<String, SimplexFigures> parts) {
    double isotropic = Simplex.gaussianVariation(K, task.detail().columns());
    List<Double> covariance = parts.get(Simplices.COVARIANCE).variations();
    List<Double> norms = parts.get(Simplices.NORMS).variations();
    List<Double> groups = parts.get(Simplices.TOKENS).variations();
    Volumes many = parts.get(Simplices.TOKENS).first();
    double cv = many == null ? s.variation() : many.spread().variation();
    Estimate e = Estimate.of(cv);
    double error = 0;
    if (groups.size() >= Samples.FEWEST) {
      error = Samples.deviation(groups) / Math.sqrt(groups.size());
      double half = error * StudentT.central(0.95, groups.size() - 1);
      e = e.within(cv - half, cv + half).inside(0, Double.POSITIVE_INFINITY);
    }
    String sentence =
        "The volumes of the "
            + task.detail().name()
            + "'s random 4-simplices have a CV of "
            + Spelling.number(cv)
            + ". Chance gives "
            + Spelling.number(isotropic)
            + " for isotropic points in "
            + task.detail().columns()
            + " dimensions, "
            + mean(covariance)
            + " for a Gaussian with the same covariance, and "
            + mean(norms)
            + " for the same norms with random directions. "
            + band(cv);
    sentences.add(sentence);
    findings.add(
        Scalar.of(
            id + ".cv",
            "CV of volumes against same norms, " + task.detail().name(),
            e.among(norms),
            s.variation(),
            "1",
            "simplex CV",
            sentence));
    findings.add(
        against(
            id + ".cv_covariance", task, e.among(covariance), "a Gaussian of the same covariance"));
    findings.add(
        against(
            id + ".cv_isotropic",
            task,
            e.against(isotropic, error, Math.max(1, groups.size() - 1)),
            "isotropic points (closed form)"));
    findings.add(
        new Bars(
            id + ".nulls",
            "CV of volumes beside its nulls, " + task.detail().name(),
            Axis.linear("CV of volumes"),
            List.of("tokens", "isotropic", "same covariance", "same norms"),
            List.of(
                new Bars.Group(
                    "CV",
                    Arrays.asList(cv, isotropic, level(covariance), level(norms)),
                    null,
                    false)),
            "The CV of the tokens' simplices beside what chance gives: what exceeds all three bars"
                + " would be the embedding's own."));
  }

  private static String band(double cv) {
    return cv >= BAND_LOW && cv <= BAND_HIGH
        ? "It lies in the band of 0.20 to 0.23 that the reference notebooks call universal."
        : "The band of 0.20 to 0.23 that the reference notebooks call universal does not hold it.";
  }

  private static Double level(List<Double> values) {
    return values.isEmpty() ? null : Samples.mean(values);
  }

  private static String mean(List<Double> values) {
    return values.isEmpty() ? "no volume at all" : Spelling.number(Samples.mean(values));
  }

  private static Scalar against(String id, Task<TokenMatrix> task, Estimate e, String chance) {
    return Scalar.of(
        id,
        "CV of volumes against " + chance + ", " + task.detail().name(),
        e,
        null,
        "1",
        null,
        "The CV is "
            + Spelling.number(e.value())
            + "; "
            + chance
            + (e.expected() == null
                ? " give none."
                : " give " + Spelling.spread(e.expected(), e.deviation()) + "."));
  }

  private static Histogram histogram(String id, Task<TokenMatrix> task, Spread s) {
    return new Histogram(
        id + ".histogram",
        "Volumes of random 4-simplices, " + task.detail().name(),
        Axis.linear("volume"),
        s.edges(),
        List.of(new Histogram.Series("sets of five tokens", s.shares(), s.count(), false)),
        List.of(new Histogram.Mark("mean", s.mean(), true)),
        "Share of the random sets of five tokens by volume.");
  }

  private Finding table(Task<TokenMatrix> task, SimplexFigures seeds) {
    Volumes a = seeds.first();
    Volumes b = seeds.second();
    Spread s = b.spread();
    SeedTable t = new SeedTable();
    t.row(
        "valid simplices",
        (double) a.spread().count(),
        s == null ? null : (double) s.count(),
        null);
    t.row("mean volume", a.spread().mean(), s == null ? null : s.mean(), null);
    t.row("std of volumes", a.spread().deviation(), s == null ? null : s.deviation(), null);
    t.row("smallest volume", null, s == null ? null : s.min(), null);
    t.row("largest volume", null, s == null ? null : s.max(), null);
    t.row("median volume", null, s == null ? null : s.median(), null);
    t.row("CV", a.spread().variation(), s == null ? null : s.variation(), null);
    t.row("mean volume of Gaussian simplices", a.random(), b.random(), null);
    t.row(
        "ratio to Gaussian simplices",
        a.spread().mean() / a.random(),
        s == null ? null : s.mean() / b.random(),
        null);
    return t.table(card.id(), task, "Volumes");
  }
}
