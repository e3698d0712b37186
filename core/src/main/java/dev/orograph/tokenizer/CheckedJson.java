package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A {@code tokenizer.json} that was checked and written anew. What the engine reads is this
 * document: components and fields that are known, ids without gaps, merges of pieces that exist, a
 * trie that stays within itself, expressions that cannot blow up, no truncation, no padding and no
 * template (templates are applied elsewhere, see {@link Template}).
 *
 * @param json for the engine
 * @param pieces by their numbers in it
 * @param vocabulary pieces by id
 * @param template special tokens around a text
 * @param text what pieces stand for
 * @param model type of the model, in words
 */
record CheckedJson(
    ObjectNode json,
    List<String> pieces,
    Vocabulary vocabulary,
    Template template,
    PieceText text,
    String model) {
  private static final int MOST_ADDED = 1 << 16;
  private static final int LONGEST_ADDED = 1024;
  private static final Set<String> KEYS =
      Set.of(
          "version",
          "truncation",
          "padding",
          "added_tokens",
          "normalizer",
          "pre_tokenizer",
          "post_processor",
          "decoder",
          "model");
  private static final List<String> FLAGS =
      List.of("single_word", "lstrip", "rstrip", "normalized", "special");

  /** A token beside the model's. */
  private record Added(Json where, String content, int id) {}

  /**
   * Checks.
   *
   * @param root the whole document
   * @param names pieces that have another name in their file than in this document, by id
   * @throws dev.orograph.input.InputException where it is refused
   */
  static CheckedJson of(Json root, Map<Integer, String> names) {
    root.onlyKeys(KEYS);
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode addedOut = out.putArray("added_tokens");
    out.set("normalizer", new Components(Components.NORMALIZERS).write(root.at("normalizer")));
    out.set(
        "pre_tokenizer", new Components(Components.PRE_TOKENIZERS).write(root.at("pre_tokenizer")));
    out.putNull("post_processor");
    out.set("decoder", new Components(Components.DECODERS).write(root.at("decoder")));
    Vocabulary vocabulary = new Vocabulary();
    Json model = root.at("model").object();
    ModelJson checked = ModelJson.read(model, vocabulary);
    vocabulary.number();
    List<Added> added = added(root.at("added_tokens"), vocabulary);
    vocabulary.number();
    out.set("model", checked.write(vocabulary));
    for (Added a : added) {
      ObjectNode token = addedOut.addObject();
      token.put("id", vocabulary.rank(a.id)).put("content", a.content);
      FLAGS.forEach(f -> token.put(f, !a.where.at(f).missing() && a.where.at(f).flag()));
      if (token.get("special").booleanValue()) {
        vocabulary.markSpecial(a.id);
      }
    }
    Template template = Template.of(root.at("post_processor"), vocabulary);
    PieceText text = PieceText.of(out);
    List<String> pieces = vocabulary.ranked();
    names.forEach(vocabulary::rename);
    return new CheckedJson(out, pieces, vocabulary, template, text, checked.type());
  }

  /** New tokens come behind the model's, in the order of their ids, as the engine numbers them. */
  private static List<Added> added(Json list, Vocabulary vocabulary) {
    List<Added> all = new ArrayList<>();
    if (list.missing()) {
      return all;
    }
    for (Json token : list.elements(MOST_ADDED)) {
      Json content = token.object().at("content");
      all.add(new Added(token, content.some(LONGEST_ADDED), token.at("id").below(Vocabulary.MOST)));
    }
    all.sort(Comparator.comparingInt(Added::id));
    List<Added> once = new ArrayList<>();
    for (Added a : all) {
      Integer there = vocabulary.id(a.content);
      if (there != null && there != a.id) {
        throw a.where
            .at("id")
            .refuse("is " + a.id, Text.quoted(a.content) + " has the id " + there + " elsewhere");
      }
      if (there == null) {
        vocabulary.add(a.where, a.content, a.id);
      }
      if (once.isEmpty() || once.get(once.size() - 1).id != a.id) {
        once.add(a);
      }
    }
    return once;
  }
}
