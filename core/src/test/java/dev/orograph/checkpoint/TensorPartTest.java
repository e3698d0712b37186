package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A part of a stored tensor is read as the plain definition of its blocks says. */
class TensorPartTest {
  private static final int STORED = 1200;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(value = DType.class, mode = EnumSource.Mode.MATCH_NONE, names = "Q.*")
  void everyElementOfEveryTypeInWindowsOfAnySize(DType dtype) {
    int size = dtype.bytes();
    byte[] bytes = new byte[STORED * size];
    new Random(11).nextBytes(bytes);
    Path file = HandMade.tensor(folder, dtype + ".safetensors", dtype, "[" + STORED + "]", bytes);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      TensorInfo whole = checkpoint.tensors().get(0);
      Random random = new Random(3);
      for (int round = 0; round < 40; round++) {
        int run = 1 + random.nextInt(30);
        int stride = run + random.nextInt(20);
        int start = random.nextInt(50);
        int blocks = 1 + random.nextInt((STORED - start - run) / stride);
        int count = run * blocks;
        TensorInfo part = whole.part("p", List.of((long) blocks, (long) run), start, run, stride);
        int from = random.nextInt(count);
        int length = random.nextInt(count - from + 1);
        try (TensorData data = new TensorData(part, 4 + random.nextInt(9), closed -> {})) {
          double[] doubles = new double[length + 1];
          float[] floats = new float[length + 1];
          data.read(from, doubles, 1, length);
          data.read(from, floats, 1, length);
          double[] expectedDoubles = new double[length + 1];
          float[] expectedFloats = new float[length + 1];
          byte[] expected = new byte[length * size];
          for (int i = 0; i < length; i++) {
            int at = (start + (from + i) / run * stride + (from + i) % run) * size;
            System.arraycopy(bytes, at, expected, i * size, size);
            long bits = TensorDataTest.pattern(bytes, at, size);
            expectedDoubles[i + 1] = dtype.decode(bits);
            expectedFloats[i + 1] = dtype.decodeFloat(bits);
          }
          assertThat(doubles).isEqualTo(expectedDoubles);
          assertThat(floats).isEqualTo(expectedFloats);
          byte[] raw = new byte[length * size];
          data.readRaw((long) from * size, raw, 0, raw.length);
          assertThat(raw).isEqualTo(expected);
          assertThat(TensorDataTest.raw(data, size, from, length)).isEqualTo(expected);
          assertThatThrownBy(() -> data.read(0, new double[count + 1], 0, count + 1))
              .isInstanceOf(IndexOutOfBoundsException.class);
          assertThatThrownBy(() -> data.readRaw(1, new byte[count * size], 0, count * size))
              .isInstanceOf(IndexOutOfBoundsException.class);
        }
      }
    }
  }

  /** Of a tensor of 24 elements. */
  @ParameterizedTest
  @CsvSource({
    "4 6, 0, 6, 6",
    "24, 0, 1, 1",
    "4 2, 4, 2, 6",
    "1, 23, 1, 9223372036854775807",
    "2 3, 0, 3, 21"
  })
  void whatLiesWithin(String shape, long start, long run, long stride) {
    TensorInfo part = whole().part("p", sizes(shape), start, run, stride);
    assertThat(part.name()).isEqualTo("t[p]");
    assertThat(part.storedName()).isEqualTo("t");
    assertThat(part.count()).isEqualTo(sizes(shape).stream().reduce(1L, (a, b) -> a * b));
    assertThat(part.byteLength()).isEqualTo(4 * part.count());
  }

  @ParameterizedTest
  @CsvSource({
    "4 6, 1, 6, 6",
    "4 6, -1, 6, 6",
    "5 6, 0, 6, 6",
    "4 2, 5, 2, 6",
    "4 2, 0, 3, 6",
    "4 2, 0, 2, 1",
    "4 2, 0, 0, 6",
    "4 2, 0, -2, 6",
    "4 2, 0, 2, -6",
    "0 2, 0, 2, 6",
    "-4 -2, 0, 2, 6",
    "1, 24, 1, 1",
    "1, 9223372036854775807, 1, 1",
    "2 2, 0, 2, 9223372036854775807",
    "3 2, 0, 2, 9223372036854775807",
    "2 2, 9223372036854775807, 2, 2",
    "2, 0, 9223372036854775807, 9223372036854775807",
    "4611686018427387904, 0, 1, 1",
    "4294967296 4294967296, 0, 1, 1"
  })
  void whatDoesNotIsRefused(String shape, long start, long run, long stride) {
    assertThatThrownBy(() -> whole().part("p", sizes(shape), start, run, stride))
        .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
  }

  @Test
  void aPartHasNoParts() {
    TensorInfo part = whole().part("p", List.of(2L), 0, 1, 12);
    assertThatThrownBy(() -> part.part("q", List.of(1L), 0, 1, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("t[p] is a part already");
  }

  /** Only what the checkpoint stores is mapped, whatever a part says. */
  @Test
  void aPartOfAnotherTensorIsRefused() {
    Path file = HandMade.tensor(folder, "x.safetensors", DType.F32, "[24]", new byte[96]);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      TensorInfo own = checkpoint.tensors().get(0);
      checkpoint.map(own.part("p", List.of(2L), 0, 1, 12)).close();
      TensorInfo elsewhere =
          new TensorInfo("t", DType.F32, List.of(23L), file, own.begin(), own.end() - 4);
      assertThatThrownBy(() -> checkpoint.map(elsewhere.part("p", List.of(2L), 0, 1, 12)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'t[p]' is not a tensor of checkpoint");
    }
  }

  private static TensorInfo whole() {
    return new TensorInfo("t", DType.F32, List.of(24L), Path.of("x"), 100, 196);
  }

  private static List<Long> sizes(String shape) {
    return Arrays.stream(shape.split(" ", -1)).map(Long::valueOf).toList();
  }
}
