package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @CsvSource({
    "model.safetensors, survey",
    "config.json, survey",
    "model.safetensors.index.json, inspect",
  })
  void aPipeInAModelIsRefused(String name, String command) throws IOException {
    Path model = dir.resolve("model");
    Cli.inside("make", "t5-tiny", model).exits(0);
    Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
    pipe(model.resolve(name));
    Path runs = dir.resolve("runs");
    Object[] survey = {command, model, "--runs", runs};
    Object[] args = command.equals("survey") ? survey : new Object[] {command, model};
    assertThat(Cli.insideInTime(args).fault()).contains(name, "must be a file");
    assertThat(runs).doesNotExist();
  }

  /** Sockets in place of files and folders. */
  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "config.json", "tokenizer.json", "run"})
  void aSocketIsNoFile(String name) throws IOException {
    Path model = dir.resolve("model");
    Cli.inside("make", "t5-tiny", model).exits(0);
    Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
    boolean folder = name.equals("run");
    Path path = folder ? dir.resolve("run") : model.resolve(name);
    Files.deleteIfExists(path);
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(path));
      Object[] survey = {"survey", model, "--only", "norms,words", "--out", dir.resolve("run")};
      Cli.Outcome said = Cli.inside(survey);
      if (name.equals("tokenizer.json")) {
        said.exits(0);
        assertThat(dir.resolve("run/results.json")).content().contains(name + ": must be a file");
      } else {
        assertThat(said.fault()).contains(name, folder ? "must be a folder" : "must be a file");
      }
    }
  }

  /** A tokenizer that cannot be read does not end a survey; the analyses that need it say why. */
  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "tokenizer_config.json"})
  void aPipeInATokenizerIsToldAtOnce(String name) throws IOException {
    Path model = dir.resolve("model");
    Cli.inside("make", "t5-tiny", model).exits(0);
    Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
    pipe(model.resolve(name));
    Path run = dir.resolve("run");
    Cli.insideInTime("survey", model, "--only", "norms,words", "--out", run).exits(0);
    assertThat(run.resolve("results.json")).content().contains(name + ": must be a file");
  }

  /** Whatever file an option names, to read or to write. */
  @ParameterizedTest
  @CsvSource({
    "extract, --text, PIPE",
    "extract, --text, /dev/zero",
    "extract, --ids, PIPE",
    "entropy, --text, PIPE",
    "talk, --text, PIPE",
    "waterfill, --array, PIPE",
    "density, --distances, PIPE",
    "density, --distances, /dev/zero",
    "density, --write-distances, PIPE",
    "density, --write-distances, /dev/null",
  })
  @Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
  void aPipeIsNoFileOfAnOption(String command, String option, String name) throws IOException {
    Path model = dir.resolve("model");
    Cli.inside("make", "llama-tiny", model).exits(0);
    Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
    Path given = name.equals("PIPE") ? pipe(dir.resolve("pipe")) : Path.of(name);
    List<Object> line = new ArrayList<>(List.of(command, option, given));
    if (!command.equals("waterfill")) {
      line.add(model);
    }
    if (!command.equals("talk")) {
      line.addAll(List.of("--out", dir.resolve("run")));
    }
    assertThat(Cli.inside(line.toArray()).fault()).contains(given.getFileName().toString());
    assertThat(dir.resolve("run")).doesNotExist();
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
    assertThat(Cli.insideInTime("survey", model, "--out", dir.resolve(name)).fault())
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

  /** Where the clock was wrong, or has gone backwards since, the numbers are the same. */
  @Test
  void filesFromTheFuture() throws IOException {
    Path model = dir.resolve("model");
    Cli.inside("make", "t5-tiny", model).exits(0);
    Path now = dir.resolve("now");
    Cli.inside("survey", model, "--only", "norms", "--out", now).exits(0);
    Map<String, String> content = Runs.content(now);
    for (String time : new String[] {"2106-02-07T06:28:16Z", "1950-01-01T00:00:00Z"}) {
      FileTime other = FileTime.from(Instant.parse(time));
      Files.setLastModifiedTime(model.resolve("model.safetensors"), other);
      Path run = dir.resolve("run" + time.substring(0, 4));
      Cli.inside("survey", model, "--only", "norms", "--out", run).exits(0);
      Runs.requireSame(run, content);
      Path about = run.resolve("run.json");
      String text = Files.readString(about);
      String begun = text.replaceFirst("(\"started\" ?: ?\")[^\"]*", "$1" + time);
      assertThat(begun).isNotEqualTo(text);
      Files.writeString(about, begun);
      assertThat(
              Cli.inside("survey", model, "--only", "norms", "--out", run, "--quiet")
                  .exits(0)
                  .err())
          .isEmpty();
      Cli.inside("report", run).exits(0);
      Runs.requireSame(run, content);
    }
  }

  /** As somebody for whom permissions count: to root they say nothing. */
  @Test
  void aModelAndAHomeThatMayNotBeWrittenTo() throws IOException {
    Path home = Files.createDirectory(dir.resolve("home"));
    Path model = home.resolve("model");
    Cli.inside("make", "t5-tiny", model).exits(0);
    List<Path> locked = List.of(model, home);
    for (Path folder : locked) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    }
    List<String> user = ordinary();
    assumeTrue(refused(user, home), "left out: permissions say nothing here");
    List<String> before = new ArrayList<>(user);
    before.addAll(List.of("env", "JAVA_TOOL_OPTIONS=-Duser.home=" + home));
    try {
      Path run = dir.resolve("run");
      Object[] survey = {"survey", model, "--quiet", "--only", "norms,sparsity", "--out"};
      try (Cli.Running running = Cli.start(before, dir, with(survey, run))) {
        running.await().exits(0);
      }
      assertThat(run.resolve("report.html")).isRegularFile();
      try (Cli.Running running = Cli.start(before, dir, with(survey, home.resolve("run")))) {
        assertThat(running.await().exits(1).err()).contains("home", "may not be written");
      }
      try (Stream<Path> all = Files.list(model)) {
        assertThat(all.map(p -> p.getFileName().toString()))
            .containsExactlyInAnyOrder("config.json", "model.safetensors");
      }
    } finally {
      for (Path folder : locked) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  private static Object[] with(Object[] args, Object last) {
    Object[] all = Arrays.copyOf(args, args.length + 1);
    all[args.length] = last;
    return all;
  }

  /** What takes from root what it may more than others. */
  private static List<String> ordinary() {
    return System.getProperty("user.name").equals("root")
        ? List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all")
        : List.of();
  }

  private static boolean refused(List<String> user, Path folder) {
    List<String> touch = new ArrayList<>(user);
    touch.addAll(List.of("touch", folder.resolve("x").toString()));
    try {
      return new ProcessBuilder(touch).redirectErrorStream(true).start().waitFor() != 0
          && Files.notExists(folder.resolve("x"));
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Nothing of Java's network is as much as loaded by a survey; a download loads it. */
  @Test
  void aSurveyConnectsNowhere() throws IOException {
    Path model = dir.resolve("model");
    Cli.inside("make", "llama-tiny", model).exits(0);
    Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
    Path run = dir.resolve("run");
    assertThat(network("survey", model, "--quiet", "--out", run)).isEmpty();
    assertThat(network("compare", run, run, "--quiet", "--out", dir.resolve("both"))).isEmpty();
    assertThat(network("report", run)).isEmpty();
    assertThat(network("inspect", model)).isEmpty();
    assertThat(network("fetch", "a/b")).isNotEmpty();
  }

  private List<String> network(Object... args) throws IOException {
    Path log = Files.createTempFile(dir, "classes", ".log");
    String option = "JAVA_TOOL_OPTIONS=-Dorograph.fetch.pause=1 -Xlog:class+load:file=" + log;
    List<String> before = List.of("env", option, "HF_ENDPOINT=http://127.0.0.1:1");
    try (Cli.Running running = Cli.start(before, dir, args)) {
      running.await().exits(args[0].equals("fetch") ? 1 : 0);
    }
    String classes = Files.readString(log);
    assertThat(classes).contains("dev.orograph.cli.Main ");
    return NETWORK.matcher(classes).results().map(MatchResult::group).toList();
  }

  // From Java 25 on whatever reads a file asks whether it is a SocketChannelImpl, which loads that
  // class; one that is used needs Net.
  private static final Pattern NETWORK =
      Pattern.compile(
          "java\\.net\\.(?:Socket|ServerSocket|DatagramSocket|http)\\b"
              + "|sun\\.nio\\.ch\\.(?:(?:Nio|Server|Datagram)Socket\\w*Impl|Net)\\b");
}
