package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * A tensor that lies in its file compressed (RFC 1951), behind a header that is compressed with it.
 * To be read it is inflated into a temporary file, which is deleted as soon as it is mapped: memory
 * stays in its budget.
 *
 * @param skip bytes of the header
 * @param size bytes after inflation, header included
 * @param crc CRC-32 of them
 */
public record Deflated(long skip, long size, long crc) implements Encoded {
  /** Largest tensor that is inflated. */
  static final long MOST = 1L << 30;

  private static final int BUFFER = 1 << 16;

  @Override
  public long length() {
    return size - skip;
  }

  @Override
  public String stored() {
    return "deflated";
  }

  /**
   * Inflates a tensor and maps it.
   *
   * @throws InputException where it does not inflate to as many bytes as were declared, or to
   *     others
   */
  MappedWindows map(TensorInfo tensor, int windowBits) {
    return MappedWindows.written(tensor.file(), windowBits, length(), out -> inflate(tensor, out));
  }

  private void inflate(TensorInfo tensor, OutputStream out) throws IOException {
    CRC32 sum = new CRC32();
    long done = 0;
    try (InputStream in = open(tensor.file(), tensor.begin(), tensor.end())) {
      byte[] buffer = new byte[BUFFER];
      // One byte more than declared is asked for, so that too long an entry shows.
      for (int n; done <= size && (n = in.read(buffer, 0, want(done))) > 0; done += n) {
        sum.update(buffer, 0, n);
        int header = (int) Math.min(n, Math.max(0, skip - done));
        if (done < size) {
          out.write(buffer, header, (int) Math.min(n, size - done) - header);
        }
      }
    } catch (ZipException | EOFException e) {
      throw damaged(tensor, "its compression is damaged").cause(e).build();
    }
    if (done != size || sum.getValue() != crc) {
      throw damaged(
              tensor,
              done == size
                  ? "its checksum differs"
                  : done > size ? "there are more" : "there are " + Text.grouped(done))
          .build();
    }
  }

  private InputException.Builder damaged(TensorInfo tensor, String found) {
    return InputException.at(tensor.file())
        .place(Text.quoted(tensor.name()))
        .expected("must inflate to the " + Text.grouped(size) + " bytes that were declared")
        .found(found)
        .remedy("download it again");
  }

  private int want(long done) {
    return (int) Math.min(BUFFER, size - done + 1);
  }

  /** Inflates bytes {@code begin} to {@code end} of a file while they are read. */
  static InputStream open(Path file, long begin, long end) throws IOException {
    Inflater inflater = new Inflater(true);
    return new InflaterInputStream(ReadAt.stream(file, begin, end), inflater, BUFFER) {
      @Override
      public void close() throws IOException {
        super.close();
        inflater.end();
      }
    };
  }
}
