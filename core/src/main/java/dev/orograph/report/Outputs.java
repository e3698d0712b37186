package dev.orograph.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.Results;
import dev.orograph.input.InputException;
import dev.orograph.survey.Beside;
import dev.orograph.survey.Progress;
import dev.orograph.survey.RunFolder;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every output of a run: {@code results.json}, {@code tables/}, {@code report.html}. */
public final class Outputs {
  private Outputs() {}

  /** Measures what a run folder lacks; what a run that grows found before is read there. */
  public static Results run(Survey survey, Progress progress) {
    return survey.folder().grows()
        ? survey.run(progress, read(survey.folder().path()))
        : survey.run(progress);
  }

  /** Writes all outputs of a survey and marks it as finished. */
  public static void write(Survey survey, Results results) {
    write(survey.folder(), survey.describe(), results);
  }

  /**
   * Writes all outputs of a run and marks it as finished.
   *
   * @param run what its {@code run.json} will say
   */
  public static void write(RunFolder folder, ObjectNode run, Results results) {
    Path path = folder.path();
    byte[] bytes = ResultsJson.write(results);
    folder.write(bytes);
    draw(path, results, run.deepCopy());
    folder.finish(run, bytes);
  }

  /** Draws the report and the tables of a finished run again. */
  public static Path redraw(Path folder) {
    RunFolder.requirePlain(folder);
    return draw(folder, read(folder), RunFolder.run(folder));
  }

  private static Path draw(Path folder, Results results, ObjectNode run) {
    ArrayNode arrays = run.putArray("arrays");
    arrays(folder).forEach(arrays::add);
    Beside<byte[]> html = Beside.start(() -> HtmlReport.render(results, run));
    Map<String, byte[]> files = new LinkedHashMap<>(CsvTables.files(results));
    files.put(RunFolder.REPORT, html.result());
    RunFolder.write(folder, files);
    return folder.resolve(RunFolder.REPORT);
  }

  /**
   * The results of a finished run.
   *
   * @throws InputException where there are none, or they are not those that the run wrote
   */
  public static Results read(Path folder) {
    Path file = folder.resolve(RunFolder.RESULTS);
    if (Files.isDirectory(folder) && !Files.exists(file)) {
      throw InputException.at(folder)
          .expected("should be a finished run with " + RunFolder.RESULTS)
          .found(
              Files.exists(folder.resolve(RunFolder.RUN)) ? "it was not finished" : "it has none")
          .remedy("name the folder that a survey wrote, or run the same survey again to finish")
          .build();
    }
    byte[] bytes = RunFolder.results(folder);
    try {
      return ResultsJson.read(bytes);
    } catch (IllegalArgumentException e) {
      throw InputException.at(file)
          .expected("should be the results of a finished run")
          .found("it is " + e.getMessage())
          .remedy("run the survey again with --fresh")
          .cause(e)
          .build();
    }
  }

  private static List<String> arrays(Path folder) {
    Path arrays = folder.resolve("arrays");
    if (!Files.isDirectory(arrays)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(arrays)) {
      return files.map(f -> "arrays/" + f.getFileName()).sorted().toList();
    } catch (IOException e) {
      throw InputException.unreadable(arrays, e);
    }
  }
}
