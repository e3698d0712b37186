package dev.orograph.cli;

import dev.orograph.instrument.rows.TokenSearch;
import dev.orograph.instrument.rows.TokenSearch.Hit;
import dev.orograph.instrument.rows.TokenSearch.Word;
import dev.orograph.model.Model;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
      double[][] rows = new double[3][];
      Set<Integer> given = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        Word word = options.word(path, search, words.get(i));
        rows[i] = options.scaled(word.point());
        given.addAll(word.tokens());
      }
      double[] point = new double[rows[0].length];
      for (int j = 0; j < point.length; j++) {
        point[j] = rows[1][j] - rows[0][j] + rows[2][j];
      }
      List<Hit> hits = options.nearest(search, point, given.size());
      options.print(search, hits.stream().filter(h -> !given.contains(h.token())).toList());
      if (!hits.isEmpty() && given.contains(hits.get(0).token())) {
        System.out.println(
            Terminal.wrap(
                "Nearest of all is '"
                    + hits.get(0).text()
                    + "' itself, one of the three: the answer rests on leaving them out."));
      }
    }
    return 0;
  }
}
