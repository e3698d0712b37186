package dev.orograph.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.finding.Results;
import dev.orograph.input.InputException;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.report.Outputs;
import dev.orograph.survey.EngineChoice;
import dev.orograph.survey.Progress;
import dev.orograph.survey.Survey;
import dev.orograph.survey.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several models on one application. */
class SweepTest {
  private static final List<String> SOME = List.of("norms", "spectra", "states");
  private static final int MODELS = 3;

  @TempDir Path dir;

  @AfterEach
  void stop() {
    Application.stop();
  }

  private List<Path> models() {
    List<Path> models = new ArrayList<>();
    for (int i = 0; i < MODELS; i++) {
      models.add(dir.resolve("m" + i));
      RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, i, models.get(i));
    }
    return models;
  }

  private static void close(List<Survey> surveys) {
    surveys.forEach(Survey::close);
  }

  @Test
  void eachFindsWhatItFindsAlone() throws IOException {
    List<Path> models = models();
    EngineChoice engine = Surveyed.spark("local[2]", Map.of());
    List<String> groups = new ArrayList<>();
    SparkContext spark = Application.local(2);
    spark.addSparkListener(
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            groups.add(start.properties().getProperty("spark.jobGroup.id"));
          }
        });
    List<Survey> surveys = new ArrayList<>();
    Map<Survey, Results> found = new LinkedHashMap<>();
    try {
      for (Path model : models) {
        Path run = dir.resolve("sweep-" + model.getFileName());
        surveys.add(Survey.open(Surveyed.request(model, run, SOME, engine)));
      }
      List<Integer> done = new ArrayList<>();
      Sweep.run(
          surveys,
          (instrument, label, work, total, tasks, of) -> done.add(tasks),
          (survey, results) -> {
            synchronized (found) {
              found.put(survey, results);
            }
          });
      assertThat(done).as("told as of one survey").isSorted().doesNotHaveDuplicates();
      found.forEach(Outputs::write);
    } finally {
      close(surveys);
    }
    assertThat(found).hasSize(MODELS);
    stop();
    assertThat(groups).hasSizeGreaterThanOrEqualTo(MODELS * SOME.size());
    assertThat(groups.stream().distinct()).as("all of one run").hasSize(1);
    for (Path model : models) {
      byte[] alone =
          Surveyed.results(
              Surveyed.request(model, dir.resolve("alone"), SOME, EngineChoice.LOCAL),
              Progress.SILENT);
      assertThat(dir.resolve("sweep-" + model.getFileName()).resolve("results.json"))
          .hasBinaryContent(alone);
      dev.orograph.input.Disk.delete(dir.resolve("alone"));
    }
  }

  /** One model that is at fault stops the sweep; what the others had is kept. */
  @Test
  void theOthersGoOnByThemselves() throws IOException {
    List<Path> models = models();
    EngineChoice engine = Surveyed.spark("local[1]", Map.of());
    List<Survey> surveys = new ArrayList<>();
    List<Survey.Request> requests = new ArrayList<>();
    try {
      for (Path model : models) {
        Path run = dir.resolve("sweep-" + model.getFileName());
        requests.add(Surveyed.request(model, run, SOME, engine));
        surveys.add(Survey.open(requests.get(requests.size() - 1)));
      }
      Files.move(models.get(1), dir.resolve("elsewhere"));
      assertThatThrownBy(() -> Sweep.run(surveys, Progress.SILENT, (survey, results) -> {}))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("m1");
    } finally {
      close(surveys);
    }
    byte[] first = Surveyed.results(requests.get(0), Progress.SILENT);
    byte[] alone =
        Surveyed.results(
            Surveyed.request(models.get(0), dir.resolve("alone"), SOME, EngineChoice.LOCAL),
            Progress.SILENT);
    assertThat(first).isEqualTo(alone);
  }
}
