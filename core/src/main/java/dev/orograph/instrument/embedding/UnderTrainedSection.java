package dev.orograph.instrument.embedding;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.rows.Token;
import java.util.ArrayList;
import java.util.List;

/** What the tokens that look unused say. */
final class UnderTrainedSection {
  private final Card card;
  private final List<UnderTrainedFigures> all;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  UnderTrainedSection(Card card, List<UnderTrainedFigures> all) {
    this.card = card;
    this.all = all;
  }

  Section section() {
    for (UnderTrainedFigures r : all) {
      SeedTable.broken(card.id(), r.task(), r.broken()).ifPresent(findings::add);
      matrix(r, card.id() + "." + r.task().detail().id());
    }
    return card.section(String.join(" ", sentences), findings);
  }

  private void matrix(UnderTrainedFigures r, String id) {
    String name = r.task().detail().name();
    String copies =
        r.clusters() == 0
            ? "No two rows of the " + name + " are equal"
            : r.copies() + " rows of the " + name + " are copies, in " + r.clusters() + " clusters";
    copies +=
        "; " + r.zeros() + " are shorter than 1e-6, " + r.small() + " than 1 % of the median.";
    sentences.add(copies);
    count(id + ".copies", "rows that equal another, " + name, r.copies(), copies);
    count(id + ".near_zero", "rows near zero, " + name, r.zeros(), copies);
    count(id + ".small", "rows below 1 % of the median norm, " + name, r.small(), copies);
    if (!r.largest().isEmpty()) {
      findings.add(
          tokens(id + ".cluster", "Largest cluster of equal rows, " + name, "norm", r.largest()));
    }
    if (r.reach() == null) {
      sentences.add(
          "No token is known to be unused, so none can be compared with where training starts.");
      return;
    }
    String sentence =
        r.suspects()
            + " other tokens lie within "
            + Spelling.number(r.reach())
            + " of the mean of the "
            + r.unused()
            + (r.known() ? " unused tokens" : " copies of one row")
            + ", where nine in ten of these lie; the median distance is "
            + Spelling.number(r.median())
            + (r.nearest().isEmpty()
                ? "."
                : ", the nearest is "
                    + r.nearest().get(0).name()
                    + " at "
                    + Spelling.number(r.nearest().get(0).value())
                    + ".");
    sentences.add(sentence);
    count(id + ".suspects", "tokens among the unused, " + name, r.suspects(), sentence);
    findings.add(
        tokens(id + ".nearest", "Tokens nearest to the unused, " + name, "distance", r.nearest()));
  }

  private void count(String id, String title, int value, String sentence) {
    findings.add(Scalar.plain(id, title, value, "tokens", sentence));
  }

  private static Table tokens(String id, String title, String figure, List<Token> tokens) {
    return Table.of(
        id,
        title,
        List.of(
            new Column<Token>("token", "number", t -> (long) t.id()),
            new Column<>("text", "what it stands for", Token::text),
            new Column<>(figure, figure + " of its row", Token::value)),
        tokens);
  }
}
