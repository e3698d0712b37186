package dev.orograph.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.Hashing;
import dev.orograph.checkpoint.OnnxModel;
import dev.orograph.input.InputException;
import dev.orograph.model.MavenModel.Member;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Models that Maven brings, with a script in Maven's place that takes them from a folder. */
@DisabledOnOs(OS.WINDOWS)
class MavenModelTest {
  @TempDir private Path dir;
  private Path models;
  private MavenModel model;
  private String before;

  @BeforeEach
  void artifact() throws IOException {
    before = System.getProperty(MavenModel.COMMAND);
    models = dir.resolve("caches/orograph/models");
    byte[] weights = new OnnxModel().initialiser("w", List.of(2), 1, 2).toBytes();
    byte[] tokenizer = "{}".getBytes(UTF_8);
    jar(weights, tokenizer);
    model =
        new MavenModel(
            "tiny",
            "Tiny (Apache-2.0)",
            "org.example:tiny:1.2",
            List.of(
                new Member("tiny.onnx", "model.onnx", weights.length, sha256(weights)),
                new Member("tiny-tokenizer.json", "tokenizer.json", 2, sha256(tokenizer))));
    mvn(
        "for a in \"$@\"; do case $a in -DoutputDirectory=*) out=${a#*=};; esac; done\n"
            + "echo \"$@\" >> '"
            + dir
            + "/calls'\ncp '"
            + dir
            + "/tiny.jar' \"$out/tiny.jar\"");
  }

  @AfterEach
  void restore() {
    MavenModel.tell(line -> {});
    if (before == null) {
      System.clearProperty(MavenModel.COMMAND);
    } else {
      System.setProperty(MavenModel.COMMAND, before);
    }
  }

  private void jar(byte[] weights, byte[] tokenizer) throws IOException {
    try (OutputStream out = Files.newOutputStream(dir.resolve("tiny.jar"));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("tiny.onnx"));
      zip.write(weights);
      zip.putNextEntry(new ZipEntry("tiny-tokenizer.json"));
      zip.write(tokenizer);
      zip.putNextEntry(new ZipEntry("../outside"));
      zip.write(1);
    }
  }

  private String sha256(byte[] bytes) throws IOException {
    return Hashing.file(Files.write(dir.resolve("hashed"), bytes));
  }

  private void mvn(String script) throws IOException {
    Path file = dir.resolve("mvn");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    System.setProperty(MavenModel.COMMAND, file.toString());
  }

  private void nothingIsLeft() {
    assertThat(models.resolve("tiny")).doesNotExist();
    assertThat(models.toFile().list()).containsExactly(".tiny.lock");
  }

  @Test
  void itIsBroughtOnceAndThenThere() throws IOException {
    List<String> told = new CopyOnWriteArrayList<>();
    MavenModel.tell(told::add);
    Path folder = model.locate(models);
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder("model.onnx", "tokenizer.json", "SOURCE.txt");
    assertThat(folder.resolve("SOURCE.txt")).content().contains("Apache-2.0", "org.example");
    assertThat(told.get(0)).contains("Tiny", "Maven");
    assertThat(told.get(told.size() - 1)).isEmpty();
    assertThat(models.toFile().list()).containsExactlyInAnyOrder(".tiny.lock", "tiny");
    String call = Files.readString(dir.resolve("calls"));
    assertThat(call)
        .contains("-Dartifact=org.example:tiny:1.2", "maven-dependency-plugin:3.8.1:copy");
    // From now on without Maven.
    mvn("exit 1");
    assertThat(model.locate(models)).isEqualTo(folder);
    assertThat(Files.readString(dir.resolve("calls"))).isEqualTo(call);
    Files.write(folder.resolve("model.onnx"), new byte[3]);
    assertThatThrownBy(() -> model.locate(models))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("was changed", "remove the folder");
  }

  @Test
  void withoutANetworkItSaysSo() throws IOException {
    mvn(
        "echo '[INFO] Scanning'; echo '[ERROR] Failed to resolve artifact: repo.maven.apache.org:"
            + " Temporary failure in name resolution'; exit 1");
    assertThatThrownBy(() -> model.locate(models))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            "sample:tiny", "org.example:tiny:1.2", "name resolution", "connect to the network");
    nothingIsLeft();
  }

  @Test
  void withoutMavenItSaysSo() throws IOException {
    System.setProperty(MavenModel.COMMAND, dir.resolve("none").toString());
    assertThatThrownBy(() -> model.locate(models))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("needs Maven", "cannot be run", "install Maven");
    nothingIsLeft();
  }

  @Test
  void anotherFileThanTheRightOneIsRefused() throws IOException {
    long size = model.files().get(0).size();
    for (byte[] weights : List.of(new byte[(int) size], new byte[9], new byte[100_000])) {
      jar(weights, "{}".getBytes(UTF_8));
      assertThatThrownBy(() -> model.locate(models))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("'tiny.onnx'", "must have " + size + " bytes");
      nothingIsLeft();
    }
    mvn("echo not a jar > \"${0%/mvn}/nothing\"");
    assertThatThrownBy(() -> model.locate(models)).isInstanceOf(InputException.class);
    nothingIsLeft();
  }

  @Test
  void whatAKilledProcessLeftIsThrownAway() throws IOException {
    Path part = Files.createDirectories(models.resolve(".tiny.part"));
    Files.write(part.resolve("model.onnx"), new byte[7]);
    Path folder = model.locate(models);
    assertThat(Files.size(folder.resolve("model.onnx"))).isEqualTo(model.files().get(0).size());
    assertThat(part).doesNotExist();
  }

  @Test
  void everyOneIsNamed() {
    for (BundledCheckpoint b : BundledCheckpoint.values()) {
      if (b.brought()) {
        MavenModel one = MavenModel.ALL.get(b.id().substring("sample:".length()));
        assertThat(one.artifact()).matches("dev\\.langchain4j:[a-z0-9-]+:\\d[a-z0-9.-]*");
        assertThat(one.files()).allMatch(m -> m.sha256().matches("[0-9a-f]{64}"));
      }
    }
    assertThatThrownBy(() -> BundledCheckpoint.T5.locate(dir))
        .isInstanceOf(IllegalStateException.class);
  }
}
