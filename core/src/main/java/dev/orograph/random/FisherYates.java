package dev.orograph.random;

import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * The in-place shuffle, with NumPy's sequence of swaps: for i from n - 1 down, entry i changes
 * places with a uniformly drawn entry of 0 to i (Fisher and Yates 1938; Durstenfeld 1964).
 *
 * <p>Partners are drawn a block at a time. The drawing loop then touches no data, and the loop of
 * swaps, one for each kind of storage, is so short that the processor waits for many cache misses
 * at once.
 */
final class FisherYates {
  private static final int BLOCK = 1024;

  /** Swaps entry {@code top - k} with entry {@code partner[k]} for k from 0 to n - 1. */
  private interface Swaps {
    void apply(int top, int[] partner, int n);
  }

  private FisherYates() {}

  static void shuffle(Pcg64 bits, short[] a, int start, int n) {
    run(bits, n, (top, partner, count) -> swap(a, start, top, partner, count));
  }

  static void shuffle(Pcg64 bits, int[] a, int start, int n) {
    run(bits, n, (top, partner, count) -> swap(a, start, top, partner, count));
  }

  static void shuffle(Pcg64 bits, long[] a, int start, int n) {
    run(bits, n, (top, partner, count) -> swap(a, start, top, partner, count));
  }

  static void shuffle(Pcg64 bits, float[] a) {
    run(bits, a.length, (top, partner, count) -> swap(a, top, partner, count));
  }

  static void shuffle(Pcg64 bits, double[] a) {
    run(bits, a.length, (top, partner, count) -> swap(a, top, partner, count));
  }

  /** Shuffles from the buffer's position to its limit; heap buffers through their array. */
  static void shuffle(Pcg64 bits, ShortBuffer a) {
    if (a.hasArray()) {
      shuffle(bits, a.array(), a.arrayOffset() + a.position(), a.remaining());
    } else {
      ShortBuffer b = a.slice();
      run(bits, b.limit(), (top, partner, count) -> swap(b, top, partner, count));
    }
  }

  static void shuffle(Pcg64 bits, IntBuffer a) {
    if (a.hasArray()) {
      shuffle(bits, a.array(), a.arrayOffset() + a.position(), a.remaining());
    } else {
      IntBuffer b = a.slice();
      run(bits, b.limit(), (top, partner, count) -> swap(b, top, partner, count));
    }
  }

  static void shuffle(Pcg64 bits, LongBuffer a) {
    if (a.hasArray()) {
      shuffle(bits, a.array(), a.arrayOffset() + a.position(), a.remaining());
    } else {
      LongBuffer b = a.slice();
      run(bits, b.limit(), (top, partner, count) -> swap(b, top, partner, count));
    }
  }

  private static void run(Pcg64 bits, int n, Swaps swaps) {
    int[] partner = new int[Math.max(0, Math.min(BLOCK, n - 1))];
    int top = n - 1;
    while (top > 0) {
      int count = Math.min(partner.length, top);
      bits.descending(top, partner, count);
      swaps.apply(top, partner, count);
      top -= count;
    }
  }

  private static void swap(short[] a, int start, int top, int[] partner, int n) {
    for (int k = 0; k < n; k++) {
      int i = start + top - k;
      int j = start + partner[k];
      short kept = a[j];
      a[j] = a[i];
      a[i] = kept;
    }
  }

  private static void swap(int[] a, int start, int top, int[] partner, int n) {
    for (int k = 0; k < n; k++) {
      int i = start + top - k;
      int j = start + partner[k];
      int kept = a[j];
      a[j] = a[i];
      a[i] = kept;
    }
  }

  private static void swap(long[] a, int start, int top, int[] partner, int n) {
    for (int k = 0; k < n; k++) {
      int i = start + top - k;
      int j = start + partner[k];
      long kept = a[j];
      a[j] = a[i];
      a[i] = kept;
    }
  }

  private static void swap(float[] a, int top, int[] partner, int n) {
    for (int k = 0; k < n; k++) {
      float kept = a[partner[k]];
      a[partner[k]] = a[top - k];
      a[top - k] = kept;
    }
  }

  private static void swap(double[] a, int top, int[] partner, int n) {
    for (int k = 0; k < n; k++) {
      double kept = a[partner[k]];
      a[partner[k]] = a[top - k];
      a[top - k] = kept;
    }
  }

  private static void swap(ShortBuffer a, int top, int[] partner, int n) {
    for (int k = 0; k < n; k++) {
      short kept = a.get(partner[k]);
      a.put(partner[k], a.get(top - k));
      a.put(top - k, kept);
    }
  }

  private static void swap(IntBuffer a, int top, int[] partner, int n) {
    for (int k = 0; k < n; k++) {
      int kept = a.get(partner[k]);
      a.put(partner[k], a.get(top - k));
      a.put(top - k, kept);
    }
  }

  private static void swap(LongBuffer a, int top, int[] partner, int n) {
    for (int k = 0; k < n; k++) {
      long kept = a.get(partner[k]);
      a.put(partner[k], a.get(top - k));
      a.put(top - k, kept);
    }
  }
}
