package dev.orograph.checkpoint;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A store whose files are those of this machine: {@code kept://host/folder}. */
public final class KeptStore implements CheckpointStore {
  private static final String HOST = "kept://host";

  /** Bytes that were read of all files. */
  static final AtomicLong READ = new AtomicLong();

  /** The most that may lie here. */
  static volatile long cache = 1L << 30;

  /** What a folder holds beside its files. */
  static volatile List<Entry> besides = List.of();

  /** The address of a file. */
  static Path address(Path path) {
    return Path.of(HOST + path.toAbsolutePath());
  }

  private static Path path(String address) {
    return Path.of(address.substring(HOST.length()));
  }

  @Override
  public boolean reads(String scheme) {
    return scheme.equals("kept");
  }

  @Override
  public long cache() {
    return cache;
  }

  @Override
  public Entry look(String address) throws IOException {
    Path path = path(address);
    try {
      boolean folder = Files.isDirectory(path);
      return new Entry(
          address,
          path.getFileName().toString(),
          folder,
          folder ? 0 : Files.size(path),
          folder ? 0 : Files.getLastModifiedTime(path).toMillis(),
          "");
    } catch (NoSuchFileException e) {
      throw new FileNotFoundException(address);
    }
  }

  @Override
  public List<Entry> list(Entry folder) throws IOException {
    List<Entry> entries = new ArrayList<>(besides);
    try (Stream<Path> all = Files.list(path(folder.address()))) {
      for (Path path : all.toList()) {
        entries.add(look(HOST + path));
      }
    }
    return entries;
  }

  @Override
  public Content open(Entry file) throws IOException {
    FileChannel channel = FileChannel.open(path(file.address()));
    return new Content() {
      @Override
      public void read(long at, byte[] into, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(into, 0, length);
        while (bytes.hasRemaining()) {
          if (channel.read(bytes, at + bytes.position()) < 0) {
            throw new EOFException("ended at " + (at + bytes.position()));
          }
        }
        READ.addAndGet(length);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
