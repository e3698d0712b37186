package dev.orograph.comparison;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.states.GainColumns;
import dev.orograph.stats.Binomial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether rho = heads / (width / heads) tells models that dampen from models that expand (H25 of
 * seed 004), for each way to take the gain. The accuracy is set against the base rate, the share of
 * the commoner verdict, which a rule that always says the same reaches too: p = P(X at least hits),
 * X binomial with the number of models and the base rate.
 */
final class HeadDensity {
  /** Id of the section. */
  static final String ID = "h25";

  private static final String TABLE = GainColumns.H25;
  private static final List<String> DEFINITIONS =
      GainColumns.DEFINITIONS.stream().map(GainColumns.Definition::id).toList();

  /** The one that seed 004 takes. */
  private static final String SEED = "seed_004";

  /** With fewer models any accuracy is chance. */
  private static final int FEWEST = 3;

  private static final double SIGNIFICANT = 0.05;

  private final List<Compared> models;

  private HeadDensity(List<Compared> models) {
    this.models = models;
  }

  /** The section; empty where no two models have gains. */
  static Optional<Section> section(List<Compared> models) {
    List<Compared> known = models.stream().filter(m -> !m.rows(TABLE).isEmpty()).toList();
    return known.size() < 2 ? Optional.empty() : Optional.of(new HeadDensity(known).section());
  }

  /** The first stack's row of that definition; null where the run has none. */
  private static Row row(Compared m, String definition) {
    return m.rows(TABLE).stream()
        .filter(r -> definition.equals(r.text(GainColumns.DEFINITION)))
        .findFirst()
        .orElse(null);
  }

  private static String text(Compared m, String definition, Figure<?> figure) {
    Row row = row(m, definition);
    return row == null ? null : row.text(figure);
  }

  private static Double number(Compared m, String definition, Figure<?> figure) {
    Row row = row(m, definition);
    return row == null ? null : row.number(figure);
  }

  /** How one definition fares. */
  private record Score(String definition, int models, int hits, int dampen) {
    double base() {
      return Math.max(dampen, models - dampen) / (double) models;
    }

    Double p() {
      return models == 0 ? null : Binomial.atLeast(hits, models, base());
    }

    String verdict() {
      if (models < FEWEST) {
        return "cannot be decided";
      }
      return p() < SIGNIFICANT ? "better than the base rate" : "not better than the base rate";
    }
  }

  private Score score(String definition) {
    List<Compared> decided =
        models.stream()
            .filter(m -> number(m, definition, GainColumns.GAIN) != null)
            .filter(m -> !is(m, definition, GainColumns.VERDICT, GainColumns.UNDECIDED))
            .toList();
    int hits =
        (int) decided.stream().filter(m -> is(m, definition, GainColumns.HIT, "hit")).count();
    int dampen =
        (int)
            decided.stream().filter(m -> is(m, definition, GainColumns.VERDICT, "DAMPEN")).count();
    return new Score(definition, decided.size(), hits, dampen);
  }

  private static boolean is(Compared m, String definition, Figure<?> figure, String value) {
    return value.equals(text(m, definition, figure));
  }

  private Section section() {
    List<Score> scores = DEFINITIONS.stream().map(this::score).toList();
    List<Finding> findings = new ArrayList<>();
    findings.add(table());
    findings.add(
        Table.of(
            "compare.h25.accuracy",
            "Accuracy of H25",
            List.of(
                new Column<Score>("definition", "which gain", Score::definition),
                new Column<>(
                    "models",
                    "with that gain, and an interval that leaves 1 out where it is the last block's",
                    s -> (long) s.models()),
                new Column<>("hits", "for which H25 is right", s -> (long) s.hits()),
                new Column<>("accuracy", "their share", s -> s.hits() / (double) s.models()),
                new Column<>("base_rate", "share of the commoner verdict", Score::base),
                new Column<>(
                    "p", "exact binomial, at least so many hits at the base rate", Score::p),
                new Column<>("h25", "what follows", Score::verdict)),
            scores));
    findings.add(
        new Note(
            "compare.h25.confounded",
            "What agreement would not show",
            "rho is confounded with family and depth: models of one family share both, so they are"
                + " not independent, and p is too small for them."));
    Score last = scores.get(scores.size() - 1);
    return new Section(
        ID,
        "Residual gain and H25",
        "H25 (rho at least 0.2 predicts damping) is right for "
            + last.hits()
            + " of "
            + last.models()
            + " models by the last block's own gain: "
            + last.verdict()
            + ".",
        "Verdicts of the single runs, DAMPEN below a gain of 1, against rho = heads / (width /"
            + " heads). Where a model has two stacks, its first counts.",
        "seed 004.",
        "With fewer than three models nothing can be decided.",
        findings);
  }

  private Table table() {
    List<Column<Compared>> columns = new ArrayList<>();
    columns.add(new Column<>("model", "its name", Compared::name));
    columns.add(
        new Column<>(
            "rho", "heads / (width / heads)", m -> number(m, DEFINITIONS.get(0), GainColumns.RHO)));
    columns.add(
        new Column<>(
            "layers", "of the stack", m -> number(m, DEFINITIONS.get(0), GainColumns.LAYERS)));
    columns.add(
        new Column<>(
            "predicted", "by H25", m -> text(m, DEFINITIONS.get(0), GainColumns.PREDICTED)));
    for (String d : DEFINITIONS) {
      columns.add(
          new Column<>(
              d, "gain, mean over prompts", m -> number(m, d, GainColumns.GAIN), d.equals(SEED)));
    }
    for (String d : DEFINITIONS) {
      columns.add(
          new Column<>(
              d + "_h25",
              "its verdict, and whether H25 agrees",
              m ->
                  row(m, d) == null
                      ? null
                      : text(m, d, GainColumns.VERDICT) + " " + text(m, d, GainColumns.HIT),
              d.equals(SEED)));
    }
    return Table.of("compare.h25.models", "Gains and H25", columns, models);
  }
}
