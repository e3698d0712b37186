package dev.orograph.instrument.embedding;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Chosen rows of a matrix, each different one once.
 *
 * @param ids ids of the rows that are finite, ascending
 * @param norms their Euclidean norms
 * @param places which column of {@code points} is whose
 * @param points the different rows, {@code (d, n)}; columns from {@code distinct} on are unused
 * @param distinct how many there are
 * @param nonFinite rows that were left out
 */
record MapRows(
    List<Long> ids,
    List<Double> norms,
    List<Integer> places,
    Matrix points,
    int distinct,
    long nonFinite) {
  /** Entries read at a time. */
  private static final int PANEL = 1 << 18;

  /**
   * Reads rows.
   *
   * @param chosen ids, ascending
   * @param check called every now and then; what it throws ends the reading
   */
  static MapRows read(TensorData data, long[] chosen, Scope scope, Runnable check) {
    int d = Math.toIntExact(data.info().columns());
    int most = Math.max(1, PANEL / d);
    double[] panel = new double[most * d];
    double[] row = new double[d];
    Matrix points = scope.matrix(d, chosen.length);
    Map<Long, List<Integer>> seen = new HashMap<>();
    List<Long> ids = new ArrayList<>();
    List<Double> norms = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    int distinct = 0;
    long nonFinite = 0;
    for (int i = 0; i < chosen.length; ) {
      check.run();
      int together = 1;
      while (together < most
          && i + together < chosen.length
          && chosen[i + together] == chosen[i] + together) {
        together++;
      }
      data.read(chosen[i] * d, panel, 0, together * d);
      for (int t = 0; t < together; t++, i++) {
        double squares = 0;
        for (int j = 0; j < d; j++) {
          // Adding zero makes one zero of the two.
          row[j] = panel[t * d + j] + 0.0;
          squares += row[j] * row[j];
        }
        if (!finite(row)) {
          nonFinite++;
          continue;
        }
        int place = find(seen, points, row);
        if (place < 0) {
          place = distinct++;
          points.put(0, place, row, 0, d);
          seen.computeIfAbsent(hash(row), k -> new ArrayList<>()).add(place);
        }
        ids.add(chosen[i]);
        norms.add(Math.sqrt(squares));
        places.add(place);
      }
    }
    return new MapRows(ids, norms, places, points, distinct, nonFinite);
  }

  private static boolean finite(double[] row) {
    for (double v : row) {
      if (!(Math.abs(v) <= Float.MAX_VALUE)) {
        return false;
      }
    }
    return true;
  }

  private static int find(Map<Long, List<Integer>> seen, Matrix points, double[] row) {
    double[] other = new double[row.length];
    for (int place : seen.getOrDefault(hash(row), List.of())) {
      points.get(0, place, other, 0, row.length);
      if (Arrays.equals(row, other)) {
        return place;
      }
    }
    return -1;
  }

  private static long hash(double[] row) {
    long h = 0xcbf29ce484222325L;
    for (double v : row) {
      h = (h ^ Double.doubleToLongBits(v)) * 0x100000001b3L;
      h ^= h >>> 29;
    }
    return h;
  }
}
