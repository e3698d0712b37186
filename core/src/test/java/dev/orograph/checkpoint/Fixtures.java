package dev.orograph.checkpoint;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** The small files that {@code formats/make.py} made, and what their tensors hold. */
final class Fixtures {
  private Fixtures() {}

  static Path file(String name) {
    URL url = Fixtures.class.getResource("/formats/" + name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All elements of a tensor. */
  static double[] doubles(Checkpoint checkpoint, String name) {
    TensorInfo info = checkpoint.tensor(name).orElseThrow();
    double[] values = new double[Math.toIntExact(info.count())];
    try (TensorData data = checkpoint.map(info)) {
      data.read(0, values, 0, values.length);
    }
    return values;
  }

  /** All elements of a tensor as little-endian float32. */
  static byte[] floats(Checkpoint checkpoint, TensorInfo info) {
    float[] values = new float[Math.toIntExact(info.count())];
    try (TensorData data = checkpoint.map(info)) {
      data.read(0, values, 0, values.length);
    }
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** {@code (i mod 17 - 8) / 4}: what make.py puts where it puts nothing else. */
  static double[] values(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = (i % 17 - 8) / 4.0;
    }
    return values;
  }
}
