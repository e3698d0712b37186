package dev.orograph.stats;

/** Ascending order of non-negative 31-bit keys in three passes over 11 bits each. */
final class RadixSort {
  private static final int BITS = 11;
  private static final int MASK = (1 << BITS) - 1;

  private RadixSort() {}

  static void sort(int[] keys, int length) {
    int[][] counts = new int[3][1 << BITS];
    for (int i = 0; i < length; i++) {
      int k = keys[i];
      counts[0][k & MASK]++;
      counts[1][(k >>> BITS) & MASK]++;
      counts[2][k >>> (2 * BITS)]++;
    }
    int[] from = keys;
    int[] to = new int[length];
    for (int pass = 0; pass < 3; pass++) {
      int[] c = counts[pass];
      int at = 0;
      for (int b = 0; b < c.length; b++) {
        int size = c[b];
        c[b] = at;
        at += size;
      }
      int shift = pass * BITS;
      for (int i = 0; i < length; i++) {
        int k = from[i];
        to[c[(k >>> shift) & MASK]++] = k;
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    System.arraycopy(from, 0, keys, 0, length);
  }
}
