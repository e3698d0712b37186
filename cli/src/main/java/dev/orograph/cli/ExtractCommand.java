package dev.orograph.cli;

import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Transformer;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orograph extract}: the states of a model over a corpus, as arrays. */
@Command(
    name = "extract",
    description = "Writes the hidden states of a model over a corpus as arrays.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph extract path/to/model --text corpus.txt --states block_5.out,final_norm.out",
      "  orograph extract path/to/model --ids ids.json --states all --out states",
      "  orograph extract path/to/vit --pixels images.safetensors --states pooled",
      "",
      "IDS holds {\"input_ids\": [[..], ..]} and, where wanted, \"attention_mask\", \"position_ids\",",
      "\"token_type_ids\" and \"decoder_input_ids\". Shorter sequences are padded on the right. States are float32,",
      "[sequence, position, width], in arrays/states.safetensors, with input_ids and",
      "attention_mask beside them; where the mask is 0 a state means nothing.",
    })
final class ExtractCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "Checkpoint folder, file, or name.")
  private Path path;

  @ArgGroup(multiplicity = "1")
  private Source source;

  /** One of three. */
  private static final class Source {
    @Option(names = "--text", paramLabel = "FILE", description = "A text with a sequence per line.")
    private Path text;

    @Option(names = "--ids", paramLabel = "IDS", description = "Token ids as JSON.")
    private Path ids;

    @Option(
        names = "--pixels",
        paramLabel = "FILE",
        description = "Normalised images, one tensor [n, channels, height, width].")
    private Path pixels;
  }

  @Option(
      names = "--states",
      required = true,
      split = ",",
      paramLabel = "STATE",
      description = "Names of states, such as block_0.out, or all.")
  private List<String> states;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder to write (default: orograph-runs/NAME-states).")
  private Path out;

  @Option(
      names = "--batch",
      defaultValue = "16",
      description =
          "Sequences in memory at once, rounded up to what is computed together; changes no digit"
              + " (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--length",
      defaultValue = "0",
      description =
          "Pad to this many tokens and cut longer lines; longer ids are refused (default: the"
              + " longest).")
  private int length;

  @Option(names = "--fresh", description = "Write over what was extracted there before.")
  private boolean fresh;

  @Mixin private PassOptions pass;
  @Mixin private OpeningOptions opening;
  @Mixin private Quiet quiet;

  @Override
  @SuppressWarnings("try") // the hook is there while states are written
  public Integer call() {
    if (batch < 1 || length < 0) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          batch < 1
              ? "--batch must be at least 1, not " + batch
              : "--length must be at least 1, not " + length);
    }
    try (Model model = Model.open(path, opening.opening())) {
      Path folder = out != null ? out : RunOptions.RUNS.resolve(model.fileName() + "-states");
      StateFolder target = new StateFolder(folder, fresh);
      Tokenizer tokenizer = source.text == null ? null : TalkCommand.tokenizer(model, path);
      try (Transformer t = pass.load(model);
          Corpus corpus = corpus(t, tokenizer);
          Interrupt interrupt = Interrupt.on("extracting", target::abandon)) {
        Set<String> wanted = wanted(t, corpus);
        target.write(model, t, corpus, wanted, batch, pass.precision(), quiet);
      }
      System.out.println(Terminal.wrap("States:   " + target.states(), "  "));
    }
    return 0;
  }

  private Corpus corpus(Transformer t, Tokenizer tokenizer) {
    boolean images = t.vocabulary() == 0;
    if (images != (source.pixels != null)) {
      throw InputException.at(path)
          .place("the model")
          .expected("reads " + (images ? "images" : "token ids"))
          .found(images ? "none are given" : "images are given")
          .remedy(images ? "give --pixels" : "give --text or --ids")
          .build();
    }
    if (t.positions() > 0 && length > t.positions()) {
      throw InputException.at(path)
          .place("the model")
          .expected("reads at most " + t.positions() + " positions")
          .found("--length is " + length)
          .remedy("give a smaller --length")
          .build();
    }
    if (images) {
      return new Images(source.pixels);
    }
    if (source.ids != null) {
      return Sequences.read(source.ids, t.vocabulary(), t.positions(), t.tokenTypes(), length);
    }
    Lines lines = new Lines(source.text, tokenizer, t.vocabulary(), t.positions(), length);
    if (lines.cut() > 0) {
      quiet.say(
          "orograph: "
              + lines.cut()
              + " of "
              + lines.ids().size()
              + " lines are cut to "
              + length
              + " tokens");
    }
    Integer pad = tokenizer.specials().get("pad");
    return Sequences.of(lines.ids(), pad == null || pad >= t.vocabulary() ? 0 : pad, length);
  }

  /** The states to write; of a model whose decoder is given nothing, the encoder's are all. */
  private Set<String> wanted(Transformer t, Corpus corpus) {
    boolean blind =
        t.design().encoderDecoder() && !(corpus instanceof Sequences s && s.hasDecoder());
    List<String> known =
        t.stateNames().stream().filter(n -> !blind || n.startsWith("encoder.")).toList();
    if (states.equals(List.of("all"))) {
      if (blind) {
        quiet.say("orograph: without decoder_input_ids, the encoder's states are all");
      }
      return new LinkedHashSet<>(known);
    }
    for (String name : states) {
      if (!known.contains(name)) {
        throw InputException.at(path)
            .place("'" + name + "'")
            .expected(
                t.stateNames().contains(name)
                    ? "needs decoder_input_ids, which --ids can give"
                    : "is no state of this model")
            .remedy("there are " + String.join(", ", known))
            .build();
      }
    }
    return new LinkedHashSet<>(states);
  }
}
