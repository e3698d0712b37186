package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Workshop;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stored task that is damaged in any way is as good as none. */
class DamagedTaskTest {
  private record Result(String name, double value, List<Double> more) implements Serializable {}

  private static final Task<Nothing> TASK = task("layers.0.weight", 1e9, 1 << 20, 1);
  private static final Result RESULT =
      new Result("a \u202e b \n c", 0.1 + 0.2, Arrays.asList(Double.MIN_VALUE, null, -0.0, 1e300));

  @TempDir private Path dir;
  private TaskStore store;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    store = store("key");
    store.write(TASK, RESULT);
    file = dir.resolve(TaskStore.FILE);
  }

  private TaskStore store(String key) {
    return new TaskStore(dir, key);
  }

  /** As the next process finds it. */
  private boolean present() {
    return store("key").read(TASK, Result.class).isPresent();
  }

  @Test
  void wholeItComesBackEqual() {
    assertThat(file).isRegularFile();
    assertThat(store.read(TASK, Result.class)).contains(RESULT);
  }

  @Test
  void ofAnotherRunOrTaskItDoesNotComeBack() {
    assertThat(store("other").read(TASK, Result.class)).isEmpty();
    for (Task<Nothing> other :
        List.of(
            task("layers.1.weight", 1e9, 1 << 20, 1),
            task("layers.0.weight", 1e9, 1 << 21, 1),
            task("layers.0.weight", 1e8, 1 << 20, 1),
            task("layers.0.weight", 1e9, 1 << 20, 2))) {
      assertThat(store.read(other, Result.class)).isEmpty();
    }
  }

  @Test
  void withAnyByteChangedItDoesNotComeBack() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      for (int bit : new int[] {0, 5, 7}) {
        byte[] changed = whole.clone();
        changed[i] ^= (byte) (1 << bit);
        Files.write(file, changed);
        assertThat(present()).as("byte %d, bit %d", i, bit).isFalse();
      }
    }
    Files.write(file, whole);
    assertThat(present()).isTrue();
  }

  @Test
  void ofAnyOtherLengthItDoesNotComeBack() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(present()).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void whatAKillCutOffSpoilsNoOtherLine() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Task<Nothing> next = task("layers.1.weight", 1e9, 1 << 20, 1);
    for (int more = 1; more < whole.length; more++) {
      byte[] bytes = Arrays.copyOf(whole, whole.length + more);
      System.arraycopy(whole, 0, bytes, whole.length, more);
      Files.write(file, bytes);
      assertThat(present()).as("%d bytes more", more).isTrue();
      TaskStore goesOn = store("key");
      goesOn.write(next, RESULT);
      assertThat(goesOn.read(next, Result.class)).contains(RESULT);
      assertThat(store("key").read(next, Result.class)).contains(RESULT);
      assertThat(present()).isTrue();
    }
  }

  @Test
  void theLastLineOfATaskCounts() {
    Result other = new Result("other", 1, List.of());
    store.write(TASK, other);
    assertThat(store.read(TASK, Result.class)).contains(other);
    assertThat(store("key").read(TASK, Result.class)).contains(other);
  }

  @Test
  void aFolderOfItsNameIsNoResult() throws IOException {
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(present()).isFalse();
  }

  @Test
  void itsArraysBelongToIt() throws IOException {
    Path arrays = Files.createDirectories(Workshop.arrays(dir, TASK.label()));
    Path one = Files.writeString(arrays.resolve("one.safetensors"), "one");
    Path two = Files.writeString(arrays.resolve("two.safetensors"), "two");
    store.write(TASK, RESULT);
    assertThat(store.read(TASK, Result.class)).contains(RESULT);
    // What a kill left half written does not count.
    Files.writeString(arrays.resolve(".one.safetensors.123.part"), "half");
    assertThat(store.read(TASK, Result.class)).isPresent();

    Files.writeString(one, "onf");
    assertThat(store.read(TASK, Result.class)).as("changed").isEmpty();
    Files.writeString(one, "on");
    assertThat(store.read(TASK, Result.class)).as("truncated").isEmpty();
    Files.writeString(one, "one");
    assertThat(store.read(TASK, Result.class)).isPresent();
    Files.delete(two);
    assertThat(store.read(TASK, Result.class)).as("deleted").isEmpty();
    Files.move(one, two);
    assertThat(store.read(TASK, Result.class)).as("renamed").isEmpty();
  }

  @Test
  void aDiscardedTaskLeavesOnlyWhatItKeeps() throws IOException {
    Path arrays = Files.createDirectories(Workshop.arrays(dir, TASK.label()));
    Files.writeString(arrays.resolve("one.safetensors"), "one");
    Path keep = Files.createDirectories(Workshop.keep(dir, TASK.label()));
    Path snapshot = Files.writeString(keep.resolve("snapshot"), "halfway");
    store.discard(TASK);
    store.discard(task("another", 1, 1, 1));
    assertThat(arrays).doesNotExist();
    assertThat(snapshot).hasContent("halfway");

    store.write(TASK, RESULT);
    assertThat(keep).as("not needed once there is a result").doesNotExist();
  }

  private static Task<Nothing> task(String label, double work, long bytes, int nativeThreads) {
    return new Task<>(label, Place.MODEL, work, bytes, nativeThreads, new Nothing());
  }
}
