package dev.orograph.survey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.instrument.Piece;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Finished pieces of one instrument on disk: one file each, written at once and atomically, with a
 * checksum and the key of what it belongs to (model, settings, piece). A file that does not fit is
 * as good as none.
 */
final class PieceStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path folder;
  private final String runKey;

  PieceStore(Path folder, String runKey) {
    this.folder = folder;
    this.runKey = runKey;
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
      return text.substring(0, newline).equals(head(piece, body))
          ? Optional.of(JSON.readValue(body, type))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void write(int stage, int index, Piece piece, Record result) {
    String body = json(result);
    RunFolder.writeAtomically(
        file(stage, index), (head(piece, body) + "\n" + body).getBytes(StandardCharsets.UTF_8));
  }

  private Path file(int stage, int index) {
    return folder.resolve(String.format(java.util.Locale.ROOT, "%d-%06d.json", stage, index));
  }

  private String head(Piece piece, String body) {
    return sha256(runKey + "\n" + json(piece)) + " " + sha256(body);
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(value.getClass() + " does not become JSON", e);
    }
  }

  static String sha256(String text) {
    try {
      MessageDigest d = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(d.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
