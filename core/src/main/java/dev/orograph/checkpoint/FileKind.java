package dev.orograph.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What often stands where a safetensors file should be, known by its first bytes.
 *
 * @param what a noun phrase for the message
 * @param remedy what to do about it
 */
record FileKind(String what, String remedy) {
  /** How many first bytes {@link #of} looks at. */
  static final int BYTES = 32;

  /** The kind of file that starts so, if it is one of those that are known. */
  static Optional<FileKind> of(byte[] first) {
    if (startsWith(first, "version https://git-lfs")) {
      return Optional.of(new FileKind("a Git LFS pointer", "run 'git lfs pull' to fetch it"));
    }
    String text = new String(first, StandardCharsets.ISO_8859_1).stripLeading();
    if (text.regionMatches(true, 0, "<!doctype", 0, 9)
        || text.regionMatches(true, 0, "<html", 0, 5)) {
      return Optional.of(new FileKind("a web page", "download the file itself"));
    }
    if (startsWith(first, "GGUF")) {
      return Optional.of(new FileKind("a GGUF file", "convert it to safetensors"));
    }
    if (startsWith(first, "PK\u0003\u0004")) {
      return Optional.of(
          new FileKind("a zip archive, perhaps of torch.save", "convert it to safetensors"));
    }
    if (first.length > 1 && first[0] == (byte) 0x80 && first[1] >= 2 && first[1] <= 5) {
      return Optional.of(new FileKind("a Python pickle", "convert it to safetensors"));
    }
    return Optional.empty();
  }

  private static boolean startsWith(byte[] bytes, String text) {
    byte[] start = text.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }
}
