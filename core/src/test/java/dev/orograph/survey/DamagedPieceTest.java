package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.instrument.Piece;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stored piece that is damaged in any way is as good as none. */
class DamagedPieceTest {
  private record Work(String label, double work, long bytes, int nativeThreads)
      implements Piece, Serializable {}

  private record Result(String name, double value, List<Double> more) implements Serializable {}

  private static final Work PIECE = new Work("layers.0.weight", 1e9, 1 << 20, 1);
  private static final Result RESULT =
      new Result("a \u202e b \n c", 0.1 + 0.2, Arrays.asList(Double.MIN_VALUE, null, -0.0, 1e300));

  @TempDir private Path dir;
  private PieceStore store;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(dir.resolve("arrays"));
    store = store("key");
    store.write(0, 3, PIECE, RESULT);
    file = dir.resolve("0-000003.json");
  }

  private PieceStore store(String key) {
    return new PieceStore(dir, dir.resolve("arrays"), key);
  }

  private boolean present() {
    return store.read(0, 3, PIECE, Result.class).isPresent();
  }

  @Test
  void wholeItComesBackEqual() {
    assertThat(file).isRegularFile();
    assertThat(store.read(0, 3, PIECE, Result.class)).contains(RESULT);
  }

  @Test
  void ofAnotherRunStageIndexOrPieceItDoesNotComeBack() {
    assertThat(store("other").read(0, 3, PIECE, Result.class)).isEmpty();
    assertThat(store.read(1, 3, PIECE, Result.class)).isEmpty();
    assertThat(store.read(0, 4, PIECE, Result.class)).isEmpty();
    for (Work other :
        List.of(
            new Work("layers.1.weight", 1e9, 1 << 20, 1),
            new Work("layers.0.weight", 1e9, 1 << 21, 1),
            new Work("layers.0.weight", 1e8, 1 << 20, 1),
            new Work("layers.0.weight", 1e9, 1 << 20, 2))) {
      assertThat(store.read(0, 3, other, Result.class)).isEmpty();
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
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThat(present()).isFalse();
  }

  @Test
  void aFolderOfItsNameIsNoPiece() throws IOException {
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(present()).isFalse();
  }

  @Test
  void itsArraysBelongToIt() throws IOException {
    Path arrays = store.arrays(0, 5);
    assertThat(arrays).isDirectory();
    Path one = Files.writeString(arrays.resolve("one.safetensors"), "one");
    Path two = Files.writeString(arrays.resolve("two.safetensors"), "two");
    store.write(0, 5, PIECE, RESULT);
    assertThat(store.read(0, 5, PIECE, Result.class)).contains(RESULT);
    // What a kill left half written does not count.
    Files.writeString(arrays.resolve(".one.safetensors.123.part"), "half");
    assertThat(store.read(0, 5, PIECE, Result.class)).isPresent();

    Files.writeString(one, "onf");
    assertThat(store.read(0, 5, PIECE, Result.class)).as("changed").isEmpty();
    Files.writeString(one, "on");
    assertThat(store.read(0, 5, PIECE, Result.class)).as("truncated").isEmpty();
    Files.writeString(one, "one");
    assertThat(store.read(0, 5, PIECE, Result.class)).isPresent();
    Files.delete(two);
    assertThat(store.read(0, 5, PIECE, Result.class)).as("deleted").isEmpty();
    Files.move(one, two);
    assertThat(store.read(0, 5, PIECE, Result.class)).as("renamed").isEmpty();
  }

  @Test
  void aDiscardedPieceLeavesNothing() throws IOException {
    Files.writeString(store.arrays(0, 3).resolve("one.safetensors"), "one");
    store.discard(0, 3);
    store.discard(0, 4);
    try (Stream<Path> left = Files.walk(dir)) {
      assertThat(left.filter(p -> !p.equals(dir)).map(p -> p.getFileName().toString()))
          .containsExactly("arrays");
    }
  }
}
