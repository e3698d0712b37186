package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Path file = folder.resolve("x.safetensors");
    SafetensorsWriter.write(
        file,
        Map.of("format", "pt"),
        List.of(
            Entry.of("b", DType.U8, new byte[] {9}, 1),
            Entry.of("a", new float[] {1, -2}, 2, 1),
            Entry.of("s", new double[] {0.5})));
    String json =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"s\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[16,17]}}";
    byte[] bytes = Files.readAllBytes(file);
    int padded = (json.length() + 7) / 8 * 8;
    assertThat((bytes[0] & 0xFF) + ((bytes[1] & 0xFF) << 8)).isEqualTo(padded);
    assertThat(new String(bytes, 8, padded, StandardCharsets.UTF_8))
        .isEqualTo(json + " ".repeat(padded - json.length()));
    assertThat(bytes).hasSize(8 + padded + 17).endsWith(9).endsWith(0, 0, 0, -64, 9);
    assertThat(names()).containsExactly("x.safetensors");
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Path file = folder.resolve("x.safetensors");
    double[] doubles = {Math.PI, -0.0, Double.NaN, Double.MAX_VALUE};
    float[] floats = {1.5f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY};
    long[] longs = {Long.MIN_VALUE, 7};
    SafetensorsWriter.write(
        file,
        Map.of("ü😀\n", "\u0000\"\\"),
        List.of(
            Entry.of("d.ü😀", doubles, 2, 2),
            Entry.of("f", floats, 3),
            Entry.of("l", longs, 2),
            Entry.of("e", new float[0], 0, 7)));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.metadata()).isEqualTo(Map.of("ü😀\n", "\u0000\"\\"));
      TensorInfo info = checkpoint.tensor("d.ü😀").orElseThrow();
      assertThat(info.shape()).containsExactly(2L, 2L);
      assertThat(info.begin() % 8).isZero();
      try (TensorData data = checkpoint.map(info)) {
        double[] back = new double[4];
        data.read(0, back, 0, 4);
        assertThat(back).isEqualTo(doubles);
      }
      try (TensorData data = checkpoint.map(checkpoint.tensor("f").orElseThrow())) {
        float[] back = new float[3];
        data.read(0, back, 0, 3);
        assertThat(back).isEqualTo(floats);
      }
      try (TensorData data = checkpoint.map(checkpoint.tensor("l").orElseThrow())) {
        long[] back = new long[2];
        data.readRaw(0, back, 0, 2);
        assertThat(back).isEqualTo(longs);
      }
    }
  }

  @Test
  void longTensorsAreStreamed() {
    Path file = folder.resolve("x.safetensors");
    int chunks = 300;
    Entry entry =
        new Entry(
            "big",
            DType.I32,
            List.of((long) chunks, 1024L),
            out -> {
              byte[] chunk = new byte[4096];
              for (int i = 0; i < chunks; i++) {
                chunk[0] = (byte) i;
                out.write(chunk);
              }
              out.close();
            });
    float[] floats = new float[100_000];
    floats[99_999] = 3;
    SafetensorsWriter.write(file, Map.of(), List.of(entry, Entry.of("f", floats, 100_000)));
    try (Checkpoint checkpoint = Checkpoint.open(file);
        TensorData big = checkpoint.map(checkpoint.tensor("big").orElseThrow());
        TensorData f = checkpoint.map(checkpoint.tensor("f").orElseThrow())) {
      double[] into = new double[1];
      big.read(299 * 1024, into, 0, 1);
      assertThat(into[0]).isEqualTo(299 - 256);
      f.read(99_999, into, 0, 1);
      assertThat(into[0]).isEqualTo(3);
    }
  }

  @Test
  void theSameTensorsGiveTheSameBytesInAnyOrder() throws IOException {
    Entry a = Entry.of("a", new float[] {1}, 1);
    Entry b = Entry.of("b", new float[] {2}, 1);
    SafetensorsWriter.write(folder.resolve("1"), Map.of("x", "1", "y", "2"), List.of(a, b));
    SafetensorsWriter.write(folder.resolve("2"), Map.of("y", "2", "x", "1"), List.of(b, a));
    assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
  }

  @Test
  void aFaultLeavesTheOldFileAndNoOther() throws IOException {
    Path file = folder.resolve("x.safetensors");
    SafetensorsWriter.write(file, Map.of(), List.of(Entry.of("a", new float[] {1}, 1)));
    byte[] before = Files.readAllBytes(file);
    Entry shorter = new Entry("a", DType.F32, List.of(2L), out -> out.write(new byte[7]));
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of(), List.of(shorter)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a needs 8 bytes for F32 [2], found 7");
    Entry broken =
        new Entry(
            "a",
            DType.F32,
            List.of(2L),
            out -> {
              throw new IOException("disk full");
            });
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of(), List.of(broken)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("x.safetensors: cannot be written but the system says: disk full")
        .hasRootCauseMessage("disk full");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(names()).containsExactly("x.safetensors");
  }

  @Test
  void entriesThatCannotBeReadAgainAreNotWritten() {
    assertThatThrownBy(() -> Entry.of("a", new float[3], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a needs 8 bytes for F32 [2], found 12");
    assertThatThrownBy(() -> Entry.of("__metadata__", new float[1], 1))
        .hasMessage("a tensor cannot have this name: __metadata__");
    assertThatThrownBy(() -> Entry.of("a\nb", new float[1], 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Entry.of("a", new float[1], -1, -1))
        .hasMessageContaining("negative size");
    Entry a = Entry.of("a", new float[1], 1);
    assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x"), Map.of(), List.of(a, a)))
        .hasMessage("two tensors are named a");
    assertThat(folder).isEmptyDirectory();
  }
}
