package dev.orograph.cli;

import dev.orograph.finding.Results;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Options;
import dev.orograph.model.Opening;
import dev.orograph.report.Outputs;
import dev.orograph.survey.EngineChoice;
import dev.orograph.survey.Sizes;
import dev.orograph.survey.Survey;
import dev.orograph.survey.Sweep;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command that measures a model lets its user choose, and how it runs. */
final class RunOptions {
  /** Where run folders go by default. */
  static final Path RUNS = Path.of("orograph-runs");

  private static final long OUTSIDE_PIECES = 450L << 20;
  private static final long LEAST = 256L << 20;

  /** Models that are measured side by side: executors hold open what they share. */
  private static final int SIDE_BY_SIDE = 10;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Seed of every draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--figures",
      defaultValue = "all",
      description =
          "seed: only what the reference notebooks print; all: the sound figures and nulls too"
              + " (default: ${DEFAULT-VALUE}).")
  private Options.Figures figures;

  @Option(
      names = "--threads",
      description = "Pieces of work at once (default: the cores). Changes no digit.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--memory",
      defaultValue = "4g",
      description = "Anonymous memory to stay within (default: ${DEFAULT-VALUE}).")
  private String memory;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      description =
          "Where run folders go that are named after model and settings (default: orograph-runs).")
  private Path runs = RUNS;

  @Option(names = "--fresh", description = "Measure again, throwing away an earlier run's files.")
  private boolean fresh;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = "local",
      description =
          "Where pieces are measured: local, or spark, with --master (default:"
              + " ${DEFAULT-VALUE}). Changes no digit.")
  private String engine;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "The Spark master: spark://HOST:7077, yarn, local[2]. --memory is an executor's.")
  private String master;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A setting of Spark's, such as spark.executor.cores=4; may be repeated.")
  private Map<String, String> conf = new TreeMap<>();

  @Mixin private OpeningOptions opening;
  @Mixin private Quiet quiet;

  /** Refuses what cannot be meant. */
  void check() {
    if (threads < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--threads must be at least 1, not " + threads);
    }
    bytes();
    usage(
        () -> {
          engine().check();
          return engine;
        });
  }

  private EngineChoice engine() {
    Map<String, String> settings = new TreeMap<>(conf);
    if (master != null) {
      settings.put("master", master);
    }
    if (engine.equals(EngineChoice.LOCAL.name()) && !settings.isEmpty()) {
      throw new IllegalArgumentException("--master and --conf are for --engine spark");
    }
    return new EngineChoice(engine, settings);
  }

  /** Where run folders go by default. */
  Path runs() {
    return runs;
  }

  boolean fresh() {
    return fresh;
  }

  Quiet quiet() {
    return quiet;
  }

  Opening opening() {
    return opening.opening();
  }

  /** From now on what an earlier run was told of its model counts where the user says nothing. */
  void said(Opening before) {
    opening.said(before);
  }

  /**
   * A run as it lies in its folder.
   *
   * @param there whether it was there already
   */
  record Run(Path folder, Results results, boolean there) {}

  /**
   * Surveys a model, or reads what an earlier run with the same options found.
   *
   * @param chosen ids of the analyses to run
   * @param folder the run folder, or empty for one under {@code parent}
   */
  Run survey(Path model, List<String> chosen, Options options, Optional<Path> folder, Path parent) {
    return survey(List.of(model), chosen, options, folder, parent);
  }

  /** The same with analyses of several models at once. */
  Run survey(
      List<Path> models, List<String> chosen, Options options, Optional<Path> folder, Path parent) {
    return run(request(models, chosen, options, folder, parent));
  }

  private Survey.Request request(
      List<Path> models, List<String> chosen, Options options, Optional<Path> folder, Path parent) {
    return new Survey.Request(
        models, options, chosen, threads, bytes(), folder, parent, fresh, engine());
  }

  /** What the user chose for all analyses. */
  Options options() {
    return new Options(seed, figures).with(opening.opening());
  }

  /** Does something that may refuse what the user chose, which is then a fault of usage. */
  <T> T usage(Supplier<T> choosing) {
    try {
      return choosing.get();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** The same of one analysis of several models; empty where it does not apply to them. */
  Optional<Run> applied(List<Path> models, String analysis, Options options, Path parent) {
    Survey.Request request = request(models, List.of(analysis), options, Optional.empty(), parent);
    return Survey.whyNot(request, analysis).isPresent()
        ? Optional.empty()
        : Optional.of(run(request));
  }

  /** What was measured beside other models, by what was asked for. */
  private final Map<Survey.Request, Run> ahead = new HashMap<>();

  /**
   * On an engine that takes several surveys, measures the models side by side, so that {@link
   * #survey} finds them measured. A model that is at fault is left to it, and is told there.
   *
   * @param parent of the run folders
   */
  void together(List<Path> models, List<String> chosen, Options options, Path parent) {
    if (!Sweep.takes(engine()) || models.size() < 2) {
      return;
    }
    List<Path> different = models.stream().distinct().toList();
    for (int from = 0; from < different.size(); from += SIDE_BY_SIDE) {
      int to = Math.min(different.size(), from + SIDE_BY_SIDE);
      sweep(
          different.subList(from, to).stream()
              .map(m -> request(List.of(m), chosen, options, Optional.empty(), parent))
              .toList());
    }
  }

  private void sweep(List<Survey.Request> requests) {
    Map<Survey, Survey.Request> open = new LinkedHashMap<>();
    try {
      for (Survey.Request request : requests) {
        opened(request).ifPresent(survey -> open.put(survey, request));
      }
      if (open.size() > 1) {
        List<Survey> surveys = List.copyOf(open.keySet());
        try (Bar bar = Bar.on(quiet.quiet(), "sweep", "pieces");
            Interrupt interrupt = Interrupt.on("measuring", () -> kept(surveys))) {
          Sweep.run(surveys, bar, (survey, results) -> write(survey, results, open.get(survey)));
          interrupt.stage("ending");
        }
      }
    } catch (InputException e) {
      // Each model goes on by itself now, and the one at fault says so.
    } finally {
      open.keySet().forEach(Survey::close);
    }
  }

  /**
   * A survey that can be one of several: its model is in order, and its folder new or cut short.
   */
  private static Optional<Survey> opened(Survey.Request request) {
    try {
      Survey survey = Survey.open(request);
      if (survey.folder().done() || survey.folder().grows()) {
        survey.close();
        return Optional.empty();
      }
      return Optional.of(survey);
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  private void write(Survey survey, Results results, Survey.Request request) {
    synchronized (ahead) {
      Outputs.write(survey, results);
      ahead.put(request, new Run(survey.folder().path(), results, false));
    }
  }

  private static String kept(List<Survey> surveys) {
    int[] sums = new int[2];
    for (Survey survey : surveys) {
      sums[0] += survey.tasks()[0];
      sums[1] += survey.tasks()[1];
    }
    return sums[0]
        + " of "
        + sums[1]
        + " pieces are kept in "
        + surveys.stream().map(s -> s.folder().path().toString()).collect(Collectors.joining(", "));
  }

  private Run run(Survey.Request request) {
    Run there = ahead.remove(request);
    if (there != null) {
      return there;
    }
    try (Survey survey = Survey.open(request);
        Bar bar = Bar.on(quiet.quiet())) {
      Path path = survey.folder().path();
      if (survey.folder().done()) {
        return new Run(path, Outputs.read(path), true);
      }
      try (Interrupt interrupt = Interrupt.on(survey)) {
        Results results = Outputs.run(survey, bar);
        interrupt.stage("writing the report");
        Outputs.write(survey, results);
        bar.clear();
        if (survey.folder().grows()) {
          quiet.say(
              Terminal.visible(
                  "Added to the run that was there; not measured again: "
                      + String.join(", ", survey.folder().keeps())
                      + "."));
        }
        if (survey.resumed() > 0) {
          quiet.say(survey.resumed() + " pieces of an earlier run were kept.");
        }
        return new Run(path, results, false);
      }
    }
  }

  private long bytes() {
    try {
      return Math.max(LEAST, Sizes.parse(memory) - OUTSIDE_PIECES);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--memory: " + e.getMessage(), e);
    }
  }
}
