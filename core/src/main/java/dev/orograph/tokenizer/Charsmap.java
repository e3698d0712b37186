package dev.orograph.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;

/**
 * The compiled table of a SentencePiece normaliser: a count of bytes, a trie of that size as a
 * double array (Yata et al., "A compact static double-array keeping character codes", 2007), and
 * the replacements, each ended by a zero byte. Every unit of the trie that can be reached is
 * followed once, so that none leads out of it.
 *
 * <p>A text is replaced as the tokenizers library does it: by the grapheme where that has less than
 * six bytes, else by the character, and the shortest beginning that is in the table counts.
 */
final class Charsmap implements UnaryOperator<Aligned> {
  private static final int MOST_BYTES = 8 << 20;
  private static final int BLOCK = 256;
  private static final int LONGEST_GRAPHEME = 5;
  private static final java.util.regex.Pattern GRAPHEME = java.util.regex.Pattern.compile("\\X");

  private final byte[] bytes;
  private final ByteBuffer table;
  private final int start;

  private Charsmap(byte[] bytes, ByteBuffer table, int start) {
    this.bytes = bytes;
    this.table = table;
    this.start = start;
  }

  /**
   * Checks a table in base 64.
   *
   * @throws dev.orograph.input.InputException where it is damaged
   */
  static Charsmap of(Json value) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(value.text(MOST_BYTES));
    } catch (IllegalArgumentException e) {
      throw value.refuse("must be base 64", "is not: " + e.getMessage());
    }
    ByteBuffer table = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long size = bytes.length < 4 ? -1 : Integer.toUnsignedLong(table.getInt(0));
    if (size < 0 || size > bytes.length - 4 || size == 0 || size % (4 * BLOCK) != 0) {
      throw value.refuse("must begin with a trie of whole blocks", "it does not");
    }
    int units = (int) size / 4;
    int start = 4 + (int) size;
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, bytes.length - start));
    } catch (CharacterCodingException e) {
      throw value.refuse("must hold replacements in UTF-8", "does not");
    }
    follow(value, table, units, start);
    return new Charsmap(bytes, table, start);
  }

  String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public Aligned apply(Aligned text) {
    String string = text.toString();
    Matcher graphemes = GRAPHEME.matcher(string);
    Replaced out = new Replaced(text);
    int place = 0;
    for (int at = 0; at < string.length(); ) {
      int end = at + Character.charCount(text.at(place));
      if (place + 1 < text.length() && !(alone(text.at(place)) && alone(text.at(place + 1)))) {
        end = graphemes.region(at, string.length()).lookingAt() ? graphemes.end() : end;
      }
      String grapheme = string.substring(at, end);
      int points = grapheme.codePointCount(0, grapheme.length());
      String whole = points > 1 ? replacement(grapheme, LONGEST_GRAPHEME) : null;
      if (whole != null) {
        out.replace(points, whole);
      } else {
        for (int i = place; i < place + points; i++) {
          String one = replacement(Character.toString(text.at(i)), LONGEST_GRAPHEME);
          if (one == null) {
            out.keep(text.at(i));
          } else {
            out.replace(1, one);
          }
        }
      }
      place += points;
      at = end;
    }
    return out.done();
  }

  /** Whether a character forms no grapheme with another of these. */
  private static boolean alone(int c) {
    return (c < 0x300 && c != '\r') || (c >= 0x3400 && c <= 0x9FFF);
  }

  /** What stands in place of a text; null where it stays. */
  private String replacement(String text, int most) {
    byte[] key = text.getBytes(StandardCharsets.UTF_8);
    int node = offset(table.getInt(4));
    for (int i = 0; i < key.length && key.length <= most && key[i] != 0; i++) {
      int label = key[i] & 255;
      node ^= label;
      int unit = table.getInt(4 + 4 * node);
      if ((unit & 0x800000FF) != label) {
        return null;
      }
      node ^= offset(unit);
      if ((unit >>> 8 & 1) != 0) {
        int from = start + (table.getInt(4 + 4 * node) & 0x7FFFFFFF);
        int to = from;
        while (to < bytes.length && bytes[to] != 0) {
          to++;
        }
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  /** A text as it is replaced; where characters vanish the one before them stands for them. */
  private static final class Replaced {
    private final Aligned.Change change;
    private int last = -1;
    private int ofLast;

    Replaced(Aligned text) {
      change = text.new Change();
    }

    private void add(int point, int by) {
      if (last >= 0) {
        change.next(last, ofLast);
      }
      last = point;
      ofLast = by;
    }

    void keep(int point) {
      add(point, 0);
    }

    void replace(int old, String by) {
      int[] points = by.codePoints().toArray();
      for (int i = 0; i < points.length; i++) {
        add(points[i], i < old ? 0 : 1);
      }
      ofLast += Math.min(0, points.length - old);
    }

    Aligned done() {
      if (last >= 0) {
        change.next(last, ofLast);
      }
      return change.done();
    }
  }

  private static void follow(Json value, ByteBuffer table, int units, int start) {
    BitSet seen = new BitSet(units);
    Deque<Integer> next = new ArrayDeque<>();
    next.add(offset(table.getInt(4)));
    while (!next.isEmpty()) {
      int base = next.remove();
      if (base < 0 || base >= units) {
        throw value.refuse("must have a trie that stays within itself", "it does not");
      }
      if (seen.get(base)) {
        continue;
      }
      seen.set(base);
      for (int label = 1; label < BLOCK; label++) {
        int unit = table.getInt(4 + 4 * (base ^ label));
        // The top bit marks a value, which no label has.
        if ((unit & 0x800000FF) != label) {
          continue;
        }
        int child = base ^ label ^ offset(unit);
        next.add(child);
        if ((unit >>> 8 & 1) != 0 && child >= 0 && child < units) {
          int at = start + (table.getInt(4 + 4 * child) & 0x7FFFFFFF);
          boolean whole = at >= start && at < table.capacity() && (table.get(at) & 0xC0) != 0x80;
          if (!whole) {
            throw value.refuse("must have a trie that leads to replacements", "it does not");
          }
        }
      }
    }
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  }
}
