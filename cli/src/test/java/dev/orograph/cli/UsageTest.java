package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.instrument.Instruments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong usage is exit code 2 and writes nothing; help helps; quiet is quiet. */
class UsageTest {
  @TempDir private Path dir;
  private Path model;

  @BeforeEach
  void make() {
    model = Models.of(dir.resolve("model"), Models.normal("a.weight", 1, 12, 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frobnicate | frobnicate",
        "--frobnicate | --frobnicate",
        "survey MODEL --frobnicate | --frobnicate",
        "survey MODEL --threads 0 | --threads must be at least 1, not 0",
        "survey MODEL --threads -3 | not -3",
        "survey MODEL --threads many | many",
        "survey MODEL --memory abc | 'abc' is no size: write 4g or 512m",
        "survey MODEL --memory 0 | '0' is no size",
        "survey MODEL --memory -1g | '-1g' is no size",
        "survey MODEL --memory 1.5g | '1.5g' is no size",
        "survey MODEL --memory 999999999999t | '999999999999t' is more than",
        "survey MODEL --memory 99999999999999999999 | is no size",
        "survey MODEL --only nope | no analysis 'nope'; there are spectra, sparsity",
        "survey MODEL --skip nope | no analysis 'nope'",
        "survey MODEL --only spectra --skip spectra | leave nothing to do",
        "survey MODEL --only spectra,norms --skip norms,spectra | leave nothing to do",
        "survey MODEL --seed x | x",
        "survey MODEL --figures some | some",
        "compare | MODEL",
        "compare MODEL | at least 2",
        "compare MODEL MODEL --threads 0 | --threads must be at least 1, not 0",
        "compare MODEL MODEL --only nope | no analysis 'nope'",
        "gain | MODEL",
        "gain MODEL --prompts a --ids b | mutually exclusive",
        "states MODEL --threads 0 | --threads must be at least 1, not 0",
        "diff MODEL | NEW",
        "diff MODEL MODEL more | more",
        "get | RUN",
        "get MODEL | name an ID, or give --list",
        "inspect | MODEL",
        "talk MODEL | give a prompt or --text, one of them",
        "talk MODEL once --text FILE | give a prompt or --text, one of them",
        "explain nope.figure | no analysis 'nope'; see 'orograph list'",
        "fetch | NAME",
        "report | RUN",
        "explain | ID",
        "explain nope | no analysis 'nope'; see 'orograph list'",
        "make | SHAPE",
        "make t5-tiny | DIR",
        "make t6 made | no shape 't6'; there are t5-tiny, t5-small",
        "list extra | extra",
        "doctor extra | extra"
      })
  void wrongUsageIsExitCode2(String line, String says) {
    Map<String, String> before = Runs.untouched(dir);
    Object[] args =
        List.of(line.split(" ", -1)).stream()
            .map(a -> a.equals("MODEL") ? model : a.equals("made") ? dir.resolve("made") : a)
            .toArray();
    Cli.Outcome outcome = Cli.inside(args).exits(2);
    assertThat(outcome.err()).contains(says).doesNotContain("\tat ");
    assertThat(outcome.out()).isEmpty();
    assertThat(Runs.untouched(dir)).isEqualTo(before);
  }

  @Test
  void aProcessExitsWithTheSameCodes() {
    assertThat(Cli.run(dir, "survey", model, "--threads", 0).exits(2).err())
        .contains("Usage: orograph survey");
    assertThat(Cli.run(dir, "--version").exits(0).out()).matches("orograph \\d+\\.\\d+\\.\\d+\\R");
    assertThat(Cli.run(dir).exits(0).out()).contains("Usage: orograph", "survey", "inspect");
  }

  static Stream<String> commands() {
    return Main.COMMANDS.stream().map(Main::name);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithAnExampleWhereItTakesArguments(String command) {
    Cli.Outcome outcome = Cli.inside(command, "--help").exits(0);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).startsWith("Usage: orograph " + command);
    if (!List.of("list", "doctor").contains(command)) {
      assertThat(outcome.out()).containsPattern("Examples?:\\R  .*orograph " + command);
    }
    assertThat(Cli.inside("--help").exits(0).out()).contains("\n  " + command + " ");
    assertThat(Cli.inside("completion").exits(0).out())
        .contains("_picocli_orograph_" + command + "()");
  }

  @Test
  void helpWordsAndOtherSpellings() {
    assertThat(Cli.inside("help", "survey").exits(0).out()).startsWith("Usage: orograph survey");
    assertThat(Cli.inside("neighbors", "--help").exits(0).out())
        .contains("tokens whose rows lie nearest");
    for (String command : List.of("survey", "compare", "density")) {
      assertThat(Cli.inside(command, "--help").out()).contains("-o, --out=DIR");
    }
    assertThat(Cli.inside("density", "--help").out()).contains("-k, --k=");
    assertThat(Cli.inside("states", "--help").out()).contains("--text, --prompts=FILE");
  }

  @Test
  void aFigureIsExplainedByItsAnalysis() {
    String whole = Cli.inside("explain", "spectra").exits(0).out();
    assertThat(Cli.inside("explain", "spectra.self_attn_q.stable_rank").exits(0).out())
        .isEqualTo("spectra.self_attn_q.stable_rank is found by spectra:\n" + whole);
  }

  @Test
  void quietSaysNothingOnSuccess() {
    for (Object[] args :
        List.of(
            new Object[] {"survey", model, "--out", dir.resolve("run"), "--quiet"},
            new Object[] {"survey", "--quiet", model, "--out", dir.resolve("run")},
            new Object[] {"survey", model, "--out", dir.resolve("run"), "--fresh", "--quiet"})) {
      Cli.Outcome outcome = Cli.inside(args).exits(0);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).isEmpty();
    }
    assertThat(dir.resolve("run/report.html")).isNotEmptyFile();
    // Errors are still told.
    assertThat(Cli.inside("survey", dir.resolve("nowhere"), "--quiet").fault()).contains("nowhere");
  }

  @Test
  void aSurveyThatIsNoTerminalSaysOnlyWhatItFound() {
    Cli.Outcome outcome = Cli.run(dir, "survey", model, "--out", dir.resolve("run")).exits(0);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains("model holds 1 tensors with 96 parameters.")
        .contains("Report:   " + dir.resolve("run").resolve("report.html"))
        .contains("Numbers:  " + dir.resolve("run").resolve("results.json"))
        .doesNotContain("\u001b", "\r");
  }

  @Test
  void debugShowsWhereAnErrorArose() {
    for (Object[] args :
        List.of(
            new Object[] {"--debug", "inspect", dir.resolve("nowhere")},
            new Object[] {"survey", dir.resolve("nowhere"), "--debug"},
            new Object[] {"get", dir.resolve("nowhere"), "id", "--debug"})) {
      Cli.Outcome outcome = Cli.inside(args).exits(1);
      assertThat(outcome.err()).contains("\tat dev.orograph.", "\norograph: ", "nowhere");
    }
    assertThat(Cli.inside("inspect", dir.resolve("nowhere")).exits(1).err())
        .doesNotContain("\tat ");
  }

  @Test
  void onlyAndSkipChooseWhatRuns() throws IOException {
    Cli.inside("survey", model, "--out", dir.resolve("a"), "--only", "sparsity").exits(0);
    String others =
        Instruments.ALL.stream()
            .map(i -> i.card().id())
            .filter(id -> !id.equals("sparsity"))
            .collect(Collectors.joining(","));
    Cli.inside("survey", model, "--out", dir.resolve("b"), "--skip", others).exits(0);
    Runs.requireSame(dir.resolve("a"), Runs.content(dir.resolve("b")));
    var results = Runs.results(dir.resolve("a"));
    assertThat(Runs.analysis(results, "spectra").path("status").asText()).isEqualTo("skipped");
    assertThat(Runs.analysis(results, "spectra").path("reason").asText())
        .isEqualTo("not asked for");
    assertThat(results.path("sections"))
        .extracting(s -> s.path("id").asText())
        .containsExactly("sparsity");
    assertThat(Runs.files(dir.resolve("a")).keySet())
        .contains("tables/sparsity.tensors.csv")
        .doesNotContain("tables/spectra.matrix.csv", "arrays/spectra.safetensors");
  }

  @Test
  void figuresSeedLeavesTheNullsOut() {
    Path run = dir.resolve("run");
    Cli.inside("survey", model, "--out", run, "--figures", "SEED").exits(0);
    var results = Runs.results(run);
    assertThat(results.path("settings").path("figures").asText()).isEqualTo("seed");
    assertThat(results.path("highlights")).isEmpty();
    var scalar = Runs.finding(results, "spectra.a.weight.stable_rank");
    assertThat(scalar.path("seed").isNumber()).isTrue();
    assertThat(scalar.has("null")).isFalse();
  }

  @Test
  void theSeedChangesTheDrawsAndNothingOfTheMatrixItself() {
    for (int seed : new int[] {1, 2}) {
      Cli.inside("survey", model, "--out", dir.resolve("run" + seed), "--seed", seed).exits(0);
    }
    var first = Runs.finding(Runs.results(dir.resolve("run1")), "spectra.a.weight.stable_rank");
    var second = Runs.finding(Runs.results(dir.resolve("run2")), "spectra.a.weight.stable_rank");
    assertThat(first.path("value")).isEqualTo(second.path("value"));
    assertThat(first.path("null")).isNotEqualTo(second.path("null"));
  }
}
