package dev.orograph.hub;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * One model's folder in the cache, to write to. A file appears under its final name only when it is
 * whole. One process writes to it at a time; readers need no lock.
 */
final class CacheEntry implements AutoCloseable {
  /** What a file ends with that is not yet whole. Not another tool's, who may be writing too. */
  static final String INCOMPLETE = ".orograph.incomplete";

  private final Path root;
  private final Path entry;
  private final Path blobs;
  private final FileLock lock;

  private CacheEntry(Path root, Path entry, Path blobs, FileLock lock) {
    this.root = root;
    this.entry = entry;
    this.blobs = blobs;
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
      Disk.folder(cache.root());
      Path root = cache.root().toRealPath();
      Path entry = inside(root, root.resolve(name.entry()));
      Path blobs = inside(root, entry.resolve("blobs"));
      Path locks = inside(root, root.resolve(".locks").resolve(name.entry()));
      FileLock lock = Disk.lock(locks.resolve("orograph.lock"), waiting);
      return new CacheEntry(root, entry, blobs, lock);
    } catch (IOException e) {
      throw unwritable(cache.root(), e);
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
    return Disk.folder(folder);
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
    Disk.rename(incomplete(file), blob(file));
  }

  /** Makes a blob appear as a file of a snapshot: a relative link, or a copy where that fails. */
  void show(String commit, HubFile file) throws IOException {
    Path pointer = pointer(commit, file.name());
    if (!Disk.point(pointer, pointer.getParent().relativize(blob(file)))) {
      Disk.link(blob(file), pointer);
    }
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
    Disk.write(file, commit.getBytes(StandardCharsets.US_ASCII));
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
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      // The system gives it up with the process.
    }
  }
}
