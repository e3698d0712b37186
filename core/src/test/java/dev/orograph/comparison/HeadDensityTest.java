package dev.orograph.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.finding.Results;
import dev.orograph.finding.Results.ModelCard;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** H25 over several models: hits, base rate, exact tail, and too few to decide. */
class HeadDensityTest {
  private static final List<String> COLUMNS =
      List.of("definition", "gain", "verdict", "rho", "layers", "predicted", "h25");

  private static Results run(int i, double rho, Double gain) {
    String predicted = rho >= 0.2 ? "DAMPEN" : "EXPAND";
    String verdict = gain == null ? "undefined" : gain < 1 ? "DAMPEN" : "EXPAND";
    String hit = gain == null ? "undefined" : verdict.equals(predicted) ? "hit" : "miss";
    List<List<Object>> rows = new ArrayList<>();
    for (String d : List.of("with_final_norm", "seed_004", "last_block")) {
      rows.add(Arrays.asList(d, gain, verdict, rho, 3L, predicted, hit));
    }
    Table table = new Table("gain.h25", "t", COLUMNS, COLUMNS, rows);
    return Results.of(
        new ModelCard("m" + i, "Llama", Map.of(), "f" + i, "p"),
        Map.of(),
        List.of(),
        List.of(new Section("gain", "g", "s", "m", "s", "l", List.of(table))));
  }

  private static Object cell(Results all, String column) {
    Table t = (Table) all.find("compare.h25.accuracy").orElseThrow();
    return t.rows().get(2).get(t.columns().indexOf(column));
  }

  @Test
  void accuracyAgainstTheBaseRate() {
    Results all =
        Comparison.of(
            List.of(run(1, 0.25, 0.5), run(2, 0.1, 0.7), run(3, 0.1, 2.0), run(4, 0.1, 3.0)));
    assertThat(cell(all, "hits")).isEqualTo(3L);
    assertThat(cell(all, "base_rate")).isEqualTo(0.5);
    assertThat((Double) cell(all, "p")).isCloseTo(5 / 16.0, within(1e-14));
    assertThat(cell(all, "h25")).isEqualTo("not better than the base rate");
  }

  @Test
  void twoModelsDecideNothing() {
    Results all = Comparison.of(List.of(run(1, 0.25, 0.5), run(2, 0.1, 2.0), run(3, 0.1, null)));
    assertThat(cell(all, "models")).isEqualTo(2L);
    assertThat(cell(all, "accuracy")).isEqualTo(1.0);
    assertThat(cell(all, "h25")).isEqualTo("cannot be decided");
  }
}
