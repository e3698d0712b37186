package dev.orograph.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that survey models let their user choose beside {@link RunOptions}. */
final class SurveyOptions {
  private static final int MOST_BYTES = 1 << 20;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID",
      description = "Run only these analyses (see 'orograph list').")
  private List<String> only = new ArrayList<>();

  @Option(names = "--skip", split = ",", paramLabel = "ID", description = "Leave these out.")
  private List<String> skip = new ArrayList<>();

  @Option(
      names = "--words",
      paramLabel = "FILE",
      description =
          "Categories to look for instead of the seed's, as JSON:"
              + " {\"birds\": [\"robin\", \"owl\", ...], ...}.")
  private Path words;

  @Mixin private RunOptions run;

  /** Refuses what cannot be meant. */
  void check() {
    chosen();
    run.check();
  }

  boolean fresh() {
    return run.fresh();
  }

  Quiet quiet() {
    return run.quiet();
  }

  /**
   * Surveys a model, or reads what an earlier run with the same options found.
   *
   * @param folder the run folder, or empty for one under {@code parent}
   */
  RunOptions.Run survey(Path model, Optional<Path> folder, Path parent) {
    return run.survey(model, chosen(), lists(), Collections.emptySortedMap(), folder, parent);
  }

  private Map<String, List<String>> lists() {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    if (words == null) {
      return lists;
    }
    JsonNode root = BoundedJson.read(words, MOST_BYTES);
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      List<String> list = new ArrayList<>();
      field.getValue().forEach(w -> list.add(w.isTextual() ? w.textValue() : ""));
      if (!field.getValue().isArray() || list.isEmpty() || list.contains("")) {
        throw wrong("'" + field.getKey() + "' should be a list of words", field.getValue());
      }
      lists.put(field.getKey(), list);
    }
    if (lists.isEmpty()) {
      throw wrong("should hold categories with lists of words", root);
    }
    return lists;
  }

  private InputException wrong(String expected, JsonNode found) {
    return InputException.at(words)
        .expected(expected)
        .found("it is " + (found.isEmpty() ? "empty or no list" : found.getNodeType()))
        .remedy("write {\"category\": [\"word\", ...], ...}")
        .build();
  }

  private List<String> chosen() {
    List<String> ids = new ArrayList<>();
    for (Instrument<?, ?, ?> i : Instruments.ALL) {
      ids.add(i.card().id());
    }
    List<String> named = new ArrayList<>(only);
    named.addAll(skip);
    for (String id : named) {
      if (!ids.contains(id)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "no analysis '" + id + "'; there are " + String.join(", ", ids));
      }
    }
    ids.removeIf(id -> (!only.isEmpty() && !only.contains(id)) || skip.contains(id));
    if (ids.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--only and --skip leave nothing to do");
    }
    return ids;
  }
}
