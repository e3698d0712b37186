package dev.orograph.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes of a weight file at any place, wherever it lies. */
interface ReadAt extends Closeable {
  /** Reads some bytes from a place on, as {@link FileChannel#read(ByteBuffer, long)} does. */
  int read(ByteBuffer into, long position) throws IOException;

  /** Bytes that the file has. */
  long size() throws IOException;

  /** Opens a file on this machine, or one in a store that stands here for. */
  static ReadAt open(Path file) throws IOException {
    StoredFile stored = StoredFile.of(file).orElse(null);
    return stored != null
        ? stored.open()
        : new Local(FileChannel.open(file, StandardOpenOption.READ));
  }

  /** Bytes {@code begin} to {@code end} of a file in their order; closing it closes the file. */
  static InputStream stream(Path file, long begin, long end) throws IOException {
    ReadAt bytes = open(file);
    return new InputStream() {
      private long at = begin;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int most = (int) Math.min(length, end - at);
        int n = at == end ? -1 : bytes.read(ByteBuffer.wrap(into, offset, most), at);
        at += Math.max(0, n);
        return n;
      }

      @Override
      public void close() throws IOException {
        bytes.close();
      }
    };
  }

  /** A file on this machine. */
  record Local(FileChannel channel) implements ReadAt {
    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return channel.read(into, position);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
