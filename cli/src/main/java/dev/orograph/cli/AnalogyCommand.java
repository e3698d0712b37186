package dev.orograph.cli;

import dev.orograph.instrument.rows.TokenSearch;
import dev.orograph.instrument.rows.TokenSearch.Word;
import dev.orograph.model.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code orograph analogy}: a is to b as c is to which token. */
@Command(
    name = "analogy",
    description = "A is to B as C is to which token: those nearest to b - a + c, over all tokens.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph analogy path/to/model man king woman",
      "  orograph analogy path/to/model day night sun --metric euclidean",
      "",
      "With cosines the three rows are first brought to length 1. The three words are left out of the",
      "answers; where one of them lies nearest, that is said, because without leaving them out the",
      "analogy would fail.",
    })
final class AnalogyCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "Checkpoint folder, file, or name.")
  private Path path;

  @Parameters(
      index = "1..3",
      arity = "3",
      paramLabel = "A B C",
      description = "Three words, or #17 for token 17.")
  private List<String> words;

  @Mixin private SearchOptions options;
  @Mixin private OpeningOptions opening;

  @Override
  public Integer call() {
    options.check();
    try (Model model = Model.open(path, opening.opening())) {
      TokenSearch search = options.search(model);
      List<Word> given = words.stream().map(w -> options.word(path, search, w)).toList();
      options.print(
          search.analogy(
              given.get(0), given.get(1), given.get(2), options.metric(), options.count()));
    }
    return 0;
  }
}
