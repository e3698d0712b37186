package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Analogies among points of the plane, which everybody can solve. */
class AnalogyCommandTest {
  @TempDir private Path dir;
  private Path model;

  @BeforeEach
  void make() {
    float[] corners = {0, 0, 1, 0, 0, 1, 1, 1, 0.1f, 0, 5, 5};
    model = Models.of(dir.resolve("model"), Entry.of("rows", corners, 6, 2));
  }

  private String analogy(Object... words) {
    Object[] all = {
      "analogy", model, words[0], words[1], words[2], "--metric", "euclidean", "-k", 2
    };
    Cli.Outcome outcome = Cli.inside(all).exits(0);
    return outcome.out();
  }

  /** The tokens of the table, in their order. */
  private static List<String> tokens(String out) {
    return out.lines()
        .filter(l -> l.matches(" +\\d+ +[0-9.]+ +\\d+ .*"))
        .map(l -> l.strip().split(" +", -1)[2])
        .toList();
  }

  @Test
  void theFourthCornerOfASquare() {
    String out = analogy("#0", "#1", "#2");
    assertThat(tokens(out)).containsExactly("3", "4");
    assertThat(out).doesNotContain("Nearest of all");
  }

  /** The third word is nearest to the point: it is left out, and that is said. */
  @Test
  void aWordOfTheThreeIsLeftOutAndNamed() {
    String out = analogy("#0", "#4", "#2");
    assertThat(tokens(out)).containsExactly("3", "1");
    assertThat(out.replaceAll("\\s+", " "))
        .contains("Nearest of all is", "itself, one of the three");
  }
}
