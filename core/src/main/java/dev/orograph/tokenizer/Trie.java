package dev.orograph.tokenizer;

import java.util.Arrays;

/** Texts and their numbers, found code point by code point. */
final class Trie {
  /** Most nodes: what a vocabulary of the largest models takes, four times over. */
  static final int MOST = 1 << 22;

  static final int ROOT = 0;

  private final LongMap steps;
  private int[] numbers = new int[1024];
  private int nodes = 1;
  private int longest;

  Trie(int expected) {
    steps = new LongMap(expected);
    numbers[ROOT] = -1;
  }

  /**
   * Adds a text; of two that are alike the first counts.
   *
   * @throws Codec.Refused where there are too many
   */
  void add(String text, int number) {
    int node = ROOT;
    int length = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int next = step(node, text.codePointAt(i));
      if (next < 0) {
        if (nodes == MOST) {
          throw new Codec.Refused("its pieces have more than " + MOST + " beginnings");
        }
        if (nodes == numbers.length) {
          numbers = Arrays.copyOf(numbers, 2 * nodes);
        }
        numbers[nodes] = -1;
        steps.put(key(node, text.codePointAt(i)), nodes);
        next = nodes++;
      }
      node = next;
      length++;
    }
    longest = Math.max(longest, length);
    if (numbers[node] < 0) {
      numbers[node] = number;
    }
  }

  /** The node behind a code point; below 0 where there is none. */
  int step(int node, int point) {
    return steps.get(key(node, point));
  }

  /** The node behind a text; below 0 where there is none. */
  int walk(String text) {
    int node = ROOT;
    for (int i = 0; node >= 0 && i < text.length(); ) {
      int point = text.codePointAt(i);
      node = step(node, point);
      i += Character.charCount(point);
    }
    return node;
  }

  /** The number of the text that ends at a node; below 0 where none does. */
  int number(int node) {
    return numbers[node];
  }

  /** The number of the text between two places; below 0 where it has none. */
  int number(Aligned text, int first, int last) {
    int node = ROOT;
    for (int i = first; node >= 0 && i < last; i++) {
      node = step(node, text.at(i));
    }
    return node < 0 ? -1 : numbers[node];
  }

  /** Length of the longest text, in code points. */
  int longest() {
    return longest;
  }

  private static long key(int node, int point) {
    return (long) node << 21 | point;
  }
}
