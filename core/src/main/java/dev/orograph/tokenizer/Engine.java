package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A checked {@code tokenizer.json} at work: tokens beside the model's are cut out, what lies
 * between them is changed, cut into words, and the words into pieces. It gives what the Hugging
 * Face tokenizers library (0.21) gives, number by number, oddities included, because models are
 * trained with them; any number of threads may use it.
 */
final class Engine implements Codec {
  private final AddedTokens before;
  private final UnaryOperator<Aligned> normalizer;
  private final AddedTokens behind;
  private final PreTokenizers.Cut cut;
  private final Model model;
  private final List<String> pieces;
  private final UnaryOperator<List<String>> decoder;

  /**
   * Prepares.
   *
   * @param json what {@link CheckedJson} wrote, nothing else
   * @param pieces by their number
   * @throws Refused where it is too large
   */
  Engine(ObjectNode json, List<String> pieces) {
    this.normalizer = Normalizers.of(json.get("normalizer"));
    this.before = added(json.get("added_tokens"), false);
    this.behind = added(json.get("added_tokens"), true);
    this.cut = PreTokenizers.of(json.get("pre_tokenizer"));
    this.model = model(json.get("model"));
    this.pieces = pieces;
    this.decoder = Decoders.of(json.get("decoder"));
  }

  private static Model model(JsonNode model) {
    return switch (model.get("type").textValue()) {
      case "Unigram" -> new Unigram(model);
      case "BPE" -> new BytePairs(model);
      case "WordPiece" -> new WordPiece(model, false);
      default -> new WordPiece(model, true);
    };
  }

  /** Tokens that are looked for after normalising, or before; special ones count first. */
  private AddedTokens added(JsonNode list, boolean normalized) {
    List<JsonNode> tokens = new ArrayList<>();
    for (boolean special : new boolean[] {true, false}) {
      for (JsonNode token : list) {
        if (token.get("normalized").booleanValue() == normalized
            && token.get("special").booleanValue() == special) {
          tokens.add(token);
        }
      }
    }
    List<String> contents = new ArrayList<>();
    long all = 0;
    for (JsonNode token : tokens) {
      String content = token.get("content").textValue();
      String found = normalized ? normalizer.apply(Aligned.of(content)).toString() : content;
      if (found.isEmpty()) {
        throw new Refused("normalising leaves nothing of the token " + Text.quoted(content));
      }
      all += found.length();
      if (all > Trie.MOST) {
        throw new Refused("its added tokens have more than " + Trie.MOST + " characters");
      }
      contents.add(found);
    }
    return new AddedTokens(tokens, contents);
  }

  @Override
  public Encoding encode(String text) {
    Tokens out = new Tokens();
    before.cut(
        Aligned.of(text),
        (part, id) -> {
          if (id >= 0) {
            out.add(id, part, 0, part.length());
          } else {
            between(part, out);
          }
        });
    return out.encoding();
  }

  private void between(Aligned part, Tokens out) {
    behind.cut(
        normalizer.apply(part),
        (inner, id) -> {
          if (id >= 0) {
            out.add(id, inner, 0, inner.length());
          } else if (!inner.isEmpty()) {
            cut.into(
                inner,
                word -> {
                  if (!word.isEmpty()) {
                    model.encode(word, out);
                  }
                });
          }
        });
  }

  @Override
  public String decode(long[] ranks) {
    List<String> texts = new ArrayList<>(ranks.length);
    for (long rank : ranks) {
      texts.add(pieces.get((int) rank));
    }
    return String.join("", decoder.apply(texts));
  }
}
