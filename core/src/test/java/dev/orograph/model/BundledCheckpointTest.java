package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import dev.orograph.model.RandomCheckpoint.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of the checkpoints that come along, with stand-ins for those that were trained. */
class BundledCheckpointTest {
  private static final int PROCESSES = 3;
  private static final long LIMIT_SECONDS = 600;

  private String before;
  @TempDir private Path samples;

  /** Another process: says where a name leads. */
  public static void main(String[] args) {
    System.out.println(BundledCheckpoint.of(Path.of(args[0])).orElseThrow().locate());
  }

  @BeforeEach
  void standIns() throws IOException {
    before = System.getProperty(BundledCheckpoint.PLACE);
    System.setProperty(BundledCheckpoint.PLACE, samples.toString());
    RandomCheckpoint.write(Shape.T5_TINY, 1, trained("t5"));
    RandomCheckpoint.write(Shape.LLAMA_TINY, 1, trained("lm"));
    RandomCheckpoint.write(Shape.SAMPLE_BYTES, 1, trained("bytes"));
    Files.writeString(trained("t5").resolve("spiece.model"), "pieces of t5");
    Files.writeString(trained("lm").resolve("tokenizer.model"), "pieces of lm");
    Files.writeString(trained("lm").resolve("tokenizer_config.json"), "{}");
  }

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(BundledCheckpoint.PLACE);
    } else {
      System.setProperty(BundledCheckpoint.PLACE, before);
    }
  }

  private Path trained(String name) {
    return samples.resolve("checkpoints").resolve(name);
  }

  private static String refusal(String name) {
    try {
      Model.open(Path.of(name)).close();
    } catch (InputException e) {
      return e.getMessage();
    }
    throw new AssertionError(name + " was not refused");
  }

  @ParameterizedTest
  @EnumSource(names = {"T5", "LM", "BYTES", "T5_UNTRAINED", "LM_UNTRAINED"})
  void everyNameOpens(BundledCheckpoint bundled) {
    boolean made = bundled.id().endsWith("-untrained");
    Path folder =
        made
            ? samples.resolve("target").resolve(bundled.id().replace("sample:", ""))
            : trained(bundled.id().replace("sample:", ""));
    try (Model model = Model.open(Path.of(bundled.id()))) {
      assertThat(model.bundled()).contains(bundled);
      assertThat(model.name()).isEqualTo(bundled.id());
      assertThat(model.fileName()).isEqualTo(bundled.id().replace(':', '_'));
      assertThat(model.checkpoint().root()).isEqualTo(folder);
    }
    try (Model model = Model.open(folder)) {
      assertThat(model.bundled()).as("named by its path").isEmpty();
      assertThat(model.name()).isEqualTo(model.checkpoint().name());
    }
  }

  @Test
  void theNames() {
    assertThat(BundledCheckpoint.ids())
        .containsExactly(
            "sample:t5",
            "sample:lm",
            "sample:bytes",
            "sample:t5-untrained",
            "sample:lm-untrained",
            "sample:minilm",
            "sample:bge-small",
            "sample:e5-small");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sample:",
        "sample:T5",
        "sample:bytes-untrained",
        "sample:t5/../lm",
        "sample:\u001b"
      })
  void aWrongNameListsAll(String name) {
    assertThat(refusal(name)).contains(BundledCheckpoint.ids()).doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "sample", "org/sample:t5", "./sample:t5", "samples:t5"})
  void otherNamesAreNotTaken(String name) {
    assertThat(BundledCheckpoint.of(Path.of(name))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"LM", "LM_UNTRAINED"})
  void aMissingFolderIsSaid(BundledCheckpoint bundled) throws IOException {
    empty(trained("lm"));
    assertThat(refusal(bundled.id()))
        .startsWith(bundled.id() + ": needs the folder " + trained("lm"))
        .contains("samples/train --only lm");
    assertThat(samples.resolve("target")).doesNotExist();
  }

  @Test
  void withoutTheLauncherItSaysHowToTellThePlace() {
    System.clearProperty(BundledCheckpoint.PLACE);
    assertThat(refusal("sample:t5"))
        .contains("./orograph", "-Dorograph.samples=", "the path of a checkpoint");
  }

  @Test
  void anUntrainedOneIsMadeOnceWithTheTokenizerOfTheTrained() throws IOException {
    Path made = BundledCheckpoint.LM_UNTRAINED.locate();
    Path weights = made.resolve("model.safetensors");
    Object key = Files.readAttributes(weights, "unix:ino,ctime");
    assertThat(names(made))
        .containsExactly(
            "config.json", "model.safetensors", "tokenizer.model", "tokenizer_config.json");
    assertThat(made.resolve("tokenizer.model")).hasContent("pieces of lm");
    Files.writeString(trained("lm").resolve("tokenizer.model"), "other pieces");
    assertThat(BundledCheckpoint.LM_UNTRAINED.locate()).isEqualTo(made);
    assertThat((Object) Files.readAttributes(weights, "unix:ino,ctime")).isEqualTo(key);
    assertThat(made.resolve("tokenizer.model")).hasContent("other pieces");
    assertThat(names(samples.resolve("target"))).containsExactly("lm-untrained");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "config.json"})
  void aChangedByteOfAnUntrainedOneIsFound(String name) throws IOException {
    Path made = BundledCheckpoint.LM_UNTRAINED.locate();
    Path file = made.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThat(refusal("sample:lm-untrained"))
        .startsWith(name + ": of sample:lm-untrained must ")
        .contains("remove the folder " + made);
    Files.delete(file);
    assertThatThrownBy(BundledCheckpoint.LM_UNTRAINED::locate).isInstanceOf(InputException.class);
    empty(made);
    assertThat(Files.size(BundledCheckpoint.LM_UNTRAINED.locate().resolve(name)))
        .isEqualTo(bytes.length);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsSaid() throws IOException {
    Files.writeString(samples.resolve("target"), "a file");
    assertThat(refusal("sample:lm-untrained")).contains("cannot be written");
  }

  /** All at once: each finds the whole folder, and one of them has made it. */
  @Test
  void severalProcessesMakeItAtOnce() throws IOException, InterruptedException {
    String path = System.getProperty("surefire.test.class.path");
    List<Process> running = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      running.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-D" + BundledCheckpoint.PLACE + "=" + samples,
                  "-cp",
                  path == null ? System.getProperty("java.class.path") : path,
                  BundledCheckpointTest.class.getName(),
                  "sample:t5-untrained")
              .redirectErrorStream(true)
              .start());
    }
    Path made = samples.resolve("target").resolve("t5-untrained");
    for (Process process : running) {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as(said).isZero();
      assertThat(said).contains(made.toString());
    }
    assertThat(names(samples.resolve("target"))).containsExactly("t5-untrained");
    assertThat(names(made)).containsExactly("config.json", "model.safetensors", "spiece.model");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static void empty(Path folder) throws IOException {
    for (String name : names(folder)) {
      Files.delete(folder.resolve(name));
    }
    Files.delete(folder);
  }
}
