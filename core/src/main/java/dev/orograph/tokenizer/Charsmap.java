package dev.orograph.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * The compiled table of a SentencePiece normaliser: a count of bytes, a trie of that size as a
 * double array (Yata et al., "A compact static double-array keeping character codes", 2007), and
 * the replacements, each ended by a zero byte. The engine follows the trie without looking where it
 * leads, so every unit that can be reached is followed here first.
 */
final class Charsmap {
  private static final int MOST_BYTES = 8 << 20;
  private static final int BLOCK = 256;

  private final byte[] bytes;
  private final long growth;

  private Charsmap(byte[] bytes, long growth) {
    this.bytes = bytes;
    this.growth = growth;
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
    return new Charsmap(bytes, follow(value, table, units, start));
  }

  String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Bytes of a replacement per byte of what it replaces, at most. */
  long growth() {
    return growth;
  }

  private static long follow(Json value, ByteBuffer table, int units, int start) {
    long growth = 1;
    BitSet seen = new BitSet(units);
    Deque<int[]> next = new ArrayDeque<>();
    next.add(new int[] {offset(table.getInt(4)), 0});
    while (!next.isEmpty()) {
      int base = next.element()[0];
      int depth = next.remove()[1];
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
        next.add(new int[] {child, depth + 1});
        if ((unit >>> 8 & 1) != 0 && child >= 0 && child < units) {
          int at = start + (table.getInt(4 + 4 * child) & 0x7FFFFFFF);
          int end = at;
          while (end >= start && end < table.capacity() && table.get(end) != 0) {
            end++;
          }
          boolean whole = at >= start && at < table.capacity() && (table.get(at) & 0xC0) != 0x80;
          if (!whole) {
            throw value.refuse("must have a trie that leads to replacements", "it does not");
          }
          growth = Math.max(growth, (end - at + depth) / (depth + 1));
        }
      }
    }
    return growth;
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  }
}
