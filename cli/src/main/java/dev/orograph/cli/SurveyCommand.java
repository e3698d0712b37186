package dev.orograph.cli;

import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Options;
import dev.orograph.linalg.Lapack;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.report.HtmlReport;
import dev.orograph.report.Outputs;
import dev.orograph.survey.RunFolder;
import dev.orograph.survey.Sizes;
import dev.orograph.survey.Survey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code orograph survey}: every analysis that applies, one run folder per model. */
@Command(
    name = "survey",
    description =
        "Runs every analysis that applies to a model and writes one folder with the report.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph survey                          a small checkpoint that comes with the program",
      "  orograph survey path/to/model            a folder or file of safetensors",
      "  orograph survey A B C --out runs         three models, one folder each under runs/",
      "  orograph survey model --only spectra     one analysis",
      "  orograph survey model --figures seed     only the seed documents' numbers, no nulls",
      "  orograph survey model --memory 1g        a model larger than memory",
      "",
      "A run that was interrupted goes on where it stopped when the same command is given again.",
    })
final class SurveyCommand implements Callable<Integer> {
  private static final long OUTSIDE_PIECES = 450L << 20;
  private static final long LEAST = 256L << 20;

  /** Of a few hundred figures one or two lie three deviations out by chance alone. */
  private static final double STANDS_OUT = 4;

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..*",
      description = "Checkpoint folders or files; without any, a small one that comes along.")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID",
      description = "Run only these analyses (see 'orograph list').")
  private List<String> only = new ArrayList<>();

  @Option(names = "--skip", split = ",", paramLabel = "ID", description = "Leave these out.")
  private List<String> skip = new ArrayList<>();

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Seed of every draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--figures",
      defaultValue = "all",
      description =
          "seed: only what the seed documents print; all: the sound figures and nulls too"
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
      names = "--out",
      paramLabel = "DIR",
      description =
          "The run folder (with several models: where their run folders go; default:"
              + " orograph-runs/NAME-KEY).")
  private Path out;

  @Option(names = "--fresh", description = "Measure again, throwing away an earlier run's files.")
  private boolean fresh;

  @Mixin private Quiet quiet;

  @Override
  public Integer call() {
    if (threads < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--threads must be at least 1, not " + threads);
    }
    ahead();
    long bytes = bytes();
    List<String> chosen = chosen();
    List<Path> targets = models.isEmpty() ? List.of(bundled()) : models;
    int exit = 0;
    for (Path model : targets) {
      Optional<Path> folder =
          out == null || targets.size() > 1 ? Optional.empty() : Optional.of(out);
      Path parent = out == null ? Path.of("orograph-runs") : out;
      Survey.Request request =
          new Survey.Request(
              model, new Options(seed, figures), chosen, threads, bytes, folder, parent, fresh);
      try {
        one(request);
      } catch (InputException e) {
        exit = Math.max(exit, Main.fault(e, main.debug));
      }
    }
    return exit;
  }

  /**
   * Loads what every survey needs beside the opening of the model; whoever needs it waits for it.
   */
  private static void ahead() {
    Thread t =
        new Thread(
            () -> {
              try {
                Lapack.kernels();
                HtmlReport.prepare();
              } catch (RuntimeException | LinkageError e) {
                // It arises again, and is told, where it is needed.
              }
            },
            "orograph-ahead");
    t.setDaemon(true);
    t.start();
  }

  private long bytes() {
    try {
      return Math.max(LEAST, Sizes.parse(memory) - OUTSIDE_PIECES);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--memory: " + e.getMessage(), e);
    }
  }

  private List<String> chosen() {
    List<String> ids = new ArrayList<>();
    for (Instrument<?, ?, ?> i : Instruments.ALL) {
      ids.add(i.card().id());
    }
    List<String> named = new ArrayList<>(only);
    named.addAll(skip);
    for (String id : named) {
      if (!ids.contains(id)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "no analysis '" + id + "'; there are " + String.join(", ", ids));
      }
    }
    ids.removeIf(id -> (!only.isEmpty() && !only.contains(id)) || skip.contains(id));
    if (ids.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--only and --skip leave nothing to do");
    }
    return ids;
  }

  /** The checkpoint that comes along: made once, from its seed, by the command 'make'. */
  private static Path bundled() {
    Path folder =
        Path.of(System.getProperty("orograph.samples", "orograph-runs"))
            .resolve("untrained-" + RandomCheckpoint.Shape.T5_TINY.id());
    if (!Files.exists(folder.resolve("config.json"))) {
      RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 1, folder);
    }
    return folder;
  }

  private void one(Survey.Request request) {
    try (Survey survey = Survey.open(request);
        Bar bar = Bar.on(quiet.quiet())) {
      RunFolder folder = survey.folder();
      if (folder.done()) {
        summary(Outputs.read(folder.path()), folder.path());
        quiet.say("This run was there already; --fresh measures again.");
        return;
      }
      try (Interrupt interrupt = Interrupt.on(survey)) {
        Results results = survey.run(bar);
        interrupt.stage("writing the report");
        Outputs.write(survey, results);
        bar.clear();
        if (survey.resumed() > 0) {
          quiet.say(survey.resumed() + " pieces of an earlier run were kept.");
        }
        summary(results, folder.path());
      }
    }
  }

  private void summary(Results results, Path folder) {
    if (quiet.quiet()) {
      return;
    }
    System.out.println();
    System.out.println(Terminal.wrap(results.model().paragraph()));
    System.out.println();
    if (!results.highlights().isEmpty()) {
      Scalar first = (Scalar) results.find(results.highlights().get(0)).orElseThrow();
      System.out.println(
          Math.abs(first.z()) < STANDS_OUT
              ? "Farthest from chance (and still within it):"
              : "Farthest from chance:");
      for (String id : results.highlights()) {
        Scalar s = (Scalar) results.find(id).orElseThrow();
        System.out.println(Terminal.wrap("  * " + s.sentence() + " " + Terminal.z(s.z()), "    "));
      }
      System.out.println();
    }
    for (Results.Analysis a : results.analyses()) {
      if (a.reason() != null) {
        System.out.println(Terminal.visible("Left out: " + a.title() + ": " + a.reason()));
      }
    }
    System.out.println("Report:   " + folder.resolve(RunFolder.REPORT));
    System.out.println("Numbers:  " + folder.resolve(RunFolder.RESULTS));
  }
}
