package dev.orograph.cli;

import dev.orograph.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Text that is written token by token. All tokens so far are decoded each time, since what a token
 * stands for follows from its neighbours (spaces, bytes of one character); what is new is given
 * out, and an end that further bytes may still change is held back.
 */
final class Streamed {
  private static final char REPLACEMENT = '\uFFFD';

  private final Tokenizer tokenizer;
  private final List<Integer> ids = new ArrayList<>();
  private int given;

  Streamed(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** What these tokens add to the text, as far as it stands. */
  String add(List<Integer> tokens) {
    ids.addAll(tokens);
    String text = tokenizer.decode(ids, true);
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == REPLACEMENT) {
      end--;
    }
    return upTo(text, end);
  }

  /** What was held back and comes no more. */
  String rest() {
    String text = tokenizer.decode(ids, true);
    return upTo(text, text.length());
  }

  private String upTo(String text, int end) {
    int from = Math.min(given, text.length());
    given = Math.max(given, end);
    return end > from ? text.substring(from, end) : "";
  }
}
