package dev.orograph.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tokens as they are found, one behind the other. */
final class Tokens {
  private int[] ids = new int[64];
  private int[] from = new int[64];
  private int[] to = new int[64];
  private int n;

  /**
   * Adds a token that stands for a part of a text.
   *
   * @param first the first place
   * @param last the place behind the last one
   */
  void add(int id, Aligned text, int first, int last) {
    if (n == ids.length) {
      ids = Arrays.copyOf(ids, 2 * n);
      from = Arrays.copyOf(from, 2 * n);
      to = Arrays.copyOf(to, 2 * n);
    }
    ids[n] = id;
    from[n] = text.from(first);
    to[n++] = text.to(last - 1);
  }

  Encoding encoding() {
    List<Integer> all = new ArrayList<>(n);
    List<Encoding.Span> spans = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      all.add(ids[i]);
      spans.add(new Encoding.Span(from[i], Math.max(from[i], to[i])));
    }
    return new Encoding(all, spans);
  }
}
