package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

  /** They lie among the test resources of the library. */
  private static List<Path> models() {
    Path core = Path.of(Files.isDirectory(Path.of("core")) ? "core" : "../core");
    try (Stream<Path> all = Files.list(core.resolve("src/test/resources/families"))) {
      return all.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
