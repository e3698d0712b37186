package dev.orograph.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.Results;
import dev.orograph.input.InputException;
import dev.orograph.survey.RunFolder;
import dev.orograph.survey.Survey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The folder of a comparison: the outputs of a run, with a {@code run.json} that says which runs
 * were compared.
 */
public final class ComparisonFolder {
  private static final int NAMES = 3;
  private static final int NAME = 30;

  private ComparisonFolder() {}

  /**
   * A run that was compared.
   *
   * @param path its folder
   * @param results what it found
   */
  public record Source(Path path, Results results) {}

  /**
   * Writes the comparison, unless it is there already.
   *
   * @param comparison what {@code dev.orograph.comparison} made of the sources
   * @param out the folder, or empty for one under {@code parent} named after the models
   * @param fresh whether to throw away what an earlier run left
   * @return the folder
   * @throws dev.orograph.input.InputException where the folder holds something else
   */
  public static Path write(
      List<Source> sources, Results comparison, Optional<Path> out, Path parent, boolean fresh) {
    return write(sources, List.of(), comparison, out, parent, fresh);
  }

  /**
   * The same where runs of pairs of the models were looked at too.
   *
   * @param pairs those runs
   */
  public static Path write(
      List<Source> sources,
      List<Source> pairs,
      Results comparison,
      Optional<Path> out,
      Path parent,
      boolean fresh) {
    List<Source> all = new ArrayList<>(sources);
    all.addAll(pairs);
    List<String> digests = new ArrayList<>();
    all.forEach(s -> digests.add(digest(s.results())));
    // The same runs may be compared as models and as a series.
    String key =
        RunFolder.key(
            "compare\n"
                + Survey.VERSION
                + "\n"
                + String.join("\n", digests)
                + "\n"
                + digest(comparison));
    Path path = out.orElse(parent.resolve(name(sources) + "-" + key.substring(0, 8)));
    try (RunFolder folder = RunFolder.open(path, key, fresh)) {
      if (!folder.done()) {
        ObjectNode run = RunFolder.preamble();
        told(run.putArray("runs"), sources, digests);
        if (!pairs.isEmpty()) {
          told(run.putArray("pairs"), pairs, digests.subList(sources.size(), digests.size()));
        }
        folder.begin(run);
        Outputs.write(folder, run, comparison);
      }
    }
    return path;
  }

  private static String digest(Results results) {
    return RunFolder.key(new String(ResultsJson.write(results), StandardCharsets.UTF_8));
  }

  private static void told(ArrayNode runs, List<Source> sources, List<String> digests) {
    for (int i = 0; i < sources.size(); i++) {
      ObjectNode r = runs.addObject();
      r.put("name", sources.get(i).results().model().name());
      r.put("folder", sources.get(i).path().toAbsolutePath().normalize().getFileName().toString());
      r.put("results", digests.get(i));
    }
  }

  /**
   * Checks before anything is measured that a folder can take the comparison.
   *
   * @param names of the models
   * @param fresh whether an earlier run's files there are thrown away
   * @throws InputException where it holds something else, or a run of other models
   */
  public static void requireFree(Path path, List<String> names, boolean fresh) {
    RunFolder.requireFree(path);
    if (fresh || !Files.isRegularFile(path.resolve(RunFolder.RUN))) {
      return;
    }
    JsonNode runs = RunFolder.run(path).path("runs");
    boolean mine = runs.size() == names.size();
    for (int i = 0; mine && i < names.size(); i++) {
      mine = names.get(i).equals(runs.path(i).path("name").asText());
    }
    if (!mine) {
      throw InputException.at(path)
          .expected("should be a comparison of these models")
          .found("it is one of others, or no comparison")
          .remedy("choose another folder with --out, or replace it with --fresh")
          .build();
    }
  }

  /** Names as they may stand in a file's name, none of them hidden or long. */
  private static String name(List<Source> sources) {
    String names =
        sources.stream()
            .limit(NAMES)
            .map(s -> String.valueOf(s.results().model().name()))
            .map(n -> n.replaceAll("[^A-Za-z0-9._-]", "_"))
            .map(n -> n.substring(0, Math.min(n.length(), NAME)))
            .collect(Collectors.joining("-"));
    int more = sources.size() - NAMES;
    return "compare-" + names + (more > 0 ? "-and-" + more : "");
  }
}
