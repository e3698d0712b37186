package dev.orograph.cli;

import dev.orograph.instrument.rows.TokenSearch;
import dev.orograph.model.Model;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code orograph neighbours}: the tokens nearest to a word. */
@Command(
    name = "neighbours",
    description = "The tokens whose rows lie nearest to a word's, over the whole vocabulary.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph neighbours path/to/model cat",
      "  orograph neighbours path/to/model cat --metric euclidean -k 20",
      "  orograph neighbours path/to/model '#262' --matrix head",
      "",
      "A word is taken as it stands in a sentence, with the space before it, where that is one token;",
      "#17 is token 17. The word itself is left out. A word of several tokens takes the mean of their rows, with a warning.",
    })
final class NeighboursCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "Checkpoint folder, file, or name.")
  private Path path;

  @Parameters(index = "1", paramLabel = "WORD", description = "The word, or #17 for token 17.")
  private String word;

  @Mixin private SearchOptions options;
  @Mixin private OpeningOptions opening;

  @Override
  public Integer call() {
    options.check();
    try (Model model = Model.open(path, opening.opening())) {
      TokenSearch search = options.search(model);
      TokenSearch.Word asked = options.word(path, search, word);
      options.print(search.neighbours(asked, options.metric(), options.count()));
    }
    return 0;
  }
}
