package dev.orograph.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafePathTest {
  private static final Path INDEX = Path.of("model.safetensors.index.json");

  @TempDir Path base;

  private Path folder() throws IOException {
    return Files.createDirectories(base.resolve("model"));
  }

  @Test
  void namesInsideAreResolvedWhetherTheyExistOrNot() throws IOException {
    Path folder = folder();
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/a.bin"), "x");
    assertThat(SafePath.inside(folder, "sub/a.bin", INDEX)).isEqualTo(folder.resolve("sub/a.bin"));
    assertThat(SafePath.inside(folder, "none/b.bin", INDEX))
        .isEqualTo(folder.resolve("none/b.bin"));
    assertThat(SafePath.inside(folder, "..a", INDEX)).isEqualTo(folder.resolve("..a"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "../secret, leads upwards",
        "a/../../secret, leads upwards",
        ".., leads upwards",
        "/etc/passwd, is absolute",
        "//host/share, is absolute",
        "..\\secret, holds a backslash",
        "C:secret, holds a colon",
        "a//b, has an empty part",
        "./a, has an empty part",
        "a/, has an empty part",
        "\"\", is empty",
      })
  void namesThatCouldLeadOutsideAreRefused(String name, String reason) throws IOException {
    Path folder = folder();
    assertThatThrownBy(() -> SafePath.inside(folder, name, INDEX))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "model.safetensors.index.json: the file name '"
                + name
                + "' must stay inside the folder but "
                + reason
                + ": do not use this download");
  }

  @Test
  void controlCharactersInNamesAreRefused() throws IOException {
    Path folder = folder();
    assertThatThrownBy(() -> SafePath.inside(folder, "a\u0000b", INDEX))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'a\\u0000b' must stay inside the folder but holds a control");
    assertThatThrownBy(() -> SafePath.inside(folder, "a\u001b[31m", INDEX))
        .hasMessageContaining("holds a control character");
    assertThatThrownBy(() -> SafePath.inside(folder, null, INDEX)).hasMessageContaining("is empty");
  }

  @Test
  void linksInsideAreFollowedAndLinksOutsideAreNot() throws IOException {
    Path folder = folder();
    Files.writeString(folder.resolve("real"), "x");
    Files.writeString(base.resolve("secret"), "x");
    Files.createSymbolicLink(folder.resolve("good"), Path.of("real"));
    Files.createSymbolicLink(folder.resolve("bad"), Path.of("../secret"));
    Files.createSymbolicLink(folder.resolve("up"), base);
    assertThat(SafePath.inside(folder, "good", INDEX)).isEqualTo(folder.resolve("good"));
    for (String name : new String[] {"bad", "up/secret", "up/none"}) {
      assertThatThrownBy(() -> SafePath.inside(folder, name, INDEX))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(
              "'"
                  + name
                  + "' must stay inside the folder but is a link that leads outside of it:"
                  + " put a copy in its place");
    }
  }

  @Test
  void linksToNothingAreNamed() throws IOException {
    Path folder = folder();
    Files.createSymbolicLink(folder.resolve("lost"), Path.of("nowhere"));
    assertThatThrownBy(() -> SafePath.inside(folder, "lost", INDEX))
        .hasMessageContaining(
            "'lost' is a link but what it points to does not exist: download it again");
  }

  @Test
  void aSnapshotOfTheCacheMayPointToItsOwnBlobsOnly() throws IOException {
    Path entry = base.resolve("hub/models--org--name");
    Path other = base.resolve("hub/models--org--other/blobs");
    Path snapshot = Files.createDirectories(entry.resolve("snapshots/abc"));
    Files.createDirectories(entry.resolve("blobs"));
    Files.createDirectories(other);
    Files.writeString(entry.resolve("blobs/b1"), "x");
    Files.writeString(other.resolve("b2"), "x");
    Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/b1"));
    Files.createSymbolicLink(
        snapshot.resolve("other.json"), Path.of("../../../models--org--other/blobs/b2"));
    assertThat(SafePath.inside(snapshot, "config.json", INDEX))
        .isEqualTo(snapshot.resolve("config.json"));
    assertThatThrownBy(() -> SafePath.inside(snapshot, "other.json", INDEX))
        .hasMessageContaining("is a link that leads outside of it");
  }

  @Test
  void nothingElseInTheCacheIsAWayOut() throws IOException {
    Path entry = base.resolve("hub/models--org--name");
    Path snapshot = Files.createDirectories(entry.resolve("snapshots/abc"));
    Path deeper = Files.createDirectories(snapshot.resolve("unet"));
    Path elsewhere = Files.createDirectories(entry.resolve("mine/model"));
    Files.createDirectories(entry.resolve("blobs"));
    Files.writeString(entry.resolve("blobs/b1"), "x");
    Files.writeString(entry.resolve("secret"), "x");
    Files.createSymbolicLink(deeper.resolve("good"), Path.of("../../../blobs/b1"));
    Files.createSymbolicLink(snapshot.resolve("up"), Path.of("../../secret"));
    Files.createSymbolicLink(elsewhere.resolve("blob"), Path.of("../../blobs/b1"));
    assertThat(SafePath.inside(deeper, "good", INDEX)).isEqualTo(deeper.resolve("good"));
    assertThatThrownBy(() -> SafePath.inside(snapshot, "up", INDEX))
        .hasMessageContaining("is a link that leads outside of it");
    assertThatThrownBy(() -> SafePath.inside(elsewhere, "blob", INDEX))
        .hasMessageContaining("is a link that leads outside of it");
  }
}
