package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run killed at any moment and started again ends as if nothing had happened. */
class KillAndResumeTest {
  private static final long SEED = 20261121;
  private static final int MOMENTS = 20;

  /** Of them in a build, drawn anew each time; the campaign tries all. */
  private static final int DRAWN = 6;

  private static final long POLL_NANOS = 1_000_000;

  @TempDir private static Path dir;
  private static Path model;
  private static Map<String, String> whole;
  private static int pieces;
  private static Duration time;

  /**
   * When to kill.
   *
   * @param name in words
   * @param after asked again and again with the run folder; true when it is time
   */
  private record Moment(String name, Predicate<Path> after) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void uninterrupted() {
    model = Models.mixed(dir.resolve("model"));
    Path run = dir.resolve("whole");
    long start = System.nanoTime();
    Cli.run(dir, "survey", model, "--out", run).exits(0);
    time = Duration.ofNanos(System.nanoTime() - start);
    whole = Runs.content(run);
    pieces = Runs.run(run).path("pieces").asInt();
    assertThat(pieces).isGreaterThan(40);
    assertThat(whole.keySet())
        .containsExactly(
            ".lock",
            "arrays/spectra.safetensors",
            "report.html",
            "results.json",
            "run.json",
            "tables/sparsity.components.csv",
            "tables/sparsity.tensors.csv",
            "tables/sparsity.unlike.csv",
            "tables/spectra.components.csv",
            "tables/spectra.matrix.csv");
  }

  /**
   * Twenty moments: while Java starts, after any number of pieces, and while results are written.
   * They follow the run's own progress, so that a busy machine does not make them all the same.
   */
  static List<Moment> moments() {
    Random random = new Random(SEED);
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i < MOMENTS - 7; i++) {
      double share = random.nextDouble();
      int micros = random.nextInt(3000);
      moments.add(
          new Moment(
              String.format(java.util.Locale.ROOT, "%.3f of the pieces + %d us", share, micros),
              folder -> pause(Runs.pieces(folder).size() >= share * pieces, micros)));
    }
    for (int i = 0; i < 3; i++) {
      double share = random.nextDouble();
      long[] started = {0};
      moments.add(
          new Moment(
              String.format(java.util.Locale.ROOT, "%.3f of the time", share),
              folder -> {
                started[0] = started[0] == 0 ? System.nanoTime() : started[0];
                return System.nanoTime() - started[0] >= share * time.toNanos();
              }));
    }
    for (String file : List.of("arrays", "results.json", "tables", "report.html")) {
      int micros = random.nextInt(3000);
      moments.add(
          new Moment(
              file + " is there + " + micros + " us",
              folder -> pause(Files.exists(folder.resolve(file)), micros)));
    }
    return moments;
  }

  private static boolean pause(boolean reached, int micros) {
    long until = System.nanoTime() + micros * 1000L;
    while (reached && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    return reached;
  }

  static List<Moment> drawn() {
    long seed = Long.getLong("orograph.moments", new Random().nextLong());
    System.out.println("these moments: -Dorograph.moments=" + seed);
    List<Moment> all = new ArrayList<>(moments());
    Collections.shuffle(all, new Random(seed));
    return all.subList(0, DRAWN);
  }

  @Tag("campaign")
  @ParameterizedTest
  @MethodSource("moments")
  void killedAtAnyMomentItEndsAsIfNothingHadHappened(Moment moment) {
    killedOnceItEndsAsIfNothingHadHappened(moment);
  }

  @ParameterizedTest
  @MethodSource("drawn")
  void killedOnceItEndsAsIfNothingHadHappened(Moment moment) {
    Path run = dir.resolve("once").resolve(Integer.toHexString(moment.name().hashCode()));
    int kept = killedAt(run, moment.after());
    // Java is warm in here; that another process ends the same is shown below and with signals.
    Cli.Outcome again = Cli.inside("survey", model, "--out", run).exits(0);
    Runs.requireSame(run, whole);
    JsonNode told = Runs.run(run);
    assertThat(told.path("status").asText()).isEqualTo("done");
    if (kept >= 0) {
      // Nothing is computed twice, nothing is lost.
      assertThat(told.path("pieces_resumed").asInt()).isEqualTo(kept);
      assertThat(told.path("pieces").asInt()).isEqualTo(pieces);
      if (kept > 0) {
        assertThat(again.err()).contains(kept + " pieces of an earlier run were kept.");
      }
    }
  }

  @Test
  void theMomentsAreSpreadOverTheRun() {
    assertThat(moments()).hasSize(MOMENTS).doesNotHaveDuplicates();
    assertThat(moments().stream().map(Moment::name)).doesNotHaveDuplicates();
  }

  @Tag("numeric")
  @Test
  void killedAndMovedAgainAndAgainItStillEndsTheSame() throws IOException {
    Path run = dir.resolve("often");
    int before = 0;
    for (int at : Stream.of(0.1, 0.4, 0.7, 1.0).mapToInt(s -> (int) (s * pieces)).toArray()) {
      Path hold = Files.createDirectory(dir.resolve("hold" + at));
      try (Cli.Running running =
          Cli.hold(List.of(), hold, at, dir, "survey", model, "--out", run)) {
        Cli.stands(running, hold);
        assertThat(running.kill().exit()).isEqualTo(128 + 9);
      }
      before = Runs.pieces(run).size();
      assertThat(before).as("pieces after a kill at %d", at).isGreaterThanOrEqualTo(at);
      run = Files.move(run, dir.resolve("moved" + at));
    }
    Cli.inside("survey", model, "--out", run, "--threads", 1).exits(0);
    Runs.requireSame(run, whole);
    assertThat(Runs.run(run).path("pieces_resumed").asInt()).isEqualTo(before);
  }

  /** Kills a run and returns how many pieces it had stored, or -1 where it had ended before. */
  private static int killedAt(Path run, Predicate<Path> moment) {
    try (Cli.Running running = Cli.start(dir, "survey", model, "--out", run)) {
      long limit = System.nanoTime() + Cli.LIMIT.toNanos();
      while (!moment.test(run) && running.process().isAlive()) {
        assertThat(System.nanoTime()).as("the moment never came").isLessThan(limit);
        LockSupport.parkNanos(POLL_NANOS);
      }
      assertThat(running.kill().exit()).isIn(0, 128 + 9);
    }
    boolean done =
        Files.exists(run.resolve("run.json"))
            && Runs.run(run).path("status").asText().equals("done");
    return done ? -1 : Runs.pieces(run).size();
  }
}
