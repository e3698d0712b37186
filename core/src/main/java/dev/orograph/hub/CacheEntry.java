package dev.orograph.hub;

import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CancellationException;

/**
 * One model's folder in the cache, to write to. A file appears under its final name only when it is
 * whole. One process writes to it at a time; readers need no lock.
 */
final class CacheEntry implements AutoCloseable {
  /** What a file ends with that is not yet whole. Not another tool's, who may be writing too. */
  static final String INCOMPLETE = ".orograph.incomplete";

  private static final long LOOK_EVERY_MILLIS = 200;

  private final Path root;
  private final Path entry;
  private final Path blobs;
  private final FileChannel channel;
  private final FileLock lock;

  private CacheEntry(Path root, Path entry, Path blobs, FileChannel channel, FileLock lock) {
    this.root = root;
    this.entry = entry;
    this.blobs = blobs;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Makes the folder where it is missing and waits until no other process writes to it.
   *
   * @param waiting told once where one has to wait
   * @throws InputException where the folder cannot be made, or lies outside of the cache
   */
  static CacheEntry open(HubCache cache, HubName name, Runnable waiting) {
    try {
      Files.createDirectories(cache.root());
      Path root = cache.root().toRealPath();
      Path entry = inside(root, root.resolve(name.entry()));
      Path blobs = inside(root, entry.resolve("blobs"));
      Path locks = inside(root, root.resolve(".locks").resolve(name.entry()));
      FileChannel channel =
          FileChannel.open(
              locks.resolve("orograph.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      try {
        return new CacheEntry(root, entry, blobs, channel, lock(channel, waiting));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw unwritable(cache.root(), e);
    }
  }

  private static FileLock lock(FileChannel channel, Runnable waiting) throws IOException {
    for (boolean first = true; ; first = false) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Held by another thread of this process, which is waited for as well.
      }
      if (first) {
        waiting.run();
      }
      try {
        Thread.sleep(LOOK_EVERY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while another process was fetching");
      }
    }
  }

  /** Makes a folder and checks that no link has led it out of the cache. */
  private static Path inside(Path root, Path folder) throws IOException {
    Path there = folder;
    while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = there.getParent();
    }
    if (!there.toRealPath().startsWith(root)) {
      throw InputException.at(folder)
          .expected("must lie in the cache " + root)
          .found("is a link that leads outside of it")
          .remedy("remove the link, or set HF_HUB_CACHE to where it leads")
          .build();
    }
    Files.createDirectories(folder);
    return folder;
  }

  /** Where a blob lies. */
  Path blob(HubFile file) {
    return blobs.resolve(file.etag());
  }

  /** Where its bytes are gathered until they are all there. */
  Path incomplete(HubFile file) {
    return blobs.resolve(file.etag() + INCOMPLETE);
  }

  /** The folder of a commit. */
  Path snapshot(String commit) {
    return entry.resolve("snapshots").resolve(commit);
  }

  /** Free bytes on the disk. */
  long free() throws IOException {
    return Files.getFileStore(blobs).getUsableSpace();
  }

  /** Whether a file of a snapshot is there, whoever brought it. */
  boolean has(String commit, String name) {
    return Files.isRegularFile(snapshot(commit).resolve(name));
  }

  /** Gives the gathered bytes their final name. */
  void complete(HubFile file) throws IOException {
    Files.move(
        incomplete(file),
        blob(file),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Makes a blob appear as a file of a snapshot: a relative link, or a copy where that fails. */
  void show(String commit, HubFile file) throws IOException {
    Path pointer = pointer(commit, file.name());
    Path part = pointer.resolveSibling("." + file.etag() + INCOMPLETE);
    Files.deleteIfExists(part);
    try {
      Files.createSymbolicLink(part, pointer.getParent().relativize(blob(file)));
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.copy(blob(file), part, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.move(part, pointer, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path pointer(String commit, String name) throws IOException {
    Path snapshot = inside(root, snapshot(commit));
    // What stands there already is replaced; only the way to it must not leave the cache.
    int slash = name.lastIndexOf('/');
    SafePath.requireInside(name, entry);
    Path folder = slash < 0 ? snapshot : snapshot.resolve(name.substring(0, slash));
    return inside(root, folder).resolve(name.substring(slash + 1));
  }

  /** Writes down which commit a branch or a tag stands for. */
  void refer(String revision, String commit) throws IOException {
    Path refs = inside(root, entry.resolve("refs"));
    SafePath.requireInside(revision, entry);
    Path file = refs.resolve(revision);
    inside(root, file.getParent());
    Path part = file.resolveSibling("." + commit + INCOMPLETE);
    Files.deleteIfExists(part);
    Files.writeString(part, commit, StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The exception for a disk that is full or may not be written to. */
  static InputException unwritable(Path file, IOException e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return InputException.at(file)
        .expected("must be written")
        .found("the system says: " + Text.visible(reason, 400))
        .remedy("make room on the disk or set HF_HUB_CACHE to another; what has come is kept")
        .cause(e)
        .build();
  }

  @Override
  public void close() {
    try (channel) {
      lock.release();
    } catch (IOException e) {
      // The system gives it up with the process.
    }
  }
}
