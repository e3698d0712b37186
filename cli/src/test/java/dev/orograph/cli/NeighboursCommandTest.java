package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nearest tokens to a word, on four points and the origin. */
class NeighboursCommandTest {
  @TempDir private Path dir;
  private Path model;

  @BeforeEach
  void make() {
    float[] rows = {1, 0, 2, 0.1f, 0, 1, 0, 0, -1, 0};
    model = Models.of(dir.resolve("model"), Entry.of("rows", rows, 5, 2));
  }

  private static List<String> lines(String out) {
    return out.lines().filter(l -> l.matches(" +\\d+ +-?[0-9.]+ .*")).map(String::strip).toList();
  }

  @Test
  void theWordItselfIsLeftOutAndRowsWithoutATextHaveTheirNumber() {
    List<String> lines = lines(Cli.inside("neighbours", model, "#0").exits(0).out());
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("1 ").contains("0.9988").endsWith("1  #1");
    assertThat(lines.get(2)).startsWith("3 ").endsWith("4  #4");
    assertThat(lines(Cli.inside("neighbors", model, "#0", "-k", 1).exits(0).out())).hasSize(1);
  }

  @Test
  void aRowOfZerosHasNoDirection() {
    assertThat(Cli.inside("neighbours", model, "#3").fault())
        .contains("'#3'", "every entry of its row is zero", "--metric euclidean");
    String out =
        Cli.inside("neighbours", model, "#3", "--metric", "euclidean", "-k", 4).exits(0).out();
    assertThat(lines(out)).hasSize(4).noneMatch(l -> l.endsWith("#3"));
  }
}
