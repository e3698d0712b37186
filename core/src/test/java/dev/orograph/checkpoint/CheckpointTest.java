package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are taken, and what a checkpoint says about itself. */
class CheckpointTest {
  @TempDir Path base;
  private Path folder;

  @BeforeEach
  void emptyFolder() throws IOException {
    folder = Files.createDirectories(base.resolve("my model"));
  }

  private Path weights(String name) {
    SafetensorsWriter.Entry entry = SafetensorsWriter.Entry.of("w", new float[] {1, 2}, 2);
    SafetensorsWriter.write(folder.resolve(name), Map.of("from", name), List.of(entry));
    return folder.resolve(name);
  }

  private String taken() {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return checkpoint.metadata().getOrDefault("from", "");
    }
  }

  private void refused(Path path, String message) {
    assertThatThrownBy(() -> Checkpoint.open(path))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void usualNamesComeFirst() {
    weights("other.safetensors");
    assertThat(taken()).isEqualTo("other.safetensors");
    weights("adapter_model.safetensors");
    assertThat(taken()).isEqualTo("adapter_model.safetensors");
    weights("open_clip_model.safetensors");
    assertThat(taken()).isEqualTo("open_clip_model.safetensors");
    weights("consolidated.safetensors");
    assertThat(taken()).isEqualTo("consolidated.safetensors");
    weights("model.safetensors");
    assertThat(taken()).isEqualTo("model.safetensors");
  }

  @Test
  void severalCandidatesAreListed() {
    weights("b10.safetensors");
    weights("b9.safetensors");
    refused(
        folder,
        "my model: must hold one checkpoint but has several: b9.safetensors, b10.safetensors:"
            + " name one of them");
    try (Checkpoint named = Checkpoint.open(folder.resolve("b9.safetensors"))) {
      assertThat(named.name()).isEqualTo("b9");
    }
  }

  @Test
  void otherFormatsAreNamed() throws IOException {
    Files.createFile(folder.resolve("config.json"));
    Files.createFile(folder.resolve("saved_model.pb"));
    refused(
        folder,
        "my model: must hold weights as safetensors, torch (.bin, .pt, .pth, .ckpt), GGUF, ONNX or"
            + " NumPy (.npz, .npy) but has saved_model.pb: load it in the transformers library"
            + " (from_tf=True) and use save_pretrained");
  }

  @Test
  void foldersWithoutWeightsSayWhatIsThere() throws IOException {
    refused(
        folder,
        "my model: must hold weights as safetensors, torch (.bin, .pt, .pth, .ckpt), GGUF, ONNX or"
            + " NumPy (.npz, .npy) but is empty: check the path");
    for (int i = 1; i <= 10; i++) {
      Files.createFile(folder.resolve("f" + i + ".txt"));
    }
    refused(
        folder,
        "my model: must hold weights as safetensors, torch (.bin, .pt, .pth, .ckpt), GGUF, ONNX or"
            + " NumPy (.npz, .npy) but has f1.txt, f2.txt, f3.txt, f4.txt, f5.txt, f6.txt, f7.txt,"
            + " f8.txt and 2 more: check the path");
  }

  @Test
  void pathsThatDoNotExist() {
    Path none = folder.resolve("none");
    refused(none, "none: does not exist: check the path " + none);
  }

  @Test
  void relativeAndDottedPathsAreTheSameCheckpoint() {
    weights("model.safetensors");
    try (Checkpoint dotted = Checkpoint.open(folder.resolve("../my model/."))) {
      assertThat(dotted.root()).isEqualTo(folder);
      assertThat(dotted.name()).isEqualTo("my_model");
    }
  }

  @Test
  void namesAreSafeForFiles() {
    assertThat(CheckpointName.safe("../a b\u001b/ü")).isEqualTo("_a_b___");
    assertThat(CheckpointName.safe("...")).isEqualTo("checkpoint");
    assertThat(CheckpointName.safe("-rf.")).isEqualTo("rf");
    assertThat(CheckpointName.safe("x".repeat(500))).hasSize(100);
    try (Checkpoint usual = Checkpoint.open(weights("model.safetensors"))) {
      assertThat(usual.name()).isEqualTo("my_model");
    }
  }

  @Test
  void aSnapshotOfTheCache() throws IOException {
    Path entry = base.resolve("hub/models--org--tiny");
    Path snapshot = Files.createDirectories(entry.resolve("snapshots/0a1b"));
    Files.createDirectories(entry.resolve("blobs"));
    Files.move(weights("model.safetensors"), entry.resolve("blobs/aa"));
    Files.writeString(entry.resolve("blobs/bb"), "{\"model_type\":\"t5\"}");
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/aa"));
    Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/bb"));
    try (Checkpoint cached = Checkpoint.open(snapshot)) {
      assertThat(cached.name()).isEqualTo("org--tiny");
      assertThat(cached.root()).isEqualTo(snapshot);
      assertThat(cached.config().orElseThrow().path("model_type").textValue()).isEqualTo("t5");
    }
  }

  @Test
  void linksThatLeadOutsideAreNotFollowedUnlessNamed() throws IOException {
    Path real = Files.move(weights("model.safetensors"), base.resolve("real.safetensors"));
    Path link = Files.createSymbolicLink(folder.resolve("model.safetensors"), real);
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "is a link that leads outside of it: if you made the link, allow it with"
                + " --allow-links");
    try (Checkpoint named = Checkpoint.open(link)) {
      assertThat(named.tensors()).hasSize(1);
    }
  }

  @Test
  void configurationBesideTheWeights() throws IOException {
    Path file = weights("model.safetensors");
    try (Checkpoint none = Checkpoint.open(folder)) {
      assertThat(none.config()).isEmpty();
      assertThat(none.configFile()).isEmpty();
    }
    Files.writeString(folder.resolve("params.json"), "{\"dim\":8}");
    try (Checkpoint params = Checkpoint.open(file)) {
      assertThat(params.configFile()).contains(folder.resolve("params.json"));
    }
    Files.writeString(folder.resolve("config.json"), "{\"d_model\":8}");
    try (Checkpoint config = Checkpoint.open(file)) {
      assertThat(config.configFile()).contains(folder.resolve("config.json"));
      ((ObjectNode) config.config().orElseThrow()).put("d_model", 9);
      assertThat(config.config().orElseThrow().path("d_model").intValue()).isEqualTo(8);
    }
    Files.writeString(folder.resolve("config.json"), "[]");
    refused(folder, "config.json: must be a JSON object but is something else: download it again");
  }

  /** A folder may hold a model for open_clip and for the transformers library. */
  @Test
  void openClipsConfigurationBelongsToItsWeights() throws IOException {
    Path file = weights("open_clip_model.safetensors");
    Path own = folder.resolve("open_clip_config.json");
    Files.writeString(own, "{\"model_cfg\":{}}");
    try (Checkpoint alone = Checkpoint.open(folder)) {
      assertThat(alone.configFile()).contains(own);
      assertThat(alone.name()).isEqualTo("my_model");
    }
    Path other = Files.writeString(folder.resolve("config.json"), "{}");
    Path usual = weights("model.safetensors");
    try (Checkpoint openClip = Checkpoint.open(file);
        Checkpoint transformers = Checkpoint.open(usual)) {
      assertThat(openClip.configFile()).contains(own);
      assertThat(transformers.configFile()).contains(other);
    }
    Files.delete(other);
    try (Checkpoint rest = Checkpoint.open(usual)) {
      assertThat(rest.configFile()).contains(own);
    }
  }

  @Test
  void adaptersAreKnown() throws IOException {
    Path model = weights("model.safetensors");
    try (Checkpoint whole = Checkpoint.open(model)) {
      assertThat(whole.adapter()).isFalse();
    }
    try (Checkpoint adapter = Checkpoint.open(weights("adapter_model.safetensors"))) {
      assertThat(adapter.adapter()).isTrue();
    }
    Files.writeString(folder.resolve("adapter_config.json"), "{\"r\":8}");
    try (Checkpoint adapter = Checkpoint.open(model)) {
      assertThat(adapter.adapter()).isTrue();
    }
  }

  /** Its bytes are part of the fingerprint, whether anybody reads what they say or not. */
  @Test
  void anAdaptersConfigurationOfAnySizeTakesNoMemory() throws IOException {
    Path model = weights("model.safetensors");
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("adapter_config.json").toFile(), "rw")) {
      file.setLength(3L << 30); // a hole
    }
    try (Checkpoint c = Checkpoint.open(model)) {
      assertThatThrownBy(c::fingerprint)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("adapter_config.json: must have at most 16,777,216 bytes");
    }
  }

  @Test
  void aliasesAreMetadataThatNameStoredTensors() {
    Map<String, String> metadata =
        Map.of("format", "pt", "embed", "head", "head", "other", "lost", "none");
    SafetensorsWriter.write(
        folder.resolve("model.safetensors"),
        metadata,
        List.of(
            SafetensorsWriter.Entry.of("head", new float[2], 2),
            SafetensorsWriter.Entry.of("other", new float[2], 2)));
    try (Checkpoint tied = Checkpoint.open(folder)) {
      assertThat(tied.aliases()).isEqualTo(Map.of("embed", "head"));
      assertThat(tied.tensor("embed")).isEqualTo(tied.tensor("head")).isPresent();
      assertThat(tied.tensor("head").orElseThrow().name()).isEqualTo("head");
      assertThat(tied.tensor("lost")).isEmpty();
      assertThat(tied.metadata()).isEqualTo(metadata);
    }
  }

  @Test
  void fingerprintDependsOnContentAndNotOnPlace() throws IOException {
    Path file = folder.resolve("model.safetensors");
    float[] values = new float[200_000];
    SafetensorsWriter.Entry entry = SafetensorsWriter.Entry.of("w", values, 200_000);
    SafetensorsWriter.write(file, Map.of(), List.of(entry));
    String first = fingerprint(folder);
    assertThat(first).matches("[0-9a-f]{64}").isEqualTo(fingerprint(folder));

    Path copy = Files.createDirectories(base.resolve("elsewhere"));
    Files.copy(file, copy.resolve("model.safetensors"));
    assertThat(fingerprint(copy)).isEqualTo(first);

    Files.writeString(copy.resolve("config.json"), "{}");
    String withConfig = fingerprint(copy);
    assertThat(withConfig).isNotEqualTo(first);
    Files.writeString(copy.resolve("config.json"), "{ }");
    assertThat(fingerprint(copy)).isNotEqualTo(withConfig);

    values[100_000] = 1; // in the middle of the tensor, which is always sampled
    SafetensorsWriter.write(file, Map.of(), List.of(entry));
    assertThat(fingerprint(folder)).isNotEqualTo(first);
  }

  @Test
  void smallFilesAreFingerprintedInFull() throws IOException {
    Path file = folder.resolve("model.safetensors");
    float[] values = new float[50_000];
    SafetensorsWriter.Entry entry = SafetensorsWriter.Entry.of("w", values, 50_000);
    SafetensorsWriter.write(file, Map.of(), List.of(entry));
    String first = fingerprint(folder);
    values[12_345] = 1;
    SafetensorsWriter.write(file, Map.of(), List.of(entry));
    assertThat(fingerprint(folder)).isNotEqualTo(first);
  }

  private static String fingerprint(Path path) {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return checkpoint.fingerprint();
    }
  }

  @Test
  void hashesAreThoseOfTheBytes() throws IOException {
    // Values from sha256sum.
    Path file =
        HandMade.tensor(folder, "x.safetensors", DType.U8, "[3]", new byte[] {'a', 'b', 'c'});
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.contentSha256(checkpoint.tensors().get(0)))
          .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
      assertThat(checkpoint.sha256().get(file)).hasSize(64);
    }
  }

  @Test
  void aFileThatChangesAfterwardsIsNotRead() throws IOException {
    Path file = weights("model.safetensors");
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      TensorInfo tensor = checkpoint.tensors().get(0);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(20);
      }
      String message =
          "model.safetensors: has changed since it was opened:"
              + " start again when nothing writes to it";
      assertThatThrownBy(() -> checkpoint.map(tensor)).hasMessage(message);
      assertThatThrownBy(checkpoint::fingerprint).hasMessage(message);
      assertThatThrownBy(() -> checkpoint.contentSha256(tensor)).hasMessage(message);
      Files.delete(file);
      assertThatThrownBy(() -> checkpoint.map(tensor))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith("model.safetensors: does not exist");
    }
  }

  @Test
  void tensorsOfAnotherCheckpointAreRefused() {
    try (Checkpoint a = Checkpoint.open(weights("a.safetensors"));
        Checkpoint b = Checkpoint.open(weights("b.safetensors"))) {
      TensorInfo foreign = b.tensors().get(0);
      assertThatThrownBy(() -> a.map(foreign))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("'w' is not a tensor of checkpoint a");
    }
  }

  @Test
  void closingEndsWhatIsOpen() {
    Checkpoint checkpoint = Checkpoint.open(weights("model.safetensors"));
    TensorInfo tensor = checkpoint.tensors().get(0);
    TensorData data = checkpoint.map(tensor);
    checkpoint.close();
    checkpoint.close();
    assertThatThrownBy(() -> data.read(0, new double[2], 0, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("w is closed");
    assertThatThrownBy(() -> checkpoint.map(tensor))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("checkpoint my_model is closed");
  }

  @Test
  void shapesOfTensors() {
    String header =
        "{"
            + HandMade.entry("scalar", "F32", "[]", 0, 4)
            + ","
            + HandMade.entry("empty", "F32", "[0,5]", 4, 4)
            + ","
            + HandMade.entry("matrix", "F32", "[1,2]", 4, 12)
            + "}";
    HandMade.file(folder, "model.safetensors", header, new byte[12]);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      TensorInfo scalar = checkpoint.tensor("scalar").orElseThrow();
      assertThat(scalar.count()).isEqualTo(1);
      assertThat(scalar.rank()).isZero();
      assertThatThrownBy(scalar::rows)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("scalar has shape [], expected two dimensions");
      TensorInfo matrix = checkpoint.tensor("matrix").orElseThrow();
      assertThat(matrix.rows()).isEqualTo(1);
      assertThat(matrix.columns()).isEqualTo(2);
      assertThat(matrix.byteLength()).isEqualTo(8);
      TensorInfo empty = checkpoint.tensor("empty").orElseThrow();
      assertThat(empty.count()).isZero();
      try (TensorData data = checkpoint.map(empty)) {
        data.read(0, new double[0], 0, 0);
      }
    }
  }
}
