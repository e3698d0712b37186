package dev.orograph.survey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Workshop;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of one run: locked while it is written, recognised by the key in its {@code run.json},
 * its files written under another name first and renamed when whole.
 */
public final class RunFolder implements AutoCloseable {
  /** What the run was, where and how long. */
  public static final String RUN = "run.json";

  /** Everything found. */
  public static final String RESULTS = "results.json";

  /** The report. */
  public static final String REPORT = "report.html";

  private static final String WORK = "work";
  private static final String ARRAYS = "arrays";
  private static final String LOCK = ".lock";
  private static final String PART = ".part";
  private static final String SCHEMA = "orograph.run";
  private static final List<String> OUTPUTS = List.of(RESULTS, REPORT, "tables", ARRAYS);
  private static final Set<String> BEFORE_RUN = Set.of(LOCK, RUN + PART);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final String key;
  private final FileChannel channel;
  private final FileLock lock;
  private final boolean done;

  private RunFolder(Path path, String key, FileChannel channel, FileLock lock, boolean done) {
    this.path = path;
    this.key = key;
    this.channel = channel;
    this.lock = lock;
    this.done = done;
  }

  /**
   * Opens or makes the folder of the run with that key.
   *
   * @param fresh whether to throw away what an earlier run left there
   * @throws InputException where the folder holds something else, or another process uses it
   */
  public static RunFolder open(Path path, String key, boolean fresh) {
    try {
      if (!Files.isDirectory(path)) {
        Files.createDirectories(path);
      }
      requireOurs(path);
      FileChannel channel =
          FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = tryLock(channel);
        if (lock == null) {
          throw InputException.at(path)
              .expected("should belong to one run")
              .found("another one is still going on there")
              .remedy("wait for it, or choose another folder with --out")
              .build();
        }
        return new RunFolder(path, key, channel, lock, prepare(path, key, fresh));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw InputException.unreadable(path, e);
    }
  }

  /** A folder is ours if it is empty, or new and not begun, or holds the run.json of a run. */
  private static void requireOurs(Path path) throws IOException {
    if (Files.isRegularFile(path.resolve(RUN))) {
      if (!run(path).path("schema").asText().equals(SCHEMA)) {
        throw InputException.at(path)
            .expected("should be empty or an earlier run's")
            .found("its " + RUN + " is not one of Orograph's")
            .remedy("choose another folder with --out")
            .build();
      }
      return;
    }
    try (Stream<Path> content = Files.list(path)) {
      if (content.anyMatch(p -> !BEFORE_RUN.contains(p.getFileName().toString()))) {
        throw InputException.at(path)
            .expected("should be empty or an earlier run's")
            .found("it holds other files")
            .remedy("choose another folder with --out")
            .build();
      }
    }
  }

  /** Takes away what does not belong to the run with that key; true if that one was finished. */
  private static boolean prepare(Path path, String key, boolean fresh) throws IOException {
    if (fresh || !Files.isRegularFile(path.resolve(RUN))) {
      clear(path);
      return false;
    }
    JsonNode run = run(path);
    if (!run.path("key").asText().equals(key)) {
      throw InputException.at(path)
          .expected("should be a run of this model with these settings")
          .found("it is one of another model or with other settings")
          .remedy("choose another folder with --out, or replace it with --fresh")
          .build();
    }
    if (run.path("status").asText().equals("done")
        && Files.isRegularFile(path.resolve(RESULTS))
        && Files.isRegularFile(path.resolve(REPORT))) {
      delete(path.resolve(WORK));
      return true;
    }
    // Outputs of a killed run may be half there; they are made again from the pieces.
    for (String name : OUTPUTS) {
      delete(path.resolve(name));
      delete(path.resolve(name + PART));
    }
    return false;
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void clear(Path path) throws IOException {
    for (String name : OUTPUTS) {
      delete(path.resolve(name));
      delete(path.resolve(name + PART));
    }
    delete(path.resolve(WORK));
    // Last, so that a folder that is half cleared is still known as ours.
    delete(path.resolve(RUN + PART));
    delete(path.resolve(RUN));
  }

  static void delete(Path path) throws IOException {
    if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path p : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Whether an earlier run with this key was finished here. */
  public boolean done() {
    return done;
  }

  /** Where the tasks of an analysis leave results, arrays and snapshots. */
  Path work(String instrument) {
    return make(path.resolve(WORK).resolve(instrument));
  }

  TaskStore store(String instrument) {
    return new TaskStore(work(instrument), key);
  }

  static Path make(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  /** The key of a run: a digest of all that must be equal for two runs to be the same. */
  public static String key(String everything) {
    return TaskStore.sha256(everything);
  }

  /** What every {@code run.json} tells: the program's version, the machine, when it began. */
  public static ObjectNode preamble() {
    ObjectNode run = JSON.createObjectNode();
    run.put("version", Survey.VERSION);
    run.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    run.set("machine", Machine.describe());
    return run;
  }

  /** Marks the folder as this run's, not finished yet. */
  public void begin(ObjectNode run) {
    run.put("schema", SCHEMA);
    run.put("key", key);
    run.put("status", "running");
    writeAtomically(path.resolve(RUN), pretty(run));
  }

  /**
   * Gathers the arrays that an analysis's tasks left into {@code arrays/<instrument>}.
   *
   * @param labels of its tasks, in their order
   */
  void gatherArrays(String instrument, List<String> labels) {
    List<Path> files = new ArrayList<>();
    for (String label : labels) {
      Path from = Workshop.arrays(work(instrument), label);
      if (Files.isDirectory(from)) {
        try (Stream<Path> left = Files.list(from)) {
          left.filter(f -> f.toString().endsWith(".safetensors")).sorted().forEach(files::add);
        } catch (IOException e) {
          throw InputException.unreadable(from, e);
        }
      }
    }
    if (!files.isEmpty()) {
      Path target = make(path.resolve(ARRAYS)).resolve(instrument + ".safetensors");
      if (files.size() == 1) {
        link(files.get(0), target);
      } else {
        merge(files, target);
      }
    }
  }

  /** A single file may be larger than memory; it stays where its task's checksum expects it. */
  private static void link(Path file, Path target) {
    try {
      Files.deleteIfExists(target);
      Files.createLink(target, file);
    } catch (UnsupportedOperationException | IOException e) {
      try {
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException f) {
        f.addSuppressed(e);
        throw InputException.unwritable(target, f);
      }
    }
  }

  private static void merge(List<Path> files, Path target) {
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    List<Checkpoint> open = new ArrayList<>();
    try {
      for (Path file : files) {
        Checkpoint c = Checkpoint.open(file);
        open.add(c);
        for (TensorInfo t : c.tensors()) {
          byte[] bytes = new byte[Math.toIntExact(t.byteLength())];
          try (TensorData data = c.map(t)) {
            data.readRaw(0, bytes, 0, bytes.length);
          }
          long[] shape = t.shape().stream().mapToLong(Long::longValue).toArray();
          entries.add(SafetensorsWriter.Entry.of(t.name(), t.dtype(), bytes, shape));
        }
      }
      SafetensorsWriter.write(target, Map.of(), entries);
    } finally {
      open.forEach(Checkpoint::close);
    }
  }

  /** Marks the run as finished and drops its working files. */
  public void finish(ObjectNode run) {
    run.put("key", key);
    run.put("status", "done");
    writeAtomically(path.resolve(RUN), pretty(run));
    try {
      delete(path.resolve(WORK));
    } catch (IOException e) {
      throw InputException.unwritable(path.resolve(WORK), e);
    }
  }

  /**
   * The {@code run.json} of a folder.
   *
   * @throws InputException where there is none or it is no JSON object
   */
  public static ObjectNode run(Path folder) {
    Path file = folder.resolve(RUN);
    try {
      if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode run) {
        return run;
      }
      throw InputException.at(file)
          .expected("should describe a run")
          .found("it holds something else")
          .remedy("name the folder that a survey wrote")
          .build();
    } catch (JsonProcessingException e) {
      throw InputException.at(file)
          .expected("should describe a run")
          .found("it is damaged")
          .remedy("choose another folder, or delete this one")
          .cause(e)
          .build();
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private static byte[] pretty(ObjectNode run) {
    try {
      return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(run) + "\n")
          .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a file so that it is there as a whole or not at all. */
  public static void writeAtomically(Path file, byte[] content) {
    Path part = file.resolveSibling(file.getFileName() + PART);
    try {
      Files.createDirectories(file.getParent());
      try (FileChannel out =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        java.nio.ByteBuffer b = java.nio.ByteBuffer.wrap(content);
        while (b.hasRemaining()) {
          out.write(b);
        }
      }
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw InputException.unwritable(path, e);
    }
  }
}
