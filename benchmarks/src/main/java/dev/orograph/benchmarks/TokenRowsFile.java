package dev.orograph.benchmarks;

import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Makes rows such as a head has, in float32, as a {@code .npy} file: Gaussian ones with a spectrum
 * that falls as 1 / sqrt(1 + 8 j / d), about a mean of length 1, lengths spread by a fifth, every
 * fortieth row close to the one before it, the last 200 all the same.
 *
 * <p>Usage: {@code TokenRowsFile FILE ROWS COLUMNS}.
 */
public final class TokenRowsFile {
  private static final int HEADER = 128;
  private static final int SAME = 200;

  private TokenRowsFile() {}

  /** Writes the file, unless it is there. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]).toAbsolutePath();
    int n = Integer.parseInt(args[1]);
    int d = Integer.parseInt(args[2]);
    if (Files.exists(file)) {
      return;
    }
    Files.createDirectories(file.getParent());
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Generator g = Generator.of(n + d);
    float[] row = new float[d];
    ByteBuffer bytes = ByteBuffer.allocate(4 * d).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel out =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      out.write(header(n, d));
      for (int i = 0; i < n; i++) {
        if (i < n - SAME) {
          next(g, row, i % 40 == 39);
        }
        bytes.clear();
        bytes.asFloatBuffer().put(row);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void next(Generator g, float[] row, boolean near) {
    int d = row.length;
    double length = Math.exp(0.2 * g.standardNormal());
    for (int j = 0; j < d; j++) {
      double deviation = length / Math.sqrt(d * (1 + 8.0 * j / d));
      double noise = deviation * g.standardNormalFloat();
      row[j] = (float) (near ? row[j] + 0.01 * noise : 1 / Math.sqrt(d) + noise);
    }
  }

  private static ByteBuffer header(int n, int d) {
    ByteBuffer b = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    b.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) (HEADER - 10));
    b.put(
        String.format(
                Locale.ROOT, "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", n, d)
            .getBytes(StandardCharsets.US_ASCII));
    while (b.remaining() > 1) {
      b.put((byte) ' ');
    }
    return b.put((byte) '\n').flip();
  }
}
