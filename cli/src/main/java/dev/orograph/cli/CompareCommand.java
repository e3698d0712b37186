package dev.orograph.cli;

import dev.orograph.comparison.Comparison;
import dev.orograph.finding.Results;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.report.ComparisonFolder;
import dev.orograph.report.Outputs;
import dev.orograph.survey.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code orograph compare}: several models beside each other. */
@Command(
    name = "compare",
    description =
        "Surveys models and sets them side by side: figures, curves by relative depth, and"
            + " differences with intervals.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph compare A B                     two models; each gets its own run folder too",
      "  orograph compare A B C --out comparison  three models, the comparison in that folder",
      "  orograph compare RUN RUN                 finished runs, nothing is measured again",
      "  orograph compare A RUN --only spectra    a model and a finished run",
      "",
      "A run that was interrupted goes on where it stopped when the same command is given again.",
      "Where one model is at fault the others are compared, and the exit code is 1.",
    })
final class CompareCommand implements Callable<Integer> {
  private static final int MOST_IN_PAIRS = 4;

  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "MODEL",
      arity = "2..*",
      description =
          "Checkpoint folders or files, names such as org/model in the Hugging Face cache, or folders"
              + " of finished runs; at least two.")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description =
          "The comparison's folder (default: orograph-runs/compare-NAMES-KEY). The models' own run"
              + " folders go where --runs says.")
  private Path out;

  @Mixin private SurveyOptions options;

  /** Models that were surveyed here, not read from a run. */
  private final List<Path> measured = new ArrayList<>();

  @Override
  public Integer call() {
    options.check();
    if (out != null) {
      ComparisonFolder.requireFree(
          out, models.stream().flatMap(m -> name(m).stream()).toList(), options.fresh());
    }
    List<ComparisonFolder.Source> sources = new ArrayList<>();
    int exit =
        main.each(
            models,
            model -> {
              sources.add(source(model));
              return 0;
            });
    if (sources.size() < 2) {
      System.err.println("orograph: fewer than two models remain, so there is nothing to compare");
      return exit;
    }
    List<ComparisonFolder.Source> pairs = pairs();
    Results comparison =
        Comparison.of(
            sources.stream().map(ComparisonFolder.Source::results).toList(),
            pairs.stream().map(ComparisonFolder.Source::results).toList());
    Path folder =
        ComparisonFolder.write(
            sources, pairs, comparison, Optional.ofNullable(out), options.runs(), options.fresh());
    Summary.print(comparison, folder, options.quiet());
    return exit;
  }

  /** Tensor by tensor, which takes the models themselves; up to four in all pairs. */
  private List<ComparisonFolder.Source> pairs() {
    List<Path> open = measured.stream().distinct().toList();
    List<ComparisonFolder.Source> pairs = new ArrayList<>();
    for (int i = 0; i < (open.size() > MOST_IN_PAIRS ? 1 : open.size()); i++) {
      for (int j = i + 1; j < open.size(); j++) {
        options
            .pair(open.get(i), open.get(j), "shared_start", options.runs())
            .ifPresent(run -> pairs.add(new ComparisonFolder.Source(run.folder(), run.results())));
      }
    }
    return pairs;
  }

  /** The name that a model's results will have; none where it is at fault and is left out. */
  private Optional<String> name(Path path) {
    try {
      if (isRun(path)) {
        return Optional.ofNullable(Outputs.read(path).model().name());
      }
      try (Model model = Model.open(path, options.opening())) {
        return Optional.of(model.name());
      }
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  private ComparisonFolder.Source source(Path model) {
    if (isRun(model)) {
      Results results = Outputs.read(model);
      if (Comparison.is(results)) {
        throw InputException.at(model)
            .expected("should be a model or the run of one")
            .found("it is a comparison")
            .remedy("name the runs that it compared; its " + RunFolder.RUN + " lists them")
            .build();
      }
      return new ComparisonFolder.Source(model, results);
    }
    RunOptions.Run run = options.survey(model, Optional.empty(), options.runs());
    options
        .quiet()
        .say(
            Terminal.visible(
                run.results().model().name()
                    + (run.there() ? " was surveyed before: " : " is surveyed: ")
                    + run.folder()));
    measured.add(model);
    return new ComparisonFolder.Source(run.folder(), run.results());
  }

  /** Whether a folder is a run's: it has its files, and no weights, beside which they may lie. */
  private static boolean isRun(Path path) {
    if (!Files.exists(path.resolve(RunFolder.RESULTS))
        && !Files.exists(path.resolve(RunFolder.RUN))) {
      return false;
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.noneMatch(f -> f.getFileName().toString().contains(".safetensors"));
    } catch (IOException e) {
      throw InputException.unreadable(path, e);
    }
  }
}
