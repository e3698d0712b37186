package dev.orograph.survey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Workshop;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finished tasks of one analysis on disk: a line each in one file, appended at once, with the
 * task's name, a checksum, the checksums of the arrays that the task left, and the key of what it
 * belongs to (models, settings, task). Of several lines of a task the last counts; one that does
 * not fit, or that a kill cut off, is as good as none. One file, since a model may have 100,000
 * small tensors, and to make and delete as many files takes longer than to measure them.
 */
final class TaskStore {
  /** Where the lines stand. */
  static final String FILE = "results.lines";

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();
  private static final String ARRAYS = ".safetensors";
  private static final int BUFFER = 1 << 16;

  /** Letters of a task's name and of the three checksums behind it. */
  private static final int NAME = Workshop.name("").length();

  private static final int HEAD = 3 * 64 + 2;

  private final Path folder;
  private final Path file;
  private final String runKey;

  /** Where the line of a task begins, and how many bytes it has; null before the file is read. */
  private Map<String, long[]> lines;

  /** Where the last whole line ends; what a kill cut off behind it goes. */
  private long end;

  /**
   * The store of one analysis.
   *
   * @param folder a {@link dev.orograph.instrument.Job}'s
   */
  TaskStore(Path folder, String runKey) {
    this.folder = folder;
    this.file = folder.resolve(FILE);
    this.runKey = runKey;
  }

  synchronized <R> Optional<R> read(Task<?> task, Class<R> type) {
    try {
      String name = Workshop.name(task.label());
      long[] place = lines().get(name);
      if (place == null) {
        return Optional.empty();
      }
      String line = line(place);
      String body = line.substring(NAME + 1 + HEAD + 1);
      return line.startsWith(name + " " + head(task, body) + " ")
          ? Optional.of(JSON.readValue(body, type))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Keeps a result; what the task kept for itself until then is not needed any more. */
  synchronized void write(Task<?> task, Record result) {
    String body = json(result);
    String name = Workshop.name(task.label());
    try {
      Map<String, long[]> known = lines();
      byte[] line =
          (name + " " + head(task, body) + " " + body + "\n").getBytes(StandardCharsets.UTF_8);
      // What a failure of the machine spoils is seen by its checksum and measured again.
      Disk.append(file, end, line);
      known.put(name, new long[] {end, line.length - 1});
      end += line.length;
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
      Disk.delete(Workshop.arrays(folder, task.label()));
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  /** Finds the lines that the file had when it was first asked for. */
  private Map<String, long[]> lines() throws IOException {
    if (lines == null) {
      Map<String, long[]> found = new HashMap<>();
      if (Files.isRegularFile(file)) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
          end = gather(in, found);
        }
      }
      lines = found;
    }
    return lines;
  }

  /** Where the last whole line ends. */
  private static long gather(InputStream in, Map<String, long[]> found) throws IOException {
    StringBuilder name = new StringBuilder();
    long begin = 0;
    long at = 0;
    for (int b = in.read(); b >= 0; b = in.read()) {
      at++;
      if (b == '\n') {
        if (at - 1 - begin > NAME + 1 + HEAD + 1) {
          found.put(name.toString(), new long[] {begin, at - 1 - begin});
        }
        begin = at;
        name.setLength(0);
      } else if (name.length() < NAME) {
        name.append((char) b);
      }
    }
    return begin;
  }

  private String line(long[] place) throws IOException {
    if (place[1] > Integer.MAX_VALUE - 8) {
      throw new IOException("a line of " + place[1] + " bytes");
    }
    try (FileChannel in = FileChannel.open(file)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) place[1]);
      while (bytes.hasRemaining()) {
        if (in.read(bytes, place[0] + bytes.position()) < 0) {
          throw new EOFException();
        }
      }
      return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }
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
