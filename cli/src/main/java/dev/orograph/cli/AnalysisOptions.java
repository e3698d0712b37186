package dev.orograph.cli;

import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Work;
import dev.orograph.model.Opening;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What a command lets its user choose that runs one analysis, the one of its own name: the options
 * that the analysis declares, and how it runs.
 */
final class AnalysisOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description =
          "The run folder (with several models: where their run folders go; default:"
              + " orograph-runs/NAME-KEY).")
  private Path out;

  @Mixin private RunOptions run;

  private static final String YES_NO = "yes|no";

  private Options chosen;
  private String text;

  /** Gives a command the options that the analysis of its name declares. */
  static void declare(CommandSpec command) {
    Instruments.find(command.name())
        .ifPresent(
            i -> {
              for (Choice<?> c : i.choices().all()) {
                OptionSpec.Builder option =
                    OptionSpec.builder(names(c))
                        .type(String.class)
                        .paramLabel(c.value())
                        .description(c.words());
                command.addOption((c.value().equals(YES_NO) ? flag(option) : option).build());
              }
            });
  }

  /** What is on where it is named alone; a word behind it is its own only where it says so. */
  private static OptionSpec.Builder flag(OptionSpec.Builder option) {
    return option
        .arity("0..1")
        .parameterConsumer(
            (words, spec, command) -> {
              boolean said =
                  !words.isEmpty() && List.of(YES_NO.split("\\|")).contains(words.peek());
              spec.setValue(said ? words.pop() : "yes");
            });
  }

  /** As the analysis calls it, and as all commands do. */
  private static String[] names(Choice<?> c) {
    return c.name().equals("prompts")
        ? new String[] {c.option(), "--text"}
        : c.name().length() == 1
            ? new String[] {"-" + c.name(), c.option()}
            : new String[] {c.option()};
  }

  private Instrument<?, ?, ?> analysis() {
    return Instruments.find(spec.name()).orElseThrow();
  }

  /** Refuses what cannot be meant; files that are named are read here. */
  void check() {
    run.check();
    run.usage(
        () -> {
          analysis().choices().requireOne(c -> given(c.option()) != null);
          // What cannot be meant is told before what a file lacks.
          return analysis().settings(options(Choice::named));
        });
    options();
  }

  RunOptions run() {
    return run;
  }

  /** Where the folders of several runs go. */
  Path parent() {
    return out == null ? run.runs() : out;
  }

  /** From now on what an earlier run was told of its model counts where the user says nothing. */
  void said(Opening before) {
    run.said(before);
    chosen = null;
  }

  /** What was given for an option of the analysis, or null. */
  String given(String option) {
    return spec.findOption(option).getValue();
  }

  /** From now on the text of the option {@code text} is this one, which stands in no file. */
  void text(String given) {
    text = given;
  }

  /** From now on that option of the analysis is this word, which is not the user's. */
  void set(String name, String word) {
    chosen = options().with(spec.name(), name, word);
  }

  /** What was chosen; files are read once, and every model has the same. */
  private Options options() {
    if (chosen == null) {
      chosen = options(Choice::given);
    }
    return chosen;
  }

  private Options options(BiFunction<Choice<?>, String, Choice.Given> reader) {
    Options options = run.options();
    for (Choice<?> c : analysis().choices().all()) {
      String word = given(c.option());
      if (word != null) {
        options = options.with(spec.name(), c.name(), reader.apply(c, StandardInput.file(c, word)));
      }
    }
    if (text != null) {
      options = options.withText(spec.name(), "text", text);
    }
    return options;
  }

  /**
   * Surveys a model with the analysis.
   *
   * @param several whether it is one of several models
   * @param needed what the model must be, for the message
   * @throws InputException where the analysis does not apply to it
   */
  RunOptions.Run survey(Path model, boolean several, String needed) {
    return applied(
        run.survey(
            model,
            List.of(spec.name()),
            options(),
            out == null || several ? Optional.empty() : Optional.of(out),
            parent()),
        model,
        needed);
  }

  /** Measures several models side by side where the engine takes them; see {@link #survey}. */
  void together(List<Path> models) {
    run.together(models, List.of(spec.name()), options(), parent());
  }

  /**
   * Runs the analysis, which takes several models at once, and others of the same models beside it.
   *
   * @param needed what the models must be, for the message, which names the first
   * @throws InputException where the analysis does not apply to them
   */
  RunOptions.Run survey(List<Path> models, List<String> beside, String needed) {
    List<String> ids = new ArrayList<>(List.of(spec.name()));
    ids.addAll(beside);
    return applied(
        run.survey(models, ids, options(), Optional.ofNullable(out), run.runs()),
        models.get(0),
        needed);
  }

  private RunOptions.Run applied(RunOptions.Run done, Path model, String needed) {
    String id = spec.name();
    done.results().analyses().stream()
        .filter(a -> a.id().equals(id) && a.reason() != null)
        .map(Results.Analysis::reason)
        .findFirst()
        .or(() -> done.results().find(id + ".fault").map(f -> ((Note) f).text()))
        .ifPresent(
            why -> {
              boolean memory = why.contains(Work.NO_ROOM);
              throw InputException.at(model)
                  .expected(memory ? "must fit into memory" : "must " + needed)
                  .found(why)
                  .remedy(
                      memory
                          ? "run again with more --memory"
                          : "'orograph inspect' shows which analyses apply")
                  .build();
            });
    return done;
  }

  /** A fault in how the command was used. */
  CommandLine.ParameterException usage(String wrong) {
    return new CommandLine.ParameterException(spec.commandLine(), wrong);
  }
}
