package dev.orograph.hub;

import java.io.IOException;
import java.time.Duration;

/** A fault that may be gone when one asks again: a cut connection, a busy server. */
final class Setback extends IOException {
  private static final long serialVersionUID = 1L;
  private final Duration wait;

  Setback(String what) {
    this(what, Duration.ZERO);
  }

  /**
   * A setback after which the server wants to be left alone.
   *
   * @param wait for how long; zero where it does not say
   */
  Setback(String what, Duration wait) {
    super(what);
    this.wait = wait;
  }

  Duration atLeast() {
    return wait;
  }
}
