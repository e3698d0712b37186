package dev.orograph.cli;

import dev.orograph.survey.Progress;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress with time left: a bar on a terminal, a plain line now and then elsewhere. The time left
 * follows from the work done, not from the number of pieces.
 */
final class Bar implements Progress, AutoCloseable {
  /** Milliseconds between two plain lines. */
  static final String EVERY = "orograph.progress.every";

  private static final int SCALE = 1000;
  private final boolean quiet;
  private final boolean terminal;
  private final String name;
  private final String unit;
  private final LongSupplier clock;
  private final long every = Duration.ofMillis(Long.getLong(EVERY, 5_000)).toNanos();
  private final long started;
  private ProgressBar bar;
  private long lastLine;
  private double resumedWork = -1;

  /** On a clock that tells nanoseconds. */
  Bar(boolean quiet, boolean terminal, String name, String unit, LongSupplier clock) {
    this.quiet = quiet;
    this.terminal = terminal;
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
    return new Bar(quiet, Boolean.getBoolean("orograph.terminal"), name, unit, System::nanoTime);
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
    if (terminal) {
      if (bar == null) {
        bar =
            new ProgressBarBuilder()
                .setInitialMax(SCALE)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .setTaskName(name)
                .hideEta()
                .build();
      }
      bar.setExtraMessage(tasks + "/" + of + " " + instrument + left(done, total));
      bar.stepTo(Math.round(SCALE * done / total));
      return;
    }
    long now = clock.getAsLong();
    if (now - lastLine >= every) {
      lastLine = now;
      System.err.printf(
          Locale.ROOT,
          "%3.0f %%  %d of %d %s, %s%s%n",
          100 * done / total,
          tasks,
          of,
          unit,
          instrument,
          left(done, total));
    }
  }

  private String left(double done, double total) {
    double mine = done - resumedWork;
    if (mine <= 0 || done >= total) {
      return "";
    }
    double seconds = (clock.getAsLong() - started) / 1e9 * (total - done) / mine;
    long s = Math.round(seconds);
    return s >= 3600
        ? String.format(Locale.ROOT, ", %d h %02d min left", s / 3600, s / 60 % 60)
        : s >= 60
            ? String.format(Locale.ROOT, ", %d min %02d s left", s / 60, s % 60)
            : ", " + s + " s left";
  }

  /** Takes the bar away. */
  synchronized void clear() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public void close() {
    clear();
  }
}
