package dev.orograph.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where names of models lead, in caches made by hand as huggingface_hub describes them. */
class HubCacheTest {
  private static final String A = "aaaa1111".repeat(5);
  private static final String B = "aaaa2222".repeat(5);

  @TempDir private Path dir;

  private HubCache cache() {
    return new HubCache(dir.resolve("hub"));
  }

  /** A model with these snapshots, {@code main} at the first. */
  private Path model(String folder, String... commits) throws IOException {
    Path entry = dir.resolve("hub").resolve(folder);
    for (String commit : commits) {
      Files.createDirectories(entry.resolve("snapshots").resolve(commit));
    }
    Files.createDirectories(entry.resolve("refs"));
    Files.writeString(entry.resolve("refs/main"), commits[0]);
    return entry;
  }

  private String refusal(String given) {
    try {
      cache().locate(Path.of(given));
    } catch (InputException e) {
      return e.getMessage();
    }
    throw new AssertionError(given + " was not refused");
  }

  @ParameterizedTest
  @CsvSource({
    "HF_HUB_CACHE=/c HF_HOME=/h XDG_CACHE_HOME=/x HOME=/u, /c",
    "HF_HOME=/h XDG_CACHE_HOME=/x HOME=/u, /h/hub",
    "HF_HUB_CACHE= HF_HOME= XDG_CACHE_HOME=/x HOME=/u, /x/huggingface/hub",
    "HOME=/u, /u/.cache/huggingface/hub",
    "HF_HUB_CACHE=~/c HOME=/u, /u/c",
    "HF_HOME=~ HOME=/u, /u/hub"
  })
  void theEnvironmentNamesTheCache(String environment, String root) {
    Map<String, String> variables = new java.util.HashMap<>();
    for (String pair : environment.split(" ", -1)) {
      variables.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    assertThat(HubCache.of(variables).root()).isEqualTo(Path.of(root).toAbsolutePath());
  }

  @Test
  void withoutAnythingItIsTheUsersOwn() {
    assertThat(HubCache.of(Map.of()).root())
        .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "huggingface", "hub"));
  }

  @Test
  void namesLeadToSnapshots() throws IOException {
    Path entry = model("models--org--model", A, B);
    Files.createDirectories(entry.resolve("refs/refs/pr"));
    Files.writeString(entry.resolve("refs/refs/pr/1"), B + "\n");
    Path a = entry.resolve("snapshots").resolve(A);
    Path b = entry.resolve("snapshots").resolve(B);
    assertThat(cache().locate(Path.of("org/model"))).isEqualTo(a);
    assertThat(cache().locate(Path.of("org/model@main"))).isEqualTo(a);
    assertThat(cache().locate(Path.of("org/model@refs/pr/1"))).isEqualTo(b);
    assertThat(cache().locate(Path.of("org/model@" + B))).isEqualTo(b);
    assertThat(cache().locate(Path.of("org/model@aaaa2"))).isEqualTo(b);
    assertThat(cache().locate(Path.of("models--org--model")))
        .isEqualTo(Path.of("models--org--model"));
    assertThat(cache().locate(Path.of("gpt2"))).isEqualTo(Path.of("gpt2"));
    model("models--gpt2", A);
    assertThat(cache().locate(Path.of("gpt2")).toString()).endsWith(A);
  }

  @Test
  void whatExistsIsAPath() throws IOException {
    model("models--org--model", A);
    Path existing = Files.createDirectories(dir.resolve("org/model"));
    assertThat(cache().locate(existing)).isEqualTo(existing);
    for (String path : new String[] {"./org/model", "/org/model", "a/b/c", "..", ""}) {
      assertThat(cache().locate(Path.of(path))).isEqualTo(Path.of(path));
    }
  }

  @Test
  void aMissingModelIsToldWithItsRemedyAndItsNeighbours() throws IOException {
    assertThat(refusal("org/model"))
        .isEqualTo(
            "model: 'org/model' is no file or folder here, nor a model in the cache "
                + cache().root()
                + ": download it with 'orograph fetch org/model', or check the path");
    model("models--org--model-large", A);
    model("models--other--model", A);
    model("models--org--modle", A);
    model("models--org--unlike-it-at-all", A);
    Files.createDirectories(cache().root().resolve("datasets--org--model"));
    assertThat(refusal("org/model@v1"))
        .contains(
            "but near names in it are org/modle, ",
            "other/model",
            "org/model-large",
            "'orograph fetch org/model@v1'")
        .doesNotContain("unlike", "datasets");
  }

  @Test
  void aMissingRevisionIsToldWithThoseThatAreThere() throws IOException {
    Path entry = model("models--org--model", A, B);
    assertThat(refusal("org/model@v2"))
        .contains("the revision 'v2' is not in the cache but there are main, aaaa1111, aaaa2222")
        .endsWith("download it with 'orograph fetch org/model@v2'");
    assertThat(refusal("org/model@aaaa"))
        .contains("the revision 'aaaa' must name one commit but fits " + A + ", " + B)
        .endsWith("write more of the hash");
    Files.writeString(entry.resolve("refs/main"), "cccc3333".repeat(5));
    assertThat(refusal("org/model")).contains("none of its files are there", "orograph fetch");
    Files.delete(entry.resolve("refs/main"));
    assertThat(refusal("org/model")).contains("'main' is not in the cache but there are aaaa1111");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../../../../etc", "main", "aaaa1111", "<html>"})
  void aDamagedRefIsRefused(String content) throws IOException {
    Path entry = model("models--org--model", A);
    Files.writeString(entry.resolve("refs/main"), content);
    assertThat(refusal("org/model")).contains("main: must hold a commit hash but holds '");
  }

  @Test
  void linksOutOfTheModelsFolderAreRefused() throws IOException {
    Path entry = model("models--org--model", A);
    Path other = model("models--org--other", B);
    Path outside = Files.createDirectories(dir.resolve("outside"));
    Files.createSymbolicLink(entry.resolve("snapshots").resolve(B), outside);
    assertThat(refusal("org/model@" + B)).contains("is a link that leads outside of it");
    Files.delete(entry.resolve("snapshots").resolve(B));
    Files.createSymbolicLink(
        entry.resolve("snapshots").resolve(B), other.resolve("snapshots").resolve(B));
    assertThat(refusal("org/model@" + B)).contains("is a link that leads outside of it");
    Files.writeString(outside.resolve("ref"), A);
    Files.createSymbolicLink(entry.resolve("refs/v1"), outside.resolve("ref"));
    assertThat(refusal("org/model@v1")).contains("is a link that leads outside of it");
  }

  @Test
  void aCheckpointOpensByItsNameThroughTheLinks() throws IOException {
    Path entry = model("models--org--model", A);
    Path blobs = Files.createDirectories(entry.resolve("blobs"));
    Path snapshot = entry.resolve("snapshots").resolve(A);
    SafetensorsWriter.write(
        blobs.resolve("b1"),
        Map.of(),
        List.of(SafetensorsWriter.Entry.of("a.weight", new float[] {1, 2, 3, 4}, 2, 2)));
    Files.writeString(blobs.resolve("b2"), "{\"model_type\":\"t5\"}");
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/b1"));
    Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/b2"));
    try (Checkpoint c = Checkpoint.open(cache().locate(Path.of("org/model")))) {
      assertThat(c.name()).isEqualTo("org--model");
      assertThat(c.tensors()).hasSize(1);
      assertThat(c.config()).isPresent();
    }
    Files.delete(snapshot.resolve("config.json"));
    Path secret = Files.writeString(dir.resolve("secret.json"), "{}");
    Files.createSymbolicLink(snapshot.resolve("config.json"), secret);
    assertThatThrownBy(() -> Checkpoint.open(cache().locate(Path.of("org/model"))))
        .hasMessageContaining("is a link that leads outside of it");
  }
}
