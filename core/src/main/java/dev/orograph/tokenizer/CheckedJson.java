package dev.orograph.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A {@code tokenizer.json} that was checked and written anew. What the engine reads is this text:
 * components and fields that are known, ids without gaps, merges of pieces that exist, a trie that
 * stays within itself, expressions that cannot blow up, no truncation, no padding and no template
 * (templates are applied here, see {@link Template}).
 *
 * @param json for the engine
 * @param vocabulary pieces by id
 * @param template special tokens around a text
 * @param text what pieces stand for
 * @param model type of the model, in words
 * @param longest most chars of a text that the engine is given
 * @param growth most bytes that decoding makes of a byte of pieces
 */
record CheckedJson(
    String json,
    Vocabulary vocabulary,
    Template template,
    PieceText text,
    String model,
    int longest,
    long growth) {
  /** Most chars of a text without expressions, and with them (some are quadratic). */
  static final int LONGEST = 1 << 20;

  static final int LONGEST_EXPRESSIONS = 1 << 16;

  private static final long MOST_NORMALIZED = 1L << 26;
  private static final int MOST_ADDED = 1 << 16;
  private static final int LONGEST_ADDED = 1024;
  private static final JsonMapper MAPPER = new JsonMapper();
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
    Components normalizers = new Components(Components.NORMALIZERS);
    Components preTokenizers = new Components(Components.PRE_TOKENIZERS);
    Components decoders = new Components(Components.DECODERS);
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode addedOut = out.putArray("added_tokens");
    out.set("normalizer", normalizers.write(root.at("normalizer")));
    out.set("pre_tokenizer", preTokenizers.write(root.at("pre_tokenizer")));
    out.putNull("post_processor");
    out.set("decoder", decoders.write(root.at("decoder")));
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
    requireThatNothingVanishes(added, out);
    names.forEach(vocabulary::rename);
    long growth = normalizers.growth() * preTokenizers.growth();
    boolean plain = normalizers.plain() && preTokenizers.plain();
    int longest =
        (int)
            Math.min(
                plain ? LONGEST : LONGEST_EXPRESSIONS, Math.max(1024, MOST_NORMALIZED / growth));
    return new CheckedJson(
        string(out), vocabulary, template, text, checked.type(), longest, decoders.growth() * 2);
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

  /**
   * A token that the normaliser turns into nothing ends the process. What it turns into is seen by
   * the same normaliser before a model that knows no piece.
   */
  private static void requireThatNothingVanishes(List<Added> added, ObjectNode json) {
    List<Added> normalized =
        added.stream()
            .filter(a -> !a.where.at("normalized").missing() && a.where.at("normalized").flag())
            .toList();
    if (normalized.isEmpty() || json.get("normalizer").isNull()) {
      return;
    }
    ObjectNode probe = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    for (String key : List.of("truncation", "padding", "pre_tokenizer", "post_processor")) {
      probe.putNull(key);
    }
    probe.putNull("decoder").putArray("added_tokens");
    probe.set("normalizer", json.get("normalizer"));
    ObjectNode model = probe.putObject("model").put("type", "Unigram").put("unk_id", 0);
    model.put("byte_fallback", false).putArray("vocab").addArray().add("unknown").add(0.0);
    Json first = normalized.get(0).where;
    try (Engine engine = new Engine(string(probe))) {
      for (Added a : normalized) {
        if (engine.encode(a.content).ids().isEmpty()) {
          throw a.where
              .at("content")
              .refuse("must be there after normalising", Text.quoted(a.content) + " is not");
        }
      }
    } catch (Codec.Refused e) {
      throw first.refuse("must be taken by the engine", "it says: " + e.getMessage());
    }
  }

  static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String string(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
