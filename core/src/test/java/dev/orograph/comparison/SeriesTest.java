package dev.orograph.comparison;

import static dev.orograph.comparison.MadeRun.cell;
import static dev.orograph.comparison.MadeRun.list;
import static dev.orograph.comparison.MadeRun.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.finding.Curve;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Table;
import dev.orograph.report.HtmlReport;
import dev.orograph.report.ResultsJson;
import dev.orograph.stats.Estimate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Trainings whose course is known. */
class SeriesTest {
  private static final double ROUNDING = 1e-12;
  private static final List<Long> STEPS = List.of(0L, 10L, 30L, 100L);

  /** A snapshot whose figure and its null are told. */
  private static Results snapshot(long step, double value) {
    return MadeRun.of("step-" + step, "Llama")
        .ranks("mlp_up", "decoder", 5 - value, 6 - value, 7 - value, 8 - value)
        .with(
            Scalar.of(
                "spectra.mlp_up.stable_rank",
                "stable rank of mlp_up",
                Estimate.of(value).against(3, 0.5),
                null,
                "1",
                "c",
                "It is " + value + "."))
        .scalar("spectra.constant", 1)
        .results();
  }

  /** Changes of layers over one interval; every norm before is 2. */
  private static Results interval(double share, double... lengths) {
    List<List<Object>> rows = new ArrayList<>();
    for (int l = 0; l < lengths.length; l++) {
      rows.add(row("a" + l, "decoder", "mlp_up", l, "3 x 4", lengths[l] / 2, 2.0));
    }
    rows.add(row("norm", "decoder", "norm", 0, "4", 9.0, 2.0));
    rows.add(row("zero", "decoder", "mlp_up", 9, "3 x 4", null, null));
    return MadeRun.of("pair", "Llama")
        .scalar("shared_start.share", share)
        .with(
            new Table(
                "shared_start.tensors",
                "t",
                List.of("tensor", "stack", "component", "layer", "shape", "change", "norm"),
                List.of("", "", "", "", "", "", ""),
                rows))
        .results();
  }

  private static final List<Results> RUNS =
      List.of(snapshot(0, 0), snapshot(10, 1), snapshot(30, 2), snapshot(100, 4));

  private static final List<Results> INTERVALS =
      List.of(interval(1, 6, 4, 1, 0), interval(1, 2, 4, 6, 1), interval(0.4, 2, 2, 3, 9));

  @Test
  void whenEachLayerWentItsWay() {
    Results c = Comparison.ofSeries(RUNS, STEPS, INTERVALS, interval(1, 5, 5, 5, 5));
    assertThat(ResultsJson.read(ResultsJson.write(c))).isEqualTo(c);
    assertThat(new String(HtmlReport.render(c, null), StandardCharsets.UTF_8)).contains("<html");
    Table t = MadeRun.table(c, "compare.series.tensors");
    assertThat(t.rows()).as("no norms, nothing that was 0").hasSize(4);
    // Half of 10 of 6, 2, 2 is gone within the first interval of ten steps, and so on.
    double[] halves = {10 * 5 / 6.0, 10 + 20 * 1 / 4.0, 10 + 20 * 4 / 6.0, 30 + 70 * 4 / 9.0};
    for (int l = 0; l < 4; l++) {
      assertThat((double) cell(t, l, "half_time")).isCloseTo(halves[l], within(ROUNDING));
      assertThat((double) cell(t, l, "way")).isCloseTo(5, within(ROUNDING));
      assertThat((double) cell(t, l, "directness")).isCloseTo(0.5, within(ROUNDING));
    }
    Heatmap h = (Heatmap) c.find("compare.series.change").orElseThrow();
    assertThat(h.columns()).containsExactly("0 to 10", "10 to 30", "30 to 100");
    assertThat(h.rows()).containsExactly("layer 0", "layer 1", "layer 2", "layer 3");
    assertThat(h.values().get(3)).isEqualTo(list(0, 0.5, 4.5));
    Scalar depth = (Scalar) c.find("compare.series.half_time_by_depth").orElseThrow();
    assertThat(depth.value()).isEqualTo(1);
    assertThat(depth.expected()).isCloseTo(0, within(0.1));
    assertThat(depth.deviation()).isCloseTo(1 / Math.sqrt(3), within(0.05));
    Note apart = (Note) c.find("compare.series.apart").orElseThrow();
    assertThat(apart.text()).contains("30 and 100").doesNotContain("10 and 30");
    Curve gone = (Curve) c.find("compare.series.gone").orElseThrow();
    assertThat(gone.panels().get(0).lines().get(0).y()).isEqualTo(list(0, 0.6, 0.8, 1));
  }

  @Test
  void everyFigureByStepWithItsNull() {
    Results c = Comparison.ofSeries(RUNS, STEPS, List.of(), null);
    assertThat(c.find("compare.series.runs")).isPresent();
    Table t = MadeRun.table(c, "compare.series.figures");
    assertThat(t.rows()).hasSize(8);
    assertThat(cell(t, 3, "step")).isEqualTo(100L);
    assertThat(cell(t, 3, "value")).isEqualTo(4.0);
    assertThat(cell(t, 3, "null")).isEqualTo(3.0);
    assertThat(cell(t, 3, "z")).isEqualTo(2.0);
    Curve figure = (Curve) c.find("compare.series.figures.spectra").orElseThrow();
    assertThat(figure.panels()).as("nothing that never changes").hasSize(1);
    assertThat(figure.panels().get(0).lines().get(0).x()).isEqualTo(list(0, 10, 30, 100));
    assertThat(figure.panels().get(0).bands().get(0).low().get(0))
        .isCloseTo(3 - 1.96 * 0.5, within(ROUNDING));
    Curve layers = (Curve) c.find("compare.series.by_layer.effective_rank").orElseThrow();
    assertThat(layers.sequence()).isEqualTo("layer");
    assertThat(layers.panels().get(0).lines())
        .extracting(Curve.Line::name)
        .containsExactly("layer 0", "layer 1", "layer 2", "layer 3");
    assertThat(layers.panels().get(0).lines().get(1).y()).isEqualTo(list(0.6, 0.5, 0.4, 0.2));
    assertThat(((Curve) c.find("compare.by_depth.effective_rank").orElseThrow()).sequence())
        .isEqualTo("step");
    assertThat(Comparison.of(RUNS).find("compare.series.figures")).isEmpty();
  }

  @Test
  void stepsAreTheFirstNumberInWhichAllNamesDiffer() {
    assertThat(Comparison.steps(List.of("step-1000", "step-200"))).contains(List.of(1000L, 200L));
    assertThat(Comparison.steps(List.of("p-70m@step0", "p-70m@step512")))
        .contains(List.of(0L, 512L));
    assertThat(Comparison.steps(List.of("run3-5", "run3-5"))).isEmpty();
    assertThat(Comparison.steps(List.of("a", "b"))).isEmpty();
    assertThat(Comparison.steps(List.of("step-1", "final"))).isEmpty();
  }

  @Test
  void whatDoesNotAscendOrFitIsRefused() {
    for (List<Long> steps : List.of(List.of(0L, 10L, 10L, 11L), List.of(0L, 1L))) {
      assertThatThrownBy(() -> Comparison.ofSeries(RUNS, steps, List.of(), null))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Comparison.ofSeries(RUNS, STEPS, INTERVALS.subList(0, 2), null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
