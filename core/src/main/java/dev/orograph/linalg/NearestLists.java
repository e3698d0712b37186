package dev.orograph.linalg;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Of every point the few others that a tile-wise search has found nearest so far, by rounded half
 * squared distance and index: a heap per point with the farthest on top. Which are kept follows
 * from the values alone, not from the order in which tiles come.
 *
 * <p>Nearly all values of a tile are too large for both lists that they could enter. Bit patterns
 * of positive floats order them, so a sum of sign bits tells for a block of values at a time that
 * there is nothing in it, in a loop that compilers turn into vector instructions.
 */
final class NearestLists implements DistanceTiles.Visitor {
  private static final int BLOCK = 32;

  private final int length;
  private final int others;
  private final int side;
  private final int[] sizes;

  /** Bit pattern that a value must not exceed to enter a list. */
  private final int[] limits;

  /** Patterns above indices, as heaps. */
  private final long[] heaps;

  /** One lock for the lists of each row of tiles. */
  private final Object[] locks;

  /** Lists of at most {@code length} others for each of n points. */
  NearestLists(int n, int length) {
    this.length = Math.min(length, n - 1);
    others = n - 1;
    sizes = new int[n];
    limits = new int[n];
    Arrays.fill(limits, Integer.MAX_VALUE);
    heaps = new long[Math.multiplyExact(n, this.length)];
    locks = new Object[DistanceTiles.along(n)];
    side = DistanceTiles.side(n);
    Arrays.setAll(locks, i -> new Object());
  }

  /** Bytes that lists of n points take. */
  static long bytes(long n, long length) {
    return Math.multiplyExact(n, 8 + 8 * length);
  }

  /** Whether lists hold all other points. */
  boolean complete() {
    return length == others;
  }

  @Override
  public void tile(int row, int rows, int column, int columns, ByteBuffer halves) {
    IntBuffer patterns = halves.asIntBuffer();
    int[] bits = new int[columns];
    // Tiles lie above the diagonal, so locks are always taken in the same order.
    synchronized (locks[row / side]) {
      synchronized (locks[column / side]) {
        for (int i = 0; i < rows; i++) {
          patterns.get(i * columns, bits, 0, columns);
          for (int from = row == column ? i + 1 : 0; from < columns; from += BLOCK) {
            int to = Math.min(columns, from + BLOCK);
            if (promising(bits, from, to, limits, column, limits[row + i]) > 0) {
              for (int j = from; j < to; j++) {
                // What is negative is a rounded zero.
                int half = Math.max(0, bits[j]);
                offer(row + i, half, column + j);
                offer(column + j, half, row + i);
              }
            }
          }
        }
      }
    }
  }

  /** How many of the patterns are negative, or at most the limit of their row or their column. */
  private static int promising(int[] bits, int from, int to, int[] limits, int column, int limit) {
    int count = 0;
    for (int j = from; j < to; j++) {
      count += ((bits[j] - Math.max(limit, limits[column + j]) - 1) | bits[j]) >>> 31;
    }
    return count;
  }

  private void offer(int point, int half, int other) {
    if (half > limits[point]) {
      return;
    }
    long key = (long) half << 32 | other;
    int at = point * length;
    if (sizes[point] < length) {
      int i = sizes[point]++;
      while (i > 0 && heaps[at + (i - 1) / 2] < key) {
        heaps[at + i] = heaps[at + (i - 1) / 2];
        i = (i - 1) / 2;
      }
      heaps[at + i] = key;
      if (sizes[point] < length) {
        return;
      }
    } else if (key < heaps[at]) {
      int i = 0;
      for (int child = 1; child < length; child = 2 * i + 1) {
        if (child + 1 < length && heaps[at + child + 1] > heaps[at + child]) {
          child++;
        }
        if (heaps[at + child] <= key) {
          break;
        }
        heaps[at + i] = heaps[at + child];
        i = child;
      }
      heaps[at + i] = key;
    }
    limits[point] = (int) (heaps[at] >>> 32);
  }

  /** The list of a point from the nearest on, in an order that no heap needs any more. */
  long[] sorted(int point) {
    long[] keys = Arrays.copyOfRange(heaps, point * length, point * length + sizes[point]);
    Arrays.sort(keys);
    return keys;
  }

  /** The rounded half squared distance in a key of {@link #sorted}. */
  static double half(long key) {
    return Float.intBitsToFloat((int) (key >>> 32));
  }

  /** The other point in a key. */
  static int other(long key) {
    return (int) key;
  }
}
