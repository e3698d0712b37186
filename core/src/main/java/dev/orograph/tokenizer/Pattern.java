package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.IntPredicate;

/** What a text is searched for: an expression, a text, or single characters. */
interface Pattern {
  /** Matches in a text, one behind the other. */
  interface Matches {
    /**
     * Goes to the next match.
     *
     * @return whether there is one
     * @throws Codec.Refused where it takes too long
     */
    boolean next();

    /** The first place of the match. */
    int start();

    /** The place behind it. */
    int end();
  }

  Matches in(Aligned text);

  /** A pattern that {@link Components} has checked. */
  static Pattern of(JsonNode pattern) {
    return pattern.has("String")
        ? literal(pattern.get("String").textValue())
        : expression(pattern.get("Regex").textValue());
  }

  /** A pattern that is known to be safe. */
  static Pattern expression(String pattern) {
    try {
      return SafeRegex.of(pattern);
    } catch (SafeRegex.Refused e) {
      throw new IllegalArgumentException(pattern, e);
    }
  }

  static Pattern literal(String text) {
    int[] points = text.codePoints().toArray();
    return new Found(
        (in, at) -> {
          if (in.length() - at < points.length) {
            return 0;
          }
          for (int i = 0; i < points.length; i++) {
            if (in.at(at + i) != points[i]) {
              return 0;
            }
          }
          return points.length;
        });
  }

  /** Each character of a kind. */
  static Pattern each(IntPredicate kind) {
    return new Found((in, at) -> kind.test(in.at(at)) ? 1 : 0);
  }

  /** Length of the match at a place; 0 where there is none. */
  interface Length {
    int at(Aligned text, int at);
  }

  /**
   * Matches whose length is told at each place.
   *
   * @param length the length at a place
   */
  record Found(Length length) implements Pattern {
    @Override
    public Matches in(Aligned text) {
      return new Matches() {
        private int start;
        private int end;

        @Override
        public boolean next() {
          for (start = end; start < text.length(); start++) {
            int n = length.at(text, start);
            if (n > 0) {
              end = start + n;
              return true;
            }
          }
          return false;
        }

        @Override
        public int start() {
          return start;
        }

        @Override
        public int end() {
          return end;
        }
      };
    }
  }
}
