package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Links, pipes and paths where files are expected: told at once, and nothing elsewhere changes. */
@DisabledOnOs(OS.WINDOWS)
class StrangeFilesTest {
  @TempDir private Path dir;

  private static Path pipe(Path path) throws IOException {
    Files.deleteIfExists(path);
    try {
      assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return path;
  }

  /** Each in a process of its own, since a reader of a pipe waits for ever. */
  @ParameterizedTest
  @CsvSource({
    "model.safetensors, survey",
    "config.json, survey",
    "tokenizer.json, survey",
    "tokenizer_config.json, survey",
    "model.safetensors.index.json, inspect",
  })
  void aPipeInAModelIsRefused(String name, String command) throws IOException {
    Path model = dir.resolve("model");
    Cli.inside("make", "t5-tiny", model).exits(0);
    Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
    pipe(model.resolve(name));
    assertThat(Cli.run(dir, command, model).fault()).contains(name, "must be a file");
    assertThat(dir.resolve("orograph-runs")).doesNotExist();
  }

  private static final String TOKENIZER =
      "{\"model\":{\"type\":\"WordLevel\",\"unk_token\":\"u\",\"vocab\":{\"u\":0}}}";

  @ParameterizedTest
  @CsvSource({"pipe", "/dev/null", "file"})
  void aRunFolderIsAFolder(String name) throws IOException {
    Path model = dir.resolve("model");
    Cli.inside("make", "t5-tiny", model).exits(0);
    pipe(dir.resolve("pipe"));
    Files.writeString(dir.resolve("file"), "mine");
    assertThat(Cli.run(dir, "survey", model, "--out", dir.resolve(name)).fault())
        .contains("must be a folder but is");
    assertThat(dir.resolve("file")).hasContent("mine");
  }

  @Test
  void aReportIsNotDrawnThroughALink() throws IOException {
    Path run = dir.resolve("run");
    Cli.inside("make", "t5-tiny", dir.resolve("model")).exits(0);
    Cli.inside("survey", dir.resolve("model"), "--only", "norms", "--out", run).exits(0);
    Path victim = Files.writeString(dir.resolve("victim"), "mine");
    Path folder = Files.createDirectory(dir.resolve("folder"));
    for (Path table : Runs.files(run.resolve("tables")).keySet().stream().map(Path::of).toList()) {
      Files.delete(run.resolve("tables").resolve(table));
    }
    Files.delete(run.resolve("tables"));
    Files.createSymbolicLink(run.resolve("tables"), folder);
    assertThat(Cli.inside("report", run).fault()).contains("tables", "is a link");
    Files.delete(run.resolve("tables"));
    Files.createSymbolicLink(run.resolve("report.html.part"), victim);
    assertThat(Cli.inside("report", run).fault()).contains("report.html.part", "is a link");
    assertThat(victim).hasContent("mine");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whereAFileLiesIsNotInTheResults() throws IOException {
    Path model = Models.of(dir.resolve("rows"), Models.normal("rows", 3, 400, 6));
    byte[] first = null;
    for (String name : new String[] {"here", "there"}) {
      Path folder = Files.createDirectory(dir.resolve(name));
      Cli.run(folder, "density", model, "--quiet", "--write-distances", "d.npy", "--out", "o")
          .exits(0);
      Map<String, byte[]> files = Runs.files(folder.resolve("o"));
      byte[] results = files.get("results.json");
      String text = new String(results, StandardCharsets.UTF_8);
      assertThat(text).contains("d.npy").doesNotContain(dir.toString());
      first = first == null ? results : first;
      assertThat(results).isEqualTo(first);
    }
  }

  /** A copy of a run is as good as the run: nothing in it says where it lay. */
  @Test
  void aRunFolderMayBeMoved() throws IOException {
    Path model = dir.resolve("model");
    Cli.inside("make", "t5-tiny", model).exits(0);
    Path run = dir.resolve("run");
    Cli.inside("survey", model, "--only", "norms", "--out", run).exits(0);
    Map<String, String> content = Runs.content(run);
    Path moved = Files.createDirectory(dir.resolve("other")).resolve("moved");
    Files.move(run, moved);
    assertThat(Cli.inside("survey", model, "--only", "norms", "--out", moved).exits(0).err())
        .contains("there already");
    Cli.inside("report", moved).exits(0);
    Cli.inside("get", moved, "--list").exits(0);
    Runs.requireSame(moved, content);
  }
}
