package dev.orograph.instrument.embedding;

import dev.orograph.geometry.TsneLayout;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.linalg.NearestNeighbours;
import java.io.Serializable;

/**
 * How much of a matrix is drawn.
 *
 * @param points how many tokens are drawn at most
 * @param dimensions how many principal components groups are told apart in
 */
public record MapShape(int points, int dimensions) implements Serializable {
  /** Most points on a map: what a browser moves smoothly, and the layout's time allows. */
  static final int MOST_POINTS = 60_000;

  /** So many are drawn whatever memory there is. */
  private static final int FEW_POINTS = 2_000;

  /** Most numbers held as float64: 1 GiB. */
  private static final long MOST_ENTRIES = 1L << 27;

  /** Most numbers that groups are looked for in. */
  private static final int MOST_COORDINATES = 1 << 20;

  private static final int MOST_DIMENSIONS = 512;

  /** Multiplications that moving a point to its place on the map takes. */
  private static final double PER_POINT = 1e6;

  /** From so many points on two threads share the work. */
  private static final int SHARED = 2_000;

  /**
   * Of a matrix of so many tokens and dimensions: fewer tokens where memory asks for it.
   *
   * @param memory bytes that may be taken
   */
  static MapShape of(long rows, long columns, long memory) {
    int points = (int) Math.min(rows, Math.min(MOST_POINTS, Math.max(1, MOST_ENTRIES / columns)));
    MapShape shape = of(points, columns);
    while (shape.points > FEW_POINTS && shape.bytes(rows, columns) > memory) {
      shape = of(shape.points - shape.points / 8, columns);
    }
    return shape;
  }

  private static MapShape of(int points, long columns) {
    int dimensions =
        (int) Math.min(columns, Math.min(MOST_DIMENSIONS, Math.max(2, MOST_COORDINATES / points)));
    return new MapShape(points, dimensions);
  }

  /** Native threads that are worth having. */
  int threads() {
    return points < SHARED ? 1 : 2;
  }

  /** Neighbours that so many points are drawn to. */
  static int neighbours(int points) {
    return Math.min(TsneLayout.NEIGHBOURS, points - 1);
  }

  /** Multiplications. */
  double work(long columns) {
    double d = columns;
    return points * d * d
        + 2 * d * d * d
        + points * (PER_POINT + 2000 * d)
        + 0.5 * points * (double) points * d;
  }

  /** Bound on anonymous memory in bytes. */
  long bytes(long rows, long columns) {
    long held = 8 * columns * points;
    long square = 8 * columns * (columns + 3L * dimensions);
    long drawn = points * (16L * dimensions + 4_000) + DistinctRows.bytes(points);
    long found =
        points < TsneLayout.FEWEST
            ? 0
            : NearestNeighbours.bytes(points, columns, neighbours(points), threads())
                + TsneLayout.bytes(points);
    return held + square + drawn + found + TokenRows.bytes(rows) + (16 << 20);
  }
}
