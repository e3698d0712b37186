package dev.orograph.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import dev.orograph.instrument.Choice;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Generation;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.Transformer;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orograph talk}: a model writes on from a prompt. */
@Command(
    name = "talk",
    description = "A model writes on from a prompt, token by token.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph talk path/to/model \"Once upon a time\"",
      "  orograph talk path/to/model \"Once upon a time\" --greedy --tokens 50",
      "  orograph talk path/to/model \"Once upon a time\" --temperature 1.2 --seed 7",
      "",
      "The same command writes the same text. With an encoder, the prompt goes there.",
    })
final class TalkCommand implements Callable<Integer> {
  private static final String GENERATION = "generation_config.json";
  private static final long MOST_BYTES = 1 << 20;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "Checkpoint folder, file, or name.")
  private Path path;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "What the text begins with.")
  private String prompt;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "A file with the prompt, in UTF-8; - for standard input.")
  private String file;

  @Option(
      names = "--tokens",
      defaultValue = "200",
      description = "Most tokens to write (default: ${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = "--temperature",
      defaultValue = "0.8",
      description = "Scores are divided by this; 0 is --greedy (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-p",
      defaultValue = "0.95",
      description = "Draw among the likeliest that hold this share (default: ${DEFAULT-VALUE}).")
  private double topP;

  @Option(names = "--greedy", description = "Always the likeliest token, nothing drawn.")
  private boolean greedy;

  @Option(names = "--seed", defaultValue = "42", description = "Seed (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--no-cache", description = "Read everything again for every token: slower.")
  private boolean uncached;

  @Mixin private PassOptions pass;
  @Mixin private OpeningOptions opening;
  @Mixin private Quiet quiet;

  @Override
  public Integer call() {
    check();
    if (file != null) {
      Choice<String> text = Choice.text("text", "FILE", "The prompt.", Choice.Given::text, "");
      // The end of the last line belongs to the file.
      prompt = text.given(StandardInput.file(text, file)).text().replaceFirst("\\R\\z", "");
    }
    try (Model model = Model.open(path, opening.opening())) {
      Tokenizer tokenizer = tokenizer(model, path);
      try (Transformer transformer = pass.load(model)) {
        requireWriter(transformer, path);
        write(model, transformer, tokenizer);
      }
    }
    return 0;
  }

  private void check() {
    String wrong =
        (prompt == null) == (file == null)
            ? "give a prompt or --text, one of them"
            : tokens < 1
                ? "--tokens must be at least 1, not " + tokens
                : !(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)
                    ? "--temperature must be 0 or more, not " + temperature
                    : !(topP > 0 && topP <= 1)
                        ? "--top-p must be above 0 and at most 1, not " + topP
                        : "";
    if (!wrong.isEmpty()) {
      throw new CommandLine.ParameterException(spec.commandLine(), wrong);
    }
  }

  /** The model's tokenizer, or the reason why there is none. */
  static Tokenizer tokenizer(Model model, Path path) {
    return model
        .tokenizer()
        .orElseThrow(
            () ->
                InputException.at(path)
                    .expected("needs a tokenizer to read text")
                    .found(model.whyNoTokenizer().orElse("there is none"))
                    .remedy("put its tokenizer.json beside the weights")
                    .build());
  }

  /** Refuses a model that does not score what comes next. */
  static void requireWriter(Transformer t, Path path) {
    List<String> names = t.stateNames();
    boolean causal =
        t.design().stacks().get(t.design().stacks().size() - 1).block().attention().causal();
    if (!names.contains("logits") || !causal || t.vocabulary() == 0) {
      throw InputException.at(path)
          .place("the model")
          .expected("must write from left to right")
          .found(
              names.contains("logits") && !causal
                  ? "it sees text on both sides"
                  : "it scores no tokens")
          .remedy("'orograph extract' gives its states")
          .build();
    }
  }

  private void write(Model model, Transformer t, Tokenizer tokenizer) {
    boolean two = t.design().encoderDecoder();
    Set<Integer> ends = ends(model, t, tokenizer);
    List<Integer> read = read(tokenizer, two);
    int most = most(t, read.size(), two);
    Generation how =
        greedy
            ? Generation.greedy(most, ends)
            : Generation.drawn(most, temperature, topP, ends, seed);
    Streamed text = new Streamed(tokenizer);
    if (!two) {
      say(text.add(read));
    }
    List<Long> times = new ArrayList<>();
    Inputs in = Inputs.ids(read.stream().mapToInt(Integer::intValue).toArray());
    text.endsAt(markers(ends, tokenizer));
    Generation.Listener listener =
        new Generation.Listener() {
          @Override
          public void chosen(int sequence, int token) {
            times.add(System.nanoTime());
            if (!ends.contains(token)) {
              say(text.add(List.of(token)));
            }
          }

          @Override
          public boolean enough() {
            return text.ended();
          }
        };
    t.generate(in, uncached ? how.uncached() : how, listener);
    say(text.rest() + "\n");
    int more = times.size() - 1;
    double seconds = (times.get(more) - times.get(0)) / 1e9;
    quiet.say(
        Text.grouped(times.size())
            + " tokens"
            + (more > 0
                ? String.format(
                    Locale.ROOT, ", %.0f tokens/s after the first", more / Math.max(1e-9, seconds))
                : ""));
  }

  /** The prompt's tokens, without the end that a template puts behind a text that goes on. */
  private List<Integer> read(Tokenizer tokenizer, boolean two) {
    if (prompt.length() > tokenizer.longest()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "the prompt has "
              + Text.grouped(prompt.length())
              + " characters, the tokenizer takes "
              + Text.grouped(tokenizer.longest()));
    }
    List<Integer> read =
        two ? tokenizer.encodeWithSpecials(prompt).ids() : tokenizer.prompt(prompt);
    if (read.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "the prompt is empty, and this model has no token to begin with");
    }
    return read;
  }

  /** As many tokens as are asked for and have room. */
  private int most(Transformer t, int read, boolean two) {
    long room = two || t.positions() == 0 ? tokens : t.positions() - read + 1;
    if (room < tokens && room > 0) {
      quiet.say("orograph: " + t.positions() + " positions: at most " + room + " tokens");
    }
    return (int) Math.max(1, Math.min(tokens, room));
  }

  /** The configuration's end tokens and those for writing; without any the tokenizer's. */
  private Set<Integer> ends(Model model, Transformer t, Tokenizer tokenizer) {
    Set<Integer> ends = new TreeSet<>(t.design().ends());
    Path folder = model.checkpoint().configFile().map(Path::getParent).orElse(null);
    if (folder != null && Files.exists(folder.resolve(GENERATION), LinkOption.NOFOLLOW_LINKS)) {
      boolean links = opening.opening().allowLinks();
      Path file = SafePath.inside(folder, GENERATION, folder, links);
      JsonNode told = BoundedJson.read(file, MOST_BYTES).path("eos_token_id");
      for (JsonNode id : told.isArray() ? told : List.of(told)) {
        if (id.isInt() && id.intValue() >= 0) {
          ends.add(id.intValue());
        } else if (!id.isMissingNode() && !id.isNull()) {
          throw InputException.at(file)
              .place("'eos_token_id'")
              .expected("must be a token id or a list of them")
              .found("it holds " + Text.visible(id.toString(), 40))
              .remedy("correct it or take the file away")
              .build();
        }
      }
    }
    Integer told = tokenizer.specials().get("eos");
    if (ends.isEmpty() && told != null) {
      ends.add(told);
    }
    return ends;
  }

  /**
   * End tokens spelled out, as a model may write them that was trained on texts where they stood as
   * plain text. Only those that stand in no other text: {@code <|end|>}, but not {@code </s>}.
   */
  private static List<String> markers(Set<Integer> ends, Tokenizer tokenizer) {
    return ends.stream()
        .filter(tokenizer::special)
        .map(id -> tokenizer.token(id).orElse(""))
        .filter(piece -> piece.length() > 4 && piece.startsWith("<|") && piece.endsWith("|>"))
        .toList();
  }

  private static void say(String text) {
    System.out.print(Terminal.lines(text));
    System.out.flush();
  }
}
