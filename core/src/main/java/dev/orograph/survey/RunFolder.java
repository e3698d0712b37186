package dev.orograph.survey;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import dev.orograph.instrument.Workshop;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of one run: locked while it is written, recognised by the key in its {@code run.json},
 * which also holds the checksum of its {@code results.json}. It may be a stranger's: where a link,
 * a pipe or a device stands in the place of one of its files nothing is written.
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
  private static final String CHECKSUM = "results_sha256";
  private static final int MOST_RUN = 16 << 20;
  private static final int MOST_RESULTS = 1 << 30;
  private static final List<String> OUTPUTS = List.of(RESULTS, REPORT, "tables", ARRAYS);
  private static final Set<String> BEFORE_RUN = Set.of(LOCK, RUN + PART);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final RunKey key;
  private final FileLock lock;

  /** The {@code run.json} of a finished run that lies there and stays a part of this one. */
  private final Optional<ObjectNode> earlier;

  private RunFolder(Path path, RunKey key, FileLock lock, Optional<ObjectNode> earlier) {
    this.path = path;
    this.key = key;
    this.lock = lock;
    this.earlier = earlier;
  }

  /**
   * Opens or makes the folder of the run with that key.
   *
   * @param fresh whether to throw away what an earlier run left there
   * @throws InputException where the folder holds something else, or another process uses it
   */
  public static RunFolder open(Path path, String key, boolean fresh) {
    return open(path, RunKey.without(key), fresh);
  }

  /** The same of a run of analyses, which a finished run of others may grow by. */
  static RunFolder open(Path path, RunKey key, boolean fresh) {
    try {
      Disk.folder(path);
      requireOurs(path);
      requirePlain(path);
      FileLock lock =
          Disk.lock(path.resolve(LOCK))
              .orElseThrow(
                  () ->
                      InputException.at(path)
                          .expected("should belong to one run")
                          .found("another one is still going on there")
                          .remedy("wait for it, or choose another folder with --out")
                          .build());
      try {
        return new RunFolder(path, key, lock, prepare(path, key, fresh));
      } catch (IOException | RuntimeException e) {
        lock.acquiredBy().close();
        throw e;
      }
    } catch (IOException e) {
      throw InputException.unwritable(path, e);
    }
  }

  /**
   * Checks that every file of a run, where it is there, is a file or a folder of its own.
   *
   * @throws InputException naming the first that is a link, a pipe or a device
   */
  public static void requirePlain(Path path) {
    List<String> names = new ArrayList<>(OUTPUTS);
    names.addAll(List.of(RUN, LOCK, WORK));
    names.addAll(names.stream().map(n -> n + PART).toList());
    try {
      Disk.requirePlain(path, names);
    } catch (IOException e) {
      throw InputException.unreadable(path, e);
    }
  }

  /**
   * Checks what can be checked before a run's key is known: that a folder is not there, or is empty
   * or an earlier run's.
   *
   * @throws InputException where it holds something else
   */
  public static void requireFree(Path path) {
    try {
      if (Files.exists(path)) {
        requireOurs(path);
        requirePlain(path);
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
      if (content.anyMatch(
          p -> !BEFORE_RUN.contains(p.getFileName().toString()) && !Disk.isPart(p))) {
        throw InputException.at(path)
            .expected("should be empty or an earlier run's")
            .found("it holds other files")
            .remedy("choose another folder with --out")
            .build();
      }
    }
  }

  /** Takes away what does not belong to the run with that key; what a finished one told stays. */
  private static Optional<ObjectNode> prepare(Path path, RunKey key, boolean fresh)
      throws IOException {
    Disk.sweep(path);
    if (fresh || !Files.isRegularFile(path.resolve(RUN))) {
      clear(path);
      return Optional.empty();
    }
    ObjectNode run = run(path);
    RunKey there = RunKey.of(run);
    if (!there.fits(key)) {
      throw other(path, "it is one of another model or with other settings", "choose");
    }
    if (run.path("status").asText().equals("done")
        && Files.isRegularFile(path.resolve(RESULTS))
        && Files.isRegularFile(path.resolve(REPORT))) {
      tidy(path.resolve(WORK), there.ids());
      return Optional.of(run);
    }
    if (!key.has(there)) {
      throw other(
          path,
          "it is one with other settings that is not finished: it was begun with "
              + Text.visible(String.join(", ", there.ids())),
          "finish it first, choose");
    }
    Disk.delete(path.resolve(RUN + PART));
    // Outputs of a killed run may be half there; they are made again from the pieces.
    for (String name : OUTPUTS) {
      Disk.delete(path.resolve(name));
      Disk.delete(path.resolve(name + PART));
    }
    return Optional.empty();
  }

  /** Drops the work of analyses that are done; what a run was growing by when it ended stays. */
  private static void tidy(Path work, Set<String> done) throws IOException {
    if (!Files.isDirectory(work)) {
      return;
    }
    List<Path> left = new ArrayList<>();
    try (Stream<Path> each = Files.list(work)) {
      for (Path p : each.toList()) {
        // By the names that are there: those in a run.json may be a stranger's.
        if (done.contains(p.getFileName().toString())) {
          Disk.delete(p);
        } else {
          left.add(p);
        }
      }
    }
    if (left.isEmpty()) {
      Disk.delete(work);
    }
  }

  private static InputException other(Path path, String found, String remedy) {
    return InputException.at(path)
        .expected("should be a run of this model with these settings")
        .found(found)
        .remedy(remedy + " another folder with --out, or replace it with --fresh")
        .build();
  }

  private static void clear(Path path) throws IOException {
    for (String name : OUTPUTS) {
      Disk.delete(path.resolve(name));
      Disk.delete(path.resolve(name + PART));
    }
    Disk.delete(path.resolve(WORK));
    // Last, so that a folder that is half cleared is still known as ours.
    Disk.delete(path.resolve(RUN + PART));
    Disk.delete(path.resolve(RUN));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Whether an earlier run here has all that is asked for. */
  public boolean done() {
    return earlier.isPresent() && kept().has(key);
  }

  /** Whether a finished run of other analyses lies here, to which this one adds. */
  public boolean grows() {
    return earlier.isPresent() && !done();
  }

  /** The analyses that need not be measured again. */
  public Set<String> keeps() {
    return kept().ids();
  }

  /** The finished run that lies here. */
  RunKey kept() {
    return earlier.map(RunKey::of).orElse(new RunKey(key.ground(), Map.of()));
  }

  /** Where the tasks of an analysis leave results, arrays and snapshots. */
  Path work(String instrument) {
    return make(path.resolve(WORK).resolve(instrument));
  }

  TaskStore store(String instrument) {
    return new TaskStore(work(instrument), key.tasks(instrument));
  }

  private Path make(Path folder) {
    try {
      return Disk.folder(path, folder);
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

  /** Marks the folder as this run's, not finished yet; one that grows stays as it was. */
  public void begin(ObjectNode run) {
    run.put("schema", SCHEMA);
    key.tell(run);
    run.put("status", "running");
    if (!grows()) {
      write(path, Map.of(RUN, pretty(run)));
    }
  }

  /** Writes the results; whenever this is cut short, either the old or the new ones can be read. */
  public void write(byte[] results) {
    earlier.ifPresent(
        run -> {
          ObjectNode unsealed = run.deepCopy();
          unsealed.remove(CHECKSUM);
          write(path, Map.of(RUN, pretty(unsealed)));
        });
    write(path, Map.of(RESULTS, results));
  }

  /**
   * Gathers the arrays that an analysis's tasks left into {@code arrays/<instrument>}.
   *
   * @param labels of its tasks, in their order
   * @param held by label what results hold themselves
   */
  void gatherArrays(
      String instrument, List<String> labels, Map<String, List<SafetensorsWriter.Entry>> held) {
    List<Path> files = new ArrayList<>();
    List<Checkpoint> open = new ArrayList<>();
    try {
      List<SafetensorsWriter.Entry> entries = new ArrayList<>();
      for (String label : labels) {
        entries.addAll(held.getOrDefault(label, List.of()));
        Path from = Workshop.arrays(work(instrument), label);
        if (Files.isDirectory(from)) {
          for (Path file : arrays(from)) {
            files.add(file);
            Checkpoint c = Checkpoint.open(file);
            open.add(c);
            c.tensors().forEach(t -> entries.add(entry(c, t)));
          }
        }
      }
      if (files.isEmpty() && entries.isEmpty()) {
        return;
      }
      Path target = make(path.resolve(ARRAYS)).resolve(instrument + ".safetensors");
      if (files.size() == 1 && held.values().stream().allMatch(List::isEmpty)) {
        // It may be larger than memory, and stays where its task's checksum expects it.
        Disk.link(files.get(0), target);
      } else {
        SafetensorsWriter.write(target, Map.of(), entries);
      }
    } catch (IOException e) {
      throw InputException.unwritable(path.resolve(ARRAYS), e);
    } finally {
      open.forEach(Checkpoint::close);
    }
  }

  private static List<Path> arrays(Path folder) {
    try (Stream<Path> left = Files.list(folder)) {
      return left.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
    } catch (IOException e) {
      throw InputException.unreadable(folder, e);
    }
  }

  /** A stored array, read when it is written. */
  private static SafetensorsWriter.Entry entry(Checkpoint c, TensorInfo t) {
    return new SafetensorsWriter.Entry(
        t.name(),
        t.dtype(),
        t.shape(),
        out -> {
          byte[] bytes = new byte[Math.toIntExact(t.byteLength())];
          try (TensorData data = c.map(t)) {
            data.readRaw(0, bytes, 0, bytes.length);
          }
          out.write(bytes);
        });
  }

  /**
   * Marks the run as finished and drops its working files.
   *
   * @param results the bytes of its {@code results.json}
   */
  public void finish(ObjectNode run, byte[] results) {
    Map<String, String> all = new LinkedHashMap<>(kept().analyses());
    all.putAll(key.analyses());
    new RunKey(key.ground(), all).tell(run);
    run.put(CHECKSUM, TaskStore.sha256(results));
    run.put("status", "done");
    write(path, Map.of(RUN, pretty(run)));
    try {
      Disk.delete(path.resolve(WORK));
    } catch (IOException e) {
      throw InputException.unwritable(path.resolve(WORK), e);
    }
  }

  /** Tells of a run that grows what both parts of it took. */
  void join(ObjectNode run) {
    earlier.ifPresent(before -> join(before, run));
  }

  private static void join(ObjectNode before, ObjectNode run) {
    ObjectNode timings = JSON.createObjectNode();
    before.path("timings").properties().forEach(e -> timings.set(e.getKey(), e.getValue()));
    run.path("timings").properties().forEach(e -> timings.set(e.getKey(), e.getValue()));
    run.set("timings", timings);
    run.put("started", before.path("started").asText());
    run.put("seconds", before.path("seconds").asDouble() + run.path("seconds").asDouble());
    for (String count : List.of("pieces", "pieces_resumed")) {
      run.put(count, before.path(count).asLong() + run.path(count).asLong());
    }
    run.put(
        "peak_memory_bytes",
        Math.max(
            before.path("peak_memory_bytes").asLong(), run.path("peak_memory_bytes").asLong()));
  }

  /**
   * The {@code run.json} of a folder.
   *
   * @throws InputException where there is none or it is no JSON object
   */
  public static ObjectNode run(Path folder) {
    Path file = folder.resolve(RUN);
    if (BoundedJson.read(file, MOST_RUN) instanceof ObjectNode run) {
      return run;
    }
    throw InputException.at(file)
        .expected("should describe a run")
        .found("it holds something else")
        .remedy("name the folder that a survey wrote")
        .build();
  }

  /**
   * The bytes of a folder's {@code results.json}, as the run wrote them.
   *
   * @throws InputException where there are none, they are too many, or they are others than those
   *     whose checksum its {@code run.json} holds
   */
  public static byte[] results(Path folder) {
    Path file = folder.resolve(RESULTS);
    byte[] bytes = SafePath.bytes(file, MOST_RESULTS, "");
    // Runs of earlier versions and one that grows just now hold no checksum, and results may lie in
    // a folder alone.
    String expected =
        Files.exists(folder.resolve(RUN)) ? run(folder).path(CHECKSUM).asText("") : "";
    String found = TaskStore.sha256(bytes);
    if (!expected.isEmpty() && !expected.equals(found)) {
      throw InputException.at(file)
          .expected("must have the sha256 " + expected + ", as " + RUN + " says")
          .found("has " + found)
          .remedy("copy the run folder again, or run the survey again with --fresh")
          .build();
    }
    return bytes;
  }

  private static byte[] pretty(ObjectNode run) {
    try {
      return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(run) + "\n")
          .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Writes files of a run, each as a whole or not at all, where no link may stand in the way.
   *
   * @param names paths inside the folder, and what goes there
   */
  public static void write(Path folder, Map<String, byte[]> names) {
    Map<Path, byte[]> files = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, byte[]> e : names.entrySet()) {
        Path file = folder.resolve(e.getKey());
        Disk.folder(folder, file.getParent());
        files.put(file, e.getValue());
      }
      Disk.write(files);
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  @Override
  public void close() {
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      throw InputException.unwritable(path, e);
    }
  }
}
