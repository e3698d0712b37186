package dev.orograph.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orograph waterfill}: states on shells of a hypersphere by their length. */
@Command(
    name = "waterfill",
    description =
        "Places the states of a text, or the rows of any matrix, on shells of a hypersphere by their"
            + " length before the final norm, and tells what that length is good for.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph waterfill path/to/model --text story.txt",
      "  orograph waterfill path/to/model --text story.txt --method thermal --shells 64",
      "  orograph waterfill sample:bytes --text story.txt       a point per patch of bytes",
      "  orograph waterfill --array states.npy                  any [points, dimensions]",
      "  orograph waterfill --array states.safetensors --tensor h",
      "",
      "Shells, radii, turns and coordinates of all points are in arrays/waterfill.safetensors of the",
      "run folder. Three methods stand beside each other; --method says which one is written.",
    })
final class WaterfillCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MODEL",
      description = "Checkpoint folder, file, or name.")
  private Path model;

  @Option(
      names = "--array",
      paramLabel = "FILE",
      description =
          "A file of arrays (.npy, .npz, .safetensors, .pt) in place of a model's states.")
  private Path array;

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    if ((model == null) == (array == null)) {
      throw options.usage("give a MODEL or --array, one of them");
    }
    for (String name :
        array == null ? new String[0] : new String[] {"--text", "--ids", "--state"}) {
      if (options.given(name) != null) {
        throw options.usage(name + " goes with a model, not with --array");
      }
    }
    boolean none =
        Stream.of("--text", "--ids", "--tensor").allMatch(name -> options.given(name) == null);
    if (array == null && none) {
      throw options.usage("give --text, --ids or --tensor, one of them");
    }
    options.check();
    if (array != null && options.given("--tensor") == null) {
      options.set("tensor", "*");
    }
    RunOptions.Run run =
        options.survey(array == null ? model : array, false, "read text, or hold a matrix");
    Summary.ofAnalyses(run.results(), run.folder(), options.run().quiet());
    return 0;
  }
}
