package dev.orograph.report;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Bars;
import dev.orograph.finding.Boxes;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Findings whose words suggest what their data do not say, and beside each one whose data say it in
 * words that do not suggest it.
 */
final class WordsFixture {
  private WordsFixture() {}

  static Results results() {
    return Results.of(
        new Results.ModelCard("words", "comparison of seeds", Map.of("Parameters", "7"), "", ""),
        Map.of(),
        List.of(),
        List.of(new Section("words", "Words", "", "", "", "", findings())));
  }

  private static List<Finding> findings() {
    return List.of(
        heatmap("words.alone.a", "Pairs of layers: a", null),
        heatmap("words.alone.b", "Pairs of layers: b", null),
        heatmap("words.together.a", "One", new Heatmap.Group("A family", "first")),
        heatmap("words.together.b", "Two", new Heatmap.Group("A family", "second")),
        boxes("words.named", Axis.linear("layer")),
        boxes("words.ordered", Axis.ordinal("page")),
        lines("words.hues", "layer ", null),
        lines("words.ramp", "", "step"),
        new Curve(
            "words.seed",
            "Seed",
            Axis.linear("x"),
            Axis.linear("y"),
            List.of(
                new Curve.Panel(
                    "",
                    List.of(
                        line("recall", false, null),
                        line("a rather long name, so that a legend is needed", false, null),
                        line("recall (seed)", true, null),
                        line("other", true, "a rather long name, so that a legend is needed")),
                    List.of())),
            ""),
        new Bars(
            "words.bars",
            "Seed",
            Axis.linear("y"),
            List.of("1984", "2001"),
            List.of(
                new Bars.Group("recall", List.of(1.0, 2.0), null, false),
                new Bars.Group("precision", List.of(1.0, 2.0), null, false),
                new Bars.Group("recall (seed)", List.of(1.0, 2.0), null, true),
                new Bars.Group("other", List.of(1.0, 2.0), null, true, "precision")),
            ""),
        new Table(
            "words.table",
            "Seed",
            List.of("seed_number", "printed"),
            List.of("", ""),
            List.of("printed"),
            List.of(List.of(1.5, 2.5))));
  }

  private static Heatmap heatmap(String id, String title, Heatmap.Group group) {
    return new Heatmap(
        id,
        title,
        List.of("x", "y"),
        List.of("z"),
        List.of(List.of(1.0, 2.0)),
        Axis.linear("c"),
        null,
        Axis.linear("cosine"),
        0.0,
        "",
        group);
  }

  private static Boxes boxes(String id, Axis x) {
    Boxes.Box ten = new Boxes.Box("10", 1, 2, 3, 4, 5, 9, null);
    Boxes.Box nine = new Boxes.Box("9", 1, 2, 3, 4, 5, 9, null);
    List<Boxes.Panel> panels = List.of(new Boxes.Panel("", List.of(ten, nine)));
    return new Boxes(id, "Boxes", x, Axis.linear("y"), panels, null, "");
  }

  private static Curve lines(String id, String name, String sequence) {
    List<Curve.Line> lines = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      lines.add(line(name.isEmpty() ? "step " + (char) ('a' + i) : name + i, false, null));
    }
    List<Curve.Panel> panels = List.of(new Curve.Panel("", lines, List.of()));
    return new Curve(id, "Lines", Axis.linear("x"), Axis.linear("y"), panels, "", sequence);
  }

  private static Curve.Line line(String name, boolean seed, String of) {
    return new Curve.Line(name, List.of(0.0, 1.0), List.of(1.0, name.length() * 1.0), seed, of);
  }
}
