package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.ProtoMessage;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A weight file open for its header: bytes at any place, never past the end. */
final class FileBytes implements AutoCloseable {
  private final Path file;
  private final FileStamp stamp;
  private final ReadAt bytes;

  private FileBytes(Path file, FileStamp stamp, ReadAt bytes) {
    this.file = file;
    this.stamp = stamp;
    this.bytes = bytes;
  }

  /**
   * Opens a regular file.
   *
   * @throws InputException where it is none, or may not be read
   */
  static FileBytes open(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        String found = attributes.isDirectory() ? "is a folder" : "is something else";
        throw InputException.at(file).expected("must be a file").found(found).build();
      }
      return new FileBytes(file, FileStamp.of(file, attributes), ReadAt.open(file));
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  Path file() {
    return file;
  }

  FileStamp stamp() {
    return stamp;
  }

  long size() {
    return stamp.size();
  }

  /** The first bytes: as many, or all where there are fewer. */
  byte[] first(int n) {
    return read(0, (int) Math.min(n, size())).array();
  }

  /**
   * Bytes from a place on, little-endian.
   *
   * @param what they belong to, for the message
   * @throws InputException where the file ends before they do
   */
  ByteBuffer at(long position, int n, String what) {
    if (position < 0 || position > size() - n) {
      throw fault(
              what,
              "ends at byte " + Text.grouped(position + n),
              "the file has " + Text.grouped(size()))
          .build();
    }
    return read(position, n);
  }

  /**
   * Bytes {@code begin} to {@code end}, which lie in the file, as a message.
   *
   * @param what the file must be for that, for the exception
   */
  ProtoMessage message(long begin, long end, String what) {
    return ProtoMessage.of(
        new ProtoMessage.Source() {
          @Override
          public ByteBuffer read(long position, int length) {
            return FileBytes.this.read(position, length);
          }

          @Override
          public InputException damaged(String found) {
            return InputException.at(file)
                .expected("must be " + what)
                .found(found)
                .remedy("download it again")
                .build();
          }
        },
        begin,
        end);
  }

  /** An exception about this file, ready but for a remedy other than to download it again. */
  InputException.Builder fault(String place, String expected, String found) {
    return InputException.at(file)
        .place(place)
        .expected(expected)
        .found(found)
        .remedy("download it again");
  }

  private ByteBuffer read(long position, int n) {
    ByteBuffer into = ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (into.hasRemaining()) {
        if (bytes.read(into, position + into.position()) < 0) {
          throw InputException.at(file).found("became shorter while it was read").build();
        }
      }
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
    return into.flip();
  }

  @Override
  public void close() {
    try {
      bytes.close();
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }
}
