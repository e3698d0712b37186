package dev.orograph.instrument.density;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.linalg.DistanceMatrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes distances as a float32 matrix that {@code numpy.load} reads (format 1.0, C order). Tiles
 * go to {@code NAME.part}; {@code NAME.part.state} says for which distances and how many rows are
 * done, so that a killed run goes on; the file has its own name only when it is whole.
 */
final class DistancesFile {
  private static final int HEADER = 128;

  private final Path file;
  private final Path part;
  private final Path state;
  private final int n;
  private final String key;

  /**
   * A file to write.
   *
   * @param n points
   * @param key says whether what lies there belongs to the same distances
   */
  DistancesFile(Path file, int n, String key) {
    this.file = file.toAbsolutePath();
    this.n = n;
    this.key = key;
    part = this.file.resolveSibling(this.file.getFileName() + ".part");
    state = this.file.resolveSibling(this.file.getFileName() + ".part.state");
  }

  /** Bytes of the whole file. */
  static long bytes(int n) {
    return HEADER + 4L * n * n;
  }

  /**
   * Writes what is missing.
   *
   * @return the row that it went on from
   * @throws InputException where the file is there already, or the disk has no room for it
   */
  int write(Runnable check, DistanceMatrix matrix, int threads) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw InputException.at(file)
          .expected("must not be there yet")
          .found("there is a file of that name")
          .remedy("remove it or choose another name")
          .build();
    }
    int from = resumable();
    try {
      requireRoom(from);
      Disk.Part whole = Disk.named(file, part, from > 0).orElseThrow(this::taken);
      try {
        if (from == 0) {
          whole.write(header(), 0);
        }
        matrix.forEach(from, threads, (done, all) -> check.run(), new Rows(whole, from));
        whole.publish();
      } finally {
        // A run that goes on later begins with what is there.
        whole.keep();
      }
      Disk.delete(state);
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    } catch (UncheckedIOException e) {
      throw InputException.unwritable(file, e.getCause());
    }
    return from;
  }

  private InputException taken() {
    return InputException.at(file)
        .expected("should be written by one command at a time")
        .found("another one is writing it")
        .remedy("wait for it, or choose another name")
        .build();
  }

  /** The first row that is missing in what lies there. */
  private int resumable() {
    try {
      if (Files.isRegularFile(part) && Files.isRegularFile(state) && Files.size(state) < 1000) {
        String[] lines = Files.readString(state).split("\n", -1);
        if (lines.length == 3 && lines[0].equals(key) && lines[1].matches("\\d{1,9}")) {
          int row = Integer.parseInt(lines[1]);
          boolean there = row <= n && Files.size(part) >= HEADER + 4L * row * n;
          return there && (row % DistanceMatrix.SIDE == 0 || row == n) ? row : 0;
        }
      }
    } catch (IOException e) {
      throw InputException.unreadable(state, e);
    }
    return 0;
  }

  private void requireRoom(int from) throws IOException {
    Path folder = file.getParent();
    long there = Files.exists(part) && from > 0 ? Files.size(part) : 0;
    long needed = bytes(n) - there;
    long room = Files.getFileStore(folder).getUsableSpace();
    if (needed > room) {
      throw InputException.at(file)
          .expected("needs " + Text.grouped(needed) + " bytes on the disk")
          .found("there are " + Text.grouped(room))
          .remedy("make room, choose another folder, or take fewer --tokens")
          .build();
    }
  }

  private ByteBuffer header() {
    String dictionary =
        String.format(
            Locale.ROOT, "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", n, n);
    ByteBuffer b = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    b.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    b.putShort((short) (HEADER - 10));
    b.put(dictionary.getBytes(StandardCharsets.US_ASCII));
    while (b.remaining() > 1) {
      b.put((byte) ' ');
    }
    b.put((byte) '\n');
    return b.flip();
  }

  /** Puts each tile on both sides of the diagonal. */
  private final class Rows implements DistanceMatrix.Tiles {
    private final Disk.Part whole;
    private final int from;

    Rows(Disk.Part whole, int from) {
      this.whole = whole;
      this.from = from;
    }

    @Override
    public void tile(int row, int rows, int column, int columns, float[] distances) {
      ByteBuffer line =
          ByteBuffer.allocate(4 * Math.max(rows, columns)).order(ByteOrder.LITTLE_ENDIAN);
      try {
        for (int i = 0; i < rows; i++) {
          line.clear();
          for (int j = 0; j < columns; j++) {
            line.putFloat(distances[i * columns + j]);
          }
          whole.write(line.flip(), HEADER + 4 * ((long) (row + i) * n + column));
        }
        for (int j = 0; j < columns && column != row; j++) {
          line.clear();
          for (int i = 0; i < rows; i++) {
            line.putFloat(distances[i * columns + j]);
          }
          whole.write(line.flip(), HEADER + 4 * ((long) (column + j) * n + row));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void done(int row) {
      try {
        // A state that outlives a failure of the machine must not promise rows that do not.
        whole.force();
        Disk.writeUnforced(state, (key + "\n" + row + "\n").getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      return "rows from " + from;
    }
  }
}
