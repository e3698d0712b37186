package dev.orograph.cli;

import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Options;
import dev.orograph.model.Opening;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that survey models let their user choose beside {@link RunOptions}. */
final class SurveyOptions {
  /** Ids for the completion of a shell. */
  static final class Analyses implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Instruments.ids().iterator();
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID",
      completionCandidates = Analyses.class,
      description = "Run only these analyses (see 'orograph list').")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--skip",
      split = ",",
      paramLabel = "ID",
      completionCandidates = Analyses.class,
      description = "Leave these out.")
  private List<String> skip = new ArrayList<>();

  @Option(
      names = "--words",
      paramLabel = "FILE",
      description =
          "Categories to look for instead of the reference notebooks', as JSON:"
              + " {\"birds\": [\"robin\", \"owl\", ...], ...}; the same as --set words.lists=FILE.")
  private String words;

  @Option(
      names = "--set",
      paramLabel = "ID.OPTION=VALUE",
      description =
          "An option of one analysis, as its own command or 'orograph explain ID' names it:"
              + " --set density.k=10.")
  private List<String> set = new ArrayList<>();

  @Mixin private RunOptions run;

  /** Refuses what cannot be meant. */
  void check() {
    List<String> ids = chosen();
    run.check();
    Options options = run.usage(this::options);
    for (String id : ids) {
      run.usage(() -> Instruments.find(id).orElseThrow().settings(options));
    }
  }

  Path runs() {
    return run.runs();
  }

  boolean fresh() {
    return run.fresh();
  }

  Quiet quiet() {
    return run.quiet();
  }

  Opening opening() {
    return run.opening();
  }

  /**
   * Surveys a model, or reads what an earlier run with the same options found.
   *
   * @param folder the run folder, or empty for one under {@code parent}
   */
  RunOptions.Run survey(Path model, Optional<Path> folder, Path parent) {
    return run.survey(model, chosen(), options(), folder, parent);
  }

  /** Measures several models side by side where the engine takes them; see {@link #survey}. */
  void together(List<Path> models, Path parent) {
    run.together(models, chosen(), options(), parent);
  }

  /** An analysis of two models at once, where it applies and is among those asked for. */
  Optional<RunOptions.Run> pair(Path first, Path second, String analysis, Path parent) {
    return chosen().contains(analysis)
        ? run.applied(List.of(first, second), analysis, run.options(), parent)
        : Optional.empty();
  }

  private Options options() {
    Options options = run.options();
    if (words != null) {
      options = options.with("words", "lists", words);
    }
    for (String choice : set) {
      int equals = choice.indexOf('=');
      int dot = choice.indexOf('.');
      if (dot < 1 || equals < dot) {
        throw new IllegalArgumentException(
            "--set needs ID.OPTION=VALUE, such as density.k=10, found '" + choice + "'");
      }
      String option = choice.substring(dot + 1, equals).replace('-', '_');
      options = options.with(choice.substring(0, dot), option, choice.substring(equals + 1));
    }
    return options;
  }

  private List<String> chosen() {
    List<String> ids = new ArrayList<>(Instruments.ids());
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
}
