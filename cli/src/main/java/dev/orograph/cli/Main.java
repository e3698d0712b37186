package dev.orograph.cli;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.survey.ReferenceFile;
import dev.orograph.survey.Survey;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line: {@code orograph COMMAND}. */
@Command(
    name = "orograph",
    description =
        "Surveys the geometry of transformer checkpoints, with the null beside every claim.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  orograph survey                       sample:t5, which comes with the program",
      "  orograph survey path/to/model         any folder or file of safetensors",
      "  orograph compare A B                  models side by side",
      "  orograph density path/to/model        how densely tokens lie, by their norm",
      "  orograph fetch google-t5/t5-small     from the hub, to survey by name",
      "  orograph inspect path/to/model        what it is and what can be analysed",
      "  orograph neighbours path/to/model cat the tokens nearest to a word",
      "  orograph talk path/to/model \"Once upon a time\"",
      "  orograph entropy path/to/model --text story.txt",
      "  orograph extract path/to/model --text corpus.txt --states all",
      "  orograph wordnet path/to/model        whether words close in WordNet are close in it",
      "  orograph modulate train path/to/t5    whether WordNet in its encoder helps it",
      "  orograph project LARGE SMALL          whether tokens of two models lie alike",
      "  orograph waterfill path/to/model --text story.txt",
      "  orograph levelset path/to/model --target dog",
      "  orograph normal RUN                   normals of the level-set that a run found",
      "  orograph serve                        a page for all runs, on this machine alone",
      "  orograph get RUN spectra.self_attn_q.stable_rank",
      "",
      "Exit codes: 0 done, 1 a fault in the input, 2 wrong usage, 3 interrupted but resumable,",
      "4 a fault of the program.",
    })
public final class Main {
  /** A fault in the input. */
  static final int INPUT = 1;

  /** Interrupted; can be resumed. */
  static final int INTERRUPTED = 3;

  /** A fault of the program. */
  static final int OURS = 4;

  /** In the order of the help; {@code SurveyCommand} is called {@code survey}. */
  static final List<Class<?>> COMMANDS =
      List.of(
          SurveyCommand.class,
          CompareCommand.class,
          DensityCommand.class,
          InspectCommand.class,
          NeighboursCommand.class,
          AnalogyCommand.class,
          GainCommand.class,
          StatesCommand.class,
          TalkCommand.class,
          EntropyCommand.class,
          ExtractCommand.class,
          WordnetCommand.class,
          ModulateCommand.class,
          ProjectCommand.class,
          AdapterCommand.class,
          WaterfillCommand.class,
          LevelsetCommand.class,
          NormalCommand.class,
          FetchCommand.class,
          GetCommand.class,
          DiffCommand.class,
          ClaimsCommand.class,
          ReferenceCommand.class,
          ReportCommand.class,
          ServeCommand.class,
          ListCommand.class,
          ExplainCommand.class,
          DoctorCommand.class,
          MakeCommand.class,
          CompletionCommand.class);

  /** Those that soon need the native library and draw a report at their end. */
  private static final Set<Class<?>> MEASURING =
      Set.of(
          SurveyCommand.class,
          CompareCommand.class,
          DensityCommand.class,
          GainCommand.class,
          StatesCommand.class,
          EntropyCommand.class,
          ExtractCommand.class,
          WordnetCommand.class,
          ModulateCommand.class,
          ProjectCommand.class,
          AdapterCommand.class,
          WaterfillCommand.class,
          LevelsetCommand.class,
          NormalCommand.class);

  @Option(
      names = "--debug",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Show where an error arose.")
  boolean debug;

  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs a command and returns its exit code. */
  static int run(String... given) {
    String[] args = given.clone();
    // The other spelling, which the help does not need to tell.
    if (args.length > 0 && args[0].equals("neighbors")) {
      args[0] = name(NeighboursCommand.class);
    }
    System.setProperty(ReferenceFile.PROPERTY, ReferenceCommand.own().toString());
    Main main = new Main();
    List<Class<?>> commands = commands(args);
    boolean measures = commands.size() == 1 && MEASURING.contains(commands.get(0));
    if (measures) {
      Ahead.start();
    }
    if (!List.of(args).contains("--quiet")) {
      BundledCheckpoint.tell(new BroughtLine());
    }
    CommandLine line = new CommandLine(main);
    commands.forEach(line::addSubcommand);
    if (commands.size() > 1) {
      line.addSubcommand(new CommandLine.HelpCommand());
    }
    line.getSubcommands().values().forEach(c -> AnalysisOptions.declare(c.getCommandSpec()));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(Terminal.helpWidth());
    line.setExecutionExceptionHandler((e, command, parsed) -> fault(e, main.debug));
    if (args.length == 0) {
      line.usage(System.out);
      return CommandLine.ExitCode.OK;
    }
    if (!measures) {
      return line.execute(args);
    }
    Interrupt around = Interrupt.aroundCommand();
    try {
      return line.execute(args);
    } finally {
      around.close();
    }
  }

  /** The command that is asked for, or all: to read every command's options takes a while. */
  private static List<Class<?>> commands(String[] args) {
    List<Class<?>> asked =
        COMMANDS.stream()
            .filter(c -> args.length > 0 && name(c).equals(args[0]))
            .filter(c -> c != CompletionCommand.class)
            .toList();
    return asked.isEmpty() ? COMMANDS : asked;
  }

  static String name(Class<?> command) {
    return command.getSimpleName().replace("Command", "").toLowerCase(Locale.ROOT);
  }

  /**
   * Does the same for each, whatever goes wrong with others.
   *
   * @param work returns an exit code
   * @return the highest exit code
   */
  <T> int each(List<T> targets, ToIntFunction<T> work) {
    int exit = CommandLine.ExitCode.OK;
    for (T target : targets) {
      int code;
      try {
        code = work.applyAsInt(target);
      } catch (InputException e) {
        code = fault(e, debug);
      }
      exit = Math.max(exit, code);
    }
    return exit;
  }

  /** Says what went wrong in one message and returns the exit code for it. */
  static int fault(Throwable e, boolean debug) {
    if (debug) {
      e.printStackTrace();
    }
    if (e instanceof InputException input) {
      System.err.println("orograph: " + input.whole());
      return INPUT;
    }
    if (e instanceof CancellationException) {
      System.err.println("orograph: stopped");
      return INTERRUPTED;
    }
    if (e instanceof OutOfMemoryError) {
      System.err.println(
          "orograph: out of memory: run with fewer --threads, or give more with --memory");
      return OURS;
    }
    if (TensorData.shortened(e)) {
      System.err.println(
          "orograph: a file became shorter while it was read: start again when nothing writes to it");
      return INPUT;
    }
    System.err.println(
        "orograph: a fault of this program: "
            + Text.visible(e.toString(), 400)
            + (debug ? "" : " (run again with --debug to see where)"));
    return OURS;
  }

  /** The version. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"orograph " + Survey.VERSION};
    }
  }
}
