package dev.orograph.cli;

import java.util.Locale;

/** How lines look on a terminal. */
final class Terminal {
  private static final int WIDTH = 96;

  private Terminal() {}

  static String wrap(String text) {
    return wrap(text, "");
  }

  /** Breaks a text at spaces; further lines are indented. */
  static String wrap(String text, String indent) {
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (String word : text.split(" ", -1)) {
      if (column > indent.length() && column + word.length() > WIDTH) {
        out.append('\n').append(indent);
        column = indent.length();
      } else if (out.length() > 0) {
        out.append(' ');
        column++;
      }
      out.append(word);
      column += word.length();
    }
    return out.toString();
  }

  static String z(double z) {
    return Math.abs(z) >= 1000
        ? "(z beyond " + (z < 0 ? "-" : "") + "1000)"
        : String.format(Locale.ROOT, "(z = %.1f)", z);
  }
}
