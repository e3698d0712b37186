package dev.orograph.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands of hidden states let their user choose: what is read, and how it runs. */
final class PromptOptions {
  private static final int MOST_BYTES = 1 << 20;

  /** One or the other. */
  private static final class Texts {
    @Option(
        names = "--prompts",
        paramLabel = "FILE",
        description = "Texts to read instead of the seed's, one per line, in UTF-8.")
    private Path prompts;

    @Option(
        names = "--ids",
        paramLabel = "FILE",
        description =
            "Token ids to read: {\"input_ids\": [[1, 2, ...], ...]}, and \"decoder_input_ids\" for a"
                + " decoder behind an encoder.")
    private Path ids;
  }

  @ArgGroup private Texts texts;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The run folder (with several models: where their run folders go; default:"
              + " orograph-runs/NAME-KEY).")
  private Path out;

  @Mixin private RunOptions run;

  void check() {
    run.check();
  }

  RunOptions run() {
    return run;
  }

  /**
   * Surveys a model with one instrument.
   *
   * @param several whether it is one of several models
   * @throws InputException where the instrument does not apply to it
   */
  RunOptions.Run survey(Path model, String instrument, boolean several) {
    Optional<Path> folder = out == null || several ? Optional.empty() : Optional.of(out);
    RunOptions.Run done =
        run.survey(
            model,
            List.of(instrument),
            Map.of(),
            choices(instrument),
            folder,
            out == null ? RunOptions.RUNS : out);
    String why =
        done.results().analyses().stream()
            .filter(a -> a.id().equals(instrument) && a.reason() != null)
            .map(Results.Analysis::reason)
            .findFirst()
            .or(() -> fault(done.results(), instrument))
            .orElse(null);
    if (why != null) {
      throw InputException.at(model)
          .expected("must be a model that reads token ids")
          .found(why)
          .remedy("'orograph inspect' shows which analyses apply")
          .build();
    }
    return done;
  }

  private static Optional<String> fault(Results results, String instrument) {
    Optional<Finding> fault = results.find(instrument + ".fault");
    return fault.map(f -> ((Note) f).text());
  }

  private SortedMap<String, String> choices(String instrument) {
    SortedMap<String, String> choices = new TreeMap<>();
    if (texts != null && texts.prompts != null) {
      choices.put(instrument + ".prompts", String.join("\n", lines(texts.prompts)));
      choices.put(instrument + ".source", texts.prompts.toString());
    } else if (texts != null) {
      JsonNode root = BoundedJson.read(texts.ids, MOST_BYTES);
      choices.put(instrument + ".ids", rows(root, "input_ids"));
      choices.put(instrument + ".source", texts.ids.toString());
      if (root.has("decoder_input_ids")) {
        choices.put(instrument + ".decoder_ids", rows(root, "decoder_input_ids"));
        if (root.path("decoder_input_ids").size() != root.path("input_ids").size()) {
          throw wrong("decoder_input_ids", "should have as many lists as 'input_ids'");
        }
      }
    }
    return choices;
  }

  private static List<String> lines(Path file) {
    String what = "texts in UTF-8, one per line";
    List<String> lines = text(file, what).lines().filter(l -> !l.isBlank()).toList();
    if (lines.isEmpty()) {
      throw wrong(file, what, "holds none");
    }
    return lines;
  }

  /**
   * The text of a file.
   *
   * @param what it should hold
   */
  static String text(Path file, String what) {
    SafePath.requireFile(file);
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
    if (bytes.length > MOST_BYTES) {
      throw wrong(file, what, "is larger than " + MOST_BYTES + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw wrong(file, what, "is not UTF-8");
    }
  }

  private static InputException wrong(Path file, String what, String found) {
    return InputException.at(file)
        .expected("should hold " + what)
        .found(found)
        .remedy("write it into a file of its own")
        .build();
  }

  private String rows(JsonNode root, String key) {
    List<String> rows = new ArrayList<>();
    for (JsonNode row : root.path(key)) {
      List<String> ids = new ArrayList<>();
      for (JsonNode id : row) {
        if (!id.isInt()) {
          throw wrong(key, "should hold lists of whole numbers");
        }
        ids.add(id.asText());
      }
      if (ids.isEmpty()) {
        throw wrong(key, "should hold lists that are not empty");
      }
      rows.add(ids.stream().collect(Collectors.joining(" ")));
    }
    if (rows.isEmpty()) {
      throw wrong(key, "should be a list of lists of token ids");
    }
    return String.join("\n", rows);
  }

  private InputException wrong(String key, String expected) {
    return InputException.at(texts.ids)
        .place("'" + key + "'")
        .expected(expected)
        .found("it does not")
        .remedy("write {\"input_ids\": [[1, 2, 3], [4, 5]]}")
        .build();
  }
}
