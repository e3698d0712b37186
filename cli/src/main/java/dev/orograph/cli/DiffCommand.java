package dev.orograph.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.comparison.RunDiff;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Options;
import dev.orograph.model.Opening;
import dev.orograph.report.Outputs;
import dev.orograph.report.ResultsJson;
import dev.orograph.survey.MeasuredModel;
import dev.orograph.survey.Progress;
import dev.orograph.survey.RunFolder;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orograph diff}: what changed between two runs. */
@Command(
    name = "diff",
    description = "Tells what changed between two finished runs.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph diff OLD NEW           settings, analyses, and the 20 largest changes",
      "  orograph diff OLD NEW --all     every change",
      "  orograph diff OLD NEW --json    every change, for programs",
      "",
      "Relative changes are (new - old) / |old|. The exit code is 0 whether something changed or"
          + " not.",
    })
final class DiffCommand implements Callable<Integer> {
  private static final int SHOWN = 20;
  private static final int WIDEST_NAME = 64;
  private static final long MEMORY = 3L << 30;

  @Parameters(index = "0", paramLabel = "OLD", description = "A run folder.")
  private Path before;

  @Parameters(index = "1", paramLabel = "NEW", description = "Another.")
  private Path after;

  @Option(names = "--all", description = "List every change, not only the 20 largest of a kind.")
  private boolean all;

  @Option(names = "--json", description = "Print every change as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    RunDiff diff = RunDiff.of(Outputs.read(before), Outputs.read(after), run(before), run(after));
    if (json) {
      System.out.println(ResultsJson.text(diff));
      return 0;
    }
    boolean nothing = diff.circumstances().isEmpty() && diff.analyses().isEmpty() && diff.same();
    System.out.println(
        nothing
            ? "Nothing changed."
            : diff.same() ? "The results are the same." : "The results differ.");
    start().ifPresent(sentence -> System.out.println(Terminal.visible(sentence)));
    changes("How the runs were made", diff.circumstances());
    changes("Analyses", diff.analyses());
    names("Findings only in the old run", diff.gone());
    names("Findings only in the new run", diff.added());
    figures("Figures that changed", diff.scalars());
    diff.tables().forEach(this::table);
    names("Charts and notes that changed", diff.redrawn());
    names("Only words changed", diff.reworded());
    return 0;
  }

  /** What {@code run.json} tells that may change digits: the machine and the memory. */
  private static Map<String, String> run(Path folder) {
    Map<String, String> told = new LinkedHashMap<>();
    if (Files.exists(folder.resolve(RunFolder.RUN))) {
      JsonNode run = RunFolder.run(folder);
      for (Map.Entry<String, JsonNode> field : run.path("machine").properties()) {
        told.put("machine " + field.getKey(), field.getValue().asText());
      }
      if (run.path("settings").has("memory_bytes")) {
        told.put("setting memory_bytes", run.path("settings").get("memory_bytes").asText());
      }
    }
    return told;
  }

  /**
   * Whether two models share a start: a run holds no weights, so it is told where both models are
   * still where they were and as they were.
   */
  private Optional<String> start() {
    Optional<MeasuredModel> first = model(before);
    Optional<MeasuredModel> second = model(after);
    if (first.isEmpty()
        || second.isEmpty()
        || first.get().fingerprint().equals(second.get().fingerprint())) {
      return Optional.empty();
    }
    Opening said = first.get().said();
    if (!said.equals(second.get().said())) {
      // Both are opened alike, and what is said about the one is not so of the other.
      return Optional.empty();
    }
    try {
      Path folder = Files.createTempDirectory("orograph-diff");
      try {
        Survey.Request request =
            new Survey.Request(
                List.of(first.get().path(), second.get().path()),
                Options.usual().with(said),
                List.of("shared_start"),
                Runtime.getRuntime().availableProcessors(),
                MEMORY,
                Optional.of(folder.resolve("run")),
                folder,
                true);
        if (Survey.whyNot(request, "shared_start").isPresent()) {
          return Optional.empty();
        }
        try (Survey survey = Survey.open(request)) {
          return survey.run(Progress.SILENT).sections().stream().map(Section::summary).findFirst();
        }
      } finally {
        Disk.delete(folder);
      }
    } catch (IOException | InputException e) {
      return Optional.empty();
    }
  }

  /** The model of a run, if it has not changed since. */
  private static Optional<MeasuredModel> model(Path run) {
    if (!Files.exists(run.resolve(RunFolder.RUN))) {
      return Optional.empty();
    }
    try {
      MeasuredModel model = MeasuredModel.of(run);
      // One that Maven brings is not brought for this.
      if (!Files.exists(model.path())) {
        return Optional.empty();
      }
      model.open().close();
      return Optional.of(model);
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  private void table(RunDiff.Rows t) {
    String title = "Table " + t.id() + " (" + t.compared() + " rows in both)";
    names(title + ", rows only in the old run", t.gone());
    names(title + ", rows only in the new run", t.added());
    names(title + ", columns only in the old run", t.columnsGone());
    names(title + ", columns only in the new run", t.columnsAdded());
    changes(title + ", text that changed", t.words());
    figures(title + ", numbers that changed", t.numbers());
  }

  private void names(String title, List<String> names) {
    rows(title, names.stream().map(List::of).toList());
  }

  private void changes(String title, List<RunDiff.Change> changes) {
    rows(
        title,
        changes.stream()
            .map(c -> List.of(c.what(), shown(c.before()) + " -> " + shown(c.after())))
            .toList());
  }

  private static String shown(Object value) {
    return value == null ? "-" : value.toString();
  }

  private void figures(String title, List<RunDiff.Figure> figures) {
    rows(
        title,
        figures.stream()
            .map(
                f ->
                    List.of(
                        f.what(),
                        digits(f.before(), f.after()),
                        "->",
                        digits(f.after(), f.before()),
                        f.relative() == null
                            ? ""
                            : (f.relative() > 0 ? "+" : "") + Spelling.percent(f.relative())))
            .toList());
  }

  /** Four digits, or all where four do not tell it from the other. */
  private static String digits(Double value, Double other) {
    if (value == null) {
      return "-";
    }
    String four = Spelling.number(value);
    boolean told = other == null || !four.equals(Spelling.number(other));
    return told ? four : value.toString();
  }

  /** Aligned columns under a title; names in them may be a stranger's. */
  private void rows(String title, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    boolean cut = !all && rows.size() > SHOWN;
    System.out.println();
    System.out.println(
        Terminal.visible(title)
            + ": "
            + rows.size()
            + (cut ? ", the first " + SHOWN + " (--all lists every one)" : ""));
    List<List<String>> shown = new ArrayList<>();
    for (List<String> row : cut ? rows.subList(0, SHOWN) : rows) {
      shown.add(row.stream().map(Terminal::visible).toList());
    }
    int columns = shown.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : shown) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    widths[0] = Math.min(widths[0], WIDEST_NAME);
    for (List<String> row : shown) {
      StringBuilder line = new StringBuilder(" ");
      for (int i = 0; i < columns; i++) {
        String gap = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
        // Names stand left, numbers right.
        line.append(' ')
            .append(i == 0 ? row.get(i) + gap : columns > 2 ? gap + row.get(i) : row.get(i));
      }
      System.out.println(line.toString().stripTrailing());
    }
  }
}
