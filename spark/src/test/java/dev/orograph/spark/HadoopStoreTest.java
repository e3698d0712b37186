package dev.orograph.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.survey.EngineChoice;
import dev.orograph.survey.Progress;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint in HDFS is surveyed where it lies. */
class HadoopStoreTest {
  private static final List<String> SOME = List.of("norms", "spectra", "density", "states");

  @TempDir static Path models;
  private static Path model;
  private static Hdfs hdfs;

  @TempDir Path dir;

  @BeforeAll
  static void begin() throws IOException {
    model = models.resolve("llama");
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 3, model);
    hdfs = new Hdfs(models.resolve("hdfs"));
  }

  @AfterAll
  static void end() {
    hdfs.close();
  }

  @AfterEach
  void stop() {
    Application.stop();
  }

  private static Survey.Request request(
      String model, Path folder, List<String> chosen, String... settings) {
    Map<String, String> more = settings.length == 0 ? Map.of() : Map.of(settings[0], settings[1]);
    return Surveyed.request(Path.of(model), folder, chosen, Surveyed.spark("local[2]", more));
  }

  @Test
  void theSameToTheByte() throws IOException {
    byte[] local =
        Surveyed.results(
            Surveyed.request(model, dir.resolve("local"), SOME, EngineChoice.LOCAL),
            Progress.SILENT);
    String address = hdfs.put(model);
    byte[] far = Surveyed.results(request(address, dir.resolve("hdfs"), SOME), Progress.SILENT);
    assertThat(new String(far, StandardCharsets.UTF_8))
        .isEqualTo(new String(local, StandardCharsets.UTF_8));
    assertThat(Files.readString(dir.resolve("hdfs/run.json"))).contains('"' + address + '"');
    for (String arrays : List.of("arrays/spectra.safetensors", "arrays/density.safetensors")) {
      assertThat(dir.resolve("hdfs").resolve(arrays))
          .hasSameBinaryContentAs(dir.resolve("local").resolve(arrays));
    }
    stop();
    byte[] file =
        Surveyed.results(
            request("file://" + model.toAbsolutePath(), dir.resolve("file"), SOME),
            Progress.SILENT);
    assertThat(file).as("through Hadoop's file system of this machine").isEqualTo(local);
  }

  /** 128 KiB hold a matrix or two of them, not the model. */
  @Test
  void aSmallCacheIsEnoughAndTooSmallAOneIsSaid() throws IOException {
    List<String> chosen = List.of("norms", "spectra");
    byte[] local =
        Surveyed.results(
            Surveyed.request(model, dir.resolve("local"), chosen, EngineChoice.LOCAL),
            Progress.SILENT);
    String address = hdfs.put(model);
    byte[] far =
        Surveyed.results(
            request(address, dir.resolve("small"), chosen, "spark.orograph.cache", "128k"),
            Progress.SILENT);
    assertThat(far).isEqualTo(local);
    stop();
    hdfs.put(model);
    assertThatThrownBy(
            () ->
                Surveyed.results(
                    request(address, dir.resolve("none"), chosen, "spark.orograph.cache", "1k"),
                    Progress.SILENT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(address)
        .hasMessageContaining("the cache takes 1,024");
  }

  @Test
  void aFileThatChangesDuringTheRunIsSaidWithWorkerAndAddress() throws IOException {
    String address = hdfs.put(model);
    try (Survey survey = Survey.open(request(address, dir.resolve("run"), List.of("spectra")))) {
      Path other = dir.resolve("llama");
      RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 4, other);
      hdfs.put(other);
      assertThatThrownBy(() -> survey.run(Progress.SILENT))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("on worker 127.0.0.1 (executor driver)")
          .hasMessageContaining(address);
    }
  }

  @Test
  void whatIsNotThereIsSaid() throws IOException {
    String address = hdfs.put(model);
    try (Survey survey = Survey.open(request(address, dir.resolve("run"), List.of("norms")))) {
      hdfs.files().delete(new org.apache.hadoop.fs.Path(address), true);
      assertThatThrownBy(() -> survey.run(Progress.SILENT))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("on worker 127.0.0.1 (executor driver)")
          .hasMessageContaining(address)
          .hasMessageContaining("every worker has to read it");
    }
    assertThatThrownBy(() -> Survey.open(request(address, dir.resolve("again"), List.of("norms"))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(address + " does not exist");
  }
}
