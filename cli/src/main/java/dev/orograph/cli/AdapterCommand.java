package dev.orograph.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orograph adapter}: what a LoRA adds, and what becomes of its base. */
@Command(
    name = "adapter",
    description =
        "Measures what a low-rank adapter adds to each matrix, and where its base is given, what"
            + " becomes of that: base plus update.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph adapter LORA               size, stable and effective rank of (alpha / r) B A",
      "  orograph adapter LORA --base MODEL  also base plus update, matrix by matrix",
    })
final class AdapterCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "ADAPTER",
      description = "A folder or file with pairs of low-rank factors.")
  private Path adapter;

  @Option(
      names = "--base",
      paramLabel = "MODEL",
      description = "The model that it changes: a folder, a file or a name.")
  private Path base;

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    options.check();
    List<Path> models = base == null ? List.of(adapter) : List.of(adapter, base);
    RunOptions.Run run =
        options.survey(models, List.of(), "be an adapter with pairs of low-rank factors");
    Summary.ofAnalyses(run.results(), run.folder(), options.run().quiet());
    return 0;
  }
}
