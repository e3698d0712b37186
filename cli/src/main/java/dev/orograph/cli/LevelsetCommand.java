package dev.orograph.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code orograph levelset}: points where a model's answer is a given divergence from a target. */
@Command(
    name = "levelset",
    description =
        "Finds embeddings at which what a model says next has a given divergence from a target.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph levelset path/to/model --target-from \"Once upon a\" --epsilon 0.1",
      "  orograph levelset path/to/model --target dog --points 32",
      "  orograph levelset path/to/model --target-file p.npy --direction 'model||target'",
      "  orograph normal RUN                          their normals, from the run's folder",
      "",
      "A run that was interrupted goes on where it stopped when the same command is given again.",
    })
final class LevelsetCommand implements Callable<Integer> {
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
    if (List.of("--target", "--target-id", "--target-file", "--target-from").stream()
        .allMatch(o -> options.given(o) == null)) {
      throw options.usage(
          "give a target: --target WORD, --target-id ID, --target-file FILE or --target-from TEXT");
    }
    options.together(models);
    return main.each(models, this::measure);
  }

  private int measure(Path model) {
    RunOptions.Run run =
        options.survey(model, models.size() > 1, "answer with scores of tokens to a vector");
    Summary.ofAnalyses(run.results(), run.folder(), options.run().quiet());
    return 0;
  }
}
