package dev.orograph.linalg;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which rows of a matrix are equal, entry by entry (0 and -0 are; NaN equals NaN of the same bits).
 * Rows are hashed in one pass, and those of one hash are compared, so a hash decides nothing. Its
 * key is drawn anew each time: no file can be made for which many different rows meet.
 */
public final class DistinctRows {
  private static final SecureRandom KEYS = new SecureRandom();

  /** The first row that equals this one: itself, where none does before. */
  private final int[] first;

  private final int[] multiplicity;
  private final int[] representatives;

  /** Compares the rows; reads them once, and those that may be equal again. */
  public DistinctRows(Entries rows) {
    this(rows, 1);
  }

  /** The same by several threads, which rows must allow. */
  public DistinctRows(Entries rows, int threads) {
    this(rows, KEYS.nextLong(), KEYS.nextLong() | 1, threads);
  }

  /** With fixed keys; 0 gives all rows one hash. */
  DistinctRows(Entries rows, long start, long factor, int threads) {
    int n = Math.toIntExact(rows.rows());
    int d = Math.toIntExact(rows.columns());
    long[] hashes = new long[n];
    RowParts.forEach(
        rows,
        threads,
        (part, from, count, block) -> {
          for (int i = 0; i < count; i++) {
            long h = start;
            for (int j = i * d; j < (i + 1) * d; j++) {
              h = (h ^ bits(block[j])) * factor;
              h ^= h >>> 29;
            }
            hashes[from + i] = h;
          }
        });
    first = new int[n];
    multiplicity = new int[n];
    // Of each hash the rows that differ from each other, one as a rule.
    Map<Long, List<Integer>> seen = new HashMap<>();
    double[] own = new double[d];
    double[] other = new double[d];
    for (int i = 0; i < n; i++) {
      List<Integer> alike = seen.computeIfAbsent(hashes[i], h -> new ArrayList<>(1));
      first[i] = i;
      if (!alike.isEmpty()) {
        rows.read((long) i * d, own, 0, d);
      }
      for (int candidate : alike) {
        rows.read((long) candidate * d, other, 0, d);
        if (equal(own, other)) {
          first[i] = candidate;
          break;
        }
      }
      if (first[i] == i) {
        alike.add(i);
      }
      multiplicity[first[i]]++;
    }
    int[] found = new int[n];
    int count = 0;
    for (int i = 0; i < n; i++) {
      if (first[i] == i) {
        found[count++] = i;
      }
    }
    representatives = Arrays.copyOf(found, count);
  }

  /** Bytes that n rows take. */
  public static long bytes(long n) {
    return 128 * n + RowParts.bytes(0, 2);
  }

  /** Adding 0 makes a 0 of -0. */
  private static long bits(double v) {
    return Double.doubleToRawLongBits(v + 0.0);
  }

  private static boolean equal(double[] a, double[] b) {
    for (int j = 0; j < a.length; j++) {
      if (bits(a[j]) != bits(b[j])) {
        return false;
      }
    }
    return true;
  }

  /** One row of each kind, the first, in ascending order. */
  public int[] representatives() {
    return representatives.clone();
  }

  /** The first row that equals this one. */
  public int representative(int row) {
    return first[row];
  }

  /** How many rows equal this one, itself included. */
  public int multiplicity(int row) {
    return multiplicity[first[row]];
  }

  /**
   * Rows that equal each other, in ascending order; clusters of two or more, by their first row.
   */
  public List<List<Integer>> clusters() {
    Map<Integer, List<Integer>> clusters = new HashMap<>();
    for (int i = 0; i < first.length; i++) {
      if (multiplicity[first[i]] > 1) {
        clusters.computeIfAbsent(first[i], f -> new ArrayList<>()).add(i);
      }
    }
    return clusters.values().stream().sorted((a, b) -> a.get(0) - b.get(0)).toList();
  }
}
