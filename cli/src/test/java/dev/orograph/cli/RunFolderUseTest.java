package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One run, one folder: nothing is resumed by mistake, nothing of others is touched. */
class RunFolderUseTest {
  @TempDir private static Path shared;
  @TempDir private Path dir;

  private static Path model;
  private static Map<String, String> whole;
  private static Path killed;

  @BeforeAll
  static void uninterrupted() throws IOException {
    model = Models.mixed(shared.resolve("model"));
    Cli.inside("survey", model, "--out", shared.resolve("whole")).exits(0);
    whole = Runs.content(shared.resolve("whole"));
    killed = shared.resolve("killed");
    interruptAt(model, killed, 30, 4);
  }

  @Test
  void aFinishedRunIsShownAgainWithoutMeasuring() {
    Path run = dir.resolve("run");
    String first = Cli.inside("survey", model, "--out", run).exits(0).out();
    Map<String, String> before = Runs.untouched(run);
    Cli.Outcome again = Cli.inside("survey", model, "--out", run).exits(0);
    assertThat(again.out()).isEqualTo(first).contains("Report:", "Numbers:");
    assertThat(again.errors())
        .containsExactly("This run was there already; --fresh measures again.");
    assertThat(Runs.untouched(run)).isEqualTo(before);
  }

  /** The system refuses to write more of a file, as it does when the disk is full. */
  @Test
  void aDiskThatTakesNoMoreIsToldAndTheRunGoesOnAfterwards() {
    Path run = dir.resolve("run");
    List<String> limited = List.of("bash", "-c", "ulimit -f 40 && exec \"$@\"", "limited");
    try (Cli.Running running = Cli.start(limited, dir, "survey", model, "--out", run)) {
      assertThat(running.await().fault())
          .contains("cannot be written but the system says: ", "make room there");
    }
    assertThat(run.resolve("results.json")).doesNotExist();
    assertThat(run.resolve("report.html")).doesNotExist();
    assertThat(Cli.inside("survey", model, "--out", run).exits(0).err()).contains("were kept");
    assertThat(Runs.content(run)).isEqualTo(whole);
  }

  @Test
  void withoutOutTheFolderIsNamedAfterModelAndKeyAndFoundAgain() throws IOException {
    Cli.run(dir, "survey", model).exits(0);
    Path runs = dir.resolve("orograph-runs");
    Cli.Outcome again = Cli.inside("survey", model, "--runs", runs).exits(0);
    assertThat(again.err()).contains("there already");
    Cli.inside("survey", model, "--runs", runs, "--seed", 43).exits(0);
    try (var all = Files.list(runs)) {
      assertThat(all.map(p -> p.getFileName().toString()).toList())
          .hasSize(2)
          .allMatch(n -> n.matches("model-[0-9a-f]{8}"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--seed 43", "--figures seed", "--only spectra", "--skip spectra"})
  void aChangedSettingIsNotResumedByMistake(String change) throws IOException {
    Path run = unfinished();
    Map<String, String> before = Runs.untouched(run.resolve("work"));
    Object[] args = args("survey", model, "--out", run, change);
    assertThat(Cli.inside(args).fault()).contains("other settings", "--fresh");
    assertThat(Runs.untouched(run.resolve("work"))).isEqualTo(before);
    // The right command still goes on.
    Cli.inside("survey", model, "--out", run).exits(0);
    Runs.requireSame(run, whole);
    assertThat(Runs.run(run).path("pieces_resumed").asInt()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aChangedWeightIsNotResumedByMistake(boolean sameTime) throws IOException {
    Path changing = Models.mixed(dir.resolve("model"));
    Path weights = changing.resolve("model.safetensors");
    FileTime time = Files.getLastModifiedTime(weights);
    Path run = dir.resolve("run");
    interruptAt(changing, run, 20, 0);
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(weights, bytes);
    if (sameTime) {
      Files.setLastModifiedTime(weights, time);
    }

    assertThat(Cli.inside("survey", changing, "--out", run).fault()).contains("another model");
    Cli.inside("survey", changing, "--out", run, "--fresh").exits(0);
    assertThat(Runs.run(run).path("pieces_resumed").asInt()).isZero();
    Path anew = dir.resolve("anew");
    Cli.inside("survey", changing, "--out", anew).exits(0);
    Runs.requireSame(run, Runs.content(anew));
    assertThat(Runs.content(anew).get("results.json")).isNotEqualTo(whole.get("results.json"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void twoRunsDoNotShareAFolder(@TempDir Path hold) throws IOException {
    Path run = dir.resolve("run");
    try (Cli.Running first =
        Cli.hold(List.of(), hold, 3, dir, "survey", model, "--threads", 1, "--out", run)) {
      Cli.stands(first, hold);
      Map<String, String> before = Runs.untouched(run);
      for (Object[] second :
          List.of(
              args("survey", model, "--out", run, ""),
              args("survey", model, "--out", run, "--fresh"))) {
        assertThat(Cli.inside(second).fault()).contains("another one is still going on there");
      }
      assertThat(Runs.untouched(run)).isEqualTo(before);
      Files.createFile(hold.resolve(Held.GO));
      first.await().exits(0);
    }
    Runs.requireSame(run, whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "notes.txt",
        "sub/deep.txt",
        "results.json",
        ".lock",
        "run.json",
        "tables/mine.csv",
        ".hidden"
      })
  void aFolderWithOtherFilesIsNotTouched(String name) throws IOException {
    Path folder = Files.createDirectory(dir.resolve("mine"));
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(folder.resolve(name), "{\"mine\": true}");
    Files.writeString(folder.resolve("thesis.tex"), "mine");
    Map<String, String> before = Runs.untouched(folder);
    assertThat(Cli.inside("survey", model, "--out", folder).fault()).contains("mine", "--out");
    assertThat(Runs.untouched(folder)).isEqualTo(before);
    Cli.inside("survey", model, "--out", folder, "--fresh").fault();
    assertThat(Runs.untouched(folder)).as("--fresh clears only what is ours").isEqualTo(before);
  }

  @Test
  void anEmptyFolderAndOneThatDoesNotExistAreTaken() throws IOException {
    Path empty = Files.createDirectory(dir.resolve("empty"));
    Cli.inside("survey", model, "--out", empty).exits(0);
    Runs.requireSame(empty, whole);
    Path deep = dir.resolve("a").resolve("b c").resolve("ü");
    Cli.inside("survey", model, "--out", deep).exits(0);
    Runs.requireSame(deep, whole);
  }

  @Test
  void aFileIsNoRunFolder() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "mine");
    Cli.inside("survey", model, "--out", file).fault();
    assertThat(file).hasContent("mine");
  }

  @Test
  void freshMeasuresAgainAndTakesAwayWhatWasThere() throws IOException {
    Path run = dir.resolve("run");
    Cli.inside("survey", model, "--out", run, "--seed", 7).exits(0);
    assertThat(Runs.content(run).get("results.json")).isNotEqualTo(whole.get("results.json"));
    Files.writeString(run.resolve("tables").resolve("old.csv"), "of an older version");
    Cli.inside("survey", model, "--out", run, "--fresh").exits(0);
    Runs.requireSame(run, whole);
    assertThat(Runs.run(run).path("pieces_resumed").asInt()).isZero();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void freshFollowsNoLink() throws IOException {
    Path mine = Files.createDirectory(dir.resolve("mine"));
    Files.writeString(mine.resolve("thesis.tex"), "mine");
    Path run = dir.resolve("run");
    Cli.inside("survey", model, "--out", run).exits(0);
    Files.delete(run.resolve("arrays").resolve("spectra.safetensors"));
    Files.delete(run.resolve("arrays"));
    Files.createSymbolicLink(run.resolve("arrays"), mine);
    assertThat(Cli.inside("survey", model, "--out", run, "--fresh").fault())
        .contains("arrays: must be a file but is a link");
    assertThat(mine.resolve("thesis.tex")).hasContent("mine");
    Files.delete(run.resolve("arrays"));
    Cli.inside("survey", model, "--out", run, "--fresh").exits(0);
    Runs.requireSame(run, whole);
  }

  @Test
  void piecesThatWereDamagedAreMeasuredAgain() throws IOException {
    Path run = unfinished();
    int pieces = Runs.pieces(run).size();
    Path file = run.resolve("work").resolve("spectra").resolve("results.lines");
    List<String> lines = new ArrayList<>(Runs.lines(file));
    lines.set(0, "");
    lines.set(1, lines.get(1).substring(0, lines.get(1).length() / 2));
    // One digit, so that it is still JSON.
    int digit = lines.get(2).lastIndexOf('.') + 1;
    char other = lines.get(2).charAt(digit) == '5' ? '6' : '5';
    lines.set(2, lines.get(2).substring(0, digit) + other + lines.get(2).substring(digit + 1));
    // Each other's result under its own name.
    String third = lines.get(3);
    int name = third.indexOf(' ');
    lines.set(3, third.substring(0, name) + lines.get(4).substring(name));
    lines.set(4, lines.get(4).substring(0, name) + third.substring(name));
    lines.set(5, "\u00ff\u00fe\u0000");
    lines.set(6, lines.get(6).replace(' ', '\n'));
    lines.remove(7);
    // A kill cuts the last one off.
    String all = String.join("\n", lines);
    Files.writeString(file, all.substring(0, all.length() - 9), StandardCharsets.ISO_8859_1);
    Cli.inside("survey", model, "--out", run).exits(0);
    Runs.requireSame(run, whole);
    assertThat(Runs.run(run).path("pieces_resumed").asInt()).isEqualTo(pieces - 9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"truncated", "emptied", "changed", "deleted"})
  void arraysThatWereDamagedAreMeasuredAgain(String how) throws IOException {
    Path run = unfinished();
    Path file = Runs.arrays(run).get(3);
    byte[] bytes = Files.readAllBytes(file);
    switch (how) {
      case "truncated" -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 8));
      case "emptied" -> Files.write(file, new byte[0]);
      case "changed" -> {
        bytes[bytes.length - 3] ^= 1;
        Files.write(file, bytes);
      }
      default -> Files.delete(file);
    }
    Cli.inside("survey", model, "--out", run).exits(0);
    Runs.requireSame(run, whole);
  }

  @Test
  void halfWrittenFilesOfAKilledRunDoNotStay() throws IOException {
    Path run = unfinished();
    for (String part :
        List.of(
            "run.json.part",
            "results.json.part",
            "report.html.part",
            "tables/.123.part",
            "tables/no.longer.csv",
            "arrays/.spectra.safetensors.0.part",
            "work/spectra/results.lines.part",
            "work/spectra/arrays/.x.safetensors.1.part")) {
      Files.createDirectories(run.resolve(part).getParent());
      Files.writeString(run.resolve(part), "half");
    }
    Cli.inside("survey", model, "--out", run).exits(0);
    Runs.requireSame(run, whole);
  }

  @Test
  void aRunKilledWhileItWasTidiedUpIsFinished() throws IOException {
    Path run = dir.resolve("run");
    Cli.inside("survey", model, "--out", run).exits(0);
    Path left = Files.createDirectories(run.resolve("work").resolve("sparsity"));
    Files.writeString(left.resolve("results.lines"), "left over");
    Cli.Outcome again = Cli.inside("survey", model, "--out", run).exits(0);
    assertThat(again.err()).contains("there already");
    Runs.requireSame(run, whole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"results.json", "report.html"})
  void aFinishedRunThatLostAFileIsMeasuredAgain(String lost) throws IOException {
    Path run = dir.resolve("run");
    Cli.inside("survey", model, "--out", run).exits(0);
    Files.delete(run.resolve(lost));
    Cli.inside("survey", model, "--out", run).exits(0);
    Runs.requireSame(run, whole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{\"schema\": \"orograph.run\"}"})
  void adamagedRunFileIsAFaultOfTheInput(String content) throws IOException {
    Path run = unfinished();
    Files.writeString(run.resolve("run.json"), content, StandardCharsets.UTF_8);
    Map<String, String> before = Runs.untouched(run.resolve("work"));
    Cli.inside("survey", model, "--out", run).fault();
    assertThat(Runs.untouched(run.resolve("work"))).isEqualTo(before);
  }

  private static Object[] args(
      Object first, Object second, Object third, Object fourth, String more) {
    List<Object> all = new java.util.ArrayList<>(List.of(first, second, third, fourth));
    if (!more.isEmpty()) {
      all.addAll(List.of(more.split(" ", -1)));
    }
    return all.toArray();
  }

  /** A copy of a run that was killed halfway. */
  private Path unfinished() throws IOException {
    Path run = dir.resolve("run");
    for (Map.Entry<String, byte[]> f : Runs.files(killed).entrySet()) {
      Files.createDirectories(run.resolve(f.getKey()).getParent());
      Files.write(run.resolve(f.getKey()), f.getValue());
    }
    return run;
  }

  /** Kills a run that has so many pieces, and with them so many arrays. */
  private static void interruptAt(Path which, Path run, int pieces, int arrays) throws IOException {
    Path hold = Files.createTempDirectory(shared, "hold");
    try (Cli.Running running =
        Cli.hold(List.of(), hold, pieces, shared, "survey", which, "--threads", 1, "--out", run)) {
      Cli.stands(running, hold);
      running.kill();
    }
    assertThat(Runs.run(run).path("status").asText()).isEqualTo("running");
    assertThat(Runs.pieces(run).size()).isGreaterThanOrEqualTo(pieces);
    assertThat(Runs.arrays(run).size()).isGreaterThanOrEqualTo(arrays);
  }
}
