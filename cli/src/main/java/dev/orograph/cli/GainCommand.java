package dev.orograph.cli;

import dev.orograph.comparison.Comparison;
import dev.orograph.finding.Results;
import dev.orograph.finding.Table;
import dev.orograph.instrument.states.GainColumns;
import dev.orograph.report.ComparisonFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code orograph gain}: whether the last block lengthens the stream, and whether rho tells. */
@Command(
    name = "gain",
    description =
        "Measures by how much the residual stream grows through the last block, three ways, and"
            + " whether rho = heads / (width / heads) predicts it (H25).",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph gain path/to/model                  the reference notebooks' three prompts",
      "  orograph gain A B C                          several models, with H25's accuracy",
      "  orograph gain model --prompts texts.txt      texts of your own, one per line",
      "  orograph gain model --ids ids.json           token ids, where there is no tokenizer",
      "",
      "With several models each has its own run folder, and a comparison stands beside them.",
    })
final class GainCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description = "Checkpoint folders or files, or names that the Hugging Face cache has.")
  private List<Path> models = new ArrayList<>();

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    options.check();
    options.together(models);
    List<ComparisonFolder.Source> sources = new ArrayList<>();
    int exit =
        main.each(
            models,
            model -> {
              RunOptions.Run run =
                  options.survey(model, models.size() > 1, "be a model that reads token ids");
              sources.add(new ComparisonFolder.Source(run.folder(), run.results()));
              return 0;
            });
    Quiet quiet = options.run().quiet();
    if (sources.size() == 1) {
      Results results = sources.get(0).results();
      if (!quiet.quiet()) {
        print(
            results,
            GainColumns.H25,
            List.of(
                "stack",
                GainColumns.DEFINITION.name(),
                GainColumns.GAIN.name(),
                "median",
                "sd",
                GainColumns.VERDICT.name(),
                GainColumns.RHO.name(),
                GainColumns.PREDICTED.name(),
                GainColumns.HIT.name()));
      }
      Summary.ofAnalyses(results, sources.get(0).path(), quiet);
    } else if (sources.size() > 1) {
      compare(sources, quiet);
    }
    return exit;
  }

  private void compare(List<ComparisonFolder.Source> sources, Quiet quiet) {
    Results all = Comparison.of(sources.stream().map(ComparisonFolder.Source::results).toList());
    Path folder =
        ComparisonFolder.write(
            sources, all, Optional.empty(), options.parent(), options.run().fresh());
    if (!quiet.quiet()) {
      for (String id : List.of("compare.h25.models", "compare.h25.accuracy")) {
        Table table = (Table) all.find(id).orElseThrow();
        print(all, id, table.columns());
      }
      System.out.println();
      System.out.println(
          Terminal.wrap(
              "rho is confounded with family and depth, and models of one family are not"
                  + " independent."));
    }
    Summary.print(all, folder, quiet);
  }

  private static void print(Results results, String id, List<String> columns) {
    TextTable.print((Table) results.find(id).orElseThrow(), columns);
  }
}
