package dev.orograph.cli;

import dev.orograph.model.BundledCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code orograph survey}: every analysis that applies, one run folder per model. */
@Command(
    name = "survey",
    description =
        "Runs every analysis that applies to a model and writes one folder with the report.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph survey                          sample:t5, which comes with the program",
      "  orograph survey path/to/model            a folder or file of safetensors",
      "  orograph survey org/model@revision       a model in the Hugging Face cache",
      "  orograph survey sample:lm-untrained      one that comes along, before its training",
      "  orograph survey A B C --out runs         three models, one folder each under runs/",
      "  orograph survey model --only spectra     one analysis",
      "  orograph survey model --figures seed     only the seed documents' numbers, no nulls",
      "  orograph survey model --memory 1g        a model larger than memory",
      "",
      "A run that was interrupted goes on where it stopped when the same command is given again.",
    })
final class SurveyCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..*",
      description =
          "Checkpoint folders or files, or names such as org/model that the Hugging Face cache has"
              + " (see 'orograph fetch'), or of those that come along (see 'orograph list');"
              + " without any, sample:t5.")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description =
          "The run folder (with several models the same as --runs; default: NAME-KEY in that"
              + " folder).")
  private Path out;

  @Mixin private SurveyOptions options;

  @Override
  public Integer call() {
    options.check();
    List<Path> targets = models.isEmpty() ? List.of(Path.of(BundledCheckpoint.T5.id())) : models;
    Optional<Path> folder = out == null || targets.size() > 1 ? Optional.empty() : Optional.of(out);
    Path parent = out == null ? options.runs() : out;
    if (targets.size() > 1) {
      options.together(targets, parent);
    }
    return main.each(
        targets,
        model -> {
          RunOptions.Run run = options.survey(model, folder, parent);
          Summary.print(run.results(), run.folder(), options.quiet());
          if (run.there()) {
            options.quiet().say("This run was there already; --fresh measures again.");
          }
          return 0;
        });
  }
}
