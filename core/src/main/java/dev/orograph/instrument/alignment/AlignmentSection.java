package dev.orograph.instrument.alignment;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.alignment.AlignmentFigures.Correlation;
import dev.orograph.instrument.alignment.AlignmentFigures.Norms;
import dev.orograph.instrument.alignment.AlignmentFigures.Volume;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What alignment with WordNet says, in words and figures. */
final class AlignmentSection {
  private static final double CLEAR = 4;

  private final Card card;
  private final AlignmentSettings settings;
  private final AlignmentFigures r;
  private final List<AlignmentFigures.Stable> stability;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * A section.
   *
   * @param r of the words
   * @param stability of all seeds together
   */
  AlignmentSection(
      Card card,
      AlignmentSettings settings,
      AlignmentFigures r,
      List<AlignmentFigures.Stable> stability) {
    this.card = card;
    this.settings = settings;
    this.r = r;
    this.stability = stability;
  }

  Section section() {
    if (r.fault() != null) {
      return card.section(
          "Too few words of WordNet are in the model's vocabulary.",
          List.of(new Note("wordnet.fault", "Too few words", r.fault())));
    }
    findings.add(
        Scalar.plain(
            "wordnet.matched",
            "matched words",
            r.counts().matched(),
            "1",
            Text.grouped(r.counts().matched())
                + " words of WordNet are "
                + (settings.several() ? "one or several tokens" : "a token")
                + " of the model, each once."));
    for (String group : List.of("nouns", "verbs")) {
      r.correlations().stream().filter(c -> c.pairs().equals(group)).forEach(this::correlation);
    }
    r.lifts().forEach(this::lift);
    findings.add(
        Scalar.plain(
            "wordnet.made_up_share",
            "share of the reference notebooks' pairs with a made-up similarity",
            r.counts().thirds(),
            "1",
            Spelling.percent(r.counts().thirds())
                + " of the reference notebooks' pairs are adjectives or adverbs, whose similarity is 1/3 whatever"
                + " they mean."));
    norms();
    simplices();
    findings.addAll(new AlignmentCharts(r, stability).all());
    for (int k = 0; k < r.notes().size(); k++) {
      findings.add(new Note("wordnet.note_" + k, "What was read", r.notes().get(k)));
    }
    return card.section(summary(), findings);
  }

  private static String id(String of) {
    return of.replace(' ', '_');
  }

  private Optional<Correlation> find(String pairs, String of) {
    return r.correlations().stream()
        .filter(c -> c.pairs().equals(pairs) && c.of().equals(of))
        .findFirst();
  }

  private void correlation(Correlation c) {
    boolean nouns = c.pairs().equals("nouns");
    Double seed = nouns ? find("all", c.of()).map(s -> s.pearson().value()).orElse(null) : null;
    Double ranks = nouns ? find("all", c.of()).map(s -> s.spearman().value()).orElse(null) : null;
    String who = c.pairs() + ", " + c.of();
    findings.add(
        Scalar.of(
            "wordnet." + c.pairs() + "." + id(c.of()) + ".pearson",
            "Pearson with path similarity: " + who,
            c.pearson(),
            seed,
            "1",
            "alignment of " + c.of() + " vectors with WordNet",
            sentence(c, c.pearson(), "Pearson")));
    findings.add(
        Scalar.of(
            "wordnet." + c.pairs() + "." + id(c.of()) + ".spearman",
            "Spearman with path similarity: " + who,
            c.spearman(),
            ranks,
            "1",
            null,
            sentence(c, c.spearman(), "Spearman")));
  }

  private static String sentence(Correlation c, Estimate e, String name) {
    return name
        + "'s correlation of cosines of "
        + c.of()
        + " vectors with path similarity over all pairs of "
        + Text.grouped(c.words())
        + " "
        + c.pairs()
        + " is "
        + Spelling.number(e.value())
        + interval(e)
        + (e.expected() == null
            ? "."
            : "; with words permuted it is " + Spelling.spread(e.expected(), e.deviation()) + ".");
  }

  private static String interval(Estimate e) {
    return e.interval() == null
        ? ""
        : " ("
            + Spelling.number(e.interval().get(0))
            + " to "
            + Spelling.number(e.interval().get(1))
            + ")";
  }

  private void lift(Correlation c) {
    findings.add(
        Scalar.of(
            "wordnet.nouns." + id(c.of()) + ".lift",
            "Pearson less that of static rows: nouns, " + c.of(),
            c.pearson(),
            find("all", c.of())
                .map(
                    s ->
                        s.pearson().value() - find("all", "static").orElseThrow().pearson().value())
                .orElse(null),
            "1",
            null,
            "Over nouns the correlation of "
                + c.of()
                + " vectors less that of static rows is "
                + Spelling.number(c.pearson().value())
                + interval(c.pearson())
                + "; no chance level, the interval is over words."));
  }

  private void norms() {
    for (Norms n : r.readings()) {
      findings.add(
          Scalar.seed(
              "wordnet." + id(n.of()) + ".norm",
              "mean norm: " + n.of(),
              n.mean(),
              "1",
              "Mean norm "
                  + Spelling.number(n.mean())
                  + ", standard deviation "
                  + Spelling.number(n.deviation())
                  + "."));
      if (n.cosine() != null) {
        findings.add(
            Scalar.seed(
                "wordnet." + id(n.of()) + ".static_cosine",
                "mean cosine with the static row: " + n.of(),
                n.cosine(),
                "1",
                "Cosine of a word's "
                    + n.of()
                    + " vector with its own row: mean "
                    + Spelling.number(n.cosine())
                    + ", standard deviation "
                    + Spelling.number(n.spread())
                    + "."));
      }
    }
  }

  private void simplices() {
    for (Volume v : r.simplices().volumes()) {
      if (v.cv() != null) {
        findings.add(
            Scalar.seed(
                "wordnet." + id(v.of()) + ".simplex_cv",
                "coefficient of variation of simplex volumes: " + v.of(),
                v.cv(),
                "1",
                "Of 1,000 simplices of five words "
                    + v.valid()
                    + " have a volume; deviation over mean "
                    + Spelling.number(v.cv())
                    + "."));
      }
    }
    if (r.simplices().correlation() != null) {
      findings.add(
          Scalar.of(
              "wordnet.simplex_correlation",
              "correlation of simplex volumes, static with context",
              Estimate.of(r.simplices().correlation()),
              r.simplices().seedCorrelation(),
              "1",
              null,
              "Volumes of "
                  + r.simplices().both()
                  + " simplices that have one in both correlate at "
                  + Spelling.number(r.simplices().correlation())
                  + "; the reference notebooks' code pairs the volumes that are left in each by their order."));
    }
  }

  private String summary() {
    StringBuilder text =
        new StringBuilder(
            Text.grouped(r.counts().matched())
                + " words of WordNet are "
                + (settings.several()
                    ? "in the model's vocabulary."
                    : "single tokens of the model."));
    for (String group : List.of("nouns", "verbs")) {
      for (Correlation c : r.correlations()) {
        if (c.pairs().equals(group)) {
          Estimate e = c.pearson();
          text.append(
              " "
                  + (group.equals("nouns") ? "Nouns" : "Verbs")
                  + ", "
                  + c.of()
                  + ": Pearson "
                  + Spelling.number(e.value())
                  + interval(e)
                  + verdict(e)
                  + ".");
        }
      }
    }
    r.lifts().stream()
        .filter(c -> c.of().equals("context") && c.pearson().interval() != null)
        .forEach(
            c ->
                text.append(
                    " Context "
                        + (c.pearson().interval().get(0) > 0
                            ? "adds " + Spelling.number(c.pearson().value()) + " to the static rows"
                            : c.pearson().interval().get(1) < 0
                                ? "loses "
                                    + Spelling.number(-c.pearson().value())
                                    + " against the static rows"
                                : "and static rows cannot be told apart")
                        + interval(c.pearson())
                        + "."));
    if (r.layers().size() > 1 && r.layers().get(0).state().endsWith("embed")) {
      text.append(
          " The mean of the token vectors that enter the first block has "
              + Spelling.number(r.layers().get(0).pearson().value())
              + " already: glosses of related words share words.");
    }
    return text.toString();
  }

  private static String verdict(Estimate e) {
    if (e.z() == null || e.p() == null) {
      return "";
    }
    boolean beyond = Math.abs(e.z()) >= CLEAR;
    return (beyond ? ", more than chance" : ", less than four deviations from chance")
        + " (permuted "
        + Spelling.spread(e.expected(), e.deviation())
        + ", p "
        + Spelling.number(e.p())
        + ")";
  }
}
