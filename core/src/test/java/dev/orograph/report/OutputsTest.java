package dev.orograph.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.Results;
import dev.orograph.input.FaultyDisk;
import dev.orograph.input.InputException;
import dev.orograph.survey.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run folder is written whole, and only into itself, whatever goes wrong and whoever made it. */
@DisabledOnOs(OS.WINDOWS)
class OutputsTest {
  private static final Results RESULTS = ReportFixture.small();
  private static final String KEY = "1a2b";

  @TempDir private Path dir;

  private static ObjectNode run(RunFolder folder) {
    ObjectNode run = RunFolder.preamble();
    run.put("started", "then");
    run.putObject("machine");
    folder.begin(run);
    return run;
  }

  private static void write(Path path) {
    try (RunFolder folder = RunFolder.open(path, KEY, false)) {
      if (!folder.done()) {
        Outputs.write(folder, run(folder), RESULTS);
      }
    }
  }

  private static Map<String, byte[]> files(Path path) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path p : tree.filter(Files::isRegularFile).toList()) {
        files.put(path.relativize(p).toString(), Files.readAllBytes(p));
      }
    }
    return files;
  }

  private static void requireSame(Path found, Map<String, byte[]> expected) throws IOException {
    Map<String, byte[]> files = files(found);
    assertThat(files.keySet()).isEqualTo(expected.keySet());
    files.forEach((n, b) -> assertThat(Arrays.equals(b, expected.get(n))).as(n).isTrue());
  }

  /** At every call in turn; what is there is whole, and the same command ends well afterwards. */
  @Test
  void whateverFailsTheRunIsWholeOrNotDone() throws IOException {
    Path good = dir.resolve("good");
    write(good);
    Map<String, byte[]> expected = files(good);
    int failures = 0;
    for (int call = 1; ; call += 1 + failures / 20) {
      Path path = dir.resolve("run" + call);
      boolean failed;
      try (FaultyDisk disk = FaultyDisk.failingAt(call)) {
        try {
          write(path);
        } catch (InputException e) {
          assertThat(e).hasMessageContaining("No space left on device");
        }
        failed = disk.failed();
      }
      if (!failed) {
        break;
      }
      failures++;
      if (Files.exists(path)) {
        for (Map.Entry<String, byte[]> e : files(path).entrySet()) {
          boolean own = e.getKey().startsWith("run.json") || e.getKey().equals(".lock");
          assertThat(own || Arrays.equals(e.getValue(), expected.get(e.getKey())))
              .as(e.getKey() + " after call " + call)
              .isTrue();
        }
      }
      write(path);
      requireSame(path, expected);
    }
    assertThat(failures).isGreaterThan(20);
  }

  @Test
  void changedResultsAreNotTaken() throws IOException {
    Path path = dir.resolve("run");
    write(path);
    assertThat(Outputs.read(path)).isEqualTo(RESULTS);
    Path file = path.resolve(RunFolder.RESULTS);
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"value\" ?: ?(\\d)", "\"value\":1$1"));
    assertThat(Files.readString(file)).isNotEqualTo(text);
    assertThatThrownBy(() -> Outputs.read(path))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("results.json: must have the sha256");
    // Alone, or beside the run.json of an earlier version, nothing tells.
    Path run = path.resolve(RunFolder.RUN);
    Files.writeString(run, Files.readString(run).replaceAll(",?\\s*\"results_sha256\"[^,}]*", ""));
    assertThat(Outputs.read(path)).isNotEqualTo(RESULTS);
    Files.delete(run);
    assertThat(Outputs.read(path)).isNotEqualTo(RESULTS);
  }

  /** Somebody else's folder, in which one thing leads elsewhere. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "report.html",
        "results.json",
        "run.json",
        ".lock",
        "report.html.part",
        "tables",
        "arrays",
        "work",
        "tables/a.csv",
        "arrays/x.safetensors"
      })
  void nothingIsWrittenThroughALink(String name) throws IOException {
    Path path = dir.resolve("run");
    write(path);
    Path link = path.resolve(name);
    Path victim = dir.resolve("victim");
    if (Files.isDirectory(link) || name.equals("arrays") || name.equals("work")) {
      Files.createDirectory(victim);
      Files.writeString(victim.resolve("theirs"), "theirs");
      try (Stream<Path> tree = Files.isDirectory(link) ? Files.walk(link) : Stream.empty()) {
        for (Path p : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(p);
        }
      }
    } else {
      Files.createDirectories(link.getParent());
      Files.write(victim, Files.exists(link) ? Files.readAllBytes(link) : new byte[] {1});
      Files.deleteIfExists(link);
    }
    Map<String, byte[]> before = Files.isDirectory(victim) ? files(victim) : Map.of();
    byte[] content = Files.isDirectory(victim) ? null : Files.readAllBytes(victim);
    Files.createSymbolicLink(link, victim);
    String last = link.getFileName().toString();
    for (boolean fresh : new boolean[] {false, true}) {
      assertThatThrownBy(() -> RunFolder.open(path, KEY, fresh).close())
          .isInstanceOf(InputException.class)
          .hasMessageContaining(last + ": must be a f")
          .hasMessageContaining("is a link");
    }
    assertThatThrownBy(() -> Outputs.redraw(path))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(last);
    assertThat(Files.isSymbolicLink(link)).isTrue();
    if (content == null) {
      requireSame(victim, before);
    } else {
      assertThat(Files.readAllBytes(victim)).isEqualTo(content);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".lock", "run.json", "results.json", "report.html", "tables"})
  void aPipeIsRefusedAtOnce(String name) throws IOException, InterruptedException {
    Path path = dir.resolve("run");
    write(path);
    Path pipe = path.resolve(name);
    Files.move(pipe, dir.resolve("away"));
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> RunFolder.open(path, KEY, false).close())
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> Outputs.redraw(path))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(name);
  }
}
