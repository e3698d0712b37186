package dev.orograph.cli;

import dev.orograph.input.Text;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How lines look on a terminal. */
final class Terminal {
  private static final int WIDTH =
      Math.max(30, Math.min(96, Integer.getInteger("orograph.wrap", 96)));

  private static final int USUAL_COLUMNS = 80;
  private static final int LONGEST_ESCAPE = 6;

  /** What the library that writes help asks for. */
  private static final int LEAST_HELP = 55;

  private Terminal() {}

  /** How wide the terminal is on which progress is shown; 0 where it is none. */
  static int columns() {
    return Boolean.getBoolean("orograph.terminal")
        ? Integer.getInteger("orograph.columns", USUAL_COLUMNS)
        : 0;
  }

  /** How wide help is: as the terminal, as far as lines of words are read with ease. */
  static int helpWidth() {
    return Integer.getInteger("orograph.wrap") == null
        ? USUAL_COLUMNS
        : Math.max(LEAST_HELP, WIDTH);
  }

  static String wrap(String text) {
    return wrap(text, "");
  }

  /** What is said beside the output: one line, or several that fit the terminal. */
  static String beside(String text) {
    return columns() > 0 ? wrap(text, "  ", Math.max(30, columns() - 1)) : visible(text);
  }

  /**
   * Breaks a text at spaces; its own leading spaces stay, further lines are indented. Names in it
   * may be a stranger's: what would act on a terminal is spelled out.
   */
  static String wrap(String raw, String indent) {
    return wrap(raw, indent, WIDTH);
  }

  private static String wrap(String raw, String indent, int width) {
    String text = visible(raw);
    StringBuilder out = new StringBuilder(text.substring(0, text.indexOf(text.strip())));
    int column = out.length();
    String gap = "";
    for (String word : text.strip().split(" +", -1)) {
      if (!gap.isEmpty() && column + 1 + word.length() > width) {
        out.append('\n').append(indent);
        column = indent.length();
      } else {
        out.append(gap);
        column += gap.length();
      }
      out.append(word);
      column += word.length();
      gap = " ";
    }
    return out.toString();
  }

  /** The text on one line, nothing left out, with what would act on a terminal spelled out. */
  static String visible(String text) {
    return Text.visible(text, Math.max(16, LONGEST_ESCAPE * text.length()));
  }

  /** The text with its lines, and nothing in it that would act on a terminal. */
  static String lines(String text) {
    return Arrays.stream(text.split("\n", -1)).map(Text::whole).collect(Collectors.joining("\n"));
  }

  static String z(double z) {
    return Math.abs(z) >= 1000
        ? "(z beyond " + (z < 0 ? "-" : "") + "1000)"
        : String.format(Locale.ROOT, "(z = %.1f)", z);
  }
}
