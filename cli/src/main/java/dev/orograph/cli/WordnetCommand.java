package dev.orograph.cli;

import dev.orograph.input.Text;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.PartOfSpeech;
import dev.orograph.lexicon.WordNet;
import dev.orograph.model.Model;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code orograph wordnet}: whether words that are close in WordNet are close in a model. */
@Command(
    name = "wordnet",
    description =
        "Sets a model's words beside WordNet's: cosines of their rows, and of their glosses as the"
            + " model reads them, against path similarity, with permuted words as chance.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph wordnet path/to/model               rows and glosses, by layer too",
      "  orograph wordnet A B C                       three models, one run folder each",
      "  orograph wordnet model --read static         the rows of the embedding alone",
      "  orograph wordnet tokenizer --match-only      which words match; a tokenizer is enough",
      "",
      "A run that was interrupted goes on where it stopped when the same command is given again.",
    })
final class WordnetCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description =
          "Checkpoint folders or files, or names that the Hugging Face cache has; with --match-only"
              + " folders of tokenizers too.")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = "--match-only",
      description = "Only tell which words of WordNet the tokenizer knows.")
  private boolean matchOnly;

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    options.check();
    if (!matchOnly) {
      if (options.given("--read") == null) {
        options.set("read", "glosses");
      }
      options.together(models);
    }
    return main.each(models, matchOnly ? this::match : this::measure);
  }

  private int measure(Path model) {
    RunOptions.Run run =
        options.survey(model, models.size() > 1, "hold words of WordNet as tokens");
    Summary.ofAnalyses(run.results(), run.folder(), options.run().quiet());
    return 0;
  }

  private int match(Path path) {
    if (Files.exists(path)) {
      try (Tokenizer tokenizer = Tokenizer.open(path)) {
        print(tokenizer);
      }
    } else {
      try (Model model = Model.open(path)) {
        print(
            model
                .tokenizer()
                .orElseThrow(
                    () ->
                        dev.orograph.input.InputException.at(path)
                            .expected("must have a tokenizer")
                            .found(model.whyNoTokenizer().orElse("none"))
                            .remedy("name the folder of a tokenizer")
                            .build()));
      }
    }
    return 0;
  }

  private void print(Tokenizer tokenizer) {
    MatchedWords words =
        MatchedWords.of(
            WordNet.load(),
            n -> n.length() > tokenizer.longest() ? List.of() : tokenizer.encode(n).ids(),
            id -> true,
            "all".equals(options.given("--words")));
    Map<PartOfSpeech, Integer> counts = new EnumMap<>(PartOfSpeech.class);
    Map<String, Integer> lexnames = new java.util.TreeMap<>();
    for (int i = 0; i < words.size(); i++) {
      counts.merge(words.words().pos(words.synset(i)), 1, Integer::sum);
      lexnames.merge(words.words().lexname(words.synset(i)), 1, Integer::sum);
    }
    System.out.println(
        Text.grouped(words.size())
            + " words of WordNet are "
            + ("all".equals(options.given("--words")) ? "" : "single ")
            + "tokens ("
            + tokenizer.description()
            + ")");
    System.out.println(
        "  "
            + counts.entrySet().stream()
                .map(
                    e ->
                        e.getKey().name().toLowerCase(java.util.Locale.ROOT)
                            + " "
                            + Text.grouped(e.getValue()))
                .collect(Collectors.joining(", ")));
    lexnames.entrySet().stream()
        .sorted((a, b) -> Integer.compare(b.getValue(), a.getValue()))
        .forEach(
            e ->
                System.out.printf(
                    Locale.ROOT, "  %-24s %7s%n", e.getKey(), Text.grouped(e.getValue())));
    System.out.println("  chains of hypernyms: " + Text.grouped(words.chains().size()));
    System.out.println("  sha256 of name|pos|offset|token: " + words.sha256());
  }
}
