package dev.orograph.random;

import java.util.Arrays;

/**
 * Samples of 0 to n - 1 without replacement, by the two ways that NumPy's {@code Generator.choice}
 * takes.
 *
 * <p>Above a population of 10,000, a sample of more than one in fifty is the shuffled tail of 0 to
 * n - 1. Any other is drawn by Floyd's method (Bentley and Floyd 1987, <i>Programming pearls: a
 * sample of brilliance</i>) and shuffled afterwards: for j from n - size to n - 1, a number t of 0
 * to j is taken, or j itself where t was taken before.
 */
final class Choice {
  private static final int SMALL_POPULATION = 10_000;
  private static final int CUTOFF = 50;
  private static final long FREE = -1;

  private Choice() {}

  /** Returns {@code size} different numbers below {@code n}, in random order. */
  static long[] withoutReplacement(Pcg64 bits, long n, int size) {
    return n > SMALL_POPULATION && size > n / CUTOFF
        ? shuffledTail(bits, n, size)
        : floyd(bits, n, size);
  }

  private static long[] shuffledTail(Pcg64 bits, long n, int size) {
    if (n > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a sample of more than 1 in 50 of " + n + " would need an array of that length");
    }
    int[] all = new int[(int) n];
    Arrays.setAll(all, i -> i);
    int first = all.length - size;
    long[] sample = new long[size];
    for (int i = all.length - 1; i >= first; i--) {
      int j = (int) bits.bounded(i);
      sample[i - first] = all[j];
      all[j] = all[i];
    }
    return sample;
  }

  private static long[] floyd(Pcg64 bits, long n, int size) {
    int slots = slots(size);
    long[] taken = new long[slots];
    Arrays.fill(taken, FREE);
    long[] sample = new long[size];
    long start = n - size;
    for (int i = 0; i < size; i++) {
      long candidate = bits.bounded(start + i);
      if (!add(taken, candidate)) {
        candidate = start + i;
        add(taken, candidate);
      }
      sample[i] = candidate;
    }
    for (int i = size - 1; i > 0; i--) {
      int j = (int) bits.bounded(i);
      long kept = sample[i];
      sample[i] = sample[j];
      sample[j] = kept;
    }
    return sample;
  }

  /** The number of hash slots: a power of two above 1.2 times the size. */
  private static int slots(int size) {
    long least = size + size / 5L;
    if (least >= 1 << 30) {
      throw new IllegalArgumentException(
          "a sample without replacement is limited to 890 million: " + size);
    }
    return Math.max(1, Integer.highestOneBit((int) least) << 1);
  }

  /** Adds a number to an open-addressing hash set; false if it is there already. */
  private static boolean add(long[] taken, long value) {
    int mask = taken.length - 1;
    int slot = (int) value & mask;
    while (taken[slot] != FREE) {
      if (taken[slot] == value) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    taken[slot] = value;
    return true;
  }
}
