package dev.orograph.instrument.states;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model is to read.
 *
 * @param seed seed of every draw
 * @param sound whether the sound figures are wanted beside the seed's
 * @param prompts texts
 * @param chosen whether the user chose what is read
 * @param ids token ids in place of texts; may be empty
 * @param decoder what a decoder behind an encoder reads, a sequence per sequence of ids; empty for
 *     its start token followed by the ids
 * @param source the file that the user's choice stands in, or ""
 */
record ReadingSettings(
    long seed,
    boolean sound,
    List<String> prompts,
    boolean chosen,
    List<List<Integer>> ids,
    List<List<Integer>> decoder,
    String source)
    implements Serializable {
  private static final String IDS_KEY = "input_ids";
  private static final String DECODER_KEY = "decoder_input_ids";

  static final Choice<List<String>> PROMPTS =
      Choice.text(
          "prompts",
          "FILE",
          "Texts to read instead of the reference notebooks', one per line, in UTF-8.",
          ReadingSettings::lines,
          List.of());

  static final Choice<Sequences> IDS =
      Choice.text(
          "ids",
          "FILE",
          "Token ids to read: {\"input_ids\": [[1, 2, ...], ...]}, and \"decoder_input_ids\" for a"
              + " decoder behind an encoder.",
          ReadingSettings::sequences,
          new Sequences(List.of(), List.of()));

  /** Token ids, and what a decoder behind an encoder reads beside each. */
  record Sequences(List<List<Integer>> ids, List<List<Integer>> decoder) {}

  /** Options of an analysis that reads these texts where nothing is chosen. */
  static Choices<ReadingSettings> choices(List<String> usual) {
    return new Choices<>(
        List.of(PROMPTS, IDS),
        List.of(PROMPTS, IDS),
        made -> {
          Sequences sequences = made.get(IDS);
          return new ReadingSettings(
              made.seed(),
              made.sound(),
              made.has(PROMPTS) ? made.get(PROMPTS) : usual,
              made.has(PROMPTS) || made.has(IDS),
              sequences.ids(),
              sequences.decoder(),
              made.has(PROMPTS) ? made.source(PROMPTS) : made.source(IDS));
        });
  }

  private static List<String> lines(Choice.Given given) {
    List<String> lines = given.text().lines().filter(l -> !l.isBlank()).toList();
    if (lines.isEmpty()) {
      throw InputException.at(Path.of(given.source()))
          .expected("should hold texts in UTF-8, one per line")
          .found("holds none")
          .remedy("write it into a file of its own")
          .build();
    }
    return lines;
  }

  private static Sequences sequences(Choice.Given given) {
    Path file = Path.of(given.source());
    JsonNode root = BoundedJson.parse(given.text().getBytes(StandardCharsets.UTF_8), file, "");
    List<List<Integer>> ids = rows(file, root, IDS_KEY);
    if (!root.has(DECODER_KEY)) {
      return new Sequences(ids, List.of());
    }
    List<List<Integer>> decoder = rows(file, root, DECODER_KEY);
    if (decoder.size() != ids.size()) {
      throw wrong(file, DECODER_KEY, "should have as many lists as '" + IDS_KEY + "'");
    }
    return new Sequences(ids, decoder);
  }

  private static List<List<Integer>> rows(Path file, JsonNode root, String key) {
    List<List<Integer>> rows = new ArrayList<>();
    for (JsonNode row : root.path(key)) {
      List<Integer> ids = new ArrayList<>();
      for (JsonNode id : row) {
        if (!id.isInt()) {
          throw wrong(file, key, "should hold lists of whole numbers");
        }
        ids.add(id.intValue());
      }
      if (ids.isEmpty()) {
        throw wrong(file, key, "should hold lists that are not empty");
      }
      rows.add(List.copyOf(ids));
    }
    if (rows.isEmpty()) {
      throw wrong(file, key, "should be a list of lists of token ids");
    }
    return List.copyOf(rows);
  }

  private static InputException wrong(Path file, String key, String expected) {
    return InputException.at(file)
        .place("'" + key + "'")
        .expected(expected)
        .found("it does not")
        .remedy("write {\"input_ids\": [[1, 2, 3], [4, 5]]}")
        .build();
  }
}
