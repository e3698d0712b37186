package dev.orograph.instrument.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.finding.Section;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Parameter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether digits stand in their order, and words of a kind together. */
public final class WordGeometry implements MatrixInstrument<WordFigures> {
  private static final Card CARD =
      new Card(
          "words",
          "Digits, categories and special tokens",
          "matrix with a row per token",
          1,
          "cosines of the digits against their distance, of words of a category against like tokens,"
              + " and of special tokens",
          "Digits: correlation of |i - j| with the cosine over the 45 pairs; p from 9,999 permutations"
              + " of the digits. Categories: mean cosine within a list of words that are single"
              + " tokens (three at least) and its lift over the mean of the reference notebooks' sample of pairs;"
              + " the null draws other whole words, each of like norm (nearest 100 in rank) to one"
              + " of the list's, 999 times. Centroids are compared by cosine.",
          "seed 003 section 1; Caliskan, Bryson & Narayanan 2017",
          "Ten digits and eight lists of common words are few. Frequent words share a region of the"
              + " space whatever they mean, which matching on norm removes only in part."
              + " Words of several tokens are left out, so that lists differ from model to model.",
          List.of(
              "Caliskan, A., Bryson, J. J. & Narayanan, A. (2017). Semantics derived automatically"
                  + " from language corpora contain human-like biases. Science 356."));

  static final Choice<Map<String, List<String>>> LISTS =
      Choice.text(
          "lists",
          "FILE",
          "Categories to look for instead of the reference notebooks', as JSON: {\"birds\": [\"robin\", \"owl\","
              + " ...], ...}.",
          WordGeometry::lists,
          SeedWords.lists());

  private static Map<String, List<String>> lists(Choice.Given given) {
    Path file = Path.of(given.source());
    JsonNode root = BoundedJson.parse(given.text().getBytes(StandardCharsets.UTF_8), file, "");
    Map<String, List<String>> lists = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      List<String> list = new ArrayList<>();
      field.getValue().forEach(w -> list.add(w.isTextual() ? w.textValue() : ""));
      if (!field.getValue().isArray() || list.isEmpty() || list.contains("")) {
        throw wrong(file, "'" + field.getKey() + "' should be a list of words", field.getValue());
      }
      lists.put(field.getKey(), List.copyOf(list));
    }
    if (lists.isEmpty()) {
      throw wrong(file, "should hold categories with lists of words", root);
    }
    return lists;
  }

  private static InputException wrong(Path file, String expected, JsonNode found) {
    return InputException.at(file)
        .expected(expected)
        .found("it is " + (found.isEmpty() ? "empty or no list" : found.getNodeType()))
        .remedy("write {\"category\": [\"word\", ...], ...}")
        .build();
  }

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Choices<TerrainSettings> choices() {
    return new Choices<>(
        List.of(LISTS),
        made -> {
          TerrainSettings s = TerrainSettings.of(made);
          return made.has(LISTS) ? s.with(made.get(LISTS)) : s;
        });
  }

  @Override
  public Class<WordFigures> resultType() {
    return WordFigures.class;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TOKEN_MATRIX, Need.TOKENIZER);
  }

  @Override
  public List<Task<TokenMatrix>> tasks(
      Work work, TerrainSettings settings, Parameter matrix, String id) {
    long rows = matrix.tensor().rows();
    long d = matrix.tensor().columns();
    return List.of(
        MatrixInstrument.perEntry(matrix, id, "", 40, Cosines.sampleBytes(settings, rows, d)));
  }

  @Override
  public WordFigures measure(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    return new WordMeasurement(work, settings, task, rows).figures();
  }

  @Override
  public Section conclude(TerrainSettings settings, List<WordFigures> results) {
    return new WordSection(CARD, settings, results).section();
  }
}
