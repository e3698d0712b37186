package dev.orograph.cli;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.input.InputException;
import dev.orograph.report.CsvTables;
import dev.orograph.report.Outputs;
import dev.orograph.report.ResultsJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orograph get}: one number or one table of a finished run. */
@Command(
    name = "get",
    description = "Prints numbers, tables or charts of a finished run.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph get RUN --list",
      "  orograph get RUN spectra                                   the ids that begin so",
      "  orograph get RUN spectra.self_attn_q.stable_rank           the value",
      "  orograph get RUN spectra.self_attn_q.stable_rank --json    with seed, interval and null",
      "  orograph get RUN qk.lock spectra.matrices --json           several, as a list",
      "  orograph get RUN spectra.matrix > matrices.csv             a table as CSV",
    })
final class GetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "A run folder.")
  private Path run;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "ID",
      description = "What to print; the beginning of ids lists those.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--list", description = "List every id.")
  private boolean list;

  @Option(names = "--json", description = "Print all that is known about it, as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (ids.isEmpty() && !list) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "name an ID, or give --list to see them");
    }
    Results results = Outputs.read(run);
    if (list) {
      List<Finding> all = ids.isEmpty() ? results.beginning("") : new ArrayList<>();
      ids.forEach(id -> all.addAll(results.beginning(id)));
      all.forEach(GetCommand::list);
      return 0;
    }
    // All are looked for before any is printed.
    List<List<Finding>> asked = ids.stream().map(id -> asked(results, id)).toList();
    if (json) {
      System.out.println(ResultsJson.named(results, ids));
      return 0;
    }
    for (int i = 0; i < ids.size(); i++) {
      Optional<Finding> exact = results.find(ids.get(i));
      if (exact.isPresent()) {
        print(exact.get());
      } else {
        asked.get(i).forEach(GetCommand::list);
      }
    }
    return 0;
  }

  /** The finding of that id, or those whose ids go on from it. */
  private List<Finding> asked(Results results, String id) {
    List<Finding> found = results.named(id);
    if (found.isEmpty()) {
      throw InputException.at(run)
          .place("'" + id + "'")
          .expected("is no id of this run")
          .remedy("see 'orograph get " + run + " --list'")
          .build();
    }
    return found;
  }

  private static void list(Finding f) {
    String shown = Terminal.visible(f.id());
    System.out.printf(Locale.ROOT, "%-56s %s%n", shown, Terminal.visible(f.title()));
  }

  private static void print(Finding f) {
    if (f instanceof Scalar s) {
      // A figure that is none is told in words.
      System.out.println(
          Double.isFinite(s.value()) ? Double.toString(s.value()) : Spelling.number(s.value()));
    } else if (f instanceof Table t) {
      System.out.print(new String(CsvTables.write(t), StandardCharsets.UTF_8));
    } else {
      System.out.println(ResultsJson.text(f));
    }
  }
}
