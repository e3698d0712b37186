package dev.orograph.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code orograph project}: whether the tokens of two models lie alike, up to a rotation. */
@Command(
    name = "project",
    description =
        "Projects the tokens of a larger model onto a smaller one by principal components and a"
            + " rotation, judges it by tokens held out, and says what of it is a shared start.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph project LARGE SMALL                    tokens matched by id or by their text",
      "  orograph project sample:bge-small sample:minilm two real encoders, which Maven brings",
      "  orograph project A B --anchors 2000             fewer tokens for the rotation",
      "",
      "The first model has to be at least as wide as the second. Nothing is trained.",
    })
final class ProjectCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "LARGE",
      description = "The model that is projected: a folder, a file or a name.")
  private Path large;

  @Parameters(
      index = "1",
      paramLabel = "SMALL",
      description = "The one that it is projected onto, no wider than the first.")
  private Path small;

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    options.check();
    RunOptions.Run run =
        options.survey(
            List.of(large, small),
            List.of("shared_start"),
            "be a model whose tokens the other one has too");
    Summary.ofAnalyses(run.results(), run.folder(), options.run().quiet());
    return 0;
  }
}
