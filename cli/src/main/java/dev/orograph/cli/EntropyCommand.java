package dev.orograph.cli;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.instrument.states.EntropyPatches;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Transformer;
import dev.orograph.survey.Survey;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orograph entropy}: how uncertain a model is of each next token, and patches by it. */
@Command(
    name = "entropy",
    description =
        "Measures how uncertain a model is of each next token (or byte), and cuts the text into"
            + " patches where that passes a threshold, as BLT's patcher does.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph entropy path/to/model \"Once upon a time\"",
      "  orograph entropy path/to/model --text story.txt --threshold 2 --out entropies",
      "  orograph entropy path/to/model --ids ids.json --json",
      "",
      "A patch starts at the first token of the text, and where the entropy of the",
      "prediction of a token is above the threshold. For models of bytes that is BLT's,",
      "1.335442066192627 nats. Tokens of other models are less certain: there it is the",
      "quantile of the text's own entropies that gives patches of 4.5 tokens, the mean",
      "length that BLT aims at. A text longer than the model's positions (or 2,048) is",
      "read in windows, each of which begins with the last half of the one before.",
      "IDS holds one sequence, {\"input_ids\": [[..]]}.",
    })
final class EntropyCommand implements Callable<Integer> {
  /** Positions read at once where a model sets no bound or a higher one. */
  private static final int MOST_WINDOW = 2048;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "Checkpoint folder, file, or name.")
  private Path path;

  @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "The text itself.")
  private String given;

  @ArgGroup private Source source;

  /** In place of a text on the command line. */
  private static final class Source {
    @Option(names = "--text", paramLabel = "FILE", description = "A file with the text, in UTF-8.")
    private Path text;

    @Option(names = "--ids", paramLabel = "IDS", description = "Token ids as JSON.")
    private Path ids;
  }

  @Option(
      names = "--threshold",
      paramLabel = "NATS",
      description = "A patch starts above this entropy (default: see below).")
  private Double threshold;

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "Positions read at once (default: the model's, at most 2048).")
  private Integer window;

  @Option(
      names = "--show",
      defaultValue = "40",
      paramLabel = "N",
      description = "Most patches to print (default: ${DEFAULT-VALUE}).")
  private int show;

  @Option(names = "--json", description = "Print everything as JSON.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A folder for entropy.json and the tables as CSV.")
  private Path out;

  @Option(names = "--fresh", description = "Write over what was written there before.")
  private boolean fresh;

  @Mixin private PassOptions pass;
  @Mixin private OpeningOptions opening;
  @Mixin private Quiet quiet;

  @Override
  public Integer call() {
    check();
    OwnFolder folder = out == null ? null : EntropyReport.folder(out, fresh);
    try (Model model = Model.open(path, opening.opening())) {
      Tokenizer tokenizer =
          ids() == null
              ? TalkCommand.tokenizer(model, path)
              : model.whyNoTokenizer().isPresent() ? null : model.tokenizer().orElseThrow();
      try (Transformer t = pass.load(model)) {
        EntropyReport report = report(model, t, tokenizer);
        if (folder != null) {
          report.write(folder);
        }
        if (json) {
          System.out.println(report.json());
        } else if (!quiet.quiet()) {
          report.print(show);
        }
      }
    }
    if (folder != null && !json) {
      System.out.println(Terminal.wrap("Written:  " + out, "  "));
    }
    return 0;
  }

  private void check() {
    String wrong =
        (given == null) == (source == null)
            ? "give a text, --text or --ids, one of them"
            : threshold != null && !(threshold >= 0 && threshold < Double.POSITIVE_INFINITY)
                ? "--threshold must be 0 or more, not " + threshold
                : window != null && window < 2
                    ? "--window must be at least 2, not " + window
                    : show < 0
                        ? "--show must be 0 or more, not " + show
                        : fresh && out == null
                            ? "--fresh needs --out"
                            : "".equals(given) ? "the text is empty" : "";
    if (!wrong.isEmpty()) {
      throw usage(wrong);
    }
  }

  private Path ids() {
    return source == null ? null : source.ids;
  }

  private CommandLine.ParameterException usage(String wrong) {
    return new CommandLine.ParameterException(spec.commandLine(), wrong);
  }

  private EntropyReport report(Model model, Transformer t, Tokenizer tokenizer) {
    TalkCommand.requireWriter(t, path);
    if (t.design().encoderDecoder()) {
      throw InputException.at(path)
          .place("the model")
          .expected("must be a decoder alone")
          .found("it writes what follows from another text, which an encoder reads")
          .remedy("name a model without an encoder")
          .build();
    }
    int[] ids = ids(t, tokenizer);
    int first = first(ids, tokenizer);
    int room = room(t);
    List<Double> nats;
    try (Bar bar = Bar.on(quiet.quiet(), "entropy", "positions")) {
      nats =
          EntropyPatches.nats(
              t,
              ids,
              room,
              path,
              done -> bar.piece("entropy", "", done, ids.length, done, ids.length));
    }
    boolean bytes = tokenizer != null && tokenizer.bytes();
    double above =
        threshold != null
            ? threshold
            : bytes ? EntropyPatches.BLT_THRESHOLD : EntropyPatches.usual(nats, first);
    String why =
        threshold != null
            ? "given"
            : bytes
                ? "BLT's for bytes"
                : "the text's own quantile "
                    + String.format(Locale.ROOT, "%.3f", 1 - 1 / EntropyPatches.BLT_LENGTH);
    return new EntropyReport(
        new EntropyReport.About(
            Survey.VERSION,
            model.name(),
            model.checkpoint().fingerprint(),
            tokenizer == null ? "" : tokenizer.fingerprint(),
            pass.precision(),
            given != null ? "the text given" : (ids() == null ? source.text : ids()).toString(),
            bytes ? "byte" : "token",
            room,
            ids.length > room ? EntropyPatches.overlap(room) : 0,
            why),
        ids,
        EntropyPatches.cut(nats, first, above),
        tokenizer);
  }

  private int room(Transformer t) {
    int most = t.positions() == 0 ? MOST_WINDOW : (int) Math.min(MOST_WINDOW, t.positions());
    if (window != null && t.positions() > 0 && window > t.positions()) {
      throw InputException.at(path)
          .place("the model")
          .expected("reads at most " + t.positions() + " positions")
          .found("--window is " + window)
          .remedy("give a smaller --window")
          .build();
    }
    if (window == null && most < 2) {
      throw InputException.at(path)
          .place("the model")
          .expected("must read at least 2 positions")
          .found("it reads " + most)
          .remedy("name another model")
          .build();
    }
    return window == null ? most : window;
  }

  private int[] ids(Transformer t, Tokenizer tokenizer) {
    if (ids() != null) {
      return Sequences.read(ids(), t.vocabulary(), 0, 0, 0).only(ids());
    }
    Path file = given == null ? source.text : path;
    String text = given == null ? PromptOptions.text(file, "the text in UTF-8") : given;
    if (text.length() > tokenizer.longest()) {
      throw InputException.at(file)
          .place("the text")
          .expected("must have at most " + Text.grouped(tokenizer.longest()) + " characters")
          .found("it has " + Text.grouped(text.length()))
          .remedy("cut it into several files")
          .build();
    }
    int[] ids = tokenizer.prompt(text).stream().mapToInt(Integer::intValue).toArray();
    if (text.isEmpty() || ids.length == 0) {
      throw InputException.at(file)
          .place("the text")
          .expected("must become tokens")
          .found(text.isEmpty() ? "it is empty" : "it becomes none")
          .remedy("give some text")
          .build();
    }
    return ids;
  }

  /** The first token that is text: behind special tokens, unless there is nothing else. */
  private static int first(int[] ids, Tokenizer tokenizer) {
    int first = 0;
    while (tokenizer != null && first < ids.length && tokenizer.special(ids[first])) {
      first++;
    }
    return first == ids.length ? 0 : first;
  }
}
