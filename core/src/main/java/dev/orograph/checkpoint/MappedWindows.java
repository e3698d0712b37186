package dev.orograph.checkpoint;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A stretch of a file mapped read-only in windows of 2^bits bytes, so that it may be longer than
 * the 2 GiB at which a {@link ByteBuffer} ends. Windows are counted from the start of the stretch:
 * since 2^bits is a multiple of 8, no element lies across a border wherever the stretch starts.
 *
 * <p>The file is closed again at once: a mapping lives on without it, and an interrupted thread
 * cannot close the file of another. Not safe against reading during {@link #close}, which gives the
 * addresses back to the system: {@link TensorData} holds a lock for that.
 */
final class MappedWindows implements AutoCloseable {
  /** Windows of 1 GiB. */
  static final int BITS = 30;

  private final int bits;
  private final Mapping mapping;
  private final Runnable onClose;
  private ByteBuffer[] windows;
  private boolean closed;

  private MappedWindows(int bits, int count, Runnable onClose) {
    this.bits = bits;
    this.onClose = onClose;
    this.mapping = Mapping.open();
    this.windows = new ByteBuffer[count];
  }

  /**
   * Maps bytes {@code begin} to {@code end} of a file; those of a file in a store are brought first
   * where they are not here.
   *
   * @param bits log2 of the window size, 3 to 30
   * @throws InputException where the file cannot be opened or ends earlier
   */
  static MappedWindows map(Path file, long begin, long end, int bits) {
    StoredFile stored = StoredFile.of(file).orElse(null);
    if (stored == null) {
      return map(file, begin, end, bits, () -> {});
    }
    StoredBytes.Part part = StoredBytes.HERE.part(stored, begin, end);
    return map(part.path(), 0, end - begin, bits, part.done());
  }

  private static MappedWindows map(Path file, long begin, long end, int bits, Runnable onClose) {
    long size = 1L << bits;
    int count = Math.toIntExact((end - begin + size - 1) >>> bits);
    MappedWindows mapped = new MappedWindows(bits, count, onClose);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int i = 0; i < count; i++) {
        long from = begin + i * size;
        ByteBuffer window = mapped.mapping.map(channel, from, Math.min(size, end - from));
        mapped.windows[i] = window.order(ByteOrder.LITTLE_ENDIAN);
      }
      return mapped;
    } catch (IOException e) {
      mapped.close();
      throw InputException.unreadable(file, e);
    }
  }

  /** What writes the bytes that are then mapped. */
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  /**
   * Maps a temporary file that is written first and deleted as soon as it is mapped.
   *
   * @param source the file from which its content comes, for the message
   * @param length bytes that it has then
   */
  static MappedWindows written(Path source, int bits, long length, Content content) {
    try (Disk.Part plain = Disk.scratch()) {
      try (OutputStream out = plain.stream()) {
        content.write(out);
      } catch (IOException e) {
        throw InputException.unwritable(plain.path(), e);
      }
      return map(plain.path(), 0, length, bits);
    } catch (IOException e) {
      throw InputException.unreadable(source, e);
    }
  }

  /** The window that holds a byte, little-endian; its position is 0 and must not be moved. */
  ByteBuffer windowOf(long offset) {
    return windows[(int) (offset >>> bits)];
  }

  /** Where in its window a byte is. */
  int positionOf(long offset) {
    return (int) (offset & ((1L << bits) - 1));
  }

  /** Bytes in a whole window. */
  long windowSize() {
    return 1L << bits;
  }

  /** Gives the addresses back. A second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      windows = new ByteBuffer[0];
      mapping.close();
      onClose.run();
    }
  }
}
