package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Words of WordNet from the command line: which match, and what a model of few words says. */
class WordnetCommandTest {
  private static final Path T5 = Path.of("../samples/checkpoints/t5");
  private static final Path BYTES =
      Path.of("../core/src/test/resources/families").resolve("meta-llama-bytes");

  @TempDir private Path dir;

  @Test
  void whichWordsMatch() throws IOException {
    String said = Cli.inside("wordnet", T5, "--match-only").exits(0).out();
    assertThat(said).contains("words of WordNet are single tokens").contains("noun.animal");
    Path tokenizer = Files.createDirectory(dir.resolve("tokenizer"));
    for (String name : new String[] {"spiece.model", "tokenizer_config.json"}) {
      Files.copy(T5.resolve(name), tokenizer.resolve(name));
    }
    assertThat(digest(Cli.inside("wordnet", tokenizer, "--match-only").exits(0).out()))
        .as("a tokenizer alone is enough")
        .isEqualTo(digest(said));
  }

  private static String digest(String said) {
    return said.substring(said.indexOf("sha256"));
  }

  @Test
  void aModelOfLetters() {
    Path out = dir.resolve("out");
    assertThat(Cli.inside("wordnet", BYTES, "--read", "static", "--out", out).fault())
        .contains("62 words of WordNet are a single token", "--words all");
  }

  @Test
  void whatCannotBeMeantIsRefused() throws IOException {
    assertThat(Cli.inside("wordnet").exits(2).err()).contains("MODEL");
    assertThat(Cli.inside("wordnet", T5, "--read", "x").exits(2).err()).contains("--read needs");
    Path none = Files.createDirectory(dir.resolve("none"));
    assertThat(Cli.inside("wordnet", none, "--match-only").fault()).contains("none");
  }
}
