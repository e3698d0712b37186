package dev.orograph.checkpoint;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What this process has brought from stores: a folder of its own among the system's temporary ones,
 * which goes with it. Parts of files stay, up to {@link CheckpointStore#cache} bytes, until others
 * need their room; those in use stay in any case.
 */
final class StoredBytes {
  /** That of this process. */
  static final StoredBytes HERE = new StoredBytes();

  /** The least used first. */
  private final Map<Key, Held> parts = new LinkedHashMap<>(64, 0.75f, true);

  private long taken;
  private long made;
  private Path own;

  private StoredBytes() {}

  /** Part of a file. */
  private record Key(StoredFile file, long begin, long end) {}

  /** Where it lies, and how many use it. */
  private static final class Held {
    final Path path;
    int users;
    boolean whole;

    Held(Path path) {
      this.path = path;
    }
  }

  /** A new folder, whose last part is that name. */
  synchronized Path folder(String name) throws IOException {
    String safe = CheckpointName.safe(name);
    // The name is part of what is told of a model; a strange one is as strange here.
    Path path = own().resolve("folders").resolve(Long.toString(made++));
    return Disk.folder(own(), path.resolve(name.matches("[\\w][\\w. +@=-]{0,199}") ? name : safe));
  }

  /**
   * Bytes {@code begin} to {@code end} of a file, as a file on this machine that holds nothing else.
   *
   * @return to be closed by whoever reads it
   * @throws InputException where it cannot be brought, or what is in use leaves no room for it
   */
  Part part(StoredFile file, long begin, long end) {
    Key key = new Key(file, begin, end);
    Held held = wanted(key);
    try {
      // Whoever wants the same waits here until it is there.
      synchronized (held) {
        if (!held.whole) {
          bring(key, held.path);
          held.whole = true;
        }
      }
    } catch (RuntimeException e) {
      release(key, held);
      throw e;
    }
    return new Part(held.path, () -> release(key, held));
  }

  private synchronized Held wanted(Key key) {
    Held held = parts.get(key);
    if (held == null) {
      long bytes = key.end - key.begin;
      makeRoom(key.file, bytes);
      held = new Held(path(key.file));
      parts.put(key, held);
      taken += bytes;
    }
    held.users++;
    return held;
  }

  /**
   * Part of a file on this machine.
   *
   * @param path of a file that holds it alone
   * @param done told once nobody reads it any more
   */
  record Part(Path path, Runnable done) implements AutoCloseable {
    @Override
    public void close() {
      done.run();
    }
  }

  private static void bring(Key key, Path path) {
    try (Disk.Part part = Disk.part(path)) {
      key.file.bring(key.begin, key.end, part);
      part.publishUnforced();
    } catch (IOException e) {
      throw InputException.unwritable(path, e);
    }
  }

  private void makeRoom(StoredFile file, long bytes) {
    Iterator<Map.Entry<Key, Held>> all = parts.entrySet().iterator();
    while (taken + bytes > file.cache() && all.hasNext()) {
      Map.Entry<Key, Held> eldest = all.next();
      if (eldest.getValue().users == 0) {
        all.remove();
        drop(eldest.getKey(), eldest.getValue());
      }
    }
    if (taken + bytes > file.cache()) {
      throw InputException.at(Path.of(file.address()))
          .place("at " + file.address())
          .expected("has to have " + Text.grouped(bytes) + " bytes on this machine at once")
          .found(
              "the cache takes "
                  + Text.grouped(file.cache())
                  + ", of which "
                  + Text.grouped(taken)
                  + " are in use")
          .remedy("allow more: --conf spark.orograph.cache=32g")
          .build();
    }
  }

  private synchronized void release(Key key, Held held) {
    held.users--;
    if (held.users == 0 && !held.whole && parts.remove(key, held)) {
      taken -= key.end - key.begin;
    }
  }

  private void drop(Key key, Held held) {
    taken -= key.end - key.begin;
    try {
      Disk.delete(held.path);
    } catch (IOException e) {
      // It goes with the folder.
    }
  }

  private Path path(StoredFile file) {
    try {
      Path folder = Disk.folder(own(), own().resolve("parts"));
      return folder.resolve(Long.toString(made++));
    } catch (IOException e) {
      throw StoredFolder.unreadable(file.address(), e);
    }
  }

  /** The folder of this process, made when first asked for; none but its user may enter it. */
  private Path own() throws IOException {
    if (own == null) {
      own = Disk.scratchFolder("orograph-store-");
    }
    return own;
  }
}
