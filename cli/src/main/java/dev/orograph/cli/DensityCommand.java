package dev.orograph.cli;

import dev.orograph.input.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code orograph density}: how densely tokens lie, by their norm. */
@Command(
    name = "density",
    description =
        "Measures how densely tokens lie in the causal metric, near the middle of their cloud and far"
            + " from it, against clouds of chance.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph density path/to/model                    all tokens of the head",
      "  orograph density rows.npy --k 10                  any array, a row per point",
      "  orograph density model --tokens 32000             a sample, drawn as the seed document does",
      "  orograph density model --tokens 8000 --write-distances d.npy",
      "  orograph density model --distances d.npy --token-ids ids.npy",
      "",
      "A run that was interrupted goes on where it stopped when the same command is given again.",
    })
final class DensityCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description =
          "Checkpoint folders or files, arrays with a row per point (.npy), or names such as"
              + " org/model that the Hugging Face cache has.")
  private List<Path> models = new ArrayList<>();

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    if (models.size() > 1
        && (options.given("--write-distances") != null || options.given("--distances") != null)) {
      throw options.usage("one file of distances belongs to one model");
    }
    options.check();
    // The command is asked for all tokens where a survey of a large vocabulary draws some.
    if (options.given("--tokens") == null && options.given("--distances") == null) {
      options.set("tokens", "all");
    }
    options.together(models);
    return main.each(models, this::measure);
  }

  private int measure(Path model) {
    RunOptions.Run done =
        options.survey(model, models.size() > 1, "hold a matrix with a row per token");
    Quiet quiet = options.run().quiet();
    String write = options.given("--write-distances");
    if (done.there() && write != null && !Files.exists(Path.of(write))) {
      throw InputException.at(Path.of(write))
          .expected("was written by a run that is done")
          .found("it is not there any more")
          .remedy("run again with --fresh")
          .build();
    }
    Summary.print(done.results(), done.folder(), quiet);
    if (done.there()) {
      quiet.say("This run was there already; --fresh measures again.");
    }
    return CommandLine.ExitCode.OK;
  }
}
