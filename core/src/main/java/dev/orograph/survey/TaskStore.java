package dev.orograph.survey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Workshop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finished tasks of one analysis on disk: one file each, written at once and atomically, with a
 * checksum, the checksums of the arrays that the task left, and the key of what it belongs to
 * (models, settings, task). A file that does not fit is as good as none.
 */
final class TaskStore {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();
  private static final String ARRAYS = ".safetensors";

  private final Path folder;
  private final String runKey;

  /**
   * The store of one analysis.
   *
   * @param folder a {@link dev.orograph.instrument.Job}'s
   */
  TaskStore(Path folder, String runKey) {
    this.folder = folder;
    this.runKey = runKey;
  }

  <R> Optional<R> read(Task<?> task, Class<R> type) {
    Path file = file(task);
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
      return text.substring(0, newline).equals(head(task, body))
          ? Optional.of(JSON.readValue(body, type))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Keeps a result; what the task kept for itself until then is not needed any more. */
  void write(Task<?> task, Record result) {
    String body = json(result);
    try {
      String text = head(task, body) + "\n" + body;
      // What a failure of the machine spoils is seen by its checksum and measured again.
      Disk.writeUnforced(file(task), text.getBytes(StandardCharsets.UTF_8));
      Disk.delete(Workshop.keep(folder, task.label()));
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  /**
   * Takes away what is left of a task that {@link #read} did not give, but not what it keeps until
   * it has a result.
   */
  void discard(Task<?> task) {
    try {
      Disk.delete(file(task));
      Disk.delete(Workshop.arrays(folder, task.label()));
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  private Path file(Task<?> task) {
    return folder.resolve(Workshop.name(task.label()) + ".json");
  }

  private String head(Task<?> task, String body) throws IOException {
    String left = left(Workshop.arrays(folder, task.label()));
    return sha256(runKey + "\n" + json(task)) + " " + sha256(body) + " " + sha256(left);
  }

  /** Names and checksums of the arrays that a task left. */
  private static String left(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return "";
    }
    StringBuilder left = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path f : files.filter(f -> f.toString().endsWith(ARRAYS)).sorted().toList()) {
        left.append(f.getFileName()).append(' ').append(sha256(f)).append('\n');
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
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = digest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
