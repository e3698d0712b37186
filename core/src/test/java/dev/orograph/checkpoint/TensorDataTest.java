package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorDataTest {
  @TempDir Path folder;

  /** Bytes of count elements, every pattern of a short type among them. */
  private static byte[] patterns(DType dtype, int count) {
    byte[] bytes = new byte[count * dtype.bytes()];
    new Random(7).nextBytes(bytes);
    if (dtype.bytes() == 2) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < Math.min(count, 1 << 16); i++) {
        buffer.putShort(2 * i, (short) i);
      }
    }
    return bytes;
  }

  /** The pattern of the element at that byte. */
  static long pattern(byte[] bytes, int at, int size) {
    long bits = 0;
    for (int i = size - 1; i >= 0; i--) {
      bits = (bits << 8) | (bytes[at + i] & 0xFF);
    }
    return bits;
  }

  /** A file whose data starts at an odd byte. */
  private Path odd(DType dtype, byte[] bytes) {
    String header =
        "{"
            + HandMade.entry(
                "t", dtype.name(), "[" + bytes.length / dtype.bytes() + "]", 0, bytes.length)
            + "}";
    String padded = header.length() % 2 == 0 ? header + " " : header;
    return HandMade.file(folder, dtype + ".safetensors", padded, bytes);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, mode = EnumSource.Mode.MATCH_NONE, names = "Q.*")
  void everyElementOfEveryTypeAcrossWindowBordersAndUnaligned(DType dtype) {
    int count = 66_000;
    byte[] bytes = patterns(dtype, count);
    Path file = odd(dtype, bytes);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      TensorInfo info = checkpoint.tensors().get(0);
      assertThat(info.begin() % 2).isEqualTo(1);
      for (int windowBits : new int[] {4, 7, 12, 30}) {
        try (TensorData data = new TensorData(info, windowBits, closed -> {})) {
          double[] doubles = new double[count + 5];
          float[] floats = new float[count + 5];
          // Each window is mapped: of the smallest a few hundred cross as many borders.
          int end = windowBits < 12 ? 3000 : count;
          data.read(3, doubles, 5, end - 3);
          data.read(3, floats, 5, end - 3);
          for (int i = 3; i < end; i++) {
            long bits = pattern(bytes, i * dtype.bytes(), dtype.bytes());
            double expected = dtype.decode(bits);
            if (Double.compare(doubles[i + 2], expected) != 0
                || Float.compare(floats[i + 2], dtype.decodeFloat(bits)) != 0) {
              throw new AssertionError(dtype + " differs at " + i + ", windows of 2^" + windowBits);
            }
          }
          assertThat(Arrays.copyOf(doubles, 5)).containsOnly(0);
        }
      }
    }
  }

  @Test
  void rawPatternsAreTheBytesOfTheFile() {
    int count = 5000;
    for (DType dtype : DType.values()) {
      if (dtype.block() > 1) {
        continue; // No type of this format; see GgufTest.
      }
      byte[] bytes = patterns(dtype, count);
      try (Checkpoint checkpoint = Checkpoint.open(odd(dtype, bytes));
          TensorData data = new TensorData(checkpoint.tensors().get(0), 6, closed -> {})) {
        assertThat(raw(data, dtype.bytes(), 0, count)).isEqualTo(bytes);
        byte[] some = new byte[100];
        data.readRaw(33, some, 1, 99);
        assertThat(Arrays.copyOfRange(some, 1, 100)).isEqualTo(Arrays.copyOfRange(bytes, 33, 132));
      }
    }
  }

  /** Elements by the raw read of their size, as bytes. */
  static byte[] raw(TensorData data, int size, int from, int count) {
    ByteBuffer out = ByteBuffer.allocate(count * size).order(ByteOrder.LITTLE_ENDIAN);
    switch (size) {
      case 1 -> data.readRaw(from, out.array(), 0, count);
      case 2 -> {
        short[] into = new short[count];
        data.readRaw(from, into, 0, count);
        out.asShortBuffer().put(into);
      }
      case 4 -> {
        int[] into = new int[count];
        data.readRaw(from, into, 0, count);
        out.asIntBuffer().put(into);
      }
      default -> {
        long[] into = new long[count];
        data.readRaw(from, into, 0, count);
        out.asLongBuffer().put(into);
      }
    }
    return out.array();
  }

  @Test
  void rawReadsAreForTypesOfTheirSize() {
    Path file = HandMade.tensor(folder, "x.safetensors", DType.F32, "[2]", new byte[8]);
    try (Checkpoint checkpoint = Checkpoint.open(file);
        TensorData data = checkpoint.map(checkpoint.tensors().get(0))) {
      assertThatThrownBy(() -> data.readRaw(0, new short[1], 0, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("t is F32, expected a type of 2 bytes");
      assertThatThrownBy(() -> data.readRaw(0, new long[1], 0, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("t is F32, expected a type of 8 bytes");
    }
    Path half = HandMade.tensor(folder, "y.safetensors", DType.F16, "[2]", new byte[4]);
    try (Checkpoint checkpoint = Checkpoint.open(half);
        TensorData data = checkpoint.map(checkpoint.tensors().get(0))) {
      assertThatThrownBy(() -> data.readRaw(0, new int[1], 0, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("t is F16, expected a type of 4 bytes");
    }
  }

  @Test
  void indicesOutsideAreRefused() {
    Path file = HandMade.tensor(folder, "x.safetensors", DType.F32, "[2]", new byte[8]);
    try (Checkpoint checkpoint = Checkpoint.open(file);
        TensorData data = checkpoint.map(checkpoint.tensors().get(0))) {
      double[] into = new double[4];
      assertThatThrownBy(() -> data.read(-1, into, 0, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> data.read(1, into, 0, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> data.read(0, into, 3, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> data.read(0, into, 0, -1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> data.read(Long.MAX_VALUE, into, 0, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> data.readRaw(8, new byte[1], 0, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      data.read(2, into, 4, 0);
    }
  }

  @Test
  void float64NarrowsToNearestEven() {
    double[] values = {1 + 0x1p-24, 1 + 3 * 0x1p-24, 1e300, -1e-300, Double.NaN, 0.1};
    Path file = folder.resolve("x.safetensors");
    SafetensorsWriter.write(
        file, Map.of(), List.of(SafetensorsWriter.Entry.of("t", values, values.length)));
    try (Checkpoint checkpoint = Checkpoint.open(file);
        TensorData data = checkpoint.map(checkpoint.tensors().get(0))) {
      float[] floats = new float[values.length];
      data.read(0, floats, 0, values.length);
      assertThat(floats)
          .containsExactly(1, 1 + 0x1p-22f, Float.POSITIVE_INFINITY, -0.0f, Float.NaN, 0.1f);
    }
  }

  @Test
  void float32PatternsSurviveEvenSignallingNaN() {
    byte[] bytes = {1, 0, (byte) 0xA0, 0x7F, 1, 0, 0, (byte) 0x80};
    Path file = HandMade.tensor(folder, "x.safetensors", DType.F32, "[2]", bytes);
    try (Checkpoint checkpoint = Checkpoint.open(file);
        TensorData data = checkpoint.map(checkpoint.tensors().get(0))) {
      float[] floats = new float[2];
      data.read(0, floats, 0, 2);
      assertThat(Float.floatToRawIntBits(floats[0])).isEqualTo(0x7FA00001);
      assertThat(floats[1]).isEqualTo(-Float.MIN_VALUE);
    }
  }

  @Test
  void closingGivesTheAddressesBack() throws IOException {
    assumeTrue(
        Files.isReadable(Path.of("/proc/self/maps")), "only Linux lists a process's mappings");
    Path file = HandMade.tensor(folder, "maps.safetensors", DType.U8, "[9]", new byte[9]);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      TensorData data = checkpoint.map(checkpoint.tensors().get(0));
      assertThat(Files.readString(Path.of("/proc/self/maps"))).contains("maps.safetensors");
      data.close();
      data.close();
      assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain("maps.safetensors");
      assertThatThrownBy(() -> data.read(0, new double[1], 0, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("t is closed");
    }
  }

  @Test
  void manyThreadsMapReadAndClose() throws Exception {
    double[] values = new Random(1).doubles(100_000).toArray();
    double sum = Arrays.stream(values).sum();
    Path file = folder.resolve("x.safetensors");
    SafetensorsWriter.write(
        file, Map.of(), List.of(SafetensorsWriter.Entry.of("t", values, values.length)));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      List<Future<Double>> sums = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        sums.add(
            threads.submit(
                () -> {
                  try (TensorData data = checkpoint.map(checkpoint.tensors().get(0))) {
                    double[] into = new double[values.length];
                    data.read(0, into, 0, into.length);
                    return Arrays.stream(into).sum();
                  }
                }));
      }
      for (Future<Double> found : sums) {
        assertThat(found.get()).isEqualTo(sum);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closingWhileOthersReadIsAnExceptionAndNoCrash() throws Exception {
    Path file =
        HandMade.tensor(folder, "x.safetensors", DType.F16, "[65536]", patterns(DType.F16, 65536));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicLong reads = new AtomicLong();
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      for (int round = 0; round < 50; round++) {
        TensorData data = checkpoint.map(checkpoint.tensors().get(0));
        List<Future<String>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          readers.add(
              threads.submit(
                  () -> {
                    float[] into = new float[65536];
                    while (true) {
                      try {
                        data.read(0, into, 0, into.length);
                        reads.incrementAndGet();
                      } catch (IllegalStateException e) {
                        return e.getMessage();
                      }
                    }
                  }));
        }
        long before = reads.get();
        while (reads.get() < before + 2) {
          Thread.onSpinWait();
        }
        data.close();
        for (Future<String> reader : readers) {
          assertThat(reader.get()).isEqualTo("t is closed");
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(reads.get()).isPositive();
  }

  @Test
  void anInterruptedThreadDoesNotSpoilTheCheckpointForOthers() throws Exception {
    Path file = HandMade.tensor(folder, "x.safetensors", DType.U8, "[1]", new byte[] {5});
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      TensorInfo tensor = checkpoint.tensors().get(0);
      Thread.currentThread().interrupt();
      try {
        checkpoint.map(tensor).close();
      } catch (java.io.UncheckedIOException e) {
        assertThat(e).hasMessage("interrupted while reading x.safetensors");
      }
      assertThat(Thread.interrupted()).isTrue();
      try (TensorData data = checkpoint.map(tensor)) {
        double[] into = new double[1];
        data.read(0, into, 0, 1);
        assertThat(into[0]).isEqualTo(5);
      }
    }
  }
}
