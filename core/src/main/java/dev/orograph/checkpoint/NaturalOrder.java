package dev.orograph.checkpoint;

import java.util.Comparator;

/**
 * Names as people sort them: runs of digits compare by value, so {@code layers.2} comes before
 * {@code layers.10}. Digits are ASCII and of any length; everything else compares by UTF-16 code
 * unit. Names that differ only in leading zeros compare as plain strings, so the order is total and
 * equal only for equal names.
 */
enum NaturalOrder implements Comparator<String> {
  /** The only instance. */
  INSTANCE;

  @Override
  public int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int order;
      if (digit(a, i) && digit(b, j)) {
        int aEnd = runEnd(a, i);
        int bEnd = runEnd(b, j);
        order = compareNumbers(a, i, aEnd, b, j, bEnd);
        i = aEnd;
        j = bEnd;
      } else {
        order = Character.compare(a.charAt(i++), b.charAt(j++));
      }
      if (order != 0) {
        return order;
      }
    }
    int order = Boolean.compare(i < a.length(), j < b.length());
    return order != 0 ? order : a.compareTo(b);
  }

  private static int compareNumbers(String a, int i, int aEnd, String b, int j, int bEnd) {
    int x = skipZeros(a, i, aEnd);
    int y = skipZeros(b, j, bEnd);
    int order = Integer.compare(aEnd - x, bEnd - y);
    while (order == 0 && x < aEnd) {
      order = Character.compare(a.charAt(x++), b.charAt(y++));
    }
    return order;
  }

  private static int skipZeros(String text, int from, int to) {
    int at = from;
    while (at < to && text.charAt(at) == '0') {
      at++;
    }
    return at;
  }

  private static int runEnd(String text, int from) {
    int at = from;
    while (at < text.length() && digit(text, at)) {
      at++;
    }
    return at;
  }

  private static boolean digit(String text, int at) {
    char c = text.charAt(at);
    return c >= '0' && c <= '9';
  }
}
