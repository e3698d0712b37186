package dev.orograph.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.cli.serve.Door.Answer;
import dev.orograph.comparison.Comparison;
import dev.orograph.finding.Results;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.rows.TokenSearch;
import dev.orograph.report.HtmlReport;
import dev.orograph.report.ResultsJson;
import dev.orograph.survey.RunFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What each address gives. Nothing here writes, but for surveys where they are allowed. */
final class Pages implements AutoCloseable {
  private static final int MOST_NEIGHBOURS = 1000;
  private static final int MOST_COMPARED = 8;

  /** The page's own files, by their addresses. */
  private static final Map<String, String> FILES =
      Map.of("", "text/html", "page.css", "text/css", "page.js", "text/javascript");

  private final Shelf shelf;
  private final OpenModels models = new OpenModels();
  private final Surveys surveys;
  private final boolean runs;
  private final String folder;

  Pages(Path folder, boolean runs) {
    shelf = new Shelf(folder);
    surveys = new Surveys(folder);
    this.runs = runs;
    this.folder = folder.toString();
  }

  /**
   * The list.
   *
   * @param folder as the user named it
   * @param reports what addresses of reports begin with
   * @param mayStart whether surveys may be started
   * @param analyses what a survey may be asked for
   * @param runs all runs
   */
  private record Listed(
      String folder,
      String reports,
      boolean mayStart,
      List<String> analyses,
      List<Shelf.Shelved> runs) {}

  Answer get(String path, Query query, String reports) {
    if (FILES.containsKey(path)) {
      return new Answer(FILES.get(path), file(path.isEmpty() ? "page.html" : path));
    }
    return switch (path) {
      case "runs" -> json(new Listed(folder, reports, runs, Instruments.ids(), shelf.all()));
      case "get" -> Answer.json(asked(shelf.results(query.one("run")), query.all("id")));
      case "neighbours" -> json(neighbours(query));
      case "analogy" -> json(analogy(query));
      case "surveys" -> Answer.json(ResultsJson.list(surveys.all()));
      default -> throw new IllegalArgumentException("nothing is there");
    };
  }

  Answer post(String path, JsonNode body) {
    if (!runs) {
      throw new IllegalArgumentException(
          "this page may only read: start it with --allow-runs to survey from it");
    }
    if (path.equals("surveys")) {
      List<String> only = new ArrayList<>();
      body.path("only").forEach(id -> only.add(id.asText()));
      return json(surveys.start(body.path("model").asText(""), only));
    }
    if (path.equals("stop")) {
      surveys.stop(body.path("id").asInt());
      return Answer.json(ResultsJson.list(surveys.all()));
    }
    throw new IllegalArgumentException("nothing is there");
  }

  /** A run's report, or a comparison of several, drawn anew from their results. */
  Answer report(String path, Query query) {
    List<String> ids = query.all("run");
    if (!path.equals("report") || ids.isEmpty() || ids.size() > MOST_COMPARED) {
      throw new IllegalArgumentException("name one run to read or several to compare");
    }
    if (ids.size() == 1) {
      Path run = shelf.folder(ids.get(0));
      return html(HtmlReport.render(shelf.results(ids.get(0)), RunFolder.run(run)));
    }
    List<Results> all = ids.stream().map(shelf::results).toList();
    if (all.stream().anyMatch(Comparison::is)) {
      throw new IllegalArgumentException("a comparison cannot be compared: choose its runs");
    }
    return html(HtmlReport.render(Comparison.of(all), null));
  }

  /** As {@code get --json} prints it. */
  private static String asked(Results results, List<String> ids) {
    for (String id : ids) {
      if (results.named(id).isEmpty()) {
        throw new IllegalArgumentException("'" + id + "' is no id of this run");
      }
    }
    return ResultsJson.named(results, ids);
  }

  private TokenSearch.Answer neighbours(Query query) {
    return models.ask(
        shelf.folder(query.one("run")),
        s -> s.neighbours(s.word(query.one("word")), metric(query), count(query)));
  }

  private TokenSearch.Answer analogy(Query query) {
    return models.ask(
        shelf.folder(query.one("run")),
        s ->
            s.analogy(
                s.word(query.one("a")),
                s.word(query.one("b")),
                s.word(query.one("c")),
                metric(query),
                count(query)));
  }

  private static TokenSearch.Metric metric(Query query) {
    return TokenSearch.Metric.valueOf(query.one("metric").toUpperCase(Locale.ROOT));
  }

  private static int count(Query query) {
    int count = Integer.parseInt(query.one("k"));
    if (count < 1 || count > MOST_NEIGHBOURS) {
      throw new IllegalArgumentException("k must be 1 to " + MOST_NEIGHBOURS);
    }
    return count;
  }

  private static Answer json(Object record) {
    return Answer.json(ResultsJson.text(record));
  }

  private static Answer html(byte[] page) {
    return new Answer("text/html", page);
  }

  private static byte[] file(String name) {
    try (InputStream in = Pages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its file " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> surveying() {
    return surveys.going();
  }

  @Override
  public void close() {
    surveys.close();
    models.close();
  }
}
