package dev.orograph.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code orograph states}: norms, cosines and alignment of hidden states by layer. */
@Command(
    name = "states",
    description =
        "Measures hidden states by layer: norms, cosines between positions, massive activations,"
            + " and alignment between layers.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph states path/to/model                the reference notebooks' ten sentences",
      "  orograph states model --prompts texts.txt    texts of your own, one per line",
    })
final class StatesCommand implements Callable<Integer> {
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
    return main.each(
        models,
        model -> {
          RunOptions.Run run =
              options.survey(model, models.size() > 1, "be a model that reads token ids");
          Summary.ofAnalyses(run.results(), run.folder(), options.run().quiet());
          return 0;
        });
  }
}
