package dev.orograph.checkpoint;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A weight file in a store, of which this machine has no more than what was asked for. On this
 * machine a short file stands in its place, which says so: whoever reads that by itself finds no
 * weights, rather than wrong ones.
 */
final class StoredFile {
  /** Read beyond what was asked for: headers are read in small steps. */
  private static final int AHEAD = 16 << 10;

  private static final int CHUNK = 8 << 20;

  /** How long what the store said of a file holds: a look takes up to 50 ms. */
  private static final long LOOK_EVERY_NANOS = 1_000_000_000;

  private static final Map<Path, StoredFile> ALL = new ConcurrentHashMap<>();

  private final CheckpointStore store;
  private final CheckpointStore.Entry entry;
  private volatile long looked;

  StoredFile(CheckpointStore store, CheckpointStore.Entry entry) {
    this.store = store;
    this.entry = entry;
    this.looked = System.nanoTime();
  }

  /** From now on a path of this machine stands for it. */
  void standsAt(Path here) {
    ALL.put(here, this);
  }

  /** The file that a path stands for. */
  static Optional<StoredFile> of(Path here) {
    return ALL.isEmpty() ? Optional.empty() : Optional.ofNullable(ALL.get(here));
  }

  String address() {
    return entry.address();
  }

  long cache() {
    return store.cache();
  }

  FileStamp stamp() {
    return new FileStamp(
        entry.size(), FileTime.fromMillis(entry.modified()), entry.address() + entry.version());
  }

  /**
   * Checks that the store still has the file that was opened.
   *
   * @throws InputException where it has another one, or none
   */
  void requireUnchanged() {
    if (System.nanoTime() - looked > LOOK_EVERY_NANOS) {
      requireSame();
    }
  }

  private void look() throws IOException {
    CheckpointStore.Entry now;
    try {
      now = store.look(entry.address());
    } catch (FileNotFoundException e) {
      throw changed("is gone").cause(e).build();
    }
    if (!now.equals(entry)) {
      throw changed(
              now.size() == entry.size()
                  ? "has changed since it was opened"
                  : "has changed since it was opened: it had "
                      + Text.grouped(entry.size())
                      + " bytes and has "
                      + Text.grouped(now.size()))
          .build();
    }
    looked = System.nanoTime();
  }

  private InputException.Builder changed(String found) {
    return InputException.at(Path.of(entry.address()))
        .place("at " + entry.address())
        .found(found)
        .remedy("start again when nothing writes to it");
  }

  /** What a fault of the store is to whoever reads the file: its change says more. */
  private RuntimeException fault(IOException e) {
    if (e instanceof InterruptedIOException || Thread.currentThread().isInterrupted()) {
      return new UncheckedIOException("interrupted while reading " + entry.address(), e);
    }
    try {
      look();
    } catch (InputException said) {
      return said;
    } catch (IOException again) {
      e.addSuppressed(again);
    }
    return StoredFolder.unreadable(entry.address(), e);
  }

  /** The file at any place. Closing it looks whether it was the same to the end. */
  ReadAt open() {
    CheckpointStore.Content content = content();
    return new ReadAt() {
      private byte[] ahead = new byte[0];
      private long from;

      @Override
      public int read(ByteBuffer into, long position) {
        if (position >= entry.size()) {
          return -1;
        }
        int wanted = (int) Math.min(into.remaining(), entry.size() - position);
        if (position < from || position + wanted > from + ahead.length) {
          int length = (int) Math.min(Math.max(wanted, AHEAD), entry.size() - position);
          ahead = StoredFile.this.read(content, position, new byte[length], length);
          from = position;
        }
        into.put(ahead, (int) (position - from), wanted);
        return wanted;
      }

      @Override
      public long size() {
        return entry.size();
      }

      @Override
      public void close() throws IOException {
        content.close();
        requireSame();
      }
    };
  }

  /**
   * Brings bytes {@code begin} to {@code end} into a file.
   *
   * @throws IOException where that cannot be written
   */
  void bring(long begin, long end, Disk.Part into) throws IOException {
    try (CheckpointStore.Content content = content()) {
      byte[] bytes = new byte[(int) Math.min(CHUNK, end - begin)];
      for (long at = begin; at < end; at += bytes.length) {
        int n = (int) Math.min(bytes.length, end - at);
        into.write(ByteBuffer.wrap(read(content, at, bytes, n), 0, n), at - begin);
      }
    }
    requireSame();
  }

  private CheckpointStore.Content content() {
    try {
      return store.open(entry);
    } catch (IOException e) {
      throw fault(e);
    }
  }

  private byte[] read(CheckpointStore.Content content, long at, byte[] into, int length) {
    try {
      content.read(at, into, length);
      return into;
    } catch (IOException e) {
      throw fault(e);
    }
  }

  private void requireSame() {
    try {
      look();
    } catch (IOException e) {
      throw StoredFolder.unreadable(entry.address(), e);
    }
  }
}
