package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken inputs: exit code 1, one line that names the file, and nothing written anywhere. */
class BrokenInputTest {
  private static final String ONE =
      "{\"t\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}";

  @TempDir private Path dir;

  /**
   * A broken checkpoint.
   *
   * @param name in words
   * @param maker makes it in a folder and returns what to survey
   * @param says what the line holds
   */
  record Broken(String name, Maker maker, List<String> says) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Makes a checkpoint. */
  interface Maker {
    Path in(Path folder) throws IOException;
  }

  static Stream<Broken> broken() {
    return Stream.of(
        of("missing folder", f -> f.resolve("nowhere"), "nowhere", "does not exist"),
        of("empty folder", f -> Files.createDirectories(f.resolve("m")), "m:", "is empty"),
        of(
            "a folder of other files",
            f -> write(f.resolve("m"), "saved_model.pb", "PK"),
            "saved_model.pb",
            "from_tf=True"),
        of(
            "two bytes of a graph",
            f -> write(f.resolve("m"), "model.onnx", "PK"),
            "model.onnx",
            "must be a file of weights but has 2 bytes"),
        of(
            "half of an archive",
            f -> write(f.resolve("m"), "pytorch_model.bin", "PK\u0003\u0004"),
            "pytorch_model.bin",
            "must end with a directory"),
        of(
            "truncated weights",
            f -> {
              Path m = Models.of(f.resolve("m"), Models.normal("a.weight", 1, 64, 64));
              Path file = m.resolve("model.safetensors");
              byte[] all = Files.readAllBytes(file);
              Files.write(file, Arrays.copyOf(all, all.length - 4000));
              return m;
            },
            "model.safetensors",
            "'a.weight'",
            "ends at byte",
            "download it again"),
        of("empty file", f -> write(f.resolve("m"), "model.safetensors", ""), "is empty"),
        of("seven bytes", f -> write(f.resolve("m"), "model.safetensors", "1234567"), "7 bytes"),
        of(
            "a header longer than the file",
            f -> Models.raw(f.resolve("m"), 4096, ONE.getBytes(StandardCharsets.UTF_8), 16),
            "the header"),
        of(
            "a header of 2^63 bytes",
            f ->
                Models.raw(
                    f.resolve("m"), Long.MIN_VALUE, ONE.getBytes(StandardCharsets.UTF_8), 16),
            "9223372036854775808"),
        of("a header that is no JSON", f -> Models.raw(f.resolve("m"), "{\"t\": ", 16), "header"),
        of(
            "an offset past the file",
            f -> Models.raw(f.resolve("m"), ONE.replace("16]", "32]"), 16),
            "'t'"),
        of(
            "a shape that overflows",
            f -> Models.raw(f.resolve("m"), ONE.replace("[2,2]", "[4294967296,4294967296]"), 16),
            "'t'"),
        of(
            "an overlap",
            f ->
                Models.raw(
                    f.resolve("m"),
                    ONE.replace(
                        "{\"t\"",
                        "{\"s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},\"t\""),
                    16),
            "overlaps"),
        of(
            "a name with a terminal escape",
            f -> Models.raw(f.resolve("m"), ONE.replace("\"t\"", "\"\\u001b[2Jt\""), 16),
            "\\u001b[2Jt"),
        of(
            "an index that names a missing shard",
            f -> {
              Path m = Models.of(f.resolve("m"), Models.normal("a", 1, 2, 2));
              Files.move(m.resolve("model.safetensors"), m.resolve("one.safetensors"));
              return index(m, "{\"a\": \"one.safetensors\", \"b\": \"two.safetensors\"}");
            },
            "model.safetensors.index.json",
            "missing is 'two.safetensors'"),
        of(
            "an index that points outside",
            f -> {
              Models.of(f.resolve("secret"), Models.normal("a", 1, 2, 2));
              return index(f.resolve("m"), "{\"a\": \"../secret/model.safetensors\"}");
            },
            "model.safetensors.index.json",
            "../secret/model.safetensors"),
        of(
            "an index whose shard is a link outside",
            f -> {
              Models.of(f.resolve("secret"), Models.normal("a", 1, 2, 2));
              Path m = index(f.resolve("m"), "{\"a\": \"a.safetensors\"}");
              Files.createSymbolicLink(
                  m.resolve("a.safetensors"), f.resolve("secret").resolve("model.safetensors"));
              return index(m, "{\"a\": \"sub/../../secret/model.safetensors\"}");
            },
            "model.safetensors.index.json"),
        of(
            "weights that are a folder",
            f -> Files.createDirectories(f.resolve("m/model.safetensors")).getParent(),
            "model.safetensors"),
        of(
            "a configuration that is no JSON",
            f -> Models.of(f.resolve("m"), "{\"model_type\": ", Models.normal("a", 1, 2, 2)),
            "config.json"));
  }

  private static Broken of(String name, Maker maker, String... says) {
    return new Broken(name, maker, List.of(says));
  }

  private static Path write(Path folder, String name, String content) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(name), content);
    return folder;
  }

  private static Path index(Path folder, String map) throws IOException {
    return write(folder, "model.safetensors.index.json", "{\"weight_map\": " + map + "}");
  }

  @ParameterizedTest
  @MethodSource("broken")
  void leavesExit1OneLineAndNoFolder(Broken broken) throws IOException {
    Path model = broken.maker().in(dir);
    Map<String, String> before = Runs.untouched(dir);
    Path out = dir.resolve("runs/out");
    for (Cli.Outcome outcome :
        List.of(
            Cli.inside("survey", model, "--out", out),
            Cli.inside("survey", model, "--out", out, "--fresh"),
            Cli.inside("inspect", model),
            Cli.inside("inspect", model, "--hash", "--tensors"))) {
      assertThat(outcome.fault()).contains(broken.says());
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).doesNotContain("\u001b");
    }
    assertThat(Runs.untouched(dir)).isEqualTo(before);
  }

  @Test
  void theSameInAProcessOfItsOwn() {
    Path broken = Models.raw(dir.resolve("m"), ONE, 15);
    Map<String, String> before = Runs.untouched(dir);
    String line = Cli.run(dir, "survey", broken).fault();
    assertThat(line).contains("model.safetensors", "'t'", "download it again");
    assertThat(Cli.run(dir, "survey", "nowhere", "--quiet").fault()).contains("nowhere");
    assertThat(Runs.untouched(dir)).as("no orograph-runs either").isEqualTo(before);
  }

  @Test
  void ofSeveralModelsTheOthersAreFinished() {
    Path first = Models.raw(dir.resolve("first"), ONE, 15);
    Path second = Models.of(dir.resolve("second"), Models.normal("a.weight", 1, 12, 8));
    Path third = dir.resolve("third");
    Path fourth = Models.of(dir.resolve("fourth"), Models.normal("b.weight", 2, 8, 12));
    Path runs = dir.resolve("runs");
    Cli.Outcome outcome =
        Cli.inside("survey", first, second, third, fourth, "--out", runs).exits(1);
    assertThat(outcome.errors()).hasSize(2).allMatch(l -> l.startsWith("orograph: "));
    try (Stream<Path> made = Files.list(runs)) {
      List<Path> folders = made.sorted().toList();
      assertThat(folders).hasSize(2);
      assertThat(folders.get(0).getFileName().toString()).startsWith("fourth-");
      assertThat(folders.get(1).getFileName().toString()).startsWith("second-");
      for (Path folder : folders) {
        assertThat(Runs.run(folder).path("status").asText()).isEqualTo("done");
        assertThat(folder.resolve("report.html")).isNotEmptyFile();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void ofSeveralInspectedTheOthersAreShown() {
    Path good = Models.of(dir.resolve("good"), Models.normal("a.weight", 1, 12, 8));
    Cli.Outcome outcome = Cli.inside("inspect", dir.resolve("nowhere"), good);
    assertThat(outcome.fault()).contains("nowhere");
    assertThat(outcome.out()).contains("good holds 1 tensors");
  }

  /** Links to themselves, to what never ends, and something that is no file. */
  @Test
  void linksAndDevicesAreTold() throws IOException {
    Path loop = Files.createDirectories(dir.resolve("loop"));
    Files.createSymbolicLink(loop.resolve("model.safetensors"), Path.of("model.safetensors"));
    assertThat(Cli.inside("inspect", loop).fault()).contains("'model.safetensors' is a link");
    Path self = Files.createSymbolicLink(dir.resolve("self"), dir.resolve("self"));
    assertThat(Cli.inside("inspect", self).fault()).contains("self: cannot be read");
    Path endless = Files.createDirectories(dir.resolve("endless"));
    Files.createSymbolicLink(endless.resolve("model.safetensors"), Path.of("/dev/zero"));
    assertThat(Cli.inside("inspect", endless).fault()).contains("a link that leads outside of it");
    Path config = Files.createDirectories(dir.resolve("config"));
    Models.mixed(config);
    Files.deleteIfExists(config.resolve("config.json"));
    Files.createSymbolicLink(config.resolve("config.json"), Path.of("config.json"));
    assertThat(Cli.inside("inspect", config).fault()).contains("'config.json' is a link");
    Path folder = dir.resolve("folder");
    Files.createDirectories(folder.resolve("model.safetensors"));
    assertThat(Cli.inside("inspect", folder).fault()).contains("must be a file but is a folder");
  }
}
