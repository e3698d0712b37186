package dev.orograph.cli;

import dev.orograph.survey.Progress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Progress with time left: a line on a terminal that is written anew while the clock ticks, a plain
 * line now and then elsewhere. The time left follows from the work done, not from the number of
 * pieces, and is told once it can be known.
 *
 * <p>It draws by itself: libraries that ask the terminal how wide it is take Ctrl-C from the
 * program, which then could not say how to go on.
 */
final class Bar implements Progress, AutoCloseable {
  /** Milliseconds between two plain lines. */
  static final String EVERY = "orograph.progress.every";

  private static final int BLOCKS = 16;

  /** So narrow a terminal has no room for blocks beside what runs. */
  private static final int NARROW = 60;

  private static final int SECOND = 1_000;
  private static final double KNOWN_SHARE = 0.05;
  private static final double KNOWN_SECONDS = 10;
  private final boolean quiet;
  private final int columns;
  private final String name;
  private final String unit;
  private final LongSupplier clock;
  private final long every = Duration.ofMillis(Long.getLong(EVERY, 5_000)).toNanos();
  private final long started;
  private final Set<String> running = new LinkedHashSet<>();
  private Thread ticking;
  private boolean drawn;
  private long lastLine;
  private double resumedWork = -1;
  private String last = "";
  private double done;
  private double total;
  private String pieces = "";

  /**
   * On a clock that tells nanoseconds.
   *
   * @param columns of the terminal; 0 where there is none
   */
  Bar(boolean quiet, int columns, String name, String unit, LongSupplier clock) {
    this.quiet = quiet;
    this.columns = columns;
    this.name = name;
    this.unit = unit;
    this.clock = clock;
    started = clock.getAsLong();
    lastLine = started;
  }

  static Bar on(boolean quiet) {
    return on(quiet, "survey", "pieces");
  }

  /** A bar for another task, whose pieces have another name. */
  static Bar on(boolean quiet, String name, String unit) {
    Bar bar = new Bar(quiet, Terminal.columns(), name, unit, System::nanoTime);
    if (bar.columns > 0 && !quiet) {
      bar.ticking = new Thread(bar::tick, "orograph-progress");
      bar.ticking.setDaemon(true);
      bar.ticking.start();
    }
    return bar;
  }

  private void tick() {
    try {
      while (true) {
        Thread.sleep(SECOND);
        draw();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  @Override
  public synchronized void begun(String instrument, String label) {
    running.add(piece(instrument, label));
  }

  private static String piece(String instrument, String label) {
    return label.isEmpty() ? instrument : instrument + ": " + Terminal.visible(label);
  }

  @Override
  public synchronized void task(
      String instrument, String label, double done, double total, int tasks, int of) {
    if (quiet) {
      return;
    }
    if (resumedWork < 0) {
      resumedWork = done;
    }
    this.done = done;
    this.total = total;
    running.remove(piece(instrument, label));
    last = instrument;
    pieces = tasks + "/" + of;
    if (columns > 0) {
      return;
    }
    long now = clock.getAsLong();
    if (now - lastLine >= every) {
      lastLine = now;
      String left = left();
      System.err.printf(
          Locale.ROOT,
          "%3.0f %%  %d of %d %s, %s%s%n",
          100 * done / total,
          tasks,
          of,
          unit,
          instrument,
          left.isEmpty() ? "" : ", " + left);
    }
  }

  /** Writes the line on the terminal anew. */
  synchronized void draw() {
    System.err.print("\r\u001b[K" + line());
    System.err.flush();
    drawn = true;
  }

  /** What stands on the terminal: no wider than it, what matters most first. */
  synchronized String line() {
    double share = total > 0 ? done / total : 0;
    int full = (int) Math.round(BLOCKS * share);
    String left = left();
    String clockAndLeft = spent((long) seconds()) + (left.isEmpty() ? "" : ", " + left);
    StringBuilder line =
        new StringBuilder(String.format(Locale.ROOT, "%s %3.0f %%", name, 100 * share));
    // One column stays free: a terminal may go to the next line behind the last one.
    int room = columns - 1 - line.length() - clockAndLeft.length() - pieces.length() - 4;
    if (columns > NARROW && room >= BLOCKS + 12) {
      line.append(" [").append("#".repeat(full)).append(".".repeat(BLOCKS - full)).append(']');
    }
    if (!pieces.isEmpty()) {
      line.append("  ").append(pieces);
    }
    line.append("  ").append(clockAndLeft);
    String piece = running.stream().findFirst().orElse(last);
    if (!piece.isEmpty()) {
      line.append("  ").append(piece);
    }
    return line.length() < columns
        ? line.toString()
        : line.substring(0, Math.max(0, columns - 2)) + "~";
  }

  private double seconds() {
    return (clock.getAsLong() - started) / 1e9;
  }

  private static String spent(long s) {
    return s >= 3600
        ? String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60);
  }

  /** Nothing until some of this run's work has taken some time: any number would be a guess. */
  private String left() {
    double mine = done - resumedWork;
    double seconds = seconds();
    if (done >= total || mine < KNOWN_SHARE * (total - resumedWork) || seconds < KNOWN_SECONDS) {
      return "";
    }
    long s = Math.round(seconds * (total - done) / mine);
    return s >= 3600
        ? String.format(Locale.ROOT, "%d h %02d min left", s / 3600, s / 60 % 60)
        : s >= 60
            ? String.format(Locale.ROOT, "%d min %02d s left", s / 60, s % 60)
            : s + " s left";
  }

  /** Takes the line away. */
  void clear() {
    if (ticking != null) {
      ticking.interrupt();
    }
    synchronized (this) {
      if (drawn) {
        System.err.print("\r\u001b[K");
        System.err.flush();
        drawn = false;
      }
    }
  }

  @Override
  public void close() {
    clear();
  }
}
