package dev.orograph.report;

import java.util.Locale;

/**
 * Which characters show nothing of themselves but act on what shows them: terminal escapes, line
 * ends, bidirectional overrides, zero-width marks, unpaired surrogates.
 */
final class Visible {
  private Visible() {}

  /** Whether a code point would act instead of being seen. */
  static boolean hides(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  /** One UTF-16 unit as {@code \}{@code uXXXX}. */
  static String escape(char unit) {
    return String.format(Locale.ROOT, "\\u%04x", (int) unit);
  }

  /** The text with every such character written out, for people; not meant to be read back. */
  static String of(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      int width = Character.charCount(c);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (hides(c)) {
            for (int k = i; k < i + width; k++) {
              out.append(escape(text.charAt(k)));
            }
          } else {
            out.appendCodePoint(c);
          }
        }
      }
      i += width;
    }
    return out.toString();
  }
}
