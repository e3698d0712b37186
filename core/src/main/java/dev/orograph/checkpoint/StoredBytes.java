package dev.orograph.checkpoint;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * What this process has brought from stores: a folder of its own among the system's temporary ones,
 * which goes with it. Parts of files stay, up to {@link CheckpointStore#cache} bytes, until others
 * need their room; those in use stay in any case.
 */
final class StoredBytes {
  /** That of this process. */
  static final StoredBytes HERE = new StoredBytes();

  /** How long a thread waits for others to let go: models that stay open never do. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(30);

  /** The least used first. */
  private final Map<Key, Held> parts = new LinkedHashMap<>(64, 0.75f, true);

  /** Parts that threads have opened and that are open. */
  private final Map<Thread, Integer> reading = new HashMap<>();

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
   * Bytes {@code begin} to {@code end} of a file, as a file on this machine that holds nothing
   * else.
   *
   * <p>Where what is in use leaves no room for it, a thread that has nothing open waits for others
   * to let go. One that has is refused: two that wait for each other's parts would wait for ever.
   *
   * @return to be closed by whoever reads it
   * @throws InputException where it cannot be brought, or there is no room for it
   */
  Part part(StoredFile file, long begin, long end) {
    Key key = new Key(file, begin, end);
    Thread reader = Thread.currentThread();
    Held held = wanted(key, reader);
    try {
      // Whoever wants the same waits here until it is there.
      synchronized (held) {
        if (!held.whole) {
          bring(key, held.path);
          held.whole = true;
        }
      }
    } catch (RuntimeException e) {
      release(key, held, reader);
      throw e;
    }
    return new Part(held.path, () -> release(key, held, reader));
  }

  private synchronized Held wanted(Key key, Thread reader) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    long bytes = key.end - key.begin;
    Held held = parts.get(key);
    while (held == null && !makeRoom(key.file, bytes)) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (reading.containsKey(reader) || bytes > key.file.cache() || left <= 0) {
        throw noRoom(key.file, bytes);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        reader.interrupt();
        throw new CancellationException("interrupted while waiting for room in the cache");
      }
      held = parts.get(key);
    }
    if (held == null) {
      held = new Held(path(key.file));
      parts.put(key, held);
      taken += bytes;
    }
    held.users++;
    reading.merge(reader, 1, Integer::sum);
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

  private boolean makeRoom(StoredFile file, long bytes) {
    Iterator<Map.Entry<Key, Held>> all = parts.entrySet().iterator();
    while (taken + bytes > file.cache() && all.hasNext()) {
      Map.Entry<Key, Held> eldest = all.next();
      if (eldest.getValue().users == 0) {
        all.remove();
        drop(eldest.getKey(), eldest.getValue());
      }
    }
    return taken + bytes <= file.cache();
  }

  private InputException noRoom(StoredFile file, long bytes) {
    return InputException.at(Path.of(file.address()))
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

  private synchronized void release(Key key, Held held, Thread reader) {
    held.users--;
    reading.computeIfPresent(reader, (thread, count) -> count == 1 ? null : count - 1);
    if (held.users == 0 && !held.whole && parts.remove(key, held)) {
      taken -= key.end - key.begin;
    }
    notifyAll();
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
