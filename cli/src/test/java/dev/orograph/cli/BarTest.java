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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    return new Bar(quiet, 0, "survey", "pieces", clock::get);
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
      assertThat(lines()).containsExactly(" 50 %  2 of 4 pieces, norms");
      pass(3600);
      bar.task("qk", "d", 75, 100, 3, 4);
      pass(5);
      bar.task("qk", "e", 100, 100, 4, 4);
      assertThat(lines())
          .containsExactly(
              " 50 %  2 of 4 pieces, norms",
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

  /** Before a twentieth of the work, or ten seconds, any time left would be a guess. */
  @Test
  void noTimeLeftBeforeItCanBeKnown() {
    try (Bar bar = bar(false)) {
      bar.task("norms", "kept", 50, 1000, 1, 9);
      pass(600);
      bar.task("norms", "b", 97, 1000, 2, 9);
      pass(5);
      bar.task("norms", "c", 97.5, 1000, 3, 9);
      assertThat(lines())
          .containsExactly(
              " 10 %  2 of 9 pieces, norms", " 10 %  3 of 9 pieces, norms, 3 h 11 min left");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 40, 60, 80, 200})
  void onATerminalALineThatFitsAndTicks(int columns) {
    try (Bar bar = new Bar(false, columns, "survey", "pieces", clock::get)) {
      assertThat(bar.line()).startsWith("survey   0 ".substring(0, Math.min(11, columns - 2)));
      bar.begun("Spectra of the weights", "encoder.block.0.layer.0.SelfAttention.q.weight");
      bar.begun("Norms", "x");
      bar.task("Norms", "x", 30, 100, 1, 4);
      pass(75);
      bar.task("Norms", "y", 60, 100, 2, 4);
      String before = bar.line();
      assertThat(before).hasSizeLessThan(columns);
      if (columns >= 60) {
        assertThat(before)
            .startsWith("survey  60 % ")
            .contains("  2/4  1:15, 1 min 40 s left  Spectra of the");
      }
      // What runs is worth more than blocks.
      assertThat(before.contains("[##########......]")).isEqualTo(columns >= 80);
      assertThat(before.contains(": encoder.block.0.layer.0.SelfAttention.q.weight"))
          .isEqualTo(columns == 200);
      pass(1);
      if (columns > 30) {
        assertThat(bar.line()).contains("1:16").isNotEqualTo(before);
      }
      assertThat(lines()).isEmpty();
    }
  }

  /** What is written can be taken away again. */
  @Test
  void theLineIsTakenAway() {
    try (Bar bar = new Bar(false, 61, "survey", "pieces", clock::get)) {
      bar.draw();
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .isEqualTo("\r\u001b[Ksurvey   0 % [................]  0:00\r\u001b[K");
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
