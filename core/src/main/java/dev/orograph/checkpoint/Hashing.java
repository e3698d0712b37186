package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * SHA-256 of files, of parts of files, and of a sample of a whole checkpoint.
 *
 * <p>The sample of {@link #fingerprint} is, for each weight file in order: its name, its size, the
 * bytes that say what it holds (header, pickle, directory of an archive), {@value #BLOCKS} blocks
 * of {@value #BLOCK} bytes evenly spaced over the file (all of it where that is no more), and
 * {@value #MIDDLE} bytes from the middle of each tensor; then the named extra files in full. Each
 * part is preceded by its length. So a change of a name, a shape, a setting or of any tensor as a
 * whole shows; a change of single weights may not: the hash of {@link #file} sees those.
 */
public final class Hashing {
  static final int BLOCKS = 64;
  static final int BLOCK = 4096;
  static final int MIDDLE = 1024;

  private static final int BUFFER = 1 << 20;

  private Hashing() {}

  /** SHA-256 of a whole file, as 64 hexadecimal digits. */
  public static String file(Path file) {
    try (ReadAt bytes = ReadAt.open(file)) {
      MessageDigest digest = sha256();
      update(digest, bytes, 0, bytes.size());
      return hex(digest);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  /** SHA-256 of the bytes of a tensor, in the order of its elements. */
  static String tensor(TensorData tensor) {
    MessageDigest digest = sha256();
    long length = tensor.info().byteLength();
    byte[] buffer = new byte[(int) Math.min(BUFFER, length)];
    for (long at = 0; at < length; at += buffer.length) {
      int n = (int) Math.min(buffer.length, length - at);
      tensor.readRaw(at, buffer, 0, n);
      digest.update(buffer, 0, n);
    }
    return hex(digest);
  }

  /** SHA-256 over a sample of the weight files and over all of the extra ones. */
  static String fingerprint(List<WeightFile> files, Map<String, byte[]> extra) {
    MessageDigest digest = sha256();
    for (WeightFile file : files) {
      part(digest, file.file().getFileName().toString().getBytes(StandardCharsets.UTF_8));
      try (ReadAt bytes = ReadAt.open(file.file())) {
        sample(digest, bytes, file);
      } catch (IOException e) {
        throw InputException.unreadable(file.file(), e);
      }
    }
    parts(digest, extra);
    return hex(digest);
  }

  /** SHA-256 over names and what they hold, in the order of the map. */
  public static String parts(Map<String, byte[]> parts) {
    MessageDigest digest = sha256();
    parts(digest, parts);
    return hex(digest);
  }

  private static void parts(MessageDigest digest, Map<String, byte[]> parts) {
    parts.forEach(
        (name, bytes) -> {
          part(digest, name.getBytes(StandardCharsets.UTF_8));
          part(digest, bytes);
        });
  }

  private static void sample(MessageDigest digest, ReadAt bytes, WeightFile file)
      throws IOException {
    long size = file.stamp().size();
    number(digest, size);
    for (WeightFile.Range head : file.heads()) {
      number(digest, head.end() - head.begin());
      update(digest, bytes, head.begin(), head.end());
    }
    if (size <= (long) BLOCKS * BLOCK) {
      update(digest, bytes, 0, size);
      return;
    }
    for (int i = 0; i < BLOCKS; i++) {
      long from = (size - BLOCK) / (BLOCKS - 1) * i;
      update(digest, bytes, from, from + BLOCK);
    }
    for (TensorInfo tensor : file.tensors()) {
      long stored = tensor.end() - tensor.begin();
      long length = Math.min(MIDDLE, stored);
      long from = tensor.begin() + (stored - length) / 2;
      update(digest, bytes, from, from + length);
    }
  }

  private static void update(MessageDigest digest, ReadAt bytes, long from, long to)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, to - from));
    long at = from;
    while (at < to) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
      int n = bytes.read(buffer, at);
      if (n < 0) {
        throw new IOException("the file became shorter while it was read");
      }
      digest.update(buffer.flip());
      at += n;
    }
  }

  private static void part(MessageDigest digest, byte[] bytes) {
    number(digest, bytes.length);
    digest.update(bytes);
  }

  private static void number(MessageDigest digest, long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
