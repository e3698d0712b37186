package dev.orograph.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * The program, which stops when it tells of a certain piece and goes on when a test says so: what
 * is seen and done meanwhile depends on no machine's speed.
 */
public final class Held extends PrintStream {
  /** There while the program stands still. */
  static final String STANDS = "stands";

  /** Makes it go on, for good. */
  static final String GO = "go";

  private static final long POLL_NANOS = 5_000_000;

  private final Path folder;
  private final int at;
  private int told;

  private Held(PrintStream err, Path folder, int at) {
    super(err, true);
    this.folder = folder;
    this.at = at;
  }

  /**
   * A folder for the two files, after how many pieces to stop, and the arguments of {@code
   * orograph}, which has to tell of every piece ({@link Bar#EVERY} 0).
   */
  public static void main(String[] args) {
    System.setErr(new Held(System.err, Path.of(args[0]), Integer.parseInt(args[1])));
    Main.main(Arrays.copyOfRange(args, 2, args.length));
  }

  /** Lines of progress come this way; they are swallowed. Nothing is locked while it stands. */
  @Override
  public PrintStream printf(Locale locale, String format, Object... args) {
    synchronized (this) {
      if (++told != at) {
        return this;
      }
    }
    try {
      Files.createFile(folder.resolve(STANDS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (Files.notExists(folder.resolve(GO))) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    return this;
  }
}
