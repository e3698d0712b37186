package dev.orograph.tokenizer;

import dev.orograph.input.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Special tokens around one text, as the post-processor of a {@code tokenizer.json} puts them.
 *
 * @param before ids before the text
 * @param after ids behind it
 */
record Template(List<Integer> before, List<Integer> after) {
  static final Template NONE = new Template(List.of(), List.of());

  private static final int MOST = 64;
  private static final Map<String, Set<String>> KEYS =
      Map.of(
          "TemplateProcessing", Set.of("type", "single", "pair", "special_tokens"),
          "BertProcessing", Set.of("type", "sep", "cls"),
          "RobertaProcessing", Set.of("type", "sep", "cls", "trim_offsets", "add_prefix_space"),
          "ByteLevel", Set.of("type", "add_prefix_space", "trim_offsets", "use_regex"),
          "Sequence", Set.of("type", "processors"));

  /** Reads a post-processor. */
  static Template of(Json processor, Vocabulary vocabulary) {
    if (processor.missing()) {
      return NONE;
    }
    String type = processor.object().at("type").text(64);
    Set<String> keys = KEYS.get(type);
    if (keys == null) {
      throw processor
          .at("type")
          .refuse("", "is '" + type + "', which is not known to this program");
    }
    processor.onlyKeys(keys);
    return switch (type) {
      case "TemplateProcessing" -> template(processor, vocabulary);
      case "BertProcessing", "RobertaProcessing" ->
          new Template(
              List.of(named(processor.at("cls"), vocabulary)),
              List.of(named(processor.at("sep"), vocabulary)));
      case "Sequence" -> {
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        for (Json inner : processor.at("processors").elements(8)) {
          if (inner.at("type").text(64).equals("Sequence")) {
            throw inner.refuse("must be no sequence in a sequence", "it is");
          }
          Template t = of(inner, vocabulary);
          before.addAll(0, t.before);
          after.addAll(t.after);
        }
        yield new Template(List.copyOf(before), List.copyOf(after));
      }
      // Moves the spans only.
      default -> NONE;
    };
  }

  private static Template template(Json processor, Vocabulary vocabulary) {
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    boolean text = false;
    for (Json piece : processor.at("single").elements(MOST)) {
      Json special = piece.object().at("SpecialToken");
      if (!special.missing()) {
        String name = special.at("id").text(Vocabulary.LONGEST);
        Json ids = processor.at("special_tokens").at(name).at("ids");
        for (Json id : ids.elements(MOST)) {
          (text ? after : before).add(known(id, vocabulary));
        }
      } else if (text || !piece.at("Sequence").at("id").text(8).equals("A")) {
        throw piece.refuse("must be a special token or the text", "is something else");
      } else {
        text = true;
      }
    }
    if (!text) {
      throw processor.at("single").refuse("must hold the text once", "does not");
    }
    return new Template(List.copyOf(before), List.copyOf(after));
  }

  private static int known(Json id, Vocabulary vocabulary) {
    int value = id.below(Vocabulary.MOST);
    if (vocabulary.piece(value).isEmpty()) {
      throw id.refuse("must be the id of a piece", "is " + value);
    }
    return value;
  }

  private static int named(Json pair, Vocabulary vocabulary) {
    List<Json> parts = pair.elements(2);
    if (parts.size() != 2) {
      throw pair.refuse("must be a piece and its id", "is not");
    }
    int id = known(parts.get(1), vocabulary);
    String piece = parts.get(0).text(Vocabulary.LONGEST);
    if (!vocabulary.piece(id).orElseThrow().equals(piece)) {
      throw pair.refuse("must be a piece and its id", Text.quoted(piece) + " has another");
    }
    return id;
  }
}
