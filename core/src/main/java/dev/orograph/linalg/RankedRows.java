package dev.orograph.linalg;

import java.util.Arrays;

/** The k nearest of the points that were offered, by squared distance, ties by lower index. */
final class RankedRows {
  private final double[] squared;
  private final int[] rows;
  private int size;

  RankedRows(int k) {
    squared = new double[k];
    rows = new int[k];
  }

  void clear() {
    size = 0;
  }

  /** Whether there are k. */
  boolean full() {
    return size == squared.length;
  }

  /** The largest squared distance kept, infinite until there are k. */
  double limit() {
    return full() ? squared[size - 1] : Double.POSITIVE_INFINITY;
  }

  void offer(double distance, int row) {
    if (full() && !before(distance, row, size - 1)) {
      return;
    }
    int at = full() ? size - 1 : size++;
    while (at > 0 && before(distance, row, at - 1)) {
      squared[at] = squared[at - 1];
      rows[at] = rows[at - 1];
      at--;
    }
    squared[at] = distance;
    rows[at] = row;
  }

  private boolean before(double distance, int row, int at) {
    return distance < squared[at] || (distance == squared[at] && row < rows[at]);
  }

  /** Copies them, from the nearest on. */
  void copy(int[] indices, double[] distances, int offset) {
    System.arraycopy(rows, 0, indices, offset, size);
    System.arraycopy(squared, 0, distances, offset, size);
    Arrays.fill(distances, offset + size, offset + squared.length, Double.NaN);
  }
}
