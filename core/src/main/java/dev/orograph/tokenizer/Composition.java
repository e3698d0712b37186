package dev.orograph.tokenizer;

import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.UnaryOperator;

/**
 * Unicode's normalization forms (UAX 15), with the origin of every character. The forms are Java's;
 * origins follow the tokenizers library: what a character is decomposed to stands for it, and what
 * several are composed to stands for the first of them.
 *
 * @param form the form
 */
record Composition(Normalizer.Form form) implements UnaryOperator<Aligned> {
  /** Below it nothing is decomposed by any form but by compatibility, and nothing composed. */
  private static final int PLAIN = 0xA0;

  private boolean composes() {
    return form == Normalizer.Form.NFC || form == Normalizer.Form.NFKC;
  }

  @Override
  public Aligned apply(Aligned text) {
    if (text.below(form == Normalizer.Form.NFC ? 0x300 : PLAIN)
        || Normalizer.isNormalized(text.toString(), form)) {
      return text;
    }
    Aligned.Change change = text.new Change();
    int begin = 0;
    while (begin < text.length()) {
      int end = begin + 1;
      while (end < text.length() && !starts(text.at(end))) {
        end++;
      }
      String part = text.part(begin, end).toString();
      if (end == begin + 1 && part.codePointAt(0) < PLAIN) {
        change.next(part.codePointAt(0), 0);
      } else {
        part(part, change);
      }
      begin = end;
    }
    return change.done();
  }

  /** Whether nothing before a character can be composed with it or change places with it. */
  private static boolean starts(int c) {
    boolean jamo = c >= 0x1160 && c <= 0x11FF || c >= 0x3131 && c <= 0x318E;
    return c < 0x300
        || !(Characters.mark(c)
            || jamo
            || (c >= 0xD7B0 && c <= 0xD7FF)
            || (c >= 0xFF9E && c <= 0xFFDF));
  }

  /** The decomposed characters of a part and what each changes, first of the kind first. */
  private void part(String part, Aligned.Change change) {
    Normalizer.Form apart =
        form == Normalizer.Form.NFC || form == Normalizer.Form.NFD
            ? Normalizer.Form.NFD
            : Normalizer.Form.NFKD;
    Map<Integer, Queue<Integer>> changes = new HashMap<>();
    part.codePoints()
        .forEach(
            c -> {
              int[] points = points(Character.toString(c), apart);
              for (int i = 0; i < points.length; i++) {
                changes.computeIfAbsent(points[i], p -> new ArrayDeque<>()).add(i == 0 ? 0 : 1);
              }
            });
    for (int c : points(part, form)) {
      int sum = 0;
      int[] of = composes() ? points(Character.toString(c), Normalizer.Form.NFD) : new int[] {c};
      for (int i = 0; i < of.length; i++) {
        sum += changes.get(of[i]).remove() - (i == 0 ? 0 : 1);
      }
      change.next(c, sum);
    }
  }

  private static int[] points(String text, Normalizer.Form form) {
    return Normalizer.normalize(text, form).codePoints().toArray();
  }
}
