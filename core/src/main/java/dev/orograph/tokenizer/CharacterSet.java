package dev.orograph.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/** A set of characters of an expression: those of ASCII as bits, others by what they are. */
final class CharacterSet {
  private final long low;
  private final long high;
  private final IntPredicate others;

  private CharacterSet(IntPredicate all) {
    this.low = bits(all, 0);
    this.high = bits(all, 64);
    this.others = all;
  }

  static CharacterSet of(IntPredicate all) {
    return new CharacterSet(all);
  }

  boolean contains(int c) {
    return c < 64 ? (low >>> c & 1) != 0 : c < 128 ? (high >>> c & 1) != 0 : others.test(c);
  }

  private static long bits(IntPredicate all, int first) {
    long bits = 0;
    for (int i = 0; i < 64; i++) {
      bits |= all.test(first + i) ? 1L << i : 0;
    }
    return bits;
  }

  /** Gathers what stands in a class. */
  static final class Builder {
    private final List<int[]> ranges = new ArrayList<>();
    private final List<IntPredicate> kinds = new ArrayList<>();

    void range(int first, int last) {
      ranges.add(new int[] {first, last});
    }

    void kind(IntPredicate kind) {
      kinds.add(kind);
    }

    /** Adds what ASCII's letters in it match where case does not count. */
    void anyCase() {
      for (int[] range : List.copyOf(ranges)) {
        for (int c = range[0]; c <= Math.min(range[1], 'z'); c++) {
          for (int other : CharacterSet.anyCase(c)) {
            range(other, other);
          }
        }
      }
    }

    /** Whether anything in it is neither a character of ASCII nor one of these kinds. */
    boolean beyondAscii() {
      return !kinds.isEmpty() || ranges.stream().anyMatch(r -> r[1] > 127);
    }

    /** The set of all that was added. */
    IntPredicate union() {
      ranges.sort(Comparator.comparingInt(r -> r[0]));
      int[] first = new int[ranges.size()];
      int[] last = new int[ranges.size()];
      int n = 0;
      for (int[] range : ranges) {
        if (n > 0 && range[0] <= last[n - 1] + 1) {
          last[n - 1] = Math.max(last[n - 1], range[1]);
        } else {
          first[n] = range[0];
          last[n++] = range[1];
        }
      }
      int[] begins = Arrays.copyOf(first, n);
      int[] ends = Arrays.copyOf(last, n);
      IntPredicate[] others = kinds.toArray(IntPredicate[]::new);
      return c -> {
        int at = Arrays.binarySearch(begins, c);
        at = at < 0 ? -at - 2 : at;
        if (at >= 0 && c <= ends[at]) {
          return true;
        }
        for (IntPredicate other : others) {
          if (other.test(c)) {
            return true;
          }
        }
        return false;
      };
    }
  }

  /** What a character of ASCII matches where case does not count. */
  static int[] anyCase(int c) {
    return switch (c) {
      case 's', 'S' -> new int[] {'s', 'S', 0x17F};
      case 'k', 'K' -> new int[] {'k', 'K', 0x212A};
      default ->
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? new int[] {c, c ^ ' '} : new int[] {c};
    };
  }
}
