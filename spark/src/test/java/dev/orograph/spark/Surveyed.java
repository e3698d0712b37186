package dev.orograph.spark;

import dev.orograph.instrument.Options;
import dev.orograph.report.Outputs;
import dev.orograph.survey.EngineChoice;
import dev.orograph.survey.Progress;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Surveys of tests. */
final class Surveyed {
  private Surveyed() {}

  static Survey.Request request(Path model, Path folder, List<String> chosen, EngineChoice engine) {
    return request(model, folder, chosen, new Options(42, Options.Figures.ALL), engine);
  }

  static Survey.Request request(
      Path model, Path folder, List<String> chosen, Options options, EngineChoice engine) {
    return new Survey.Request(
        List.of(model),
        options,
        chosen,
        2,
        1L << 30,
        Optional.of(folder),
        folder.getParent(),
        false,
        engine);
  }

  /** The {@code results.json} of a survey. */
  static byte[] results(Survey.Request request, Progress progress) throws IOException {
    try (Survey survey = Survey.open(request)) {
      Outputs.write(survey, survey.run(progress));
      return Files.readAllBytes(survey.folder().path().resolve("results.json"));
    }
  }

  static EngineChoice spark(String master, Map<String, String> more) {
    Map<String, String> settings = new java.util.TreeMap<>(more);
    settings.put("master", master);
    settings.put("spark.driver.host", "127.0.0.1");
    settings.put("spark.driver.bindAddress", "127.0.0.1");
    return new EngineChoice("spark", settings);
  }
}
