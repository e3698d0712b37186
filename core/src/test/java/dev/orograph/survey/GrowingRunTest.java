package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.Results;
import dev.orograph.input.FaultyDisk;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Options.Figures;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.report.Outputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A finished run takes further analyses, and is then what one run of all of them is. */
class GrowingRunTest {
  private static final Options USUAL = new Options(42, Figures.ALL);

  @TempDir private static Path shared;
  @TempDir private Path dir;
  private static Path model;

  @BeforeAll
  static void make() {
    model = shared.resolve("model");
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 1, model);
  }

  /** What was measured. */
  private static Set<String> survey(Path out, Options options, String... chosen) {
    Set<String> measured = new ConcurrentSkipListSet<>();
    Survey.Request request =
        new Survey.Request(
            List.of(model), options, List.of(chosen), 2, 1L << 30, Optional.of(out), out, false);
    Progress progress =
        new Progress() {
          @Override
          public void begun(String instrument, String label) {
            measured.add(instrument);
          }

          @Override
          public void task(
              String instrument, String label, double done, double total, int tasks, int of) {}
        };
    try (Survey survey = Survey.open(request)) {
      if (!survey.folder().done()) {
        Outputs.write(survey, Outputs.run(survey, progress));
      }
    }
    return measured;
  }

  private static Set<String> survey(Path out, String... chosen) {
    return survey(out, USUAL, chosen);
  }

  /** Every file but those that tell of time; of the report only that it is there. */
  private static Map<String, String> files(Path run) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(run)) {
      for (Path p : tree.filter(Files::isRegularFile).toList()) {
        String name = run.relativize(p).toString();
        boolean timed = name.equals(RunFolder.RUN) || name.equals(RunFolder.REPORT);
        files.put(name, timed ? "" : Files.readString(p, StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  @ParameterizedTest
  @CsvSource({
    "spectra, 'qk,norms'",
    "'norms,sparsity', spectra",
    "'spectra,gain', 'states,eigenspectrum,spectra'",
    "'adapter', 'qk,neurons'",
  })
  void itIsWhatOneRunOfAllIs(String first, String then) throws IOException {
    Path grown = dir.resolve("grown");
    survey(grown, first.split(","));
    Set<String> added = survey(grown, then.split(","));
    Path once = dir.resolve("once");
    Set<String> all = survey(once, (first + "," + then).split(","));
    assertThat(files(grown)).isEqualTo(files(once));
    Set<String> before = survey(dir.resolve("before"), first.split(","));
    // Nothing of the first is measured again.
    assertThat(before.stream().filter(added::contains)).isEmpty();
    before.addAll(added);
    assertThat(before).isEqualTo(all);
    ObjectNode run = RunFolder.run(grown);
    ObjectNode expected = RunFolder.run(once);
    for (String same : List.of("key", "analyses", "settings", "model", "machine", "pieces")) {
      assertThat(run.get(same)).as(same).isEqualTo(expected.get(same));
    }
    // Each part is there now, and so are both.
    assertThat(survey(grown, first.split(","))).isEmpty();
    assertThat(survey(grown, (first + "," + then).split(","))).isEmpty();
  }

  @Test
  void whatWasChosenForOneAnalysisStaysItsOwn() throws IOException {
    Options five = USUAL.with("density", "k", "5");
    Path grown = dir.resolve("grown");
    survey(grown, five, "density");
    survey(grown, USUAL, "norms");
    Path once = dir.resolve("once");
    survey(once, five, "norms", "density");
    assertThat(files(grown)).isEqualTo(files(once));
    assertThat(Outputs.read(grown).settings()).containsEntry("density.k", "5");
    assertThatThrownBy(() -> survey(grown, USUAL, "density", "spectra"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("other settings");
  }

  @Test
  void anotherSeedModelOrFormulaIsRefusedAndNothingIsTouched() throws IOException {
    Path run = dir.resolve("run");
    survey(run, "norms");
    Map<String, String> before = files(run);
    assertThatThrownBy(() -> survey(run, new Options(43, Figures.ALL), "qk"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("one of another model or with other settings");
    Path file = run.resolve(RunFolder.RUN);
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"norms\" : \"\\d+\"", "\"norms\" : \"1000\""));
    assertThatThrownBy(() -> survey(run, "qk"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("formulas");
    Files.writeString(file, text);
    assertThat(files(run)).isEqualTo(before);
  }

  /** At every call of the disk in turn. */
  @Test
  void whateverFailsWhileItGrowsTheOldRunOrTheNewOneIsThere() throws IOException {
    Path before = dir.resolve("before");
    survey(before, "norms");
    Results old = Outputs.read(before);
    Path once = dir.resolve("once");
    survey(once, "norms", "position_bias");
    Results both = Outputs.read(once);
    int failures = 0;
    int news = 0;
    for (int call = 1; ; call += 1 + failures / 8) {
      Path run = dir.resolve("run" + call);
      survey(run, "norms");
      boolean failed;
      try (FaultyDisk disk = FaultyDisk.failingAt(call)) {
        try {
          survey(run, "position_bias");
        } catch (InputException e) {
          assertThat(e).hasMessageContaining("No space left on device");
        }
        failed = disk.failed();
      }
      if (!failed) {
        break;
      }
      failures++;
      Results there = Outputs.read(run);
      assertThat(there).isIn(old, both);
      news += there.equals(both) ? 1 : 0;
      assertThat(RunFolder.run(run).path("status").asText()).isEqualTo("done");
      survey(run, "norms");
      survey(run, "position_bias");
      assertThat(files(run)).as("after call " + call).isEqualTo(files(once));
      assertThat(RunFolder.run(run).has("results_sha256")).isTrue();
    }
    assertThat(failures).isGreaterThan(15);
    assertThat(news).isPositive().isLessThan(failures);
  }

  @Test
  void onlyAFinishedRunGrows() throws IOException {
    Path run = dir.resolve("run");
    survey(run, "norms", "position_bias");
    Path file = run.resolve(RunFolder.RUN);
    Files.writeString(file, Files.readString(file).replace("\"done\"", "\"running\""));
    assertThatThrownBy(() -> survey(run, "qk"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("begun with norms, position_bias")
        .hasMessageContaining("finish it first");
    survey(run, "norms", "position_bias", "qk");
    Path once = dir.resolve("once");
    survey(once, "norms", "position_bias", "qk");
    assertThat(files(run)).isEqualTo(files(once));
  }

  /** What a stranger's run.json names stays inside the folder. */
  @Test
  void namesInAStrangersRunLeadNowhere() throws IOException {
    Path run = dir.resolve("run");
    survey(run, "norms");
    Path precious = dir.resolve("precious");
    Files.writeString(precious, "x");
    Files.createDirectories(run.resolve("work").resolve("qk"));
    Path file = run.resolve(RunFolder.RUN);
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst("\"analyses\" : \\{", "\"analyses\" : {\"../../precious\" : \"1\","));
    survey(run, "norms");
    assertThat(precious).hasContent("x");
    assertThat(run.resolve("work").resolve("qk")).exists();
    assertThatThrownBy(() -> survey(run, "qk")).isInstanceOf(InputException.class);
    assertThat(precious).hasContent("x");
  }
}
