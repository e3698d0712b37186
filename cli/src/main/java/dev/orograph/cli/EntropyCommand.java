package dev.orograph.cli;

import dev.orograph.finding.Results;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
      "IDS holds one sequence, {\"input_ids\": [[..]]}. All positions are in",
      "arrays/entropy.safetensors of the run folder: ids, nats, and the starts of patches.",
    })
final class EntropyCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "Checkpoint folder, file, or name.")
  private Path model;

  @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "The text itself.")
  private String text;

  @Option(
      names = "--show",
      defaultValue = "40",
      paramLabel = "N",
      description = "Most patches to print (default: ${DEFAULT-VALUE}).")
  private int show;

  @Option(names = "--json", description = "Print everything as JSON.")
  private boolean json;

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    long given =
        Stream.of(text, options.given("--text"), options.given("--ids"))
            .filter(Objects::nonNull)
            .count();
    String wrong =
        given != 1
            ? "give a text, --text or --ids, one of them"
            : show < 0
                ? "--show must be 0 or more, not " + show
                : "".equals(text) ? "the text is empty" : "";
    if (!wrong.isEmpty()) {
      throw options.usage(wrong);
    }
    if (text != null) {
      options.text(text);
    }
    options.check();
    RunOptions.Run run =
        options.survey(model, false, "be a decoder alone that writes from left to right");
    Results results = run.results();
    Quiet quiet = options.run().quiet();
    EntropyReport report = new EntropyReport(results);
    if (json) {
      System.out.println(report.json());
      return 0;
    }
    if (!quiet.quiet()) {
      report.print(show);
    }
    Summary.print(results, run.folder(), quiet);
    return 0;
  }
}
