package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of every family is inspected and surveyed, with no tensor left unrecognised. */
class FamiliesTest {
  @TempDir private Path dir;

  @Test
  void everyReferenceModel() {
    List<Path> models = models();
    assertThat(models).hasSize(19);
    for (Path model : models) {
      String inspected = Cli.inside("inspect", "--tensors", model).exits(0).out();
      assertThat(inspected).as(model.toString()).doesNotContainPattern("(?m)\\bother\\b");
      Path run = dir.resolve(model.getFileName().toString());
      Cli.inside("survey", model, "--out", run).exits(0);
      assertThat(run.resolve("report.html")).isNotEmptyFile();
      assertThat(run.resolve("results.json")).isNotEmptyFile();
    }
  }

  private static List<Path> models() {
    Path families =
        Stream.of("../shared", "../../shared")
            .map(s -> Path.of(System.getProperty("orograph.shared", s), "reference", "families"))
            .filter(Files::isDirectory)
            .findFirst()
            .orElse(null);
    assumeTrue(
        families != null,
        "left out: no reference models at ../shared/reference/families (set -Dorograph.shared)");
    try (Stream<Path> folders = Files.list(families)) {
      return folders.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
