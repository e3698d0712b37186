package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tensor of 5 GiB in a sparse file, which costs no disk, at an odd offset. */
class LargeFileTest {
  private static final long GIB = 1L << 30;
  private static final long COUNT = 5 * GIB / 2 + 3;

  @TempDir Path folder;

  private Path sparse() throws IOException {
    Path file = folder.resolve("large.safetensors");
    String header = "{" + HandMade.entry("big", "BF16", "[" + COUNT + "]", 0, 2 * COUNT) + "}";
    String padded = header.length() % 2 == 0 ? header + " " : header;
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.writeLong(Long.reverseBytes(padded.length()));
      out.write(padded.getBytes(StandardCharsets.UTF_8));
      long start = out.getFilePointer();
      out.setLength(start + 2 * COUNT);
      for (long element : new long[] {0, GIB / 2 - 1, GIB / 2, GIB - 1, GIB, 2 * GIB, COUNT - 1}) {
        out.seek(start + 2 * element);
        out.writeShort(Short.reverseBytes((short) (0x3F80 + element % 127)));
      }
    }
    return file;
  }

  @Test
  void elementsEitherSideOfEveryWindowBorder() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(sparse())) {
      TensorInfo info = checkpoint.tensors().get(0);
      assertThat(info.count()).isEqualTo(COUNT);
      assertThat(info.begin() % 2).isEqualTo(1);
      try (TensorData data = checkpoint.map(info)) {
        for (long element : new long[] {GIB / 2 - 1, GIB / 2, GIB - 1, GIB, 2 * GIB}) {
          double[] doubles = new double[5];
          data.read(element - 2, doubles, 0, 5);
          assertThat(doubles[2]).isEqualTo(1 + (element % 127) / 128.0);
          short[] raw = new short[1];
          data.readRaw(element, raw, 0, 1);
          assertThat(raw[0]).isEqualTo((short) (0x3F80 + element % 127));
        }
        double[] across = new double[4];
        data.read(GIB - 2, across, 0, 4);
        assertThat(across)
            .containsExactly(0, 1 + ((GIB - 1) % 127) / 128.0, 1 + (GIB % 127) / 128.0, 0);
        float[] last = new float[2];
        data.read(COUNT - 2, last, 0, 2);
        assertThat(last).containsExactly(0, (float) (1 + ((COUNT - 1) % 127) / 128.0));
        byte[] bytes = new byte[2];
        data.readRaw(2 * COUNT - 2, bytes, 0, 2);
        assertThat(bytes[1]).isEqualTo((byte) 0x3F);
      }
    }
  }

  /** What lies between the places that it reads changes nothing. */
  @Test
  void aFingerprintReadsOnlyASample() throws IOException {
    Path file = sparse();
    String before;
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      before = checkpoint.fingerprint();
    }
    assertThat(before).hasSize(64);
    byte[] other = new byte[1 << 20];
    Arrays.fill(other, (byte) 0x3F);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      // Samples are 5 GiB / 63 = 81 MiB apart.
      for (int i = 0; i < 8; i++) {
        out.seek(out.length() / 63 * (7L * i) + (20 << 20));
        out.write(other);
      }
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.fingerprint()).isEqualTo(before);
    }
  }
}
