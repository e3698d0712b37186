package dev.orograph.cli;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.finding.Results;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Instruments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

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
  private static final String ID = "density";

  @ParentCommand private Main main;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description =
          "Checkpoint folders or files, arrays with a row per point (.npy), or names such as"
              + " org/model that the Hugging Face cache has.")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = "--tokens",
      paramLabel = "all|N",
      defaultValue = "all",
      description = "How many tokens, drawn by the seed (default: ${DEFAULT-VALUE}).")
  private String tokens;

  @Option(
      names = "--k",
      paramLabel = "K",
      description = "Neighbours (default: 20, or as many as there are).")
  private Integer k;

  @Option(
      names = "--dim",
      paramLabel = "pr|id|D",
      defaultValue = "pr",
      description =
          "Dimension of volumes: participation ratio, intrinsic dimension or a number"
              + " (default: ${DEFAULT-VALUE}; the seed takes 1333).")
  private String dim;

  @Option(
      names = "--metric",
      paramLabel = "METRIC",
      defaultValue = "causal",
      description = "causal, euclidean or cosine (default: ${DEFAULT-VALUE}).")
  private String metric;

  @Option(
      names = "--matrix",
      paramLabel = "MATRIX",
      description = "head or embedding (default: the head where one is stored).")
  private String matrix;

  @Option(
      names = "--write-distances",
      paramLabel = "FILE",
      description = "Write all distances as a float32 matrix that numpy.load reads.")
  private Path write;

  @Option(
      names = "--distances",
      paramLabel = "FILE",
      description = "Take the distances of this square .npy instead of measuring them.")
  private Path distances;

  @Option(
      names = "--token-ids",
      paramLabel = "FILE",
      description = "Which tokens the rows of --distances are (.npy, .pt or .safetensors).")
  private Path ids;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The run folder (with several models: where their run folders go; default:"
              + " orograph-runs/NAME-KEY).")
  private Path out;

  @Mixin private RunOptions run;

  @Override
  public Integer call() {
    check();
    Optional<Path> folder = out == null || models.size() > 1 ? Optional.empty() : Optional.of(out);
    return main.each(models, model -> measure(model, folder));
  }

  private void check() {
    if (models.size() > 1 && (write != null || distances != null)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "one file of distances belongs to one model");
    }
    try {
      Instruments.find(ID).orElseThrow().settings(run.options(Map.of(), choices(false)));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    run.check();
  }

  /**
   * What the instrument is told.
   *
   * @param files whether to look into files, so that a run of another content is another run
   */
  private SortedMap<String, String> choices(boolean files) {
    SortedMap<String, String> choices = new TreeMap<>();
    if (distances == null || !tokens.equals("all")) {
      put(choices, "tokens", tokens);
    }
    put(choices, "k", k);
    put(choices, "dim", dim);
    put(choices, "metric", metric);
    put(choices, "matrix", matrix);
    put(choices, "write_distances", write == null ? null : write.toAbsolutePath());
    file(choices, "distances", distances, files);
    file(choices, "token_ids", ids, files);
    return choices;
  }

  private static void put(Map<String, String> choices, String name, Object value) {
    if (value != null) {
      choices.put(ID + "." + name, value.toString());
    }
  }

  private static void file(Map<String, String> choices, String name, Path file, boolean look) {
    if (file != null) {
      put(choices, name, file.toAbsolutePath());
      if (look) {
        try (Checkpoint c = Checkpoint.open(file)) {
          put(choices, name + "_fingerprint", c.fingerprint());
        }
      }
    }
  }

  private int measure(Path model, Optional<Path> folder) {
    Path parent = out == null ? RunOptions.RUNS : out;
    RunOptions.Run done = run.survey(model, List.of(ID), Map.of(), choices(true), folder, parent);
    if (done.there() && write != null && !Files.exists(write)) {
      throw InputException.at(write)
          .expected("was written by a run that is done")
          .found("it is not there any more")
          .remedy("run again with --fresh")
          .build();
    }
    Results results = done.results();
    for (Results.Analysis a : results.analyses()) {
      if (a.id().equals(ID) && a.reason() != null) {
        throw InputException.at(model)
            .expected("must hold a matrix with a row per token")
            .found(a.reason())
            .remedy("'orograph inspect' shows what it holds")
            .build();
      }
    }
    Summary.print(results, done.folder(), run.quiet());
    if (done.there()) {
      run.quiet().say("This run was there already; --fresh measures again.");
    }
    return CommandLine.ExitCode.OK;
  }
}
