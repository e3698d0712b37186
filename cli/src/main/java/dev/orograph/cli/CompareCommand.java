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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
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
      "  orograph compare --series step-*         snapshots of one training, as an axis of time",
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

  @Option(
      names = "--series",
      description =
          "The models are snapshots of one training: every figure by step, and which layers change"
              + " when. The step is the first number in which their names differ; without one they"
              + " are taken in the order given.")
  private boolean series;

  @Mixin private SurveyOptions options;

  /**
   * One of what is compared.
   *
   * @param given as the user named it
   * @param run what was found
   * @param open whether it was surveyed here, not read from a run
   */
  private record Subject(Path given, ComparisonFolder.Source run, boolean open) {
    Results results() {
      return run.results();
    }
  }

  @Override
  public Integer call() {
    options.check();
    if (out != null) {
      ComparisonFolder.requireFree(
          out, models.stream().flatMap(m -> name(m).stream()).toList(), options.fresh());
    }
    options.together(models.stream().filter(m -> !isRun(m)).toList(), options.runs());
    List<Subject> subjects = new ArrayList<>();
    int exit =
        main.each(
            models,
            model -> {
              subjects.add(subject(model));
              return 0;
            });
    if (subjects.size() < 2) {
      System.err.println("orograph: fewer than two models remain, so there is nothing to compare");
      return exit;
    }
    List<ComparisonFolder.Source> pairs = new ArrayList<>();
    Results comparison = series ? overSteps(subjects, pairs) : beside(subjects, pairs);
    Path folder =
        ComparisonFolder.write(
            subjects.stream().map(Subject::run).toList(),
            pairs,
            comparison,
            Optional.ofNullable(out),
            options.runs(),
            options.fresh());
    Summary.print(comparison, folder, options.quiet());
    return exit;
  }

  /** Models side by side, and tensor by tensor, up to four in all pairs. */
  private Results beside(List<Subject> subjects, List<ComparisonFolder.Source> pairs) {
    List<Path> open =
        subjects.stream().filter(Subject::open).map(Subject::given).distinct().toList();
    for (int i = 0; i < (open.size() > MOST_IN_PAIRS ? 1 : open.size()); i++) {
      for (int j = i + 1; j < open.size(); j++) {
        pair(open.get(i), open.get(j)).ifPresent(pairs::add);
      }
    }
    return Comparison.of(
        subjects.stream().map(Subject::results).toList(),
        pairs.stream().map(ComparisonFolder.Source::results).toList());
  }

  /** Tensor by tensor, which takes the models themselves. */
  private Optional<ComparisonFolder.Source> pair(Path first, Path second) {
    return options
        .pair(first, second, "shared_start", options.runs())
        .map(run -> new ComparisonFolder.Source(run.folder(), run.results()));
  }

  /** Snapshots in the order of their steps, each against the next one, the first with the last. */
  private Results overSteps(List<Subject> subjects, List<ComparisonFolder.Source> pairs) {
    List<Long> steps =
        Comparison.steps(subjects.stream().map(s -> s.results().model().name()).toList())
            .or(() -> Comparison.steps(subjects.stream().map(s -> s.given().toString()).toList()))
            .orElseGet(
                () -> {
                  System.err.println(
                      "orograph: no number in which the names differ, so the steps are 1 to "
                          + subjects.size()
                          + " in the order given");
                  return LongStream.rangeClosed(1, subjects.size()).boxed().toList();
                });
    List<Integer> order =
        IntStream.range(0, subjects.size())
            .boxed()
            .sorted(Comparator.comparing(steps::get))
            .toList();
    List<Subject> inOrder = order.stream().map(subjects::get).toList();
    subjects.clear();
    subjects.addAll(inOrder);
    Results ends = null;
    if (inOrder.stream().allMatch(Subject::open)) {
      for (int i = 1; i < inOrder.size(); i++) {
        pair(inOrder.get(i - 1).given(), inOrder.get(i).given()).ifPresent(pairs::add);
      }
      if (inOrder.size() > 2 && pairs.size() == inOrder.size() - 1) {
        Optional<ComparisonFolder.Source> whole =
            pair(inOrder.get(0).given(), inOrder.get(inOrder.size() - 1).given());
        ends = whole.map(ComparisonFolder.Source::results).orElse(null);
        whole.ifPresent(pairs::add);
      }
    }
    int intervals = pairs.size() < inOrder.size() - 1 ? 0 : inOrder.size() - 1;
    return Comparison.ofSeries(
        inOrder.stream().map(Subject::results).toList(),
        order.stream().map(steps::get).toList(),
        pairs.stream().limit(intervals).map(ComparisonFolder.Source::results).toList(),
        ends);
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

  private Subject subject(Path model) {
    if (isRun(model)) {
      Results results = Outputs.read(model);
      if (Comparison.is(results)) {
        throw InputException.at(model)
            .expected("should be a model or the run of one")
            .found("it is a comparison")
            .remedy("name the runs that it compared; its " + RunFolder.RUN + " lists them")
            .build();
      }
      return new Subject(model, new ComparisonFolder.Source(model, results), false);
    }
    RunOptions.Run run = options.survey(model, Optional.empty(), options.runs());
    options
        .quiet()
        .say(
            Terminal.visible(
                run.results().model().name()
                    + (run.there() ? " was surveyed before: " : " is surveyed: ")
                    + run.folder()));
    return new Subject(model, new ComparisonFolder.Source(run.folder(), run.results()), true);
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
