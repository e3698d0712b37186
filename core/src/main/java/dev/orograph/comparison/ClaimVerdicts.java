package dev.orograph.comparison;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.finding.SeedClaims;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.stats.Binomial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The verdict of each claim of the reference notebooks over several models.
 *
 * <p>In one model a claim <em>holds</em> where it holds by every figure that speaks to it, <em>does
 * not hold</em> where it fails by one, else it <em>cannot be told</em>. Over models these claims
 * are about all of them: one model in which it does not hold refutes it, {@value #FEWEST} in which
 * it holds, and none that is undecided, support it. H25 is about a share: it holds where more
 * models agree than the commoner outcome alone explains, p = P(X at least hits) below .05, X
 * binomial.
 */
public final class ClaimVerdicts {
  /** Id of the table. */
  public static final String TABLE = "claims.models";

  private static final int FEWEST = 3;
  private static final double SIGNIFICANT = 0.05;

  /** A figure of a run that speaks to a claim. */
  private record Spoken(String claim, String seed, String verdict, Double measured) {}

  /**
   * A claim.
   *
   * @param verdicts by model, an empty list where a run does not speak to it
   * @param dampens for H25, how many of the decided models dampen
   */
  private record Claim(String words, String seed, List<List<Spoken>> verdicts, int dampens) {
    String of(int model) {
      return one(verdicts.get(model));
    }

    long count(String verdict) {
      return verdicts.stream().filter(v -> verdict.equals(one(v))).count();
    }

    long speaking() {
      return verdicts.stream().filter(v -> !v.isEmpty()).count();
    }

    String verdict() {
      long decided = count(SeedClaims.HOLDS) + count(SeedClaims.NOT);
      if (words.equals(SeedClaims.H25)) {
        if (decided < FEWEST) {
          return SeedClaims.UNTOLD;
        }
        double base = Math.max(dampens, decided - dampens) / (double) decided;
        boolean better =
            Binomial.atLeast((int) count(SeedClaims.HOLDS), (int) decided, base) < SIGNIFICANT;
        return better
            ? SeedClaims.HOLDS
            : count(SeedClaims.HOLDS) < base * decided ? SeedClaims.NOT : SeedClaims.UNTOLD;
      }
      if (count(SeedClaims.NOT) > 0) {
        return SeedClaims.NOT;
      }
      return count(SeedClaims.HOLDS) >= FEWEST && count(SeedClaims.UNTOLD) == 0
          ? SeedClaims.HOLDS
          : SeedClaims.UNTOLD;
    }
  }

  private ClaimVerdicts() {}

  /** A verdict on the figures of one model; null without any. */
  private static String one(List<Spoken> figures) {
    if (figures.isEmpty()) {
      return null;
    }
    if (figures.stream().anyMatch(s -> s.verdict().equals(SeedClaims.NOT))) {
      return SeedClaims.NOT;
    }
    return figures.stream().allMatch(s -> s.verdict().equals(SeedClaims.HOLDS))
        ? SeedClaims.HOLDS
        : SeedClaims.UNTOLD;
  }

  /** A row per claim that any of the runs speaks to, a column per run. */
  public static Table of(List<Results> runs) {
    List<List<Spoken>> spoken = runs.stream().map(ClaimVerdicts::spoken).toList();
    Map<String, String> claims = new LinkedHashMap<>();
    spoken.forEach(run -> run.forEach(s -> claims.putIfAbsent(s.claim(), s.seed())));
    List<Claim> rows = new ArrayList<>();
    claims.forEach(
        (claim, seed) -> {
          List<List<Spoken>> own =
              spoken.stream()
                  .map(run -> run.stream().filter(s -> s.claim().equals(claim)).toList())
                  .toList();
          rows.add(new Claim(claim, seed, own, dampens(own)));
        });
    List<Column<Claim>> columns = new ArrayList<>();
    columns.add(new Column<>("claim", "what the reference notebooks claim", Claim::words));
    columns.add(new Column<>("seed", "their number", Claim::seed));
    columns.add(new Column<>("models", "runs that speak to it", Claim::speaking));
    columns.add(new Column<>("hold", "in how many it holds", c -> c.count(SeedClaims.HOLDS)));
    columns.add(new Column<>("do_not", "in how many it does not", c -> c.count(SeedClaims.NOT)));
    columns.add(
        new Column<>("untold", "in how many it cannot be told", c -> c.count(SeedClaims.UNTOLD)));
    columns.add(
        new Column<>(
            "verdict",
            "does not hold where one model refutes it; holds in three models at least and all that"
                + " speak to it; H25 against the commoner outcome",
            Claim::verdict));
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < runs.size(); i++) {
      int at = i;
      String name = runs.get(i).model().name();
      String apart = names.add(name) ? name : name + " (" + (i + 1) + ")";
      names.add(apart);
      columns.add(
          new Column<>(apart, "its verdict, by all figures that speak to it", c -> c.of(at)));
    }
    return Table.of(TABLE, "Claims over models", columns, rows);
  }

  /** Of the models whose last block is decided, how many it dampens. */
  private static int dampens(List<List<Spoken>> models) {
    return (int)
        models.stream()
            .filter(
                v ->
                    !Objects.requireNonNullElse(one(v), SeedClaims.UNTOLD)
                        .equals(SeedClaims.UNTOLD))
            .filter(v -> v.stream().anyMatch(s -> s.measured() != null && s.measured() < 1))
            .count();
  }

  private static List<Spoken> spoken(Results run) {
    List<Section> own =
        run.sections().stream().filter(s -> !s.id().equals(SeedClaims.SECTION)).toList();
    List<Spoken> spoken = new ArrayList<>();
    SeedClaims.of(own)
        .ifPresent(
            section -> {
              for (Finding f : section.findings()) {
                if (f instanceof Table t && t.id().equals(SeedClaims.TABLE)) {
                  t.rows()
                      .forEach(
                          r ->
                              spoken.add(
                                  new Spoken(
                                      text(t, r, "claim"),
                                      text(t, r, "seed"),
                                      text(t, r, "verdict"),
                                      (Double) r.get(t.columns().indexOf("measured")))));
                }
              }
            });
    return spoken;
  }

  private static String text(Table t, List<Object> row, String column) {
    return (String) row.get(t.columns().indexOf(column));
  }
}
