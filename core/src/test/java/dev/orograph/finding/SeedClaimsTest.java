package dev.orograph.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeedClaimsTest {
  private final List<Finding> findings = new ArrayList<>();

  private void add(String id, String claim, Estimate e) {
    findings.add(Scalar.of(id, id, e, null, "1", claim, id + "."));
  }

  private List<String> verdicts() {
    Section section =
        SeedClaims.of(List.of(new Section("s", "S", "", "", "", "", findings))).orElseThrow();
    Table table = (Table) section.findings().get(0);
    int verdict = table.columns().indexOf("verdict");
    return table.rows().stream().map(r -> (String) r.get(verdict)).toList();
  }

  @Test
  void aRange() {
    add("simplices.a.cv", null, Estimate.of(0.21).within(0.205, 0.22));
    add("simplices.b.cv", null, Estimate.of(0.24).within(0.231, 0.25));
    add("simplices.c.cv", null, Estimate.of(0.225).within(0.2, 0.25));
    assertThat(verdicts()).containsExactly("holds", "does not hold", "cannot be told");
  }

  @Test
  void aDifferenceFromChance() {
    String core = "core against random directions";
    add("density.a.core_shell.directions", core, Estimate.of(1.5).against(2, 0.1));
    add("density.b.core_shell.directions", core, Estimate.of(2.5).against(2, 0.1));
    add("density.c.core_shell.directions", core, Estimate.of(1.95).against(2, 0.01));
    add("density.d.core_shell.directions", core, Estimate.of(1.5).against(2, 0.4));
    assertThat(verdicts())
        .containsExactly("holds", "does not hold", "does not hold", "cannot be told");
  }

  @Test
  void whatAProjectionIsSaidToDo() {
    add("project.relational", null, Estimate.of(0.95).within(0.94, 0.96));
    add("project.relational", null, Estimate.of(0.74).within(0.72, 0.76));
    add("project.relational", null, Estimate.of(0.87).within(0.86, 0.88));
    add("project.relational_gain", null, Estimate.of(0.1).within(0.05, 0.15));
    add("project.relational_gain", null, Estimate.of(-0.1).within(-0.15, -0.05));
    add("project.relational_gain", null, Estimate.of(0).within(-0.1, 0.1));
    add("project.simplices.native_cv", null, Estimate.of(0.4));
    assertThat(verdicts())
        .containsExactly(
            "holds",
            "does not hold",
            "cannot be told",
            "holds",
            "does not hold",
            "cannot be told",
            "does not hold");
  }

  /** Of three lists with p .01, .02, .04 all pass by Holm; with .01, .03, .04 only the first. */
  @Test
  void severalListsTogether() {
    add("words.e.a.cosine", null, withP(0.01));
    add("words.e.b.cosine", null, withP(0.02));
    add("words.e.c.cosine", null, withP(0.04));
    assertThat(verdicts()).containsExactly("holds", "holds", "holds");
    findings.set(1, Scalar.of("words.e.b.cosine", "", withP(0.03), null, "1", null, ""));
    assertThat(verdicts()).containsExactly("holds", "does not hold", "does not hold");
  }

  private static Estimate withP(double p) {
    return Estimate.of(0.3).beside(0.1, null, p, null);
  }

  @Test
  void whatSpeaksToNoClaimHasNoSection() {
    add("spectra.a.alpha", "spectra.alpha", Estimate.of(1).against(2, 1));
    assertThat(SeedClaims.of(List.of(new Section("s", "S", "", "", "", "", findings)))).isEmpty();
  }
}
