package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that lie in a store are those that lie here. */
class CheckpointStoreTest {
  private static final int TENSORS = 6;
  private static final int COUNT = 1 << 18;
  private static final int BYTES = COUNT * Float.BYTES;

  @TempDir Path dir;

  @AfterEach
  void usual() {
    KeptStore.cache = 1L << 30;
    KeptStore.besides = List.of();
  }

  /** Six tensors of 1 MiB. */
  private Path model() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("model"));
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    for (int i = 0; i < TENSORS; i++) {
      float[] numbers = new float[COUNT];
      for (int j = 0; j < COUNT; j++) {
        numbers[j] = i + j / 1024f;
      }
      entries.add(SafetensorsWriter.Entry.of("t" + i, numbers, COUNT));
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), entries);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    return folder;
  }

  private static double first(Checkpoint c, int i) {
    try (TensorData data = c.map(c.tensor("t" + i).orElseThrow())) {
      double[] numbers = new double[2];
      data.read(COUNT - 2, numbers, 0, 2);
      return numbers[1];
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "types.pt",
        "legacy.pt",
        "views.pt",
        "training.pth",
        "llama.gguf",
        "blocks.gguf",
        "stored.npz",
        "deflated.npz",
        "c.npy",
        "fortran.npy"
      })
  void everyFormatIsTheSame(String name) throws IOException {
    Path file = Files.copy(Fixtures.file(name), dir.resolve(name));
    try (Checkpoint here = Checkpoint.open(file);
        Checkpoint there = Checkpoint.open(KeptStore.address(file))) {
      assertThat(there.name()).isEqualTo(here.name());
      assertThat(there.fingerprint()).isEqualTo(here.fingerprint());
      assertThat(there.sha256().values()).containsExactlyElementsOf(here.sha256().values());
      assertThat(there.sizes().values()).containsExactly(Files.size(file));
      for (TensorInfo t : here.tensors()) {
        assertThat(there.contentSha256(there.tensor(t.name()).orElseThrow()))
            .as(t.name())
            .isEqualTo(here.contentSha256(t));
      }
    }
  }

  @Test
  void onlyWhatIsAskedForIsReadAndReadOnce() throws IOException {
    Path folder = model();
    long before = KeptStore.READ.get();
    try (Checkpoint there = Checkpoint.open(KeptStore.address(folder))) {
      assertThat(there.config().orElseThrow().path("model_type").asText()).isEqualTo("llama");
      assertThat(KeptStore.READ.get() - before).as("headers").isLessThan(100_000);
      long opened = KeptStore.READ.get();
      assertThat(first(there, 3)).isEqualTo(3 + (COUNT - 1) / 1024.0);
      assertThat(first(there, 3)).isEqualTo(3 + (COUNT - 1) / 1024.0);
      assertThat(KeptStore.READ.get() - opened).isEqualTo(BYTES);
    }
  }

  @Test
  void whatLiesHereStaysWithinTheCache() throws IOException {
    KeptStore.cache = 2L * BYTES;
    try (Checkpoint there = Checkpoint.open(KeptStore.address(model()))) {
      for (int i = 0; i < TENSORS; i++) {
        assertThat(first(there, i)).isEqualTo(i + (COUNT - 1) / 1024.0);
      }
      long before = KeptStore.READ.get();
      assertThat(first(there, TENSORS - 1)).isPositive();
      assertThat(KeptStore.READ.get()).as("the last ones are here").isEqualTo(before);
      first(there, 0);
      assertThat(KeptStore.READ.get() - before).as("the first is not").isEqualTo(BYTES);
      try (Checkpoint.Lying a = there.lying(there.tensor("t1").orElseThrow());
          Checkpoint.Lying b = there.lying(there.tensor("t2").orElseThrow())) {
        assertThat(a.begin()).isZero();
        assertThat(Files.size(a.file())).isEqualTo(BYTES);
        try (var parts = Files.list(b.file().getParent())) {
          assertThat(parts.mapToLong(p -> p.toFile().length()).sum()).isEqualTo(2L * BYTES);
        }
        assertThatThrownBy(() -> first(there, 3))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("at kept://host/")
            .hasMessageContaining("the cache takes 2,097,152, of which 2,097,152 are in use")
            .hasMessageContaining("spark.orograph.cache");
      }
      assertThat(first(there, 3)).isEqualTo(3 + (COUNT - 1) / 1024.0);
    }
  }

  @Test
  void aThreadThatHasNothingOpenWaitsForRoom() throws Exception {
    KeptStore.cache = BYTES;
    try (Checkpoint there = Checkpoint.open(KeptStore.address(model()))) {
      FutureTask<Double> other = new FutureTask<>(() -> first(there, 2));
      Thread thread = new Thread(other);
      try (Checkpoint.Lying mine = there.lying(there.tensor("t1").orElseThrow())) {
        assertThat(Files.size(mine.file())).isEqualTo(BYTES);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
          Thread.onSpinWait();
        }
        assertThat(other.isDone()).isFalse();
      }
      assertThat(other.get()).isEqualTo(2 + (COUNT - 1) / 1024.0);
    }
  }

  @Test
  void manyThreadsBringAPartOnce() throws IOException {
    try (Checkpoint there = Checkpoint.open(KeptStore.address(model()))) {
      long before = KeptStore.READ.get();
      IntStream.range(0, 32)
          .parallel()
          .forEach(i -> assertThat(first(there, i % 2)).isEqualTo(i % 2 + (COUNT - 1) / 1024.0));
      assertThat(KeptStore.READ.get() - before).isEqualTo(2L * BYTES);
    }
  }

  @Test
  void aFileThatChangesIsAFaultThatNamesItsAddress() throws IOException {
    Path folder = model();
    Path file = folder.resolve("model.safetensors");
    try (Checkpoint there = Checkpoint.open(KeptStore.address(folder))) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
      assertThatThrownBy(() -> first(there, 0))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("at kept://host" + file)
          .hasMessageContaining("has changed since it was opened");
    }
    try (Checkpoint there = Checkpoint.open(KeptStore.address(folder))) {
      first(there, 0);
      try (var shorter =
          java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
        shorter.truncate(3L * BYTES);
      }
      assertThatThrownBy(() -> first(there, 5))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("at kept://host" + file)
          .hasMessageContaining("bytes and has 3,145,728");
      Files.delete(file);
      assertThatThrownBy(() -> first(there, 4)).hasMessageContaining("is gone");
    }
  }

  @Test
  void anotherContentUnderTheSameAddressIsAnotherCheckpoint() throws IOException {
    Path folder = model();
    String before;
    try (Checkpoint there = Checkpoint.open(KeptStore.address(folder))) {
      before = there.fingerprint();
    }
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"gpt2\"}");
    try (Checkpoint there = Checkpoint.open(KeptStore.address(folder))) {
      assertThat(there.fingerprint()).isNotEqualTo(before);
    }
  }

  /** A listing may say anything: a name never leads out of the folder that stands for the store. */
  @Test
  void namesThatLeadElsewhereAreNone() throws IOException {
    Path folder = model();
    List<CheckpointStore.Entry> hostile = new ArrayList<>();
    for (String name :
        List.of("../evil.json", "..", "/tmp/evil.json", "a\\b.json", "x\u0000.json")) {
      hostile.add(
          new CheckpointStore.Entry(
              "kept://host" + folder + "/config.json", name, false, 9, 0, ""));
    }
    KeptStore.besides = hostile;
    try (Checkpoint there = Checkpoint.open(KeptStore.address(folder))) {
      try (var names = Files.list(there.root())) {
        assertThat(names.map(p -> p.getFileName().toString()))
            .containsExactlyInAnyOrder("model.safetensors", "config.json");
      }
      String placeholder = Files.readString(there.files().get(0), StandardCharsets.ISO_8859_1);
      assertThat(placeholder).as("no weights by mistake").startsWith("Not the file");
    }
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThatThrownBy(() -> Checkpoint.open(Path.of("kept://host" + dir + "/none")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("kept://host" + dir + "/none does not exist");
    assertThatThrownBy(() -> Checkpoint.open(Path.of("gopher://host/model")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nothing that reads such addresses is on the class path");
    assertThat(StoreAddress.of(Path.of("hdfs://a:1/b/c")).orElseThrow())
        .hasToString("hdfs://a:1/b/c");
    assertThat(StoreAddress.of(Path.of("file:///b/c")).orElseThrow()).hasToString("file:///b/c");
    assertThat(StoreAddress.of(Path.of("sample:t5"))).isEmpty();
    assertThat(StoreAddress.of(Path.of("org/model"))).isEmpty();
    assertThat(StoreAddress.of(Path.of("C:/models"))).isEmpty();
  }
}
