package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The longest piece that a word begins with, then the longest one that goes on, and so on; a word
 * that does not come out even is unknown (Wu et al., arXiv:1609.08144). Words that are pieces as a
 * whole (WordLevel) are the case without pieces that go on.
 */
final class WordPiece implements Model {
  private final Trie trie;
  private final int unknown;
  private final int inside;
  private final int longest;

  /**
   * A model that {@link ModelJson} has checked.
   *
   * @param whole whether a word is one piece
   */
  WordPiece(JsonNode model, boolean whole) {
    trie = Vocabulary.trie(model.get("vocab"));
    unknown = model.get("vocab").get(model.get("unk_token").textValue()).intValue();
    inside = whole ? -1 : trie.walk(model.get("continuing_subword_prefix").textValue());
    longest = whole ? Integer.MAX_VALUE : model.get("max_input_chars_per_word").intValue();
  }

  @Override
  public void encode(Aligned word, Tokens out) {
    int n = word.length();
    if (n <= longest && pieces(word, null)) {
      pieces(word, out);
    } else {
      out.add(unknown, word, 0, n);
    }
  }

  /** Adds the pieces; without {@code out} only whether there are some. */
  private boolean pieces(Aligned word, Tokens out) {
    for (int begin = 0; begin < word.length(); ) {
      int node = begin == 0 ? Trie.ROOT : inside;
      int end = -1;
      int number = -1;
      for (int i = begin; node >= 0 && i < word.length(); i++) {
        node = trie.step(node, word.at(i));
        if (node >= 0 && trie.number(node) >= 0) {
          number = trie.number(node);
          end = i + 1;
        }
      }
      if (end < 0) {
        return false;
      }
      if (out != null) {
        out.add(number, word, begin, end);
      }
      begin = end;
    }
    return true;
  }
}
