package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C and a polite kill: exit code 3, a line that says how to go on, and it goes on. */
@EnabledOnOs(OS.LINUX)
class SignalTest {
  @TempDir private static Path dir;
  private static Path model;
  private static Map<String, String> whole;

  @BeforeAll
  static void uninterrupted() {
    model = Models.mixed(dir.resolve("model"));
    Cli.inside("survey", model, "--out", dir.resolve("whole")).exits(0);
    whole = Runs.content(dir.resolve("whole"));
  }

  @ParameterizedTest
  @CsvSource({"INT,12", "TERM,1", "TERM,40"})
  void exitsWith3AndOneLineThatSaysHowToGoOn(String signal, int pieces, @TempDir Path hold) {
    Path run = dir.resolve(signal + pieces);
    Cli.Outcome outcome;
    // A shell that starts tests in the background makes them deaf to SIGINT; env undoes it.
    try (Cli.Running running =
        Cli.hold(
            List.of("env", "--default-signal=INT"),
            hold,
            pieces,
            dir,
            "survey",
            model,
            "--out",
            run)) {
      Cli.stands(running, hold);
      running.signal(signal);
      outcome = running.await();
    }
    outcome.exits(Main.INTERRUPTED);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.errors().get(0))
        .startsWith("orograph: interrupted while ")
        .contains(run.toString())
        .endsWith(": give the same command again to go on");
    assertThat(Files.exists(run.resolve("results.json"))).isFalse();
    int kept = Runs.pieces(run).size();
    assertThat(kept).isGreaterThanOrEqualTo(pieces);

    Cli.inside("survey", model, "--out", run).exits(0);
    Runs.requireSame(run, whole);
    assertThat(Runs.run(run).path("pieces_resumed").asInt()).isEqualTo(kept);
  }
}
