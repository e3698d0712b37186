package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of several files, whole and damaged. */
class HostileIndexTest {
  private static final String ONE = "model-00001-of-00002.safetensors";
  private static final String TWO = "model-00002-of-00002.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path base;
  private Path folder;

  @BeforeEach
  void twoShards() throws IOException {
    folder = Files.createDirectories(base.resolve("set"));
    HandMade.file(folder, ONE, "{" + HandMade.entry("a", "U8", "[2]", 0, 2) + "}", new byte[2]);
    HandMade.file(folder, TWO, "{" + HandMade.entry("b", "U8", "[3]", 0, 3) + "}", new byte[3]);
  }

  private void index(String map) throws IOException {
    Files.writeString(
        folder.resolve(INDEX), "{\"metadata\":{\"total_size\":5},\"weight_map\":{" + map + "}}");
  }

  private static String at(String tensor, String file) {
    return "\"" + tensor + "\":\"" + file + "\"";
  }

  private void refused(String message) {
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(INDEX + ": " + message);
  }

  @Test
  void aWholeSetOpensByFolderAndByIndex() throws IOException {
    index(at("a", ONE) + "," + at("b", TWO));
    for (Path path : new Path[] {folder, folder.resolve(INDEX)}) {
      try (Checkpoint set = Checkpoint.open(path)) {
        assertThat(set.files()).containsExactly(folder.resolve(ONE), folder.resolve(TWO));
        assertThat(set.tensors()).extracting(TensorInfo::name).containsExactly("a", "b");
        assertThat(set.tensor("b").orElseThrow().file()).isEqualTo(folder.resolve(TWO));
        assertThat(set.unindexed()).isEmpty();
        assertThat(set.name()).isEqualTo("set");
        assertThat(set.sha256()).containsOnlyKeys(folder.resolve(ONE), folder.resolve(TWO));
      }
    }
  }

  @Test
  void oneShardOpensByItself() {
    try (Checkpoint shard = Checkpoint.open(folder.resolve(TWO))) {
      assertThat(shard.tensors()).extracting(TensorInfo::name).containsExactly("b");
      assertThat(shard.name()).isEqualTo("model-00002-of-00002");
      assertThat(shard.root()).isEqualTo(folder);
    }
  }

  @Test
  void shardsWithoutTheirIndex() {
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "set: must hold one checkpoint but has shards without their"
                + " model.safetensors.index.json: "
                + ONE
                + ", "
                + TWO
                + ": download the index, or name one file");
  }

  @Test
  void aMissingShardIsNamedAndCounted() throws IOException {
    index(at("a", ONE) + "," + at("b", "model-00003.safetensors"));
    refused(
        "names 2 files but 1 are present; missing is 'model-00003.safetensors':"
            + " download the missing files");
    index(at("a", "x.safetensors") + "," + at("b", "y.safetensors"));
    refused(
        "names 2 files but 0 are present; missing is 'x.safetensors' and 1 more:"
            + " download the missing files");
  }

  @Test
  void aShardThatLacksWhatTheIndexSays() throws IOException {
    index(at("a", ONE) + "," + at("b", TWO) + "," + at("c", TWO));
    refused(
        "'c' should be in "
            + TWO
            + " but that file lacks it:"
            + " download index and files again, of the same revision");
  }

  @Test
  void aTensorInAnotherShardThanTheIndexSays() throws IOException {
    index(at("a", TWO) + "," + at("b", ONE));
    refused(
        "'a' should be in "
            + TWO
            + " but is in "
            + ONE
            + ": download index and files again, of the same revision");
  }

  @Test
  void tensorsThatTheIndexDoesNotNameAreCounted() throws IOException {
    String header =
        "{"
            + HandMade.entry("b", "U8", "[1]", 0, 1)
            + ","
            + HandMade.entry("d", "U8", "[2]", 1, 3)
            + "}";
    HandMade.file(folder, TWO, header, new byte[3]);
    index(at("a", ONE) + "," + at("b", TWO));
    try (Checkpoint set = Checkpoint.open(folder)) {
      assertThat(set.unindexed()).containsExactly("d");
      assertThat(set.tensor("d")).isPresent();
    }
  }

  @Test
  void oneNameInTwoShards() throws IOException {
    HandMade.file(folder, TWO, "{" + HandMade.entry("a", "U8", "[3]", 0, 3) + "}", new byte[3]);
    index(at("a", ONE) + "," + at("b", TWO));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(
            TWO + ": 'a' must be stored once but is also in " + ONE + ": name one of the files");
  }

  @Test
  void indexThatPointsOutside() throws IOException {
    HandMade.file(
        base, "s.safetensors", "{" + HandMade.entry("a", "U8", "[1]", 0, 1) + "}", new byte[1]);
    index(at("a", "../s.safetensors"));
    refused(
        "the file name '../s.safetensors' must stay inside the folder but leads upwards:"
            + " do not use this download");
    index(at("a", base.resolve("s.safetensors").toString()));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .hasMessageContaining("must stay inside the folder but is absolute");
    index(at("a", "..\\\\s.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .hasMessageContaining("must stay inside the folder but holds a backslash");
    index(at("a", "s\\u0000.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .hasMessageContaining(
            "'s\\u0000.safetensors' must stay inside the folder but holds a control");
    Files.createSymbolicLink(folder.resolve("l.safetensors"), base.resolve("s.safetensors"));
    index(at("a", "l.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("must stay inside the folder but is a link that leads outside of it");
  }

  @Test
  void indexThatIsNone() throws IOException {
    Files.writeString(folder.resolve(INDEX), "{\"metadata\":{}}");
    refused(
        "weight_map must be an object that names a file for each tensor but is missing:"
            + " download it again");
    Files.writeString(folder.resolve(INDEX), "[1]");
    assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("weight_map must be");
    index("");
    assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("is empty");
    index("\"a\":7");
    refused(
        "weight_map 'a' must name a file that ends in .safetensors, .bin, .pt or .pth but is 7:"
            + " download it again");
    index(at("a", "weights.h5"));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .hasMessageContaining(".bin, .pt or .pth but is \"weights.h5\"");
    Files.writeString(folder.resolve(INDEX), "{\"weight_map\"");
    assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(InputException.class);
  }

  @Test
  void naturalOrderOfShards() throws IOException {
    StringBuilder map = new StringBuilder();
    for (int i = 12; i >= 1; i--) {
      String file = "part-" + i + ".safetensors";
      HandMade.file(
          folder, file, "{" + HandMade.entry("t." + i, "U8", "[0]", 0, 0) + "}", new byte[0]);
      map.append(map.isEmpty() ? "" : ",").append(at("t." + i, file));
    }
    index(map.toString());
    try (Checkpoint set = Checkpoint.open(folder)) {
      assertThat(set.files().get(1)).isEqualTo(folder.resolve("part-2.safetensors"));
      assertThat(set.files().get(9)).isEqualTo(folder.resolve("part-10.safetensors"));
      assertThat(set.tensors().get(11).name()).isEqualTo("t.12");
      assertThat(set.tensors().get(0).count()).isZero();
    }
  }
}
