package dev.orograph.checkpoint;

import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a safetensors file whose tensors grow side by side, so that none of them needs to fit into
 * memory: the header comes first, from sizes that are known, and every piece goes to its place. The
 * bytes are those that {@link SafetensorsWriter} would write.
 *
 * <p>The file appears whole or not at all. What is not finished stays under another name, and
 * another stream may go on with it.
 */
public final class SafetensorsStream implements AutoCloseable {
  private static final int BUFFER = 1 << 18;

  private final Path target;
  private final Disk.Part part;
  private final Map<String, Long> at = new HashMap<>();
  private final Map<String, Long> ends = new HashMap<>();
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Begins a file, or goes on with one.
   *
   * @param file where it will be; its folder must exist
   * @param part where it grows, in the same file system
   * @param entries the tensors, {@linkplain Entry#streamed streamed}, of type F32 or I64
   * @param written how many elements of each tensor are in {@code part} already; empty to begin
   * @throws IllegalArgumentException for two tensors of one name
   * @throws InputException where the disk refuses, has too little room, or another process writes
   *     the same file
   */
  public SafetensorsStream(Path file, Path part, List<Entry> entries, Map<String, Long> written) {
    this.target = file.toAbsolutePath();
    List<Entry> ordered = SafetensorsWriter.ordered(entries);
    byte[] header = HeaderText.of(Map.of(), ordered);
    long next = header.length;
    for (Entry e : ordered) {
      at.put(e.name(), next + written.getOrDefault(e.name(), 0L) * e.dtype().bytes());
      next = Math.addExact(next, TensorInfo.bytes(e.dtype(), e.shape()));
      ends.put(e.name(), next);
    }
    try {
      this.part = Disk.named(target, part, !written.isEmpty()).orElseThrow(this::taken);
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    }
    boolean ready = false;
    try {
      room(next - this.part.size());
      this.part.write(ByteBuffer.wrap(header), 0);
      ready = true;
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  private InputException taken() {
    return InputException.at(target)
        .expected("should be written by one command at a time")
        .found("another one is writing it")
        .remedy("wait for it, or choose another folder")
        .build();
  }

  private void room(long bytes) throws IOException {
    long room = part.room();
    if (room < bytes) {
      throw InputException.at(target)
          .expected(String.format(Locale.ROOT, "needs %,d bytes on the disk", bytes))
          .found(String.format(Locale.ROOT, "%,d are free", room))
          .remedy("make room, choose another folder, or ask for less")
          .build();
    }
  }

  /**
   * The next elements of a tensor of type F32, rounded to it.
   *
   * @throws IllegalArgumentException for more than its shape holds
   */
  public void append(String name, double[] values) {
    append(name, values.length, Float.BYTES, i -> buffer.putFloat((float) values[i]));
  }

  /**
   * The next elements of a tensor of type I64.
   *
   * @throws IllegalArgumentException for more than its shape holds
   */
  public void append(String name, int[] values) {
    append(name, values.length, Long.BYTES, i -> buffer.putLong(values[i]));
  }

  private interface Put {
    void one(int index);
  }

  private void append(String name, int count, int each, Put put) {
    long from = at.get(name);
    long to = from + (long) count * each;
    if (to > ends.get(name)) {
      throw new IllegalArgumentException(name + " is longer than its shape says");
    }
    at.put(name, to);
    int step = BUFFER / each;
    try {
      for (int i = 0; i < count; i += step) {
        buffer.clear();
        for (int j = i; j < Math.min(count, i + step); j++) {
          put.one(j);
        }
        part.write(buffer.flip(), from + (long) i * each);
      }
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    }
  }

  /**
   * Gives the file its name.
   *
   * @throws IllegalStateException where a tensor is not whole
   */
  public void finish() {
    if (!at.equals(ends)) {
      throw new IllegalStateException("tensors are not whole: " + at + ", expected " + ends);
    }
    try {
      part.publish();
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    }
  }

  /**
   * Forces to the disk what was appended, so that a stream may go on from there after any end of
   * this one.
   *
   * @return how long the unfinished file is, in bytes
   */
  public long keep() {
    try {
      part.force();
      return part.size();
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    }
  }

  /** Leaves what is not finished where it is. */
  @Override
  public void close() {
    try {
      part.keep();
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    }
  }
}
