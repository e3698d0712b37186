package dev.orograph.comparison;

import static dev.orograph.comparison.MadeRun.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.report.ResultsJson;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunDiffTest {
  private static RunDiff diff(MadeRun before, MadeRun after) {
    return RunDiff.of(before.results(), after.results(), Map.of(), Map.of());
  }

  @Test
  void equalRunsDoNotDiffer() {
    Results run = MadeRun.of("a", "T5").ranks("mlp_up", "decoder", 1, 2).scalar("x", 1).results();
    Results again = ResultsJson.read(ResultsJson.write(run));
    RunDiff d = RunDiff.of(run, again, Map.of("machine", "m"), Map.of("machine", "m"));
    assertThat(d.same()).isTrue();
    assertThat(d.circumstances()).isEmpty();
    assertThat(d.scalars()).isEmpty();
    assertThat(d.tables()).isEmpty();
    assertThat(d.reworded()).isEmpty();
  }

  @Test
  void scalarsAreListedByRelativeChange() {
    RunDiff d =
        diff(
            MadeRun.of("a", "T5")
                .scalar("small", 100)
                .scalar("large", -2)
                .scalar("same", 3)
                .scalar("zero", 0)
                .scalar("gone", 1),
            MadeRun.of("a", "T5")
                .scalar("added", 1)
                .scalar("zero", 1e-9)
                .scalar("same", 3)
                .scalar("large", -1)
                .scalar("small", 101));
    assertThat(d.same()).isFalse();
    assertThat(d.scalars())
        .extracting(RunDiff.Figure::what)
        .as("what left 0 has no relative change and stands first")
        .containsExactly("zero", "large", "small");
    assertThat(d.scalars().get(0).relative()).isNull();
    assertThat(d.scalars().get(1)).isEqualTo(new RunDiff.Figure("large", -2.0, -1.0, 0.5));
    assertThat(d.scalars().get(2).relative()).isCloseTo(0.01, within(1e-12));
    assertThat(d.gone()).containsExactly("gone");
    assertThat(d.added()).containsExactly("added");
  }

  @Test
  void rowsAreMatchedByTensorAndOthersByTextsAndIndices() {
    String tensors = "tensor dtype layer std";
    String heads = "component stack layer head score";
    RunDiff d =
        diff(
            MadeRun.of("a", "T5")
                .table(
                    "t",
                    tensors,
                    row("w", "F32", 0, 1.0),
                    row("gone", "F32", 1, 1.0),
                    row("v", "F32", 2, 4.0))
                .table(
                    "h",
                    heads,
                    row("self_attn", "decoder", 0, 0, 0.5),
                    row("self_attn", "decoder", 0, 1, 0.5)),
            MadeRun.of("a", "T5")
                .table(
                    "t",
                    "tensor std dtype layer more",
                    row("v", 4.0, "F32", 2, 0),
                    row("w", 1.5, "BF16", 0, 0),
                    row("new", 1.0, "F32", 1, 0))
                .table(
                    "h",
                    heads,
                    row("self_attn", "decoder", 0, 1, null),
                    row("self_attn", "decoder", 0, 0, 0.5)));
    RunDiff.Rows t = d.tables().get(0);
    assertThat(t.id()).isEqualTo("t");
    assertThat(t.compared()).isEqualTo(2);
    assertThat(t.gone()).containsExactly("gone");
    assertThat(t.added()).containsExactly("new");
    assertThat(t.columnsAdded()).containsExactly("more");
    assertThat(t.columnsGone()).isEmpty();
    assertThat(t.words()).containsExactly(new RunDiff.Change("w dtype", "F32", "BF16"));
    assertThat(t.numbers()).containsExactly(new RunDiff.Figure("w std", 1.0, 1.5, 0.5));
    assertThat(d.tables().get(1).numbers())
        .containsExactly(
            new RunDiff.Figure("self_attn decoder layer 0 head 1 score", 0.5, null, null));
  }

  @Test
  void circumstancesNotesAndWordsAreTold() {
    RunDiff d =
        RunDiff.of(
            MadeRun.of("a", "T5").with(new Note("n", "t", "old")).results(),
            MadeRun.of("b", "T5").with(new Note("n", "t", "new")).set("seed", "7").results(),
            Map.of("machine kernels", "x"),
            Map.of());
    assertThat(d.circumstances())
        .containsExactly(
            new RunDiff.Change("model name", "a", "b"),
            new RunDiff.Change("model fingerprint", "print-of-a", "print-of-b"),
            new RunDiff.Change("setting seed", "42", "7"),
            new RunDiff.Change("machine kernels", "x", null));
    assertThat(d.redrawn()).containsExactly("n");
    assertThat(ResultsJson.text(d)).contains("\"before\": \"print-of-a\"");
  }
}
