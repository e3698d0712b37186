package dev.orograph.input;

import java.util.Locale;

/**
 * Text from files that others wrote, made fit for one line on a terminal or in a log.
 *
 * <p>Escaped as {@code \n}, {@code \t}, {@code \r} or {@code \}{@code uXXXX} are: control
 * characters (so also the escape character that starts a terminal sequence), format characters
 * (bidirectional overrides, zero-width and tag characters), line and paragraph separators, and
 * halves of surrogate pairs. The result is stable: making it visible again changes nothing. It is
 * not HTML: a report escapes {@code <} and {@code &} itself.
 */
public final class Text {
  /** Characters that {@link #visible(String)} keeps of one name. */
  public static final int NAME_LIMIT = 160;

  private static final String CUT = "...";

  private Text() {}

  /**
   * The name on one line, at most {@value #NAME_LIMIT} characters.
   *
   * @param text any text; null is shown as {@code null}
   */
  public static String visible(String text) {
    return visible(text, NAME_LIMIT);
  }

  /**
   * The text on one line, with its middle left out where it is longer than the limit.
   *
   * @param text any text; null is shown as {@code null}
   * @param limit most characters of the result, at least 16
   * @throws IllegalArgumentException for a smaller limit
   */
  public static String visible(String text, int limit) {
    if (limit < 16) {
      throw new IllegalArgumentException("limit is " + limit + ", expected at least 16");
    }
    if (text == null) {
      return "null";
    }
    String head = text;
    String tail = "";
    if (text.length() > limit) {
      // Cut before escaping, so that a name of 100 MB costs nothing; escaping may need a second
      // cut.
      head = text.substring(0, limit);
      tail = text.substring(text.length() - limit);
    }
    String escaped = whole(head);
    if (tail.isEmpty() && escaped.length() <= limit) {
      return escaped;
    }
    String last = tail.isEmpty() ? escaped : whole(tail);
    int end = (limit - CUT.length()) / 3;
    int begin = limit - CUT.length() - end;
    return trimHalf(escaped.substring(0, begin), true)
        + CUT
        + trimHalf(last.substring(last.length() - end), false);
  }

  /** The visible name between single quotes. */
  public static String quoted(String name) {
    return "'" + visible(name) + "'";
  }

  /** The number with commas between thousands: {@code 90,864,192}. */
  public static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** The text with every character written out that acts instead of being seen; not cut. */
  public static String whole(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      int code = text.codePointAt(i);
      i += Character.charCount(code);
      if (printable(code)) {
        out.appendCodePoint(code);
      } else {
        appendEscaped(out, code);
      }
    }
    return out.toString();
  }

  /** Whether a code point shows itself, and does not act on what shows it. */
  public static boolean printable(int code) {
    return switch (Character.getType(code)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static void appendEscaped(StringBuilder out, int code) {
    switch (code) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        for (char unit : Character.toChars(code)) {
          out.append(unit(unit));
        }
      }
    }
  }

  /** One UTF-16 unit as {@code \}{@code uXXXX}, as JSON writes it too. */
  public static String unit(char unit) {
    return String.format(Locale.ROOT, "\\u%04x", (int) unit);
  }

  /** Drops half a surrogate pair left at the cut. */
  private static String trimHalf(String text, boolean atEnd) {
    if (text.isEmpty()) {
      return text;
    }
    if (atEnd) {
      int last = text.length() - 1;
      return Character.isHighSurrogate(text.charAt(last)) ? text.substring(0, last) : text;
    }
    return Character.isLowSurrogate(text.charAt(0)) ? text.substring(1) : text;
  }
}
