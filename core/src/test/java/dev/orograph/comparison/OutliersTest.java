package dev.orograph.comparison;

import static dev.orograph.comparison.MadeRun.cell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutliersTest {
  private static final String COLUMNS =
      "tensor component stack layer rows columns effective_rank null_effective_rank";
  private static final int LAYERS = 12;

  /** Ranks of .9 of chance by two hundredths, but for one layer. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static MadeRun ranks(String name, int odd, double share, long seed) {
    Generator g = Generator.of(seed);
    List<List<Object>> rows = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      double of = layer == odd ? share : 0.9 + 0.02 * g.standardNormal();
      rows.add(
          MadeRun.row(
              "encoder.layer." + layer + ".up", "mlp_up", "encoder", layer, 10, 20, 8 * of, 8.0));
    }
    return MadeRun.of(name, "BERT").table("spectra.matrix", COLUMNS, rows.toArray(List[]::new));
  }

  private static Section section(MadeRun run) {
    return Outliers.of(run.results().sections()).orElseThrow();
  }

  private static Scalar scalar(Section s) {
    return (Scalar) s.findings().get(0);
  }

  @Test
  void theLayerThatDiffersIsNamed() {
    Section s = section(ranks("a", 11, 0.44, 1));
    Scalar found = scalar(s);
    assertThat(found.value()).isCloseTo(0.44, within(1e-12));
    assertThat(found.expected()).isCloseTo(0.9, within(0.03));
    assertThat(found.z()).isLessThan(-5);
    assertThat(found.sentence())
        .startsWith("Layer 11 of mlp_up of the encoder has 0.44 as its effective rank over")
        .contains("the other 11 have 0.9");
    assertThat(s.summary()).startsWith("1 of 1 kinds");
    Table t = (Table) s.findings().get(1);
    assertThat(cell(t, 0, "member")).isEqualTo("layer 11");
    assertThat(cell(t, 0, "what")).isEqualTo("layer");
  }

  @Test
  void likeLayersAreNotNamed() {
    for (int seed = 0; seed < 50; seed++) {
      Section s = section(ranks("a", -1, 0, seed));
      assertThat(s.findings()).isEmpty();
      assertThat(s.summary()).startsWith("In none of 1 kinds");
    }
  }

  /** What differs by two hundredths is no news, however alike the others are. */
  @Test
  void slightDifferencesAreNotNamed() {
    List<List<Object>> rows = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      double rank = layer == 4 ? 7.3 : 7 + 1e-4 * layer;
      rows.add(MadeRun.row("l." + layer + ".up", "up", "encoder", layer, 10, 20, rank, 8.0));
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    MadeRun run =
        MadeRun.of("a", "BERT").table("spectra.matrix", COLUMNS, rows.toArray(List[]::new));
    assertThat(section(run).findings()).isEmpty();
  }

  private static List<Object> line(int layer, String farthest, String more, double p) {
    return MadeRun.row(
        "l." + layer + ".down",
        "mlp_down",
        "encoder",
        layer,
        "output row",
        "norm",
        384,
        farthest,
        7.5,
        more,
        1.7,
        2.5,
        Math.log(7.5 / 1.7),
        p);
  }

  @Test
  void rowsOfSeveralLayersAreToldTogether() {
    MadeRun run =
        MadeRun.of("a", "BERT")
            .table(
                "sparsity.unlike",
                "tensor component stack layer what figure members farthest value more typical"
                    + " nearest effect p",
                line(0, "99", null, 1e-9),
                line(1, "223", "99", 1e-8),
                line(2, "5", null, 0.2),
                MadeRun.row(
                    null, null, null, 3, null, null, null, null, null, null, null, null, null,
                    null));
    Section s = section(run);
    assertThat(s.summary()).startsWith("2 of 3 kinds");
    assertThat(scalar(s).sentence())
        .isEqualTo(
            "Output row 99 of mlp_down in layer 0 of the encoder has 7.5 as its norm; the other 383"
                + " have 1.7 in the median, the nearest 2.5. The same differs in layer 1.");
  }

  @Test
  void nothingToTestIsNoSection() {
    assertThat(Outliers.of(MadeRun.of("a", "T5").scalar("x", 1).results().sections())).isEmpty();
  }

  /** A mean over layers hides that two models differ in one of them. */
  @Test
  void aComparisonTellsTheLayerInWhichTwoModelsDiffer() {
    Results c =
        Comparison.of(List.of(ranks("a", -1, 0, 1).results(), ranks("b", 7, 0.5, 2).results()));
    Table models = (Table) c.find("compare.unlike").orElseThrow();
    assertThat(cell(models, 0, "model")).isEqualTo("b");
    Table pairs = (Table) c.find("compare.unlike_pairs").orElseThrow();
    assertThat(cell(pairs, 0, "member")).isEqualTo("layer 7");
    assertThat(cell(pairs, 0, "models")).isEqualTo("b against a");
    assertThat((double) cell(pairs, 0, "value")).isCloseTo(0.5 / 0.9, within(0.05));
    assertThat(c.highlights()).anyMatch(h -> h.startsWith("compare.outliers."));
  }
}
