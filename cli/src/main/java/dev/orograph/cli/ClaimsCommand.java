package dev.orograph.cli;

import dev.orograph.comparison.ClaimVerdicts;
import dev.orograph.comparison.Comparison;
import dev.orograph.finding.Results;
import dev.orograph.finding.SeedClaims;
import dev.orograph.finding.Table;
import dev.orograph.input.InputException;
import dev.orograph.report.Outputs;
import dev.orograph.report.ResultsJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orograph claims}: what the reference notebooks claim, over several models. */
@Command(
    name = "claims",
    description = "The verdict on each claim of the reference notebooks over finished runs.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph claims orograph-runs/*          a row per claim, a column per model",
      "  orograph claims RUN RUN RUN --json       the same as data",
      "",
      "A claim about all models is refuted by one in which it does not hold, and said to hold only",
      "where at least three speak to it and it holds in all of them.",
    })
final class ClaimsCommand implements Callable<Integer> {
  private static final Map<String, String> SHORT =
      Map.of(SeedClaims.HOLDS, "yes", SeedClaims.NOT, "no", SeedClaims.UNTOLD, "?");

  @Parameters(paramLabel = "RUN", arity = "1..*", description = "Folders of finished runs.")
  private List<Path> runs = new ArrayList<>();

  @Option(names = "--json", description = "Print the table as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    List<Results> results = new ArrayList<>();
    for (Path run : runs) {
      Results r = Outputs.read(run);
      if (Comparison.is(r)) {
        throw InputException.at(run)
            .expected("should be the run of one model")
            .found("it is a comparison")
            .remedy("name the runs that it compared")
            .build();
      }
      results.add(r);
    }
    Table table = ClaimVerdicts.of(results);
    if (json) {
      System.out.println(ResultsJson.text(table));
      return 0;
    }
    if (table.rows().isEmpty()) {
      System.out.println("None of these runs speaks to a claim: survey with more analyses.");
      return 0;
    }
    print(table);
    return 0;
  }

  /** Models are numbered, since their names are long. */
  private static void print(Table table) {
    int first = table.columns().indexOf("verdict") + 1;
    List<String> columns = new ArrayList<>(List.of("claim", "verdict", "holds in"));
    List<String> models = table.columns().subList(first, table.columns().size());
    for (int i = 0; i < models.size(); i++) {
      columns.add(Integer.toString(i + 1));
    }
    List<List<Object>> rows = new ArrayList<>();
    for (List<Object> row : table.rows()) {
      List<Object> shown = new ArrayList<>();
      shown.add(row.get(0));
      shown.add(row.get(first - 1));
      shown.add(
          row.get(table.columns().indexOf("hold"))
              + " of "
              + row.get(table.columns().indexOf("models")));
      row.subList(first, row.size()).forEach(v -> shown.add(v == null ? null : SHORT.get(v)));
      rows.add(shown);
    }
    TextTable.print(new Table(table.id(), table.title(), columns, columns, rows), columns);
    System.out.println();
    for (int i = 0; i < models.size(); i++) {
      System.out.println(Terminal.visible((i + 1) + " = " + models.get(i)));
    }
    System.out.println("yes: it holds by every figure; no: it fails by one; ?: cannot be told.");
  }
}
