package dev.orograph.cli;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.model.Model;
import dev.orograph.report.ResultsJson;
import dev.orograph.survey.Inspection;
import dev.orograph.survey.Sizes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code orograph inspect}: what a checkpoint is, from its headers and sampled bytes. */
@Command(
    name = "inspect",
    description = "Says what a checkpoint is, what can be analysed and what not, and why.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph inspect path/to/model",
      "  orograph inspect path/to/model --hash      sha256 of every file, duplicates by content",
      "  orograph inspect path/to/model --tensors   every tensor with its role",
    })
final class InspectCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description =
          "Checkpoint folders or files, or names such as org/model in the Hugging Face cache.")
  private List<Path> models = new ArrayList<>();

  @Mixin private OpeningOptions opening;

  @Option(names = "--hash", description = "Read everything: full sha256 and content duplicates.")
  private boolean hash;

  @Option(names = "--json", description = "Print it as JSON; several models as a list.")
  private boolean json;

  @Option(names = "--tensors", description = "List every tensor with its role.")
  private boolean tensors;

  @Override
  public Integer call() {
    int exit = 0;
    List<Inspection> all = new ArrayList<>();
    for (Path path : models) {
      try (Model model = Model.open(path, opening.opening())) {
        Inspection inspection = Inspection.of(model, hash);
        all.add(inspection);
        if (!json) {
          print(inspection, model);
        }
      } catch (InputException e) {
        exit = Main.fault(e, main.debug);
      }
    }
    if (json && !all.isEmpty()) {
      System.out.println(models.size() == 1 ? ResultsJson.text(all.get(0)) : ResultsJson.list(all));
    }
    return exit;
  }

  private void print(Inspection i, Model model) {
    System.out.println(Terminal.wrap(i.card().paragraph()));
    System.out.println();
    i.card().facts().forEach(InspectCommand::line);
    line("tokenizer", i.tokenizer());
    line("fingerprint", i.card().fingerprint() + " (headers and samples)");
    System.out.println();
    System.out.println("Files");
    for (Inspection.FileFact f : i.files()) {
      System.out.printf(
          Locale.ROOT,
          "  %-40s %12s%s%n",
          Text.visible(f.name()),
          Sizes.bytes(f.bytes()),
          f.sha256() == null ? "" : "  sha256 " + f.sha256());
    }
    System.out.println();
    System.out.println("Parameters by component");
    System.out.printf(
        Locale.ROOT,
        "  %-28s %-8s %7s %15s %7s%n",
        "component",
        "stack",
        "tensors",
        "parameters",
        "share");
    for (Inspection.Census c : i.census()) {
      System.out.printf(
          Locale.ROOT,
          "  %-28s %-8s %7d %,15d %6.2f%%%n",
          Text.visible(c.group()),
          c.stack(),
          c.tensors(),
          c.parameters(),
          100.0 * c.parameters() / Math.max(1, model.count()));
    }
    section("Tied", i.tied());
    section(hash ? "Duplicates by content" : "Duplicates in sampled bytes", i.duplicates());
    section("Not recognised", i.unrecognised());
    section("Worth knowing", i.remarks());
    System.out.println();
    System.out.println("Analyses");
    Map<String, String> told = new HashMap<>();
    for (Inspection.Analysis a : i.analyses()) {
      // What several lack for one reason is told once.
      String first = a.applies() ? null : told.putIfAbsent(a.reason(), a.id());
      System.out.println(
          Terminal.wrap(
              "  "
                  + a.id()
                  + ": "
                  + (a.applies() ? "yes" : first == null ? "no: " + a.reason() : "no, as " + first),
              "    "));
    }
    if (tensors) {
      System.out.println();
      model
          .parameters()
          .forEach(
              p -> {
                TensorInfo t = p.tensor();
                System.out.printf(
                    Locale.ROOT,
                    "  %-64s %-5s %-18s %-8s %4s %s%n",
                    Text.visible(t.name()),
                    t.stored(),
                    t.shape(),
                    p.role().stack().id(),
                    p.role().layer() < 0 ? "" : p.role().layer(),
                    p.role().component().id());
              });
    }
    System.out.println();
  }

  private static void line(String label, String value) {
    System.out.printf(Locale.ROOT, "  %-20s %s%n", label, Text.visible(value, 400));
  }

  private static void section(String title, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    System.out.println();
    System.out.println(title);
    int shown = Math.min(20, lines.size());
    for (String l : lines.subList(0, shown)) {
      System.out.println(Terminal.wrap("  " + Text.visible(l, 400), "    "));
    }
    if (shown < lines.size()) {
      System.out.println("  ... and " + (lines.size() - shown) + " more");
    }
  }
}
