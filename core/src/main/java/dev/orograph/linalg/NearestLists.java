package dev.orograph.linalg;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Of every point the few others that a tile-wise search has found nearest so far, by rounded half
 * squared distance and index. What may be among them is gathered in half as much room again, and
 * when that is full the least are chosen, which is less work than to keep them in order. Which are
 * kept in the end follows from the values alone, not from the order in which tiles come.
 *
 * <p>Nearly all values of a tile are too large for both lists that they could enter. Bit patterns
 * of positive floats order them, so signs of differences mark the others, in loops without a branch
 * that compilers turn into vector instructions.
 */
final class NearestLists implements DistanceTiles.Visitor {
  /** Marks that are looked at together. */
  private static final int FOLDS = 8;

  private final int length;
  private final int room;
  private final int others;
  private final int side;
  private final int[] sizes;

  /** Bit pattern that a value must not exceed to enter a list. */
  private final int[] limits;

  /** Patterns above indices, {@code (n, room)}. */
  private final long[] keys;

  /** One lock for the lists of each row of tiles. */
  private final Object[] locks;

  /** Lists of at most {@code length} others for each of n points. */
  NearestLists(int n, int length) {
    this.length = Math.min(length, n - 1);
    others = n - 1;
    sizes = new int[n];
    limits = new int[n];
    Arrays.fill(limits, Integer.MAX_VALUE);
    room = room(this.length);
    keys = new long[Math.multiplyExact(n, room)];
    locks = new Object[DistanceTiles.along(n)];
    side = DistanceTiles.side(n);
    Arrays.setAll(locks, i -> new Object());
  }

  /** Bytes that lists of n points take. */
  static long bytes(long n, long length) {
    return Math.multiplyExact(n, 8 + 8L * room(length));
  }

  private static int room(long length) {
    return (int) (length + length / 2 + 1);
  }

  /** Whether lists hold all other points. */
  boolean complete() {
    return length == others;
  }

  @Override
  public void tile(int row, int rows, int column, int columns, ByteBuffer halves) {
    IntBuffer patterns = halves.asIntBuffer();
    int[] bits = new int[columns];
    int fold = (columns + FOLDS - 1) / FOLDS;
    int[] marks = new int[FOLDS * fold];
    int[] folded = new int[fold];
    // Tiles lie above the diagonal, so locks are always taken in the same order.
    synchronized (locks[row / side]) {
      synchronized (locks[column / side]) {
        for (int i = 0; i < rows; i++) {
          patterns.get(i * columns, bits, 0, columns);
          int from = row == column ? i + 1 : 0;
          if (from > 0) {
            marks[i] = 0;
          }
          mark(bits, from, columns, limits, column, limits[row + i], marks);
          fold(marks, folded, fold);
          for (int f = 0; f < fold; f++) {
            if (folded[f] != 0) {
              for (int j = f; j < columns; j += fold) {
                if (marks[j] != 0) {
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
  }

  /** 1 for patterns that are negative, or at most the limit of their row or their column. */
  private static void mark(
      int[] bits, int from, int to, int[] limits, int column, int limit, int[] marks) {
    for (int j = from; j < to; j++) {
      int half = bits[j];
      marks[j] = ((half - limit - 1) | (half - limits[column + j] - 1) | half) >>> 31;
    }
  }

  /** Puts marks that lie {@code fold} apart together. */
  private static void fold(int[] marks, int[] folded, int fold) {
    for (int f = 0; f < fold; f++) {
      folded[f] =
          marks[f]
              | marks[f + fold]
              | marks[f + 2 * fold]
              | marks[f + 3 * fold]
              | marks[f + 4 * fold]
              | marks[f + 5 * fold]
              | marks[f + 6 * fold]
              | marks[f + 7 * fold];
    }
  }

  private void offer(int point, int half, int other) {
    if (half > limits[point]) {
      return;
    }
    int at = point * room;
    keys[at + sizes[point]++] = (long) half << 32 | other;
    if (sizes[point] == room) {
      least(keys, at, at + room, at + length - 1);
      sizes[point] = length;
      limits[point] = (int) (keys[at + length - 1] >>> 32);
    }
  }

  /** Moves the least keys of a range to its front, so that all up to {@code rank} are no larger. */
  private static void least(long[] keys, int from, int to, int rank) {
    int low = from;
    int high = to - 1;
    while (low < high) {
      long middle = keys[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (keys[i] < middle) {
          i++;
        }
        while (keys[j] > middle) {
          j--;
        }
        if (i <= j) {
          long key = keys[i];
          keys[i++] = keys[j];
          keys[j--] = key;
        }
      }
      if (rank <= j) {
        high = j;
      } else if (rank >= i) {
        low = i;
      } else {
        return;
      }
    }
  }

  /** The list of a point from the nearest on. */
  long[] sorted(int point) {
    long[] all = Arrays.copyOfRange(keys, point * room, point * room + sizes[point]);
    Arrays.sort(all);
    return all.length > length ? Arrays.copyOf(all, length) : all;
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
