package dev.orograph.instrument.embedding;

import dev.orograph.linalg.Entries;
import java.util.Arrays;

/** Rows that are no points: with NaN, infinity or an entry beyond float32. And rows of zeros. */
final class RowCheck {
  private static final int CHUNK = 1 << 16;

  private final int[] finite;
  private final long zeros;

  RowCheck(Entries rows) {
    int n = Math.toIntExact(rows.rows());
    int d = Math.toIntExact(rows.columns());
    int most = Math.max(1, CHUNK / d);
    double[] block = new double[most * d];
    int[] found = new int[n];
    int count = 0;
    long empty = 0;
    for (int from = 0; from < n; from += most) {
      int m = Math.min(most, n - from);
      rows.read((long) from * d, block, 0, m * d);
      for (int i = 0; i < m; i++) {
        boolean fits = true;
        boolean zero = true;
        for (int j = i * d; j < (i + 1) * d; j++) {
          fits &= (float) Math.abs(block[j]) <= Float.MAX_VALUE;
          zero &= block[j] == 0;
        }
        if (fits) {
          found[count++] = from + i;
        }
        empty += zero ? 1 : 0;
      }
    }
    finite = Arrays.copyOf(found, count);
    zeros = empty;
  }

  /** Numbers of the rows that are points. */
  int[] finite() {
    return finite;
  }

  /** How many rows hold nothing but zeros. */
  long zeros() {
    return zeros;
  }
}
