package dev.orograph.survey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Piece;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finished pieces of one instrument on disk: one file each, written at once and atomically, with a
 * checksum, the checksums of the arrays that the piece left, and the key of what it belongs to
 * (model, settings, piece). A file that does not fit is as good as none.
 */
final class PieceStore {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();
  private static final String ARRAYS = ".safetensors";

  private final Path folder;
  private final Path arrays;
  private final String runKey;

  PieceStore(Path folder, Path arrays, String runKey) {
    this.folder = folder;
    this.arrays = arrays;
    this.runKey = runKey;
  }

  /** Makes the folder where that piece may leave arrays. */
  Path arrays(int stage, int index) {
    return RunFolder.make(folder, arrays.resolve(name(stage, index)));
  }

  <R> Optional<R> read(int stage, int index, Piece piece, Class<R> type) {
    Path file = file(stage, index);
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      String text = Files.readString(file);
      int newline = text.indexOf('\n');
      if (newline < 0) {
        return Optional.empty();
      }
      String body = text.substring(newline + 1);
      return text.substring(0, newline).equals(head(stage, index, piece, body))
          ? Optional.of(JSON.readValue(body, type))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void write(int stage, int index, Piece piece, Record result) {
    String body = json(result);
    try {
      String text = head(stage, index, piece, body) + "\n" + body;
      // What a failure of the machine spoils is seen by its checksum and measured again.
      Disk.writeUnforced(file(stage, index), text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw InputException.unwritable(arrays, e);
    }
  }

  /** Takes away what is left of a piece that {@link #read} did not give. */
  void discard(int stage, int index) {
    try {
      Disk.delete(file(stage, index));
      Disk.delete(arrays.resolve(name(stage, index)));
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  private Path file(int stage, int index) {
    return folder.resolve(name(stage, index) + ".json");
  }

  private static String name(int stage, int index) {
    return String.format(Locale.ROOT, "%d-%06d", stage, index);
  }

  private String head(int stage, int index, Piece piece, String body) throws IOException {
    String left = left(arrays.resolve(name(stage, index)));
    return sha256(runKey + "\n" + json(piece)) + " " + sha256(body) + " " + sha256(left);
  }

  /** Names and checksums of the arrays that a piece left. */
  private static String left(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return "";
    }
    StringBuilder left = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path f : files.filter(f -> f.toString().endsWith(ARRAYS)).sorted().toList()) {
        left.append(f.getFileName()).append(' ').append(sha256(Files.readAllBytes(f))).append('\n');
      }
    }
    return left.toString();
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(value.getClass() + " does not become JSON", e);
    }
  }

  static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
