package dev.orograph.input;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files are there whole or not at all, and never somewhere else. */
@DisabledOnOs(OS.WINDOWS)
class DiskTest {
  @TempDir private Path dir;
  private Path file;

  @BeforeEach
  void old() throws IOException {
    file = Files.writeString(dir.resolve("file"), "old");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whateverFailsTheFileIsTheOldOrTheNewOneAndNothingElseIsLeft() throws IOException {
    int failures = 0;
    for (int call = 1; ; call++) {
      Files.writeString(file, "old");
      try (FaultyDisk disk = FaultyDisk.failingAt(call)) {
        boolean thrown = false;
        try {
          Disk.write(file, bytes("new"));
        } catch (IOException e) {
          thrown = true;
        }
        assertThat(thrown).isEqualTo(disk.failed());
        // Only the folder is forced after the file has its name.
        boolean named = !thrown || disk.calls().get(call - 1).startsWith("force junit");
        assertThat(Files.readString(file))
            .as(disk.calls().toString())
            .isEqualTo(named ? "new" : "old");
        assertThat(names()).containsExactly("file");
        if (!thrown) {
          break;
        }
        failures++;
      }
    }
    assertThat(failures).isEqualTo(5);
  }

  @Test
  void shortWritesAreGoneOnWith() throws IOException {
    try (FaultyDisk disk = FaultyDisk.shortWrites(1)) {
      Disk.write(file, bytes("abc"));
      assertThat(disk.calls().stream().filter(c -> c.startsWith("write"))).hasSize(3);
    }
    assertThat(Files.readString(file)).isEqualTo("abc");
  }

  @Test
  void severalFilesAreAllOnTheDiskBeforeOneHasItsName() throws IOException {
    Map<Path, byte[]> files = new LinkedHashMap<>();
    files.put(dir.resolve("a"), bytes("1"));
    files.put(dir.resolve("b"), bytes("2"));
    try (FaultyDisk disk = FaultyDisk.shortWrites(100)) {
      Disk.write(files);
      List<String> calls = disk.calls().stream().map(c -> c.split(" ")[0]).toList();
      assertThat(calls)
          .containsExactly(
              "open", "write", "open", "write", "force", "force", "rename", "rename", "force");
    }
    assertThat(names()).containsExactly("a", "b", "file");
  }

  @Test
  void aLinkIsReplacedAndNotFollowed() throws IOException {
    Path link = Files.createSymbolicLink(dir.resolve("link"), file);
    Disk.write(link, bytes("new"));
    assertThat(Files.readString(file)).isEqualTo("old");
    assertThat(link).isRegularFile().hasContent("new");
    assertThat(Files.isSymbolicLink(link)).isFalse();
  }

  @Test
  void aFolderIsNotMadeThroughALink() throws IOException {
    Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
    Path root = Files.createDirectory(dir.resolve("root"));
    Files.createSymbolicLink(root.resolve("tables"), elsewhere);
    assertThatThrownBy(() -> Disk.folder(root, root.resolve("tables")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tables: must be a folder but is a link");
    assertThatThrownBy(() -> Disk.folder(root, root.resolve("tables/a/b")))
        .isInstanceOf(InputException.class);
    assertThat(elsewhere).isEmptyDirectory();
    assertThat(Disk.folder(root, root.resolve("a/b/c"))).isDirectory();
    // The root itself may be reached through one.
    Path shortcut = Files.createSymbolicLink(dir.resolve("shortcut"), root);
    assertThat(Disk.folder(shortcut, shortcut.resolve("d"))).isDirectory();
    assertThatThrownBy(() -> Disk.folder(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("must be a folder but is a file");
  }

  @Test
  void aLockIsAFileOfItsOwnAndHeldOnce() throws IOException {
    Path lock = dir.resolve("lock");
    try (FileLock held = Disk.lock(lock).orElseThrow()) {
      assertThat(held.isValid()).isTrue();
      assertThat(Disk.lock(lock)).isEmpty();
    }
    Path link = Files.createSymbolicLink(dir.resolve("link"), file);
    for (Path wrong : List.of(link, dir, fifo())) {
      assertThatThrownBy(() -> Disk.lock(wrong))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("must be a file but is");
    }
    assertThat(file).hasContent("old");
  }

  private Path fifo() throws IOException {
    Path fifo = dir.resolve("fifo");
    try {
      assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return fifo;
  }

  @Test
  void aPartUnderItsOwnNameIsNoOtherFile() throws IOException {
    Path part = dir.resolve("part");
    Files.createLink(part, file);
    assertThatThrownBy(() -> Disk.named(file, part, true))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("must be a file of one name");
    Files.delete(part);
    Files.createSymbolicLink(part, file);
    assertThatThrownBy(() -> Disk.named(file, part, false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is a link");
    Files.delete(part);
    try (Disk.Part first = Disk.named(file, part, false).orElseThrow()) {
      first.write(ByteBuffer.wrap(bytes("abc")), 0);
      assertThat(Disk.named(file, part, false)).isEmpty();
      first.keep();
    }
    assertThat(part).hasContent("abc");
    try (Disk.Part second = Disk.named(file, part, true).orElseThrow()) {
      second.write(ByteBuffer.wrap(bytes("d")), 3);
      second.publish();
    }
    assertThat(file).hasContent("abcd");
    assertThat(part).doesNotExist();
  }

  @Test
  void whatIsDeletedIsTheLinkAndNotWhereItLeads() throws IOException {
    Path folder = Files.createDirectory(dir.resolve("folder"));
    Files.createSymbolicLink(folder.resolve("link"), file);
    Disk.delete(folder);
    assertThat(folder).doesNotExist();
    assertThat(file).hasContent("old");
  }

  @Test
  void whatIsAppendedTakesThePlaceOfWhatStoodThere() throws IOException {
    try (FaultyDisk disk = FaultyDisk.shortWrites(1)) {
      Disk.append(file, 2, bytes("xyz"));
      assertThat(disk.failed()).isFalse();
    }
    assertThat(file).hasContent("olxyz");
    Path link = Files.createSymbolicLink(dir.resolve("link"), file);
    assertThatThrownBy(() -> Disk.append(link, 0, bytes("mine")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is a link");
    assertThat(file).hasContent("olxyz");
  }
}
