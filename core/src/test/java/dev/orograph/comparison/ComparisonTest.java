package dev.orograph.comparison;

import static dev.orograph.comparison.MadeRun.cell;
import static dev.orograph.comparison.MadeRun.list;
import static dev.orograph.comparison.MadeRun.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.finding.Results.ModelCard;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.report.HtmlReport;
import dev.orograph.report.ResultsJson;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final double ROUNDING = 1e-12;

  private static Results compare(MadeRun... runs) {
    List<Results> results = new ArrayList<>();
    for (MadeRun r : runs) {
      results.add(r.results());
    }
    Results comparison = Comparison.of(results);
    // Whatever is compared can be stored, read again and drawn.
    assertThat(ResultsJson.read(ResultsJson.write(comparison))).isEqualTo(comparison);
    assertThat(html(comparison)).contains("<html");
    assertThat(Comparison.of(results)).as("a pure function").isEqualTo(comparison);
    return comparison;
  }

  private static String html(Results comparison) {
    return new String(HtmlReport.render(comparison, null), StandardCharsets.UTF_8);
  }

  private static Curve curve(Results comparison, String name) {
    return (Curve) comparison.find("compare.by_depth." + name).orElseThrow();
  }

  @Test
  void modelsOfDifferentDepthAreAlignedByRelativeDepth() {
    Results c =
        compare(
            MadeRun.of("three", "Llama").ranks("mlp_up", "decoder", 5, 6, 7),
            MadeRun.of("five", "T5").ranks("mlp_up", "encoder", 1, 2, 3, 4, 5),
            MadeRun.of("one", "Bert").ranks("mlp_up", "encoder", 9));
    Curve ranks = curve(c, "effective_rank");
    assertThat(ranks.panels()).hasSize(1);
    Curve.Panel panel = ranks.panels().get(0);
    assertThat(panel.title()).isEqualTo("mlp_up");
    assertThat(panel.lines())
        .containsExactly(
            new Curve.Line("three", list(0, 0.5, 1), list(0.5, 0.6, 0.7), false),
            new Curve.Line(
                "five", list(0, 0.25, 0.5, 0.75, 1), list(0.1, 0.2, 0.3, 0.4, 0.5), false),
            new Curve.Line("one", list(0), list(0.9), false));
    assertThat(panel.bands())
        .contains(
            new Curve.Band(
                "shuffled copies",
                list(0, 0.5, 1),
                list(0.8, 0.8, 0.8),
                list(0.8, 0.8, 0.8),
                "three"));
  }

  @Test
  void severalStacksAreNamedAndComponentsOfOneModelAreNotDrawn() {
    String columns = "component stack layer score score_null score_null_sd";
    Results c =
        compare(
            MadeRun.of("t5", "T5")
                .table(
                    "qk.layers",
                    columns,
                    row("self_attn", "encoder", 0, 0.1, 0.0, 0.01),
                    row("self_attn", "encoder", 1, 0.2, 0.0, 0.01),
                    row("self_attn", "decoder", 0, 0.3, 0.0, null),
                    row("cross_attn", "decoder", 0, 0.9, 0.0, 0.01)),
            MadeRun.of("gpt", "Gpt2")
                .table("qk.layers", columns, row("self_attn", "decoder", 0, 0.5, 0.1, 0.02)));
    Curve score = curve(c, "qk_score");
    assertThat(score.panels()).extracting(Curve.Panel::title).containsExactly("self_attn");
    assertThat(score.panels().get(0).lines())
        .extracting(Curve.Line::name)
        .containsExactly("t5 encoder", "t5 decoder", "gpt");
    List<Curve.Band> bands = score.panels().get(0).bands();
    assertThat(bands).extracting(Curve.Band::of).containsExactly("t5 encoder", "gpt");
    assertThat(bands.get(1).low().get(0)).isCloseTo(0.1 - 1.96 * 0.02, within(ROUNDING));
    assertThat(bands.get(1).high().get(0)).isCloseTo(0.1 + 1.96 * 0.02, within(ROUNDING));
  }

  @Test
  void neighboursStandMidwayAndSeveralTensorsOfALayerAreAveraged() {
    String pairs = "component stack layer_a layer_b cosine z";
    String norms = "tensor component stack layer mean";
    MadeRun a =
        MadeRun.of("a", "Llama")
            .table(
                "cross_layer.pairs",
                pairs,
                row("mlp_up", "decoder", 0, 1, 0.2, 20.0),
                row("mlp_up", "decoder", 1, 2, 0.4, 40.0),
                row("mlp_up", "decoder", 0, 2, 0.9, 90.0))
            .table(
                "norms.scales",
                norms,
                row("n.0.a", "norm", "decoder", 0, 1.0),
                row("n.0.b", "norm", "decoder", 0, 2.0),
                row("n.1.a", "norm", "decoder", 1, 4.0),
                row("final", "norm", "decoder", null, 100.0));
    MadeRun b =
        MadeRun.of("b", "Llama")
            .table("cross_layer.pairs", pairs, row("mlp_up", "decoder", 0, 1, 0.1, 0.0))
            .table("norms.scales", norms, row("n.0.a", "norm", "decoder", 0, 1.0));
    Results c = compare(a, b);
    Curve.Panel cosine = curve(c, "adjacent_cosine").panels().get(0);
    assertThat(cosine.lines())
        .containsExactly(
            new Curve.Line("a", list(0.25, 0.75), list(0.2, 0.4), false),
            new Curve.Line("b", list(0.5), list(0.1), false));
    // sd = cosine / z = 0.01; a z of 0 tells none.
    assertThat(cosine.bands()).hasSize(1);
    assertThat(cosine.bands().get(0).high().get(0)).isCloseTo(0.0196, within(ROUNDING));
    assertThat(curve(c, "norm_scales").panels().get(0).lines().get(0))
        .isEqualTo(new Curve.Line("a", list(0, 1), list(1.5, 4), false));
  }

  @Test
  void theTableOfModelsHasARowPerStackAndIsEmptyWhereARunLacksSomething() {
    String shares = "component stack tensors entries below_1e-1 gaussian_below_1e-1";
    MadeRun full =
        MadeRun.of("full", "T5")
            .table(
                "sparsity.components",
                shares,
                row("self_attn_q", "all", 4, 400, 0.5, 0.5),
                row("self_attn_q", "encoder", 2, 100, 1.0, 0.9),
                row("self_attn_q", "decoder", 2, 300, 0.4, 0.3),
                row("self_attn_k", "encoder", 2, 100, 0.5, 0.4),
                row("self_attn_v", "encoder", 2, 200, 0.25, 0.2))
            .table(
                "spectra.components",
                "component stack matrices stable_rank effective_rank null_effective_rank",
                row("self_attn_q", "encoder", 2, 3.5, 6.0, 8.0))
            .table(
                "qk.layers",
                "component stack layer seed_positive_share score score_null",
                // Not in order: the first layer is the one numbered 0.
                row("self_attn", "encoder", 2, 0.75, 0.3, 0.01),
                row("self_attn", "encoder", 0, 0.5, 0.1, 0.02),
                row("self_attn", "decoder", 0, 0.6, 0.2, 0.03),
                row("cross_attn", "decoder", 0, 0.9, 0.9, 0.9))
            .table(
                "neurons.layers",
                "stack layer d_ff dead",
                row("encoder", 0, 100, 3),
                row("encoder", 1, 100, 4))
            .table(
                "cross_layer.components",
                "component stack adjacent_mean",
                row("mlp_up", "encoder", 0.2),
                row("mlp_down", "encoder", 0.4));
    Table t = MadeRun.table(compare(full, MadeRun.of("bare", "matrices")), "compare.models");
    assertThat(t.rows()).hasSize(3);
    assertThat(cell(t, 0, "stack")).isEqualTo("decoder");
    int encoder = 1;
    assertThat(cell(t, encoder, "model")).isEqualTo("full");
    assertThat(cell(t, encoder, "stack")).isEqualTo("encoder");
    assertThat(cell(t, encoder, "parameters")).isEqualTo(1_234_567L);
    assertThat(cell(t, encoder, "q_below_1e-1")).isEqualTo(1.0);
    assertThat(cell(t, encoder, "q_gaussian_below_1e-1")).isEqualTo(0.9);
    assertThat(cell(t, encoder, "qkv_below_1e-1")).isEqualTo((100 + 50 + 50) / 400.0);
    assertThat(cell(t, encoder, "q_stable_rank")).isEqualTo(3.5);
    assertThat(cell(t, encoder, "q_effective_rank_ratio")).isEqualTo(0.75);
    assertThat(cell(t, encoder, "qk_positive_share_first")).isEqualTo(0.5);
    assertThat(cell(t, encoder, "qk_positive_share_last")).isEqualTo(0.75);
    assertThat(cell(t, encoder, "qk_positive_share_trend")).isEqualTo(0.25);
    assertThat(cell(t, encoder, "qk_score_first")).isEqualTo(0.1);
    assertThat(cell(t, encoder, "qk_score_null_last")).isEqualTo(0.01);
    assertThat(cell(t, encoder, "dead_neurons")).isEqualTo(7L);
    assertThat(cell(t, encoder, "neurons")).isEqualTo(200L);
    assertThat((Double) cell(t, encoder, "adjacent_cosine")).isCloseTo(0.3, within(ROUNDING));
    assertThat(cell(t, 0, "qk_score_last")).as("not the cross-attention's").isEqualTo(0.2);
    // The other model has nothing but its name.
    assertThat(cell(t, 2, "model")).isEqualTo("bare");
    assertThat(t.rows().get(2).stream().filter(v -> v != null)).hasSize(3);
  }

  @Test
  void differencesAreWelchsOverTheSingleMatrices() {
    Results c =
        compare(
            MadeRun.of("a", "Llama").ranks("mlp_up", "decoder", 4, 5, 6, 5),
            MadeRun.of("b", "T5").ranks("mlp_up", "decoder", 7, 6.5, 8));
    Scalar s = (Scalar) c.find("compare.mlp_up.effective_rank_ratio.2-1").orElseThrow();
    // The same, step by step, of the ratios to 8.
    double[] a = {0.5, 0.625, 0.75, 0.625};
    double[] b = {0.875, 0.8125, 1};
    double va = (0.125 * 0.125 + 0.125 * 0.125) / 3 / 4;
    double mb = (b[0] + b[1] + b[2]) / 3;
    double vb = 0;
    for (double v : b) {
      vb += (v - mb) * (v - mb) / 2 / 3;
    }
    assertThat(s.value()).isCloseTo(mb - 0.625, within(ROUNDING));
    assertThat(s.deviation()).isCloseTo(Math.sqrt(va + vb), within(ROUNDING));
    assertThat(s.z()).isCloseTo((mb - 0.625) / Math.sqrt(va + vb), within(1e-10));
    assertThat(s.expected()).isZero();
    Estimate e = Samples.difference(list(b), list(a));
    assertThat(s.interval()).isEqualTo(e.interval());
    assertThat(s.sentence()).contains("(mean of 3 matrices) in b", " in a;", "95 % interval");
    assertThat(c.highlights()).as("3.7 standard errors").isEmpty();
    Results clear =
        compare(
            MadeRun.of("a", "Llama").ranks("mlp_up", "decoder", 4, 5, 6, 5),
            MadeRun.of("b", "T5").ranks("mlp_up", "decoder", 7.5, 7.4, 8));
    assertThat(clear.highlights()).containsExactly(s.id());
    Table t = MadeRun.table(c, "compare.differences");
    // The plain effective rank stands in the table and claims nothing.
    assertThat(t.rows()).hasSize(2);
    assertThat(cell(t, 1, "figure")).isEqualTo("effective rank");
    assertThat((Double) cell(t, 1, "difference")).isCloseTo(21.5 / 3 - 5, within(ROUNDING));
    assertThat(c.find("compare.mlp_up.effective_rank.2-1")).isEmpty();
    assertThat(c.model().paragraph()).contains("No clear difference");
    assertThat(clear.model().paragraph()).contains("Clearest differences: mlp_up: effective rank");
  }

  @Test
  void fewerThanThreeMatricesHaveNoInterval() {
    Results c =
        compare(
            MadeRun.of("a", "Llama").ranks("mlp_up", "decoder", 4, 5, 6),
            MadeRun.of("b", "T5").ranks("mlp_up", "decoder", 7, 6));
    Scalar s = (Scalar) c.find("compare.mlp_up.effective_rank_ratio.2-1").orElseThrow();
    assertThat(s.interval()).isNull();
    assertThat(s.z()).isNull();
    assertThat(s.sentence()).contains("has no interval");
    assertThat(c.highlights()).isEmpty();
    assertThat(c.model().paragraph()).contains("Largest differences: mlp_up");
  }

  @Test
  void allPairsOfFourModelsAndTheFirstAgainstMore() {
    assertThat(pairs(2)).containsExactly("2-1");
    assertThat(pairs(4)).containsExactly("2-1", "3-1", "4-1", "3-2", "4-2", "4-3");
    assertThat(pairs(5)).containsExactly("2-1", "3-1", "4-1", "5-1");
  }

  private static List<String> pairs(int models) {
    MadeRun[] runs = new MadeRun[models];
    for (int i = 0; i < models; i++) {
      runs[i] = MadeRun.of("m" + i, "T5").ranks("mlp_up", "decoder", 1 + i, 2, 3);
    }
    return compare(runs).sections().stream()
        .flatMap(s -> s.findings().stream())
        .filter(Scalar.class::isInstance)
        .map(f -> f.id().substring(f.id().lastIndexOf('.') + 1))
        .toList();
  }

  @Test
  void scalarsThatTwoModelsShareStandSideBySide() {
    MadeRun a = MadeRun.of("a", "T5").scalar("spectra.x", 1).scalar("spectra.only", 5);
    MadeRun b = MadeRun.of("b", "T5");
    MadeRun d =
        MadeRun.of("d", "T5")
            .with(
                Scalar.of(
                    "spectra.x",
                    "x",
                    Estimate.of(3).within(2, 4).against(0, 1),
                    null,
                    "1",
                    "x",
                    "."));
    Table t = MadeRun.table(compare(a, b, d), "compare.scalars");
    assertThat(t.rows()).hasSize(1);
    assertThat(cell(t, 0, "id")).isEqualTo("spectra.x");
    assertThat(cell(t, 0, "a")).isEqualTo(1.0);
    assertThat(cell(t, 0, "b")).isNull();
    assertThat(cell(t, 0, "d")).isEqualTo(3.0);
    assertThat(cell(t, 0, "d_low")).isEqualTo(2.0);
    assertThat(cell(t, 0, "d_high")).isEqualTo(4.0);
    assertThat(cell(t, 0, "d_null")).isEqualTo(0.0);
    assertThat(cell(t, 0, "d_z")).isEqualTo(3.0);
    assertThat(cell(t, 0, "a_z")).isNull();
  }

  @Test
  void equalNamesAreToldApartAndTheSameWeightsAreNamed() {
    Results c =
        compare(
            MadeRun.of("tiny", "T5").ranks("mlp_up", "decoder", 1, 2),
            MadeRun.of("tiny", "T5").ranks("mlp_up", "decoder", 1, 2).set("seed", "7"),
            MadeRun.of("id", "T5").scalar("spectra.x", 1));
    assertThat(c.model().name()).isEqualTo("tiny, tiny (2), id");
    assertThat(c.model().facts().keySet()).containsExactly("tiny", "tiny (2)", "id");
    assertThat(MadeRun.table(c, "compare.scalars").columns())
        .as("a model may be called like a column")
        .doesNotHaveDuplicates()
        .startsWith("id", "finding", "unit", "tiny", "tiny (2)", "id (2)");
    assertThat(((Note) c.find("compare.same_weights").orElseThrow()).text())
        .contains("tiny and tiny (2)");
    assertThat(((Note) c.find("compare.settings").orElseThrow()).text())
        .contains("seed (tiny: 42; tiny (2): 7");
    assertThat(c.settings().get("seed")).contains("tiny (2): 7");
  }

  @Test
  void modelsWithNothingInCommonAreStillCompared() {
    Results c =
        compare(
            MadeRun.of("a", "T5").ranks("mlp_up", "decoder", 1, 2, 3),
            MadeRun.of("b", "matrices").ranks("blocks.*.w", "shared", 1, 2, 3));
    assertThat(c.model().family()).isEqualTo("comparison");
    assertThat(MadeRun.table(c, "compare.differences").rows()).isEmpty();
    assertThat(c.analyses())
        .anyMatch(a -> a.id().equals("depth") && a.status().equals("not_applicable"));
  }

  @Test
  void oneModelOrAComparisonIsRefused() {
    Results one = MadeRun.of("a", "T5").results();
    Results comparison = Comparison.of(List.of(one, one));
    assertThat(Comparison.is(comparison)).isTrue();
    assertThat(Comparison.is(one)).isFalse();
    assertThatThrownBy(() -> Comparison.of(List.of(one)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Comparison.of(List.of(one, comparison)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Tables as a stranger may have written them into a results.json. */
  @Test
  void oddTablesAndMissingTextsDoNoHarm() {
    Results odd =
        new Results(
            Results.SCHEMA,
            Results.VERSION,
            new ModelCard(null, null, null, null, null),
            null,
            null,
            List.of(),
            List.of(
                new dev.orograph.finding.Section(
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    List.<Finding>of(
                        new Table(
                            "spectra.matrix",
                            null,
                            List.of("component", "component", "layer", "effective_rank", "rows"),
                            List.of("", "", "", "", ""),
                            List.of(
                                row("mlp_up", 3, "zero", 1.0, "wide"),
                                row(null, null, null, null, null),
                                row(7, true, -4, 1e308, 0),
                                row("mlp_up", "x", 1e300, -1e308, 0))),
                        new Table(
                            "qk.layers",
                            "t",
                            List.of("stack", "layer", "score", "score_null_sd"),
                            List.of("", "", "", ""),
                            List.of(row("\u001b[31m", 0, 1.0, -1.0))),
                        new Scalar(
                            "x", null, 1, null, list(1), null, null, null, null, null, null, null,
                            null)))));
    Results c = Comparison.of(List.of(odd, odd, MadeRun.of("a", "T5").results()));
    assertThat(c.model().name()).isEqualTo("unnamed, unnamed (2), a");
    assertThat(ResultsJson.read(ResultsJson.write(c))).isEqualTo(c);
    assertThat(html(c)).doesNotContain("\u001b");
  }

  /** The names of the models that come along have a colon, which ends no sentence. */
  @Test
  void pairsThatShareAStartAreToldInASentence() {
    Results a = MadeRun.of("sample:a", "T5").ranks("mlp_up", "decoder", 4, 5, 6, 5).results();
    Results b = MadeRun.of("sample:b", "T5").ranks("mlp_up", "decoder", 4, 5, 6, 5).results();
    Section found =
        new Section(
            "shared_start",
            "Shared start",
            "sample:a and sample:b share a start: 3 of 3 matrices.",
            "",
            "",
            "",
            List.of());
    Results pair = Results.of(a.model(), Map.of(), List.of(), List.of(found));
    Results both = Comparison.of(List.of(a, b), List.of(pair));
    assertThat(both.model().paragraph()).endsWith(" sample:a and sample:b share a start.");
    assertThat(both.sections())
        .filteredOn(s -> s.id().equals("starts"))
        .extracting(Section::summary)
        .containsExactly(found.summary());
  }
}
