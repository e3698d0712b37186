package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Tokens beside the model's, which are cut out of a text before it is cut into words: at each place
 * the longest, from left to right.
 */
final class AddedTokens {
  /** Most characters of a text times the length of the longest token: seconds of work. */
  private static final long MOST_STEPS = 1L << 31;

  private final Trie trie = new Trie(64);
  private final List<JsonNode> tokens;

  /**
   * Tokens that {@link CheckedJson} has checked.
   *
   * @param tokens in the order in which they count
   * @param contents what each looks like in the text that is searched
   */
  AddedTokens(List<JsonNode> tokens, List<String> contents) {
    this.tokens = tokens;
    for (int i = 0; i < tokens.size(); i++) {
      trie.add(contents.get(i), i);
    }
  }

  /** Takes the parts of a text. */
  interface Parts {
    /**
     * A part.
     *
     * @param id of the token that it is; below 0 for what lies between tokens
     */
    void accept(Aligned part, int id);
  }

  /** Cuts a text. */
  void cut(Aligned text, Parts parts) {
    if (tokens.isEmpty()) {
      parts.accept(text.part(0, text.length()), -1);
      return;
    }
    if ((long) text.length() * trie.longest() > MOST_STEPS) {
      throw new Codec.Refused(
          "it has a token of " + trie.longest() + " characters, and the text " + text.length());
    }
    int done = 0;
    for (int at = 0; at < text.length(); ) {
      int end = at;
      int found = -1;
      int node = Trie.ROOT;
      for (int i = at; i < text.length() && node >= 0; i++) {
        node = trie.step(node, text.at(i));
        if (node >= 0 && trie.number(node) >= 0) {
          found = trie.number(node);
          end = i + 1;
        }
      }
      if (found < 0) {
        at++;
        continue;
      }
      int begin = at;
      at = end;
      JsonNode token = tokens.get(found);
      if (is(token, "single_word") && inAWord(text, begin, end)) {
        continue;
      }
      if (is(token, "lstrip")) {
        begin = Math.max(done, back(text, begin));
      }
      if (is(token, "rstrip")) {
        end = forth(text, end);
      }
      // One that lies within the white space of the one before it.
      if (begin >= end) {
        continue;
      }
      if (done < begin) {
        parts.accept(text.part(done, begin), -1);
      }
      parts.accept(text.part(begin, end), token.get("id").intValue());
      done = end;
    }
    if (done < text.length()) {
      parts.accept(text.part(done, text.length()), -1);
    }
  }

  private static boolean is(JsonNode token, String flag) {
    return token.get(flag).booleanValue();
  }

  private static boolean inAWord(Aligned text, int begin, int end) {
    IntPredicate word = i -> i >= 0 && i < text.length() && Characters.wordOrJoiner(text.at(i));
    return word.test(begin - 1) || word.test(end);
  }

  private static int back(Aligned text, int from) {
    int at = from;
    while (at > 0 && Characters.space(text.at(at - 1))) {
      at--;
    }
    return at;
  }

  private static int forth(Aligned text, int from) {
    int at = from;
    while (at < text.length() && Characters.space(text.at(at))) {
      at++;
    }
    return at;
  }
}
