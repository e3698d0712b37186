package dev.orograph.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Options;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.survey.EngineChoice;
import dev.orograph.survey.Progress;
import dev.orograph.survey.Survey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole survey on an engine that is found by its name. */
class SparkSurveyTest {
  private static final List<String> SOME = List.of("norms", "spectra", "density", "states");

  @TempDir static Path models;
  private static Path model;

  @TempDir Path dir;

  @BeforeAll
  static void make() {
    model = models.resolve("llama");
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 3, model);
  }

  /** An application is the process's, and the next test wants another one. */
  @AfterEach
  void stop() {
    Application.stop();
  }

  private byte[] surveyed(String name, List<String> chosen, EngineChoice engine)
      throws IOException {
    return Surveyed.results(
        Surveyed.request(model, dir.resolve(name), chosen, engine), Progress.SILENT);
  }

  @Test
  void everyAnalysisFindsTheSameToTheByte() throws IOException {
    byte[] local = surveyed("local", Instruments.ids(), EngineChoice.LOCAL);
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    byte[] spark =
        Surveyed.results(
            Surveyed.request(
                model,
                dir.resolve("spark"),
                Instruments.ids(),
                Surveyed.spark("local[2]", Map.of())),
            (instrument, label, done, total, tasks, of) -> told.add(label));
    assertThat(new String(spark, StandardCharsets.UTF_8))
        .isEqualTo(new String(local, StandardCharsets.UTF_8));
    assertThat(told).hasSizeGreaterThan(20);
    for (String arrays : List.of("spectra", "density")) {
      Path left = Path.of("arrays", arrays + ".safetensors");
      assertThat(dir.resolve("spark").resolve(left))
          .hasSameBinaryContentAs(dir.resolve("local").resolve(left));
    }
    assertThat(dir.resolve("spark").resolve("work")).doesNotExist();
    assertThat(Files.readString(dir.resolve("spark").resolve("run.json"))).contains("\"spark\"");
  }

  @Test
  void theNumberOfPartitionsAndCoresChangesNoByte() throws IOException {
    byte[] local = surveyed("local", SOME, EngineChoice.LOCAL);
    for (String cut : List.of("1 2", "2 1", "7 2")) {
      String pieces = cut.substring(0, 1);
      String master = "local[" + cut.substring(2) + "]";
      EngineChoice engine = Surveyed.spark(master, Map.of("spark.orograph.pieces", pieces));
      assertThat(surveyed("cut " + cut, SOME, engine)).as(cut).isEqualTo(local);
      stop();
    }
  }

  /** The fifty seeds of the reference notebooks, which need the vectors of the words before. */
  @Tag("campaign")
  @Test
  void seedsArePieces() throws IOException {
    Options options = new Options(42, Options.Figures.SEED).with("wordnet", "read", "static");
    assertThat(piecesOnBoth("wordnet", options))
        .hasSize(51)
        .startsWith("words")
        .contains("seed 0", "seed 49");
  }

  @Tag("campaign")
  @Test
  void seedsAndControlsOfATrainingArePieces() throws IOException {
    Options options =
        new Options(42, Options.Figures.SEED)
            .with("modulate", "what", "train")
            .with("modulate", "controls", "yes")
            .with("modulate", "seeds", "2")
            .with("modulate", "epochs", "1")
            .with("modulate", "words", "110");
    // Six geometries by two seeds, two more starts, and three sweeps.
    assertThat(piecesOnBoth("modulate", options)).hasSize(6 * 2 + 2 + 3);
  }

  /** What an analysis of the bundled T5 measures on Spark, where it finds what threads find. */
  private List<String> piecesOnBoth(String analysis, Options options) throws IOException {
    Path t5 = Path.of(System.getProperty("orograph.samples"), "checkpoints", "t5");
    List<byte[]> results = new ArrayList<>();
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    for (EngineChoice engine : List.of(EngineChoice.LOCAL, Surveyed.spark("local[2]", Map.of()))) {
      told.clear();
      results.add(
          Surveyed.results(
              Surveyed.request(t5, dir.resolve(engine.name()), List.of(analysis), options, engine),
              (instrument, label, done, total, tasks, of) -> told.add(label)));
    }
    assertThat(new String(results.get(1), StandardCharsets.UTF_8))
        .isEqualTo(new String(results.get(0), StandardCharsets.UTF_8))
        .contains(analysis);
    return told;
  }

  @Test
  void whatAKilledRunHadIsKept() throws IOException {
    EngineChoice engine = Surveyed.spark("local[2]", Map.of());
    Survey.Request request = Surveyed.request(model, dir.resolve("run"), SOME, engine);
    try (Survey survey = Survey.open(request)) {
      int[] seen = new int[1];
      assertThatThrownBy(
              () ->
                  survey.run(
                      (instrument, label, done, total, tasks, of) -> {
                        seen[0]++;
                        if (seen[0] == 5) {
                          throw new IllegalStateException("the driver ends here");
                        }
                      }))
          .hasMessage("the driver ends here");
    }
    byte[] local = surveyed("local", SOME, EngineChoice.LOCAL);
    try (Survey survey = Survey.open(request)) {
      survey.run(Progress.SILENT);
      assertThat(survey.resumed()).isBetween(5, survey.tasks()[1] - 1);
    }
    assertThat(surveyed("again", SOME, engine)).isEqualTo(local);
  }

  @Test
  void aWorkerThatCannotReadTheCheckpointIsNamedWithThePath() throws IOException {
    Path copy = dir.resolve("model");
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 3, copy);
    Survey.Request request =
        Surveyed.request(
            copy, dir.resolve("run"), List.of("norms"), Surveyed.spark("local[1]", Map.of()));
    try (Survey survey = Survey.open(request)) {
      // Gone for whoever opens it from now on; the driver has it open.
      Files.move(copy, dir.resolve("elsewhere"));
      assertThatThrownBy(() -> survey.run(Progress.SILENT))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("on worker 127.0.0.1 (executor driver)")
          .hasMessageContaining(copy.toString())
          .hasMessageContaining("every worker has to read it");
    }
  }

  @Test
  void otherKernelsThanTheDriversAreRefused() {
    Measuring.Run run = new Measuring.Run("r", "openblas-others", "", 1 << 20, 1);
    Piece<dev.orograph.instrument.Task.Nothing> piece = Pieces.one();
    SparkContext spark = Application.local(1);
    try {
      assertThat(Worker.of(run).measure(Pieces.job(dir), piece).failure().thrown())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("adds in another order than the driver's")
          .hasMessageContaining("OPENBLAS_CORETYPE");
    } finally {
      Worker.end("r");
      spark.stop();
    }
  }

  @Test
  void sparkPrintsNothing() throws IOException {
    PrintStream err = System.err;
    PrintStream out = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (PrintStream caught = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      System.setErr(caught);
      System.setOut(caught);
      surveyed("run", List.of("norms"), Surveyed.spark("local[1]", Map.of()));
    } finally {
      System.setErr(err);
      System.setOut(out);
    }
    assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void whatCannotBeMeantIsSaidBeforeAnythingOpens() {
    assertThatThrownBy(() -> new EngineChoice("spark", Map.of()).check())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs --master URL");
    assertThatThrownBy(
            () -> new EngineChoice("spark", Map.of("master", "local", "executor", "2")).check())
        .hasMessageContaining("begin with 'spark.', found 'executor'");
    assertThatThrownBy(() -> new EngineChoice("flink", Map.of()).check())
        .hasMessageContaining("no engine 'flink'");
  }
}
