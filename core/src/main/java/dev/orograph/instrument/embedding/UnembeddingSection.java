package dev.orograph.instrument.embedding;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;

/** What embedding and head say of each other. */
final class UnembeddingSection {
  private static final double COVERAGE = 1.96;

  private final Card card;
  private final TerrainSettings settings;
  private final UnembeddingFigures r;

  UnembeddingSection(Card card, TerrainSettings settings, UnembeddingFigures r) {
    this.card = card;
    this.settings = settings;
    this.r = r;
  }

  Section section() {
    List<Finding> findings = new ArrayList<>();
    SeedTable.broken(card.id(), r.task(), r.broken(), "embedding or head").ifPresent(findings::add);
    String sentence = "Fewer than two tokens have whole rows in both.";
    if (r.cosines() != null) {
      sentence = sentence();
      findings.add(mean(sentence));
      double relative = r.differenceNorm() / r.embeddingNorm();
      if (Double.isFinite(relative)) {
        double unrelated = Math.hypot(1, r.headNorm() / r.embeddingNorm());
        Estimate e = Estimate.of(relative);
        findings.add(
            Scalar.of(
                card.id() + ".relative_difference",
                "difference of head and embedding",
                settings.sound() ? e.from(unrelated) : e,
                relative,
                "1",
                null,
                "Head and embedding differ by "
                    + Spelling.number(relative)
                    + " times the embedding's Frobenius norm; two matrices of these norms without"
                    + " anything in common differ by "
                    + Spelling.number(unrelated)
                    + "."));
      }
      findings.add(histogram());
      findings.add(table());
    }
    return card.section(sentence, findings);
  }

  private String sentence() {
    return "A token's row in the embedding and its row in the head have a mean cosine of "
        + Spelling.number(r.cosines().mean())
        + ", from "
        + Spelling.number(r.cosines().min())
        + " ("
        + r.least().name()
        + ") to "
        + Spelling.number(r.cosines().max())
        + " ("
        + r.most().name()
        + ")"
        + (settings.sound()
            ? "; rows of different tokens have " + Spelling.number(r.others()) + "."
            : ".");
  }

  private Scalar mean(String sentence) {
    double root = Math.sqrt((double) r.cosines().count());
    double half = COVERAGE * r.cosines().deviation() / root;
    Estimate e = Estimate.of(r.cosines().mean());
    return Scalar.of(
            card.id() + ".mean",
            "mean cosine of embedding and head",
            settings.sound()
                ? e.within(e.value() - half, e.value() + half)
                    .against(r.others(), r.othersDeviation() / root)
                : e,
            r.cosines().mean(),
            "1",
            "head like the embedding",
            sentence)
        .on(Scale.BOUNDED);
  }

  private Histogram histogram() {
    Spread s = r.cosines();
    return new Histogram(
        card.id() + ".histogram",
        "Cosine of a token's two rows",
        Axis.linear("cosine"),
        s.edges(),
        List.of(new Histogram.Series("tokens", s.shares(), s.count(), false)),
        settings.sound()
            ? List.of(new Histogram.Mark("other tokens' mean", r.others(), false))
            : List.of(),
        "Share of the tokens by the cosine of their row in the embedding with that in the head.");
  }

  private Finding table() {
    Spread s = r.cosines();
    SeedTable t = new SeedTable();
    t.row("mean cosine", null, s.mean(), null);
    // torch's standard deviation divides by n - 1.
    t.row("std of cosines", null, s.deviation() * Math.sqrt(s.count() / (s.count() - 1.0)), null);
    t.row("smallest cosine", null, s.min(), null);
    t.row("largest cosine", null, s.max(), null);
    t.row("Frobenius norm, embedding", null, r.embeddingNorm(), null);
    t.row("Frobenius norm, head", null, r.headNorm(), null);
    t.row("Frobenius norm, difference", null, r.differenceNorm(), null);
    t.row("difference over embedding", null, r.differenceNorm() / r.embeddingNorm(), null);
    return t.table(card.id(), r.task(), "Embedding against head");
  }
}
