package dev.orograph.instrument.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.finding.Results;
import dev.orograph.instrument.InputFile;
import dev.orograph.instrument.Job;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.Workshop;
import dev.orograph.report.Outputs;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An extraction from Java, and one that was stopped anywhere and goes on. */
class ExtractTest {
  private static final Path BYTES = Path.of("src/test/resources/families/meta-llama-bytes");

  /** Two slices of 512 positions where a line has 64. */
  private static final int STEP = 16;

  private static final int SIZE = 5 * STEP;

  @TempDir private Path dir;
  private Path text;

  @BeforeEach
  void write() throws IOException {
    text =
        Files.writeString(
            dir.resolve("text"),
            IntStream.range(0, SIZE)
                .mapToObj(i -> Character.toString('a' + i % 26).repeat(62) + "\n")
                .collect(Collectors.joining()));
  }

  @Test
  void fromJavaItIsAnAnalysisLikeTheOthers() {
    Options options =
        Options.usual()
            .with("extract", "text", text.toString())
            .with("extract", "states", "block_0.out,final_norm.out")
            .with("entropy", "text", text.toString());
    Survey.Request usual = Survey.Request.of(BYTES);
    Survey.Request request =
        new Survey.Request(
            usual.models(),
            options,
            List.of("extract", "entropy"),
            2,
            usual.memory(),
            Optional.of(dir.resolve("run")),
            usual.parent(),
            false);
    Results results;
    try (Survey survey = Survey.open(request)) {
      results = survey.run((i, label, done, total, tasks, of) -> {});
      Outputs.write(survey, results);
    }
    assertThat(results.sections()).hasSize(2);
    assertThat(results.find("extract.arrays")).isPresent();
    assertThat(results.find("entropy.bits")).isPresent();
    assertThat(results.settings()).containsEntry("extract.text", "text");
    Path arrays = dir.resolve("run/arrays");
    try (Checkpoint c = Checkpoint.open(arrays.resolve("extract.safetensors"))) {
      assertThat(c.tensor("block_0.out").orElseThrow().shape())
          .containsExactly((long) SIZE, 64L, 32L);
      assertThat(c.tensor("attention_mask")).isPresent();
    }
    assertThat(arrays.resolve("entropy.safetensors")).isRegularFile();
    assertThat(dir.resolve("run/report.html")).isNotEmptyFile();
  }

  @Test
  void withoutATextItSaysSoAndOnlyThat() {
    Survey.Request usual = Survey.Request.of(BYTES);
    try (Survey survey =
        Survey.open(
            new Survey.Request(
                usual.models(),
                Options.usual(),
                List.of("extract", "entropy"),
                1,
                usual.memory(),
                Optional.of(dir.resolve("run")),
                usual.parent(),
                false))) {
      Results results = survey.run((i, label, done, total, tasks, of) -> {});
      assertThat(results.analyses())
          .filteredOn(a -> a.status().equals("not_applicable"))
          .extracting(Results.Analysis::reason)
          .containsExactly(
              "no text is given: orograph entropy MODEL --text FILE",
              "no text is given: orograph extract MODEL --text FILE --states all");
    }
  }

  /** A corpus that changes between planning and reading is not the run's. */
  @Test
  void aFileIsPartOfTheRunByItsContent() throws IOException {
    InputFile before = InputFile.of(text);
    assertThat(before.unchanged()).isEqualTo(text.toAbsolutePath());
    byte[] bytes = Files.readAllBytes(text);
    bytes[bytes.length / 2] ^= 1;
    Files.write(text, bytes);
    assertThat(InputFile.of(text)).isNotEqualTo(before);
    assertThatThrownBy(before::unchanged).hasMessageContaining("its content is another one");
    assertThatThrownBy(() -> InputFile.of(dir)).hasMessageContaining("is no file");
    assertThatThrownBy(() -> Options.usual().with("extract", "ids", dir + "/none"))
        .hasMessageContaining("does not exist");
  }

  /** One extraction in a folder, stopped before the batch of that number. */
  private final class Run {
    final Extract extract = new Extract();
    final ExtractSettings settings;
    final Job<ExtractSettings, Nothing, ExtractFigures> job;
    final Workshop workshop = new Workshop();
    final AtomicInteger batches = new AtomicInteger();

    Run(String folder) {
      settings =
          extract.settings(
              Options.usual()
                  .with("extract", "text", text.toString())
                  .with("extract", "states", "all")
                  .with("extract", "batch", "1"));
      String fingerprint;
      try (Checkpoint c = Checkpoint.open(BYTES)) {
        fingerprint = c.fingerprint();
      }
      job =
          new Job<>(
              extract,
              List.of(new Subject(BYTES.toString(), "bytes", fingerprint)),
              settings,
              42,
              1L << 30,
              dir.resolve(folder).toString());
    }

    Task<Nothing> task() {
      return extract.tasks(workshop.planning(job), settings).get(0);
    }

    ExtractFigures measure(int stop) {
      batches.set(0);
      Task<Nothing> task = task();
      Work work = workshop.at(job, task);
      Work stopped =
          (Work)
              Proxy.newProxyInstance(
                  Work.class.getClassLoader(),
                  new Class<?>[] {Work.class},
                  (proxy, method, args) -> {
                    if (method.getName().equals("checkCancelled")
                        && batches.getAndIncrement() == stop) {
                      throw new CancellationException("stopped");
                    }
                    try {
                      return method.invoke(work, args);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
      return extract.measure(stopped, settings, task);
    }

    Path arrays() {
      return Workshop.arrays(Path.of(job.folder()), task().label()).resolve("extract.safetensors");
    }

    Path keep() {
      return Workshop.keep(Path.of(job.folder()), task().label());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4})
  void whatWasStoppedGoesOnAndEndsAsIfItHadNotBeen(int stop) throws IOException {
    Run whole = new Run("whole");
    ExtractFigures expected = whole.measure(-1);
    assertThat(whole.batches).hasValue(5);
    Run cut = new Run("cut");
    assertThatThrownBy(() -> cut.measure(stop)).isInstanceOf(CancellationException.class);
    assertThat(cut.arrays()).doesNotExist();
    // As another process would: nothing of the first is known but what lies on the disk.
    Run again = new Run("cut");
    assertThat(again.measure(-1)).isEqualTo(expected);
    assertThat(again.batches).as("batches that are not computed twice").hasValue(5 - stop);
    assertThat(again.arrays()).hasSameBinaryContentAs(whole.arrays());
    try (Stream<Path> left = Files.list(again.keep())) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"part", "progress", "nothing", "shorter"})
  void whatIsDamagedIsComputedAnew(String what) throws IOException {
    Run whole = new Run("whole");
    ExtractFigures expected = whole.measure(-1);
    Run cut = new Run("cut");
    assertThatThrownBy(() -> cut.measure(3)).isInstanceOf(CancellationException.class);
    Path part = cut.keep().resolve("extract.safetensors.part");
    Path progress = cut.keep().resolve("progress.json");
    switch (what) {
      case "part" -> Files.delete(part);
      case "progress" -> Files.delete(progress);
      case "nothing" -> Files.writeString(progress, "{\"done\": 4");
      default -> Files.write(part, java.util.Arrays.copyOf(Files.readAllBytes(part), 1000));
    }
    Run again = new Run("cut");
    assertThat(again.measure(-1)).isEqualTo(expected);
    assertThat(again.batches).hasValue(5);
    assertThat(again.arrays()).hasSameBinaryContentAs(whole.arrays());
  }
}
