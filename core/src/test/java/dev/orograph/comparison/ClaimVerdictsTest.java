package dev.orograph.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.finding.Results.ModelCard;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.SeedClaims;
import dev.orograph.finding.Table;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClaimVerdictsTest {
  private final List<Results> runs = new ArrayList<>();

  private void run(Finding... findings) {
    Section section = new Section("s", "S", "", "", "", "", List.of(findings));
    ModelCard card = new ModelCard("m", "bert", Map.of(), "print " + runs.size(), "");
    runs.add(Results.of(card, Map.of(), List.of(), List.of(section)));
  }

  private static Scalar scalar(String id, double value, double low, double high) {
    return Scalar.of(id, id, Estimate.of(value).within(low, high), null, "1", null, id + ".");
  }

  private static Scalar rho(double rho) {
    return Scalar.plain("gain.rho", "rho", rho, "1", "rho.");
  }

  private String verdict(String claim) {
    Table t = ClaimVerdicts.of(runs);
    return t.rows().stream()
        .filter(r -> r.get(0).equals(claim))
        .map(r -> (String) r.get(t.columns().indexOf("verdict")))
        .findFirst()
        .orElse(null);
  }

  /** One model refutes a claim about all; three are needed to support it. */
  @Test
  void aClaimAboutAllModels() {
    String band = "volumes of 4-simplices have a CV in one band for all models";
    run(scalar("simplices.e.cv", 0.21, 0.205, 0.22));
    run(scalar("simplices.e.cv", 0.22, 0.215, 0.225));
    assertThat(verdict(band)).isEqualTo("cannot be told");
    run(scalar("simplices.e.cv", 0.22, 0.215, 0.225));
    assertThat(verdict(band)).isEqualTo("holds");
    run(scalar("simplices.e.cv", 0.22, 0.19, 0.25));
    assertThat(verdict(band)).isEqualTo("cannot be told");
    run(scalar("simplices.e.cv", 0.21, 0.205, 0.22), scalar("simplices.h.cv", 0.4, 0.39, 0.41));
    assertThat(verdict(band)).as("one figure fails, so the model does").isEqualTo("does not hold");
    Table t = ClaimVerdicts.of(runs);
    assertThat(t.columns()).contains("m", "m (2)", "m (5)");
    List<Object> row = t.rows().get(0);
    assertThat(row.get(t.columns().indexOf("models"))).isEqualTo(5L);
    assertThat(row.get(t.columns().indexOf("hold"))).isEqualTo(3L);
    assertThat(row.get(t.columns().indexOf("do_not"))).isEqualTo(1L);
    assertThat(row.get(t.columns().indexOf("m (4)"))).isEqualTo("cannot be told");
  }

  /** H25 against the commoner outcome: that all of one kind agree is what it expects anyway. */
  @Test
  void h25() {
    for (int i = 0; i < 6; i++) {
      run(rho(0.5), scalar("gain.last_block", 0.8, 0.7, 0.9));
    }
    assertThat(verdict(SeedClaims.H25))
        .as("six of six, and all dampen")
        .isEqualTo("cannot be told");
    for (int i = 0; i < 6; i++) {
      run(rho(0.1), scalar("gain.last_block", 1.3, 1.2, 1.4));
    }
    assertThat(verdict(SeedClaims.H25)).as("twelve of twelve, half dampen").isEqualTo("holds");
    runs.clear();
    run(rho(0.5), scalar("gain.last_block", 1.05, 0.9, 1.2));
    assertThat(verdict(SeedClaims.H25)).isEqualTo("cannot be told");
    runs.clear();
    run(
        rho(0.5),
        scalar("gain.last_block", 0.8, 0.7, 0.9),
        new Note("gain.norm_after_sum", "No residual gain", "."));
    assertThat(verdict(SeedClaims.H25)).as("norms stand behind the sums").isNull();
  }
}
