package dev.orograph.cli;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What Maven brings, told in one line that is written over on a terminal, now and then elsewhere.
 */
final class BroughtLine implements Consumer<String> {
  private static final long LINE_EVERY = Duration.ofSeconds(15).toNanos();

  private final boolean terminal = Boolean.getBoolean("orograph.terminal");
  private long last;
  private boolean open;

  @Override
  public synchronized void accept(String line) {
    long now = System.nanoTime();
    if (terminal) {
      System.err.print("\r\u001b[K" + (line.isEmpty() ? "" : "orograph: " + line));
    } else if (!line.isEmpty() && (!open || now - last >= LINE_EVERY)) {
      System.err.println("orograph: " + line);
      last = now;
    }
    open = !line.isEmpty();
  }
}
