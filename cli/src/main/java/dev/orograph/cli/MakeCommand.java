package dev.orograph.cli;

import dev.orograph.input.InputException;
import dev.orograph.model.RandomCheckpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orograph make}: an untrained checkpoint of a shape. */
@Command(
    name = "make",
    description =
        "Writes an untrained checkpoint of a known shape: the control for claims about trained"
            + " ones.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph make t5-tiny /tmp/tiny           280 k parameters, surveyed in seconds",
      "  orograph make t5-small /tmp/small         60.5 M parameters, 242 MB",
      "  orograph make llama-1b /tmp/llama         the shape of Llama-3.2-1B, 2.5 GB",
      "  orograph make llama-3b /tmp/llama3        the shape of Llama-3.2-3B, 6.4 GB",
      "  orograph make t5-xxl-blocks /tmp/xxl      two encoder blocks of T5-v1.1-XXL, 772 MB",
    })
final class MakeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "SHAPE",
      completionCandidates = Shapes.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private String shape;

  @Parameters(index = "1", paramLabel = "DIR", description = "A folder that does not exist yet.")
  private Path folder;

  @Option(names = "--seed", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    RandomCheckpoint.Shape chosen =
        Arrays.stream(RandomCheckpoint.Shape.values())
            .filter(s -> s.id().equals(shape))
            .findFirst()
            .orElseThrow(
                () ->
                    new CommandLine.ParameterException(
                        spec.commandLine(),
                        "no shape '" + shape + "'; there are " + String.join(", ", new Shapes())));
    if (Files.exists(folder)) {
      throw InputException.at(folder)
          .expected("should not exist yet")
          .found("there is something of that name")
          .remedy("choose another name")
          .build();
    }
    RandomCheckpoint.write(chosen, seed, folder);
    System.out.println("Made " + chosen.id() + " with seed " + seed + " in " + folder);
    return 0;
  }

  /** The names of the shapes. */
  static final class Shapes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      List<String> ids =
          Arrays.stream(RandomCheckpoint.Shape.values()).map(RandomCheckpoint.Shape::id).toList();
      return ids.iterator();
    }
  }
}
