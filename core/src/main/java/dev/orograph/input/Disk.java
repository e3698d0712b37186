package dev.orograph.input;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All writing of files. A file appears whole or not at all: its bytes go to a part beside it, which
 * this process has made itself under a name that nobody knows before, is forced to the disk and
 * then renamed, and then the folder is forced too. So nothing is written through a link or another
 * name of a file elsewhere, and after a failure of the machine a file is the old or the new one.
 *
 * <p>Between a check and what follows it another process with rights to the folder could still
 * change it.
 */
public final class Disk {
  private static final String PART = ".part";
  private static final String LOCK = "lock";
  private static final Pattern OWN = Pattern.compile("\\..+\\.[0-9a-f-]{36}\\.part");
  private static final long LOOK_EVERY_MILLIS = 200;

  /** What is asked before each call to the system; tests put faults here. */
  interface Faults {
    /** Goes before a call. */
    void before(String call, Path file) throws IOException;

    /** How many of so many bytes a call may write. */
    int most(int bytes);
  }

  private static final Faults NONE =
      new Faults() {
        @Override
        public void before(String call, Path file) {
          // Nothing goes wrong on purpose.
        }

        @Override
        public int most(int bytes) {
          return bytes;
        }
      };

  private static volatile Faults faults = NONE;

  private Disk() {}

  /** For tests: null for none. */
  static void faults(Faults wanted) {
    faults = wanted == null ? NONE : wanted;
  }

  /** Writes a file as a whole, or leaves the old one. */
  public static void write(Path file, byte[] content) throws IOException {
    write(Map.of(file, content));
  }

  /** Writes files, each as a whole; all are on the disk before the first gets its name. */
  public static void write(Map<Path, byte[]> files) throws IOException {
    List<Part> parts = new ArrayList<>();
    try {
      for (Map.Entry<Path, byte[]> e : files.entrySet()) {
        Part part = part(e.getKey());
        parts.add(part);
        part.write(ByteBuffer.wrap(e.getValue()), 0);
      }
      for (Part part : parts) {
        part.force();
      }
      Set<Path> folders = new LinkedHashSet<>();
      for (Part part : parts) {
        part.rename();
        folders.add(part.file.getParent());
      }
      for (Path folder : folders) {
        forceFolder(folder);
      }
    } finally {
      parts.forEach(Part::close);
    }
  }

  /** The same for what can be made again: a failure of the machine may lose it or cut it. */
  public static void writeUnforced(Path file, byte[] content) throws IOException {
    try (Part part = part(file)) {
      part.write(ByteBuffer.wrap(content), 0);
      part.rename();
    }
  }

  /**
   * Writes bytes from a place of a file on, in place of what stood there, for what can be made
   * again: a failure of the machine may lose them or cut them.
   *
   * @throws InputException where it is not a file with one name
   */
  public static void append(Path file, long from, byte[] bytes) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      requireOwn(file);
    }
    Part whole = open(file, file, StandardOpenOption.CREATE);
    try {
      whole.channel.truncate(from);
      whole.write(ByteBuffer.wrap(bytes), from);
    } finally {
      whole.keep();
    }
  }

  /** A file that is being written, under a new name beside it. */
  public static Part part(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    return open(target, beside(target), StandardOpenOption.CREATE_NEW);
  }

  private static Path beside(Path file) {
    return file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + PART);
  }

  /** Whether it is a file that a process is writing, or was when it was killed. */
  public static boolean isPart(Path path) {
    return OWN.matcher(path.getFileName().toString()).matches();
  }

  /** Takes away what killed processes were writing in a folder, not below it. */
  public static void sweep(Path folder) throws IOException {
    try (Stream<Path> content = Files.list(folder)) {
      for (Path part : content.filter(Disk::isPart).toList()) {
        delete(part);
      }
    }
  }

  /** A file for this process alone, among the system's temporary ones; closing it deletes it. */
  public static Part scratch() throws IOException {
    Path path = Files.createTempFile("orograph-" + ProcessHandle.current().pid() + "-", PART);
    return open(path, path, StandardOpenOption.CREATE);
  }

  /**
   * A folder for this process alone, among the system's temporary ones, which goes with it. Those
   * of that beginning which killed processes of this user left are taken away: whose lock nobody
   * holds, and which are an hour old, so that none is taken between its making and its locking.
   */
  public static Path scratchFolder(String beginning) throws IOException {
    Path path = Files.createTempDirectory(beginning).toRealPath();
    FileLock lock = lock(path.resolve(LOCK)).orElseThrow();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    lock.channel().close();
                    delete(path);
                  } catch (IOException e) {
                    // Another process takes it away.
                  }
                }));
    List<Path> others;
    try (Stream<Path> all = Files.list(path.getParent())) {
      others = all.filter(p -> p.getFileName().toString().startsWith(beginning)).toList();
    }
    Instant before = Instant.now().minus(1, ChronoUnit.HOURS);
    for (Path other : others) {
      try {
        if (!other.equals(path)
            && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
            && Files.getOwner(other, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(path))
            && Files.getLastModifiedTime(other).toInstant().isBefore(before)) {
          Optional<FileLock> free = lock(other.resolve(LOCK));
          if (free.isPresent()) {
            free.get().channel().close();
            delete(other);
          }
        }
      } catch (IOException | InputException e) {
        // Another process was first, or it is not what it looks like.
      }
    }
    return path;
  }

  /**
   * A file that is being written, under a name of its own, so that two writers see each other and a
   * killed one's part is found.
   *
   * @param path of the part, in the same folder
   * @param goOn whether to keep what an earlier writer left there
   * @return empty where another process writes it
   * @throws InputException where the part is not a file with one name
   */
  public static Optional<Part> named(Path file, Path path, boolean goOn) throws IOException {
    Path target = file.toAbsolutePath();
    Path own = path.toAbsolutePath();
    if (!Files.exists(own, LinkOption.NOFOLLOW_LINKS)) {
      return locked(open(target, own, StandardOpenOption.CREATE_NEW));
    }
    requireOwn(own);
    Optional<Part> there = locked(open(target, own, StandardOpenOption.CREATE));
    if (goOn || there.isEmpty()) {
      return there;
    }
    there.get().close();
    return locked(open(target, own, StandardOpenOption.CREATE_NEW));
  }

  private static Part open(Path target, Path path, OpenOption how) throws IOException {
    faults.before("open", path);
    return new Part(
        target,
        path,
        FileChannel.open(path, how, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
  }

  private static Optional<Part> locked(Part part) throws IOException {
    if (lock(part.channel) != null) {
      return Optional.of(part);
    }
    part.channel.close();
    return Optional.empty();
  }

  /** What stands there is a file, and no other name leads to it. */
  private static void requireOwn(Path path) throws IOException {
    requireFile(path);
    boolean one;
    try {
      one = Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS).equals(1);
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      one = true;
    }
    if (!one) {
      throw refused(path, "must be a file of one name", "has another name elsewhere");
    }
  }

  /** Where something stands there it is a file, and no link to one. */
  private static void requireFile(Path path) {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(path, "must be a file", what(path));
    }
  }

  private static String what(Path path) {
    return Files.isSymbolicLink(path)
        ? "is a link"
        : Files.isDirectory(path)
            ? "is a folder"
            : Files.isRegularFile(path) ? "is a file" : "is neither file nor folder";
  }

  private static InputException refused(Path path, String expected, String found) {
    return InputException.at(path)
        .expected(expected)
        .found(found)
        .remedy("remove it, or choose another folder")
        .build();
  }

  /**
   * Checks that nothing in a folder is a link, a pipe or a device, at any depth.
   *
   * @param names what is looked at
   * @throws InputException naming what is
   */
  public static void requirePlain(Path folder, List<String> names) throws IOException {
    for (String name : names) {
      Path top = folder.resolve(name);
      if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try (Stream<Path> tree = Files.walk(top)) {
        for (Path path : (Iterable<Path>) tree::iterator) {
          if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            requireFile(path);
          }
        }
      }
    }
  }

  /**
   * Makes a folder and those above it.
   *
   * @throws InputException where one of them is something else
   */
  public static Path folder(Path folder) throws IOException {
    faults.before("folder", folder);
    try {
      return Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw refused(folder, "must be a folder", what(folder));
    }
  }

  /**
   * Makes a folder below another one, without following a link in between.
   *
   * @throws InputException where a link or a file stands in the way
   */
  public static Path folder(Path root, Path below) throws IOException {
    Path at = folder(root);
    for (Path name : root.relativize(below)) {
      at = at.resolve(name);
      if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        faults.before("folder", at);
        try {
          Files.createDirectory(at);
        } catch (FileAlreadyExistsException e) {
          // Another thread may have made it meanwhile, which is as well.
          if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
            throw refused(at, "must be a folder", what(at));
          }
        }
      }
    }
    return below;
  }

  /**
   * Locks a file, made where it is missing, against other processes, and other callers in this one.
   *
   * @return empty where it is locked already
   * @throws InputException where it is a link or no file
   */
  public static Optional<FileLock> lock(Path file) throws IOException {
    requireFile(file);
    faults.before("lock", file);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try {
      FileLock lock = lock(channel);
      if (lock == null) {
        channel.close();
      }
      return Optional.ofNullable(lock);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * The same, waiting until it is free.
   *
   * @param waiting told once where one has to wait
   * @throws CancellationException where the thread is interrupted meanwhile
   */
  public static FileLock lock(Path file, Runnable waiting) throws IOException {
    for (boolean first = true; ; first = false) {
      Optional<FileLock> lock = lock(file);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (first) {
        waiting.run();
      }
      try {
        Thread.sleep(LOOK_EVERY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while another process had " + file);
      }
    }
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Gives a whole file of a task another name, in place of one that has it, or a copy. */
  public static void link(Path file, Path name) throws IOException {
    try (Part part = part(name)) {
      Files.delete(part.path);
      faults.before("link", name);
      try {
        Files.createLink(part.path, file);
      } catch (UnsupportedOperationException | IOException e) {
        Files.copy(file, part.path);
      }
      try (FileChannel channel = FileChannel.open(part.path, StandardOpenOption.WRITE)) {
        faults.before("force", name);
        channel.force(true);
      }
      part.rename();
      forceFolder(part.file.getParent());
    }
  }

  /**
   * Gives what is whole its name: a file in place of one that has it, a folder where nothing has.
   */
  public static void rename(Path from, Path to) throws IOException {
    faults.before("rename", to);
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    forceFolder(to.toAbsolutePath().getParent());
  }

  /**
   * Makes a name a link, in place of what has it.
   *
   * @return false where the system has no links
   */
  public static boolean point(Path name, Path target) throws IOException {
    Path own = beside(name.toAbsolutePath());
    faults.before("link", name);
    try {
      Files.createSymbolicLink(own, target);
    } catch (FileSystemException | UnsupportedOperationException e) {
      return false;
    }
    try {
      rename(own, name);
    } finally {
      Files.deleteIfExists(own);
    }
    return true;
  }

  /** Takes a file or a folder away with all that is in it; a link itself, not where it leads. */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path p : tree.sorted(Comparator.reverseOrder()).toList()) {
        faults.before("delete", p);
        Files.delete(p);
      }
    }
  }

  /** Where a system has no such thing, its names are as safe as it makes them. */
  private static void forceFolder(Path folder) throws IOException {
    faults.before("force", folder);
    if (java.io.File.separatorChar == '/') {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** A file that is being written. Closing it without {@link #publish} takes it away. */
  public static final class Part implements AutoCloseable {
    private final Path file;
    private final Path path;
    private final FileChannel channel;
    private boolean kept;

    private Part(Path file, Path path, FileChannel channel) {
      this.file = file;
      this.path = path;
      this.channel = channel;
    }

    /** Where its bytes are until it gets its name. */
    public Path path() {
      return path;
    }

    /** Bytes that are there. */
    public long size() throws IOException {
      return channel.size();
    }

    /** Bytes that the disk has room for. */
    public long room() throws IOException {
      return Files.getFileStore(path).getUsableSpace();
    }

    /** Writes all bytes, from a place on. */
    public void write(ByteBuffer bytes, long position) throws IOException {
      long at = position;
      int end = bytes.limit();
      while (bytes.hasRemaining()) {
        faults.before("write", path);
        bytes.limit(bytes.position() + faults.most(bytes.remaining()));
        at += channel.write(bytes, at);
        bytes.limit(end);
      }
    }

    /** A stream of bytes from the beginning on; closing it closes nothing. */
    public OutputStream stream() {
      return new OutputStream() {
        private long at;

        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          Part.this.write(ByteBuffer.wrap(bytes, from, length), at);
          at += length;
        }
      };
    }

    /** Brings to the disk what was written. */
    public void force() throws IOException {
      faults.before("force", path);
      channel.force(true);
    }

    /** Gives the file its name, in place of one that has it. */
    public void publish() throws IOException {
      force();
      rename();
      forceFolder(file.getParent());
    }

    /** The same for what can be made again: a failure of the machine may lose it or cut it. */
    public void publishUnforced() throws IOException {
      rename();
    }

    private void rename() throws IOException {
      faults.before("rename", file);
      try {
        Files.move(path, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(path, file, StandardCopyOption.REPLACE_EXISTING);
      }
      kept = true;
      channel.close();
    }

    /** Leaves the part where it is, for another process to go on. */
    public void keep() throws IOException {
      kept = true;
      channel.close();
    }

    @Override
    public void close() {
      try {
        channel.close();
        if (!kept) {
          kept = true;
          Files.deleteIfExists(path);
        }
      } catch (IOException e) {
        // The fault that is already on its way says more.
        path.toFile().deleteOnExit();
      }
    }
  }
}
