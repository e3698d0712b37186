package dev.orograph.cli;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.input.InputException;
import dev.orograph.report.CsvTables;
import dev.orograph.report.Outputs;
import dev.orograph.report.ResultsJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
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
    description = "Prints one number, table or chart of a finished run.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph get RUN --list",
      "  orograph get RUN spectra.self_attn_q.stable_rank           the value",
      "  orograph get RUN spectra.self_attn_q.stable_rank --json    with seed, interval and null",
      "  orograph get RUN spectra.matrix > matrices.csv             a table as CSV",
    })
final class GetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "A run folder.")
  private Path run;

  @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "What to print.")
  private String id;

  @Option(names = "--list", description = "List every id.")
  private boolean list;

  @Option(names = "--json", description = "Print all that is known about it, as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (id == null && !list) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "name an ID, or give --list to see them");
    }
    Results results = Outputs.read(run);
    if (list) {
      for (Section s : results.sections()) {
        for (Finding f : s.findings()) {
          if (id == null || f.id().startsWith(id)) {
            String shown = Terminal.visible(f.id());
            System.out.printf(Locale.ROOT, "%-56s %s%n", shown, Terminal.visible(f.title()));
          }
        }
      }
      return 0;
    }
    Finding f =
        results
            .find(id)
            .orElseThrow(
                () ->
                    InputException.at(run)
                        .place("'" + id + "'")
                        .expected("is no id of this run")
                        .remedy("see 'orograph get " + run.getFileName() + " --list'")
                        .build());
    if (json) {
      System.out.println(ResultsJson.text(f));
    } else if (f instanceof Scalar s) {
      System.out.println(s.value());
    } else if (f instanceof Table t) {
      System.out.print(new String(CsvTables.write(t), StandardCharsets.UTF_8));
    } else {
      System.out.println(ResultsJson.text(f));
    }
    return 0;
  }
}
