package dev.orograph.instrument.embedding;

import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.DistinctRows;
import java.io.Serializable;

/**
 * How much of a matrix is drawn.
 *
 * @param points how many tokens are drawn at most
 * @param dimensions how many principal components the neighbours on the map are taken from
 */
public record MapShape(int points, int dimensions) implements Serializable {
  /** Most points on a map: what a browser moves smoothly, and the layout's time allows. */
  static final int MOST_POINTS = 20_000;

  /** Most numbers held as float64: 1 GiB. */
  private static final long MOST_ENTRIES = 1L << 27;

  /** Most numbers that the layout looks for neighbours in. */
  private static final int MOST_COORDINATES = 1 << 20;

  private static final int MOST_DIMENSIONS = 512;

  /** Multiplications that moving a point to its place on the map takes. */
  private static final double PER_POINT = 1e6;

  /** Of a matrix of so many tokens and dimensions. */
  static MapShape of(long rows, long columns) {
    int points = (int) Math.min(rows, Math.min(MOST_POINTS, Math.max(1, MOST_ENTRIES / columns)));
    int dimensions =
        (int) Math.min(columns, Math.min(MOST_DIMENSIONS, Math.max(2, MOST_COORDINATES / points)));
    return new MapShape(points, dimensions);
  }

  /** Multiplications. */
  double work(long columns) {
    double d = columns;
    return points * d * d + 2 * d * d * d + points * (PER_POINT + 2000 * d);
  }

  /** Bound on anonymous memory in bytes. */
  long bytes(long rows, long columns) {
    long held = 8 * columns * points;
    long square = 8 * columns * (columns + 3L * dimensions);
    long drawn = points * (16L * dimensions + 4_000) + DistinctRows.bytes(points);
    return held + square + drawn + TokenRows.bytes(rows) + (16 << 20);
  }
}
