package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch wrote; see formats/make.py. */
class TorchArchiveTest {
  @TempDir Path folder;

  private static void refused(String name, String message) {
    assertThatThrownBy(() -> Checkpoint.open(Fixtures.file(name)))
        .isInstanceOf(InputException.class)
        .hasMessage(name + ": " + message);
  }

  @Test
  void everyType() {
    Map<String, DType> types =
        Map.of(
            "float64", DType.F64,
            "float32", DType.F32,
            "float16", DType.F16,
            "bfloat16", DType.BF16,
            "int64", DType.I64,
            "int32", DType.I32,
            "int16", DType.I16,
            "int8", DType.I8,
            "uint8", DType.U8,
            "bool", DType.BOOL);
    try (Checkpoint c = Checkpoint.open(Fixtures.file("types.pt"))) {
      assertThat(c.tensors()).hasSize(types.size());
      types.forEach(
          (name, dtype) -> {
            TensorInfo info = c.tensor(name).orElseThrow();
            assertThat(info.dtype()).isEqualTo(dtype);
            assertThat(info.shape()).containsExactly(3L, 5L);
            double[] expected = Fixtures.values(15);
            for (int i = 0; i < expected.length; i++) {
              expected[i] =
                  switch (name) {
                    case "uint8" -> i;
                    case "bool" -> expected[i] == 0 ? 0 : 1;
                    default -> dtype.floating() ? expected[i] : (long) expected[i];
                  };
            }
            assertThat(Fixtures.doubles(c, name)).as(name).isEqualTo(expected);
          });
    }
  }

  @Test
  void viewsOfSharedStorages() {
    double[] base = Fixtures.values(24);
    try (Checkpoint c = Checkpoint.open(Fixtures.file("views.pt"))) {
      assertThat(c.aliases()).isEqualTo(Map.of("tied.b", "tied.a"));
      assertThat(c.tensor("tied.b")).isEqualTo(c.tensor("tied.a")).isPresent();
      assertThat(Fixtures.doubles(c, "tied.a")).isEqualTo(Fixtures.values(15));
      assertThat(c.tensor("transposed").orElseThrow().shape()).containsExactly(6L, 4L);
      double[] transposed = new double[24];
      for (int i = 0; i < 24; i++) {
        transposed[i] = base[i % 4 * 6 + i / 4];
      }
      assertThat(Fixtures.doubles(c, "transposed")).isEqualTo(transposed);
      assertThat(Fixtures.doubles(c, "rows")).isEqualTo(Arrays.copyOfRange(base, 6, 18));
      assertThat(Fixtures.doubles(c, "column"))
          .isEqualTo(new double[] {base[2], base[8], base[14], base[20]});
      assertThat(Fixtures.doubles(c, "every.other"))
          .isEqualTo(new double[] {base[0], base[3], base[12], base[15]});
      double[] permuted = new double[24];
      for (int k = 0; k < 4; k++) {
        for (int i = 0; i < 2; i++) {
          for (int j = 0; j < 3; j++) {
            permuted[(k * 2 + i) * 3 + j] = base[(i * 3 + j) * 4 + k];
          }
        }
      }
      assertThat(c.tensor("permuted").orElseThrow().shape()).containsExactly(4L, 2L, 3L);
      assertThat(Fixtures.doubles(c, "permuted")).isEqualTo(permuted);
      assertThat(c.tensor("scalar").orElseThrow().shape()).isEmpty();
      assertThat(Fixtures.doubles(c, "scalar")).containsExactly(2.5);
      assertThat(c.tensor("empty").orElseThrow().count()).isZero();
    }
  }

  @Test
  void bytesOfAViewAreInTheOrderOfItsElements() {
    try (Checkpoint c = Checkpoint.open(Fixtures.file("views.pt"))) {
      TensorInfo transposed = c.tensor("transposed").orElseThrow();
      byte[] raw = new byte[(int) transposed.byteLength()];
      try (TensorData data = c.map(transposed)) {
        data.readRaw(0, raw, 0, raw.length);
        assertThat(raw).isEqualTo(Fixtures.floats(c, transposed));
        byte[] middle = new byte[9];
        data.readRaw(7, middle, 0, 9);
        assertThat(middle).isEqualTo(Arrays.copyOfRange(raw, 7, 16));
      }
      // A part of a view: its second half, by rows.
      TensorInfo half = transposed.part("half", List.of(3L, 4L), 12, 12, 12);
      try (TensorData data = c.map(half)) {
        double[] values = new double[12];
        data.read(0, values, 0, 12);
        assertThat(values).isEqualTo(Arrays.copyOfRange(Fixtures.doubles(c, "transposed"), 12, 24));
      }
      assertThat(c.contentSha256(transposed)).hasSize(64);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"training.pth", "protocol4.pt"})
  void theStateOfATrainingRun(String name) {
    try (Checkpoint c = Checkpoint.open(Fixtures.file(name))) {
      assertThat(c.tensors().stream().map(TensorInfo::name))
          .containsExactly(
              "0.bias",
              "0.weight",
              "1.bias",
              "1.num_batches_tracked",
              "1.running_mean",
              "1.running_var",
              "1.weight");
      assertThat(c.leftOut())
          .containsExactly(name + ": 'epoch', 'optimizer', 'best', 'name', 'big', 'shape'");
      assertThat(Fixtures.doubles(c, "0.weight")).isEqualTo(Fixtures.values(6));
      assertThat(Fixtures.doubles(c, "1.num_batches_tracked")).containsExactly(1);
      assertThat(c.fingerprint()).hasSize(64);
    }
  }

  @Test
  void oneTensorIsCalledAfterItsFile() {
    try (Checkpoint c = Checkpoint.open(Fixtures.file("bare.pt"))) {
      assertThat(c.tensors().get(0).shape()).containsExactly(2L, 4L);
      assertThat(Fixtures.doubles(c, "bare")).isEqualTo(Fixtures.values(8));
    }
  }

  /** The same tensors as types.pt, in the form before PyTorch 1.6. */
  @Test
  void theFormBeforePyTorch16() throws IOException {
    try (Checkpoint c = Checkpoint.open(Fixtures.file("legacy.pt"));
        Checkpoint zip = Checkpoint.open(Fixtures.file("types.pt"))) {
      assertThat(c.tensors()).hasSameSizeAs(zip.tensors());
      for (TensorInfo t : zip.tensors()) {
        assertThat(c.tensor(t.name()).orElseThrow().dtype()).isEqualTo(t.dtype());
        assertThat(Fixtures.doubles(c, t.name())).isEqualTo(Fixtures.doubles(zip, t.name()));
      }
    }
    byte[] whole = Files.readAllBytes(Fixtures.file("legacy.pt"));
    for (int cut = 1; cut < whole.length; cut += 7) {
      Path file = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(whole, whole.length - cut));
      assertThatThrownBy(() -> Checkpoint.open(file)).isInstanceOf(InputException.class);
    }
    Path longer = Files.write(folder.resolve("more.pt"), Arrays.copyOf(whole, whole.length + 8));
    assertThatThrownBy(() -> Checkpoint.open(longer))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("must end with its last storage");
  }

  @Test
  void whatIsNoPlainTensorIsRefusedByName() {
    refused(
        "quantised.pt",
        "'q' must be a plain tensor but is quantised: save it dequantised: tensor.dequantize()");
    refused(
        "complex.pt",
        "'c' must be of a type that is read but is in a torch.ComplexFloatStorage:"
            + " convert it: tensor.float(), or view_as_real of complex numbers");
    refused(
        "expanded.pt",
        "'e' must not have more elements than its storage, 1, but has 1,000: some are repeated:"
            + " save a copy: tensor.clone()");
    refused(
        "script.pt",
        "must hold a state_dict but is a TorchScript program:"
            + " save the state_dict of torch.jit.load with torch.save");
  }

  /** The format follows from the content, so a wrong ending is fine. */
  @Test
  void endingsDoNotMatter() throws IOException {
    Path wrong = Files.copy(Fixtures.file("bare.pt"), folder.resolve("x.safetensors"));
    try (Checkpoint c = Checkpoint.open(wrong)) {
      assertThat(Fixtures.doubles(c, "x")).isEqualTo(Fixtures.values(8));
    }
    Path other = HandMade.tensor(folder, "y.pt", DType.U8, "[2]", new byte[] {3, 4});
    try (Checkpoint c = Checkpoint.open(other)) {
      assertThat(Fixtures.doubles(c, "t")).containsExactly(3, 4);
    }
  }

  @Test
  void shardsAndTheirIndex() throws IOException {
    String one = "pytorch_model-00001-of-00002.bin";
    String two = "pytorch_model-00002-of-00002.bin";
    Files.copy(Fixtures.file("types.pt"), folder.resolve(one));
    Files.copy(Fixtures.file("views.pt"), folder.resolve(two));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .hasMessageContaining("has shards without their pytorch_model.bin.index.json: " + one);
    Files.writeString(
        folder.resolve("pytorch_model.bin.index.json"),
        "{\"weight_map\":{\"float32\":\""
            + one
            + "\",\"tied.a\":\""
            + two
            + "\",\"tied.b\":\""
            + two
            + "\"}}");
    try (Checkpoint c = Checkpoint.open(folder)) {
      assertThat(c.files()).containsExactly(folder.resolve(one), folder.resolve(two));
      assertThat(c.aliases()).containsEntry("tied.b", "tied.a");
      assertThat(c.unindexed()).contains("bool", "rows").doesNotContain("tied.a", "float32");
    }
  }

  @Test
  void whichFileOfAFolder() throws IOException {
    Files.copy(Fixtures.file("bare.pt"), folder.resolve("b.pt"));
    Files.createFile(folder.resolve("training_args.bin"));
    Files.createFile(folder.resolve("optimizer.pt"));
    try (Checkpoint c = Checkpoint.open(folder)) {
      assertThat(c.files()).containsExactly(folder.resolve("b.pt"));
    }
    Files.copy(Fixtures.file("blocks.gguf"), folder.resolve("a.gguf"));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "must hold one checkpoint but has several: a.gguf, b.pt: name one of them");
    Files.copy(Fixtures.file("types.pt"), folder.resolve("pytorch_model.bin"));
    try (Checkpoint c = Checkpoint.open(folder)) {
      assertThat(c.files()).containsExactly(folder.resolve("pytorch_model.bin"));
      assertThat(c.passedOver()).isEqualTo("a.gguf, b.pt");
    }
    HandMade.tensor(folder, "x.safetensors", DType.U8, "[2]", new byte[] {3, 4});
    try (Checkpoint c = Checkpoint.open(folder)) {
      assertThat(c.files()).containsExactly(folder.resolve("x.safetensors"));
    }
  }

  @Test
  void fingerprintsFollowTheContent() throws IOException {
    Path file = Files.copy(Fixtures.file("types.pt"), folder.resolve("m.pt"));
    String before;
    try (Checkpoint c = Checkpoint.open(file)) {
      before = c.fingerprint();
    }
    byte[] bytes = Files.readAllBytes(file);
    try (Checkpoint c = Checkpoint.open(file)) {
      bytes[(int) c.tensor("float32").orElseThrow().begin()] ^= 1;
    }
    Files.write(file, bytes);
    try (Checkpoint c = Checkpoint.open(file)) {
      assertThat(c.fingerprint()).isNotEqualTo(before);
    }
  }
}
