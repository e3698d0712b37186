package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.Text;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The model in a {@code tokenizer.json}: Unigram, BPE, WordPiece or WordLevel.
 *
 * @param type which of them
 * @param fields what it says beside its vocabulary, checked
 * @param scores of a Unigram's pieces, in order
 */
record ModelJson(String type, ObjectNode fields, List<Double> scores) {
  private static final int MOST_MERGES = 1 << 22;
  private static final int MOST_CHARS_PER_WORD = 1000;
  private static final Map<String, Set<String>> KEYS =
      Map.of(
          "Unigram",
          Set.of("type", "unk_id", "vocab", "byte_fallback"),
          "BPE",
          Set.of(
              "type",
              "dropout",
              "unk_token",
              "continuing_subword_prefix",
              "end_of_word_suffix",
              "fuse_unk",
              "byte_fallback",
              "ignore_merges",
              "vocab",
              "merges"),
          "WordPiece",
          Set.of(
              "type",
              "unk_token",
              "continuing_subword_prefix",
              "max_input_chars_per_word",
              "vocab"),
          "WordLevel",
          Set.of("type", "unk_token", "vocab"));

  /** Checks a model and puts its pieces into the vocabulary. */
  static ModelJson read(Json model, Vocabulary vocabulary) {
    String type = type(model);
    Set<String> keys = KEYS.get(type);
    if (keys == null) {
      throw model.at("type").refuse("", "is '" + type + "', which is not known to this program");
    }
    model.onlyKeys(keys);
    ObjectNode fields = JsonNodeFactory.instance.objectNode().put("type", type);
    if (type.equals("Unigram")) {
      return unigram(model, vocabulary, fields);
    }
    Json vocab = model.at("vocab").object();
    for (Map.Entry<String, JsonNode> e : vocab.node().properties()) {
      Json where = new Json(e.getValue(), vocab.file(), vocab.place());
      vocabulary.add(where, e.getKey(), where.below(Vocabulary.MOST));
    }
    if (vocabulary.size() == 0) {
      throw vocab.refuse("must hold pieces", "holds none");
    }
    Json unk = model.at("unk_token");
    if (unk.missing() && !type.equals("BPE")) {
      throw unk.refuse("must name a piece", "is missing");
    }
    if (!unk.missing()) {
      if (vocabulary.id(unk.text(Vocabulary.LONGEST)) == null) {
        throw unk.refuse("must name a piece", Text.quoted(unk.node().textValue()) + " is none");
      }
      fields.set("unk_token", unk.node());
    }
    switch (type) {
      case "BPE" -> bpe(model, vocabulary, fields);
      case "WordPiece" -> {
        fields.put("continuing_subword_prefix", affix(model, "continuing_subword_prefix", "##"));
        Json most = model.at("max_input_chars_per_word");
        fields.put(
            "max_input_chars_per_word", most.missing() ? 100 : most.below(MOST_CHARS_PER_WORD + 1));
      }
      default -> {
        // Words and nothing else.
      }
    }
    return new ModelJson(type, fields, List.of());
  }

  /** Old files do not say the type. */
  private static String type(Json model) {
    if (!model.at("type").missing()) {
      return model.at("type").text(64);
    }
    return !model.at("merges").missing()
        ? "BPE"
        : model.at("vocab").node().isArray()
            ? "Unigram"
            : model.at("max_input_chars_per_word").missing() ? "WordLevel" : "WordPiece";
  }

  private static ModelJson unigram(Json model, Vocabulary vocabulary, ObjectNode fields) {
    List<Json> vocab = model.at("vocab").elements(Vocabulary.MOST);
    Double[] scores = new Double[vocab.size()];
    for (int i = 0; i < scores.length; i++) {
      List<Json> pair = vocab.get(i).elements(2);
      if (pair.size() != 2) {
        throw vocab.get(i).refuse("must be a piece and its score", "is not");
      }
      String piece = pair.get(0).some(Vocabulary.LONGEST);
      scores[i] = pair.get(1).number();
      vocabulary.add(vocab.get(i), piece, i);
    }
    Json unk = model.at("unk_id");
    if (unk.missing() || scores.length == 0) {
      // Without it the first text with a character of no piece cannot be encoded.
      throw unk.refuse("must be the id of the unknown piece", "is missing");
    }
    fields.put("unk_id", unk.below(scores.length));
    fields.put("byte_fallback", flag(model, "byte_fallback"));
    return new ModelJson("Unigram", fields, List.of(scores));
  }

  private static void bpe(Json model, Vocabulary vocabulary, ObjectNode fields) {
    Json dropout = model.at("dropout");
    if (!dropout.missing() && dropout.number() != 0) {
      throw dropout.refuse("must be 0", "is not, so that no two encodings would be alike");
    }
    String prefix = affix(model, "continuing_subword_prefix", "");
    String suffix = affix(model, "end_of_word_suffix", "");
    for (String flag : List.of("fuse_unk", "byte_fallback", "ignore_merges")) {
      fields.put(flag, flag(model, flag));
    }
    if (!prefix.isEmpty()) {
      fields.put("continuing_subword_prefix", prefix);
    }
    if (!suffix.isEmpty()) {
      fields.put("end_of_word_suffix", suffix);
    }
    ArrayNode out = fields.putArray("merges");
    for (Json merge : model.at("merges").elements(MOST_MERGES)) {
      String left;
      String right;
      if (merge.node().isArray()) {
        List<Json> pair = merge.elements(2);
        left = pair.isEmpty() ? "" : pair.get(0).text(Vocabulary.LONGEST);
        right = pair.size() < 2 ? "" : pair.get(1).text(Vocabulary.LONGEST);
      } else {
        String both = merge.text(2 * Vocabulary.LONGEST);
        int space = both.indexOf(' ');
        left = both.substring(0, Math.max(0, space));
        right = both.substring(space + 1);
      }
      // The library cuts the prefix off without looking.
      boolean cut = right.startsWith(prefix);
      Integer merged = cut ? vocabulary.id(left + right.substring(prefix.length())) : null;
      if (merged == null || vocabulary.id(left) == null || vocabulary.id(right) == null) {
        throw merge.refuse(
            "must join two pieces to a third",
            Text.quoted(left) + " and " + Text.quoted(right) + " do not");
      }
      out.addArray().add(left).add(right);
    }
  }

  private static boolean flag(Json model, String key) {
    return !model.at(key).missing() && model.at(key).flag();
  }

  private static String affix(Json model, String key, String standard) {
    return model.at(key).missing() ? standard : model.at(key).text(64);
  }

  /** The model with the numbers that the engine gives the pieces. */
  ObjectNode write(Vocabulary vocabulary) {
    ObjectNode out = fields.deepCopy();
    if (type.equals("Unigram")) {
      ArrayNode vocab = out.putArray("vocab");
      for (int i = 0; i < scores.size(); i++) {
        vocab.addArray().add(vocabulary.piece(i).orElseThrow()).add(scores.get(i));
      }
      return out;
    }
    ObjectNode vocab = out.putObject("vocab");
    vocabulary.forEachOfTheModel(vocab::put);
    return out;
  }
}
