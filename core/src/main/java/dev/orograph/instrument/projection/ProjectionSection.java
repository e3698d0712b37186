package dev.orograph.instrument.projection;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.projection.ProjectionFigures.Counts;
import dev.orograph.instrument.projection.ProjectionFigures.Estimates;
import dev.orograph.instrument.projection.ProjectionFigures.Lying;
import dev.orograph.instrument.projection.ProjectionFigures.Simplices;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;

/** What a projection says, in words and figures. */
final class ProjectionSection {
  /** From this share of the aligned agreement on, what lies there unrotated is called most. */
  private static final double MOST = 0.9;

  private static final double SOME = 0.1;

  private final Card card;
  private final ProjectionSettings settings;
  private final ProjectionFigures r;
  private final List<Finding> findings = new ArrayList<>();

  ProjectionSection(Card card, ProjectionSettings settings, ProjectionFigures r) {
    this.card = card;
    this.settings = settings;
    this.r = r;
  }

  Section section() {
    if (r.fault() != null) {
      return card.section(
          "There are too few tokens to say anything.",
          List.of(new Note("project.fault", "Too few tokens", r.fault())));
    }
    notes();
    estimates();
    lying();
    map();
    simplices();
    findings.addAll(new ProjectionCharts(settings, r).all());
    return card.section(summary(), findings);
  }

  private void notes() {
    Counts c = r.counts();
    String matched =
        Text.grouped(c.pairs())
            + " tokens are matched by "
            + c.how()
            + "; "
            + r.large()
            + " has "
            + Text.grouped(c.large())
            + " rows and "
            + r.small()
            + " "
            + Text.grouped(c.small())
            + "."
            + (c.broken() == 0
                ? ""
                : " "
                    + Text.grouped(c.broken())
                    + " pairs with a NaN, an infinite number or one beyond float32 are left out.")
            + (c.zero() == 0
                ? ""
                : " " + Text.grouped(c.zero()) + " have a row of zeros, whose cosine counts as 0.");
    findings.add(new Note("project.tokens_matched", "Which tokens", matched));
    if (c.anchors() <= c.width()) {
      findings.add(
          new Note(
              "project.few_anchors",
              "Few anchors",
              Text.grouped(c.anchors())
                  + " anchors do not determine a rotation in "
                  + Text.grouped(c.width())
                  + " dimensions: those it turns freely say nothing of held-out tokens."));
    }
  }

  private void scalar(
      String id, String title, Estimate e, Double seed, String claim, String sentence) {
    if (e != null) {
      Scalar s = Scalar.of("project." + id, title, e, seed, "1", claim, sentence);
      // Cosines, correlations and shares; a coefficient of variation has no upper end.
      findings.add(id.startsWith("simplices.") ? s : s.on(Scale.BOUNDED));
    }
  }

  private static String chance(Estimate e, String by) {
    return e.expected() == null
        ? "."
        : "; " + by + " " + Spelling.spread(e.expected(), e.deviation()) + ".";
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

  private String heldOut() {
    return Text.grouped(r.heldOut().count()) + " held-out tokens";
  }

  private void estimates() {
    Estimates e = r.estimates();
    scalar(
        "held_out_cosine",
        "cosine of projected tokens with their own rows",
        e.cosine(),
        e.cosine().value(),
        "project.place",
        "Over "
            + heldOut()
            + " the mean cosine of the projected row with the token's own is "
            + Spelling.number(e.cosine().value())
            + interval(e.cosine())
            + chance(e.cosine(), "by rotations fitted to shuffled anchors"));
    if (settings.sound()) {
      scalar(
          "held_out_cosine_centred",
          "the same, both less the anchors' mean",
          e.centred(),
          null,
          null,
          "Less the anchors' mean, which all tokens share, it is "
              + Spelling.number(e.centred().value())
              + interval(e.centred())
              + chance(e.centred(), "by rotations fitted to shuffled anchors"));
      scalar(
          "explained",
          "share of held-out variance explained",
          e.explained(),
          null,
          null,
          Spelling.percent(e.explained().value())
              + " of the variance of "
              + heldOut()
              + " is what the projection says, at the best common length"
              + chance(e.explained(), "by rotations fitted to shuffled anchors"));
    }
    int n = r.counts().relations();
    String pairs = "Over the pairs of " + Text.grouped(n) + " held-out tokens ";
    scalar(
        "relational",
        "correlation of the cosines of pairs",
        e.relational(),
        e.relational().value(),
        "project.relations",
        pairs
            + "cosines in "
            + r.small()
            + " and among the projected rows correlate at "
            + Spelling.number(e.relational().value())
            + interval(e.relational())
            + chance(e.relational(), "with tokens permuted"));
    scalar(
        "relational_raw",
        "the same before any projection",
        e.relationalRaw(),
        null,
        null,
        pairs
            + "cosines in the two models as they are correlate at "
            + Spelling.number(e.relationalRaw().value())
            + interval(e.relationalRaw())
            + chance(e.relationalRaw(), "with tokens permuted"));
    scalar(
        "relational_gain",
        "what the projection adds to it",
        e.gain(),
        null,
        null,
        "Projection changes the correlation by "
            + Spelling.number(e.gain().value())
            + interval(e.gain())
            + ": a rotation changes no cosine, only the components left out and the mean do.");
    findings.add(
        Scalar.seed(
            "project.relational_difference",
            "mean difference of the cosines of pairs",
            e.difference(),
            "1",
            pairs
                + "the two cosines differ by "
                + Spelling.number(e.difference())
                + " on average."));
    scalar(
        "cka_debiased",
        "debiased CKA",
        e.cka(),
        null,
        null,
        e.cka() == null
            ? ""
            : "Debiased linear CKA of the two as they are is "
                + Spelling.number(e.cka().value())
                + chance(e.cka(), "with tokens permuted"));
    scalar(
        "mutual_neighbours",
        "mutual nearest neighbours",
        e.neighbours(),
        null,
        "project.neighbours",
        e.neighbours() == null
            ? ""
            : "Of a held-out token's "
                + settings.neighbours()
                + " nearest others by cosine "
                + Spelling.percent(e.neighbours().value())
                + " are the same in both models"
                + chance(e.neighbours(), "with tokens permuted"));
    if (r.digits() != null) {
      scalar(
          "digits",
          "correlation of the cosines of digits",
          r.digits().correlation(),
          r.digits().correlation().value(),
          "project.digits",
          "The 45 cosines between digits correlate at "
              + Spelling.number(r.digits().correlation().value())
              + chance(r.digits().correlation(), "with digits permuted"));
      findings.add(
          Scalar.seed(
              "project.digits_difference",
              "mean difference of the cosines of digits",
              r.digits().difference(),
              "1",
              "The cosines of digits differ by "
                  + Spelling.number(r.digits().difference())
                  + " on average."));
    }
  }

  private void lying() {
    Lying l = r.lying();
    if (l == null || !settings.sound()) {
      return;
    }
    plain(
        "as_they_lie",
        "cosine without any rotation",
        l.cosine(),
        "Without projection or rotation, number by number, the mean cosine of a held-out token's"
            + " two rows is "
            + Spelling.number(l.cosine())
            + "; unrelated models have no number in common.");
    plain(
        "as_they_lie_centred",
        "the same, each less its anchors' mean",
        l.centred(),
        "Less each model's own mean it is " + Spelling.number(l.centred()) + ".");
    plain(
        "as_they_lie_explained",
        "variance explained without any rotation",
        l.explained(),
        Spelling.percent(l.explained())
            + " of the held-out variance is explained with no rotation at all.");
    plain(
        "diagonal",
        "mean of the rotation's diagonal",
        l.diagonal(),
        "The mean of the rotation's diagonal is "
            + Spelling.number(l.diagonal())
            + ": 1 where the two have one basis, 0 ± "
            + Spelling.number(1.0 / r.counts().width())
            + " for a random rotation.");
  }

  private void plain(String id, String title, double value, String sentence) {
    findings.add(Scalar.plain("project." + id, title, value, "1", sentence));
  }

  private void map() {
    ProjectionFigures.Map m = r.map();
    findings.add(
        Scalar.seed(
            "project.variance_kept",
            "variance along the components",
            m.kept(),
            "1",
            Spelling.percent(m.kept())
                + " of the variance of "
                + r.large()
                + " lies along its first "
                + r.counts().width()
                + " principal components, of "
                + r.counts().wide()
                + "."));
    findings.add(
        Scalar.seed(
            "project.scale",
            "sum of the singular values",
            m.scale(),
            "1",
            "The singular values of the anchors' products add up to "
                + Spelling.number(m.scale())
                + "."));
    findings.add(
        Scalar.plain(
            "project.stretch",
            "best common factor of lengths",
            m.stretch(),
            "1",
            "Projected anchors come nearest to their own rows when they are multiplied by "
                + Spelling.number(m.stretch())
                + ", which the notebook's map does not do."));
    findings.add(
        Scalar.seed(
            "project.held_out_distance",
            "distance of projected tokens from their own rows",
            r.distances().mean(),
            "1",
            "Mean distance of projected held-out tokens from their own rows: "
                + Spelling.number(r.distances().mean())
                + ", standard deviation "
                + Spelling.number(r.distances().deviation())
                + "."));
  }

  private void simplices() {
    Simplices s = r.simplices();
    if (s.native_() != null && s.projected() != null) {
      findings.add(
          Scalar.seed(
              "project.simplices.native_cv",
              "variation of volumes of five tokens, own rows",
              s.native_().variation(),
              "1",
              "Volumes of own rows vary by " + Spelling.number(s.native_().variation()) + "."));
      findings.add(
          Scalar.seed(
              "project.simplices.projected_cv",
              "variation of volumes of five tokens, projected",
              s.projected().variation(),
              "1",
              "Volumes of projected rows vary by "
                  + Spelling.number(s.projected().variation())
                  + "."));
      findings.add(
          Scalar.seed(
              "project.simplices.ratio",
              "mean volume, projected over own",
              s.projected().mean() / s.native_().mean(),
              "1",
              "Projected volumes are "
                  + Spelling.number(s.projected().mean() / s.native_().mean())
                  + " times the own ones; volumes go with the fourth power of lengths."));
    }
    if (s.correlation() != null) {
      scalar(
          "simplices.correlation",
          "correlation of volumes of five tokens",
          s.correlation(),
          s.seed(),
          "project.volumes",
          "Volumes of "
              + Text.grouped(s.volumes().size())
              + " sets of five tokens correlate at "
              + Spelling.number(s.correlation().value())
              + chance(s.correlation(), "unpaired sets")
              + " Norms alone make them agree, where both models give the same tokens long rows.");
    }
  }

  private String summary() {
    Estimates e = r.estimates();
    StringBuilder text =
        new StringBuilder(
            "Projected onto "
                + r.small()
                + ", held-out tokens of "
                + r.large()
                + " have a mean cosine of "
                + Spelling.number(e.cosine().value())
                + " with their own rows");
    if (e.cosine().expected() != null) {
      text.append(" (shuffled anchors: ")
          .append(Spelling.number(e.cosine().expected()))
          .append(')');
    }
    text.append(", and cosines of pairs correlate at ")
        .append(Spelling.number(e.relational().value()))
        .append('.');
    if (e.neighbours() != null) {
      text.append(" Of nearest neighbours ")
          .append(Spelling.percent(e.neighbours().value()))
          .append(" are shared, ")
          .append(Spelling.percent(e.neighbours().expected()))
          .append(" by chance.");
    }
    Lying l = r.lying();
    if (l != null && settings.sound()) {
      double share = l.explained() / e.explained().value();
      text.append(" With no rotation at all the cosine is ")
          .append(Spelling.number(l.cosine()))
          .append(": ")
          .append(
              share >= MOST
                  ? "what agrees is where both began, a shared start and no geometry that each"
                      + " found for itself."
                  : share >= SOME
                      ? "part of the agreement is a shared start."
                      : "the agreement is one up to a rotation, which no shared start explains.");
    }
    return text.toString();
  }
}
