package dev.orograph.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Safetensors files put together byte by byte, so that any rule of the format can be broken. */
final class HandMade {
  private HandMade() {}

  /** A file with the true length of this header before it. */
  static Path file(Path folder, String name, String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return file(folder, name, json.length, json, data);
  }

  /** A file with any number in its length field. */
  static Path file(Path folder, String name, long length, byte[] header, byte[] data) {
    byte[] bytes =
        ByteBuffer.allocate(8 + header.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put(header)
            .put(data)
            .array();
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file with one tensor of these bytes. */
  static Path tensor(Path folder, String name, DType dtype, String shape, byte[] data) {
    String header = "{" + entry("t", dtype.name(), shape, 0, data.length) + "}";
    return file(folder, name, header, data);
  }

  /** One tensor of a header. */
  static String entry(String name, String dtype, String shape, long begin, long end) {
    return String.format(
        Locale.ROOT,
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
        name,
        dtype,
        shape,
        begin,
        end);
  }
}
