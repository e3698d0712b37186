package dev.orograph.hub;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.net.ssl.SSLHandshakeException;

/**
 * How often one asks again and after what pause: the first, twice, four times that, and at least as
 * long as the server says; {@value #ATTEMPTS} failures without any progress between them are the
 * end.
 */
final class Patience {
  /** Failures in a row that are borne. */
  static final int ATTEMPTS = 5;

  /** The longest that a server may make us wait. */
  static final Duration LONGEST = Duration.ofMinutes(2);

  private static final long STEP_MILLIS = 50;

  private final HubSettings settings;
  private final HubName name;
  private final Consumer<String> told;
  private final BooleanSupplier stopped;
  private int failed;

  Patience(HubSettings settings, HubName name, Consumer<String> told, BooleanSupplier stopped) {
    this.settings = settings;
    this.name = name;
    this.told = told;
    this.stopped = stopped;
  }

  /** One request. */
  interface Request<T> {
    T send() throws IOException;
  }

  /** Asks until there is an answer. */
  <T> T until(Request<T> request) {
    while (true) {
      requireWanted();
      try {
        return request.send();
      } catch (IOException e) {
        after(e);
      }
    }
  }

  /** Something came: earlier failures no longer count. */
  void progress() {
    failed = 0;
  }

  /**
   * Waits after a failure.
   *
   * @throws InputException where it was one too many, or waiting would take too long
   */
  void after(IOException e) {
    requireWanted();
    failed++;
    String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    Duration wait = Duration.ZERO;
    if (e instanceof Setback s) {
      wait = s.atLeast();
    } else {
      what =
          e instanceof ConnectException
              ? "cannot be reached (is there a network, or a proxy to name?)"
              : "the connection failed (" + what + ")";
    }
    if (failed >= ATTEMPTS || wait.compareTo(LONGEST) > 0 || e instanceof SSLHandshakeException) {
      String later = wait.isZero() ? "later" : "in " + Math.max(1, wait.toSeconds()) + " s";
      throw InputException.at(Path.of(name.id()))
          .place(settings.endpoint().getHost())
          .expected("should give its files")
          .found(what)
          .remedy("try again " + later + "; what has come is kept" + slower(what))
          .cause(e)
          .build();
    }
    Duration own = settings.pause().multipliedBy(1L << (failed - 1));
    Duration pause = wait.compareTo(own) > 0 ? wait : own;
    told.accept(what + "; asking again");
    sleep(pause);
  }

  private String slower(String what) {
    return what.contains("429") && settings.token().isEmpty()
        ? "; the hub serves more with a token in HF_TOKEN"
        : "";
  }

  private void sleep(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    try {
      for (long left = pause.toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
        requireWanted();
        Thread.sleep(Math.min(STEP_MILLIS, left));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting");
    }
  }

  /** Ends the work on this file where another of the model has failed. */
  void requireWanted() {
    if (stopped.getAsBoolean()) {
      throw new CancellationException("another file of the model failed");
    }
  }
}
