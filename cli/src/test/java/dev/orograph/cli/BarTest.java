package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plain lines of progress, on a clock that the test moves. */
class BarTest {
  private final AtomicLong clock = new AtomicLong(-7);
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream before = System.err;
  private final String every = System.getProperty(Bar.EVERY);

  @BeforeEach
  void listen() {
    System.clearProperty(Bar.EVERY);
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void leave() {
    System.setErr(before);
    if (every != null) {
      System.setProperty(Bar.EVERY, every);
    }
  }

  private List<String> lines() {
    return said.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private Bar bar(boolean quiet) {
    return new Bar(quiet, false, "survey", "pieces", clock::get);
  }

  private void pass(double seconds) {
    clock.addAndGet((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
  }

  @Test
  void aLineAtMostEveryFiveSeconds() {
    try (Bar bar = bar(false)) {
      bar.task("norms", "a", 0, 100, 0, 4);
      pass(4.999);
      bar.task("norms", "b", 25, 100, 1, 4);
      assertThat(lines()).isEmpty();
      pass(0.001);
      bar.task("norms", "c", 50, 100, 2, 4);
      bar.task("norms", "c", 50, 100, 2, 4);
      assertThat(lines()).containsExactly(" 50 %  2 of 4 pieces, norms, 5 s left");
      pass(3600);
      bar.task("qk", "d", 75, 100, 3, 4);
      pass(5);
      bar.task("qk", "e", 100, 100, 4, 4);
      assertThat(lines())
          .containsExactly(
              " 50 %  2 of 4 pieces, norms, 5 s left",
              " 75 %  3 of 4 pieces, qk, 20 min 02 s left", "100 %  4 of 4 pieces, qk");
    }
  }

  /** What was there already took no time of this run's. */
  @Test
  void theTimeLeftFollowsFromTheWorkOfThisRun() {
    try (Bar bar = bar(false)) {
      bar.task("norms", "kept", 80, 100, 3, 5);
      pass(10);
      bar.task("norms", "b", 90, 100, 4, 5);
      assertThat(lines()).containsExactly(" 90 %  4 of 5 pieces, norms, 10 s left");
    }
  }

  @Test
  void quietSaysNothing() {
    try (Bar bar = bar(true)) {
      pass(100);
      bar.task("norms", "a", 50, 100, 1, 2);
    }
    assertThat(lines()).isEmpty();
  }
}
