package dev.orograph.cli;

import dev.orograph.input.InputException;
import dev.orograph.survey.MeasuredModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orograph normal}: the normals of a level-set that a run found. */
@Command(
    name = "normal",
    description =
        "Takes the normals of a level-set that 'orograph levelset' found, its curvature, and what"
            + " lies around it.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph normal RUN                          the gradient's, with curvature",
      "  orograph normal RUN --method all             signed and unsigned differences besides",
      "  orograph normal RUN --method central --delta 0.01 --batch 64",
      "",
      "RUN is the folder of a run of levelset; the normals have a folder of their own. What that run",
      "was told of its model (--family, --head and the like) counts again.",
      "A run that was interrupted goes on where it stopped when the same command is given again.",
    })
final class NormalCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = "The folder of a run of levelset.")
  private Path run;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "Where the model is now, if it is no longer where the run found it.")
  private Path model;

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    options.check();
    Path file = run.resolve("arrays").resolve("levelset.safetensors");
    if (!Files.isRegularFile(file)) {
      throw InputException.at(run)
          .expected("must be the folder of a run of levelset")
          .found("it has no arrays/levelset.safetensors")
          .remedy("find points first: orograph levelset MODEL --target WORD")
          .build();
    }
    MeasuredModel measured = MeasuredModel.of(run);
    options.said(measured.said());
    options.set("points", file.toString());
    Path of = model == null ? measured.path() : model;
    RunOptions.Run done = options.survey(of, false, "answer to points of that run");
    Summary.ofAnalyses(done.results(), done.folder(), options.run().quiet());
    return 0;
  }
}
