package dev.orograph.tokenizer;

import java.util.List;

/**
 * A text as tokens.
 *
 * @param ids one id per token
 * @param spans where each token stands in the text; the bytes of one character that became several
 *     tokens all have its span, and tokens that a template added are empty
 */
public record Encoding(List<Integer> ids, List<Span> spans) {
  /**
   * A part of a text in Java chars, as {@link String#substring(int, int)} takes them.
   *
   * @param begin first char
   * @param end first char behind
   */
  public record Span(int begin, int end) {}

  /** Keeps copies. */
  public Encoding {
    ids = List.copyOf(ids);
    spans = List.copyOf(spans);
    if (ids.size() != spans.size()) {
      throw new IllegalArgumentException(ids.size() + " ids with " + spans.size() + " spans");
    }
  }
}
