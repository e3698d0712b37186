package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Options;
import dev.orograph.model.RandomCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What one process does over and over leaves neither memory nor open files behind. */
@Tag("campaign")
@EnabledOnOs(OS.LINUX)
class FlatMemoryTest {
  private static final int SURVEYS = 200;
  private static final int READS = 100_000;

  /** Room for the allocators and the Java heap to settle. */
  private static final long SETTLING = 64L << 20;

  @TempDir private Path dir;

  private static long openFiles() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  private Path model() {
    Path model = dir.resolve("model");
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 1, model);
    return model;
  }

  @Test
  void surveys() throws IOException {
    Path model = model();
    long memory = 0;
    long files = 0;
    for (int i = 0; i < SURVEYS; i++) {
      Path out = dir.resolve("run");
      List<String> all = Instruments.ALL.stream().map(a -> a.card().id()).toList();
      Survey.Request request =
          new Survey.Request(
              List.of(model),
              new Options(42, Options.Figures.ALL),
              all,
              2,
              1L << 30,
              Optional.of(out),
              dir,
              true);
      try (Survey survey = Survey.open(request)) {
        survey.run((instrument, label, done, total, pieces, of) -> {});
      }
      if (i == SURVEYS / 4) {
        System.gc();
        memory = Machine.anonymousMemory();
        files = openFiles();
      }
    }
    System.gc();
    System.out.printf(
        java.util.Locale.ROOT, "anonymous bytes: %d, then %d%n", memory, Machine.anonymousMemory());
    assertThat(Machine.anonymousMemory()).isLessThan(memory + SETTLING);
    assertThat(openFiles()).isLessThanOrEqualTo(files + 2);
  }

  @Test
  void reads() throws IOException {
    Path model = model();
    double[] one = new double[1];
    long memory = 0;
    long files = 0;
    for (int i = 0; i < READS; i++) {
      try (Checkpoint checkpoint = Checkpoint.open(model)) {
        List<TensorInfo> tensors = checkpoint.tensors();
        try (TensorData data = checkpoint.map(tensors.get(i % tensors.size()))) {
          data.read(0, one, 0, 1);
        }
      }
      if (i == READS / 4) {
        System.gc();
        memory = Machine.anonymousMemory();
        files = openFiles();
      }
    }
    System.gc();
    System.out.printf(
        java.util.Locale.ROOT, "anonymous bytes: %d, then %d%n", memory, Machine.anonymousMemory());
    assertThat(Machine.anonymousMemory()).isLessThan(memory + SETTLING);
    assertThat(openFiles()).isLessThanOrEqualTo(files + 2);
  }
}
