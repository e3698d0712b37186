package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Piece;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.DistinctRows;
import java.io.Serializable;

/**
 * One matrix with a row per token to draw a map of.
 *
 * @param tensor full name
 * @param name its name in ids, unique within the plan
 * @param rows tokens
 * @param columns dModel
 * @param points how many tokens are drawn at most
 * @param dimensions how many principal components the neighbours on the map are taken from
 * @param work rough cost in multiplications
 * @param bytes bound on anonymous memory
 */
public record MapPiece(
    String tensor,
    String name,
    long rows,
    long columns,
    int points,
    int dimensions,
    double work,
    long bytes)
    implements Piece, Serializable {
  /** Most points on a map: what a browser moves smoothly, and the layout's time allows. */
  static final int MOST_POINTS = 20_000;

  /** Most numbers held as float64: 1 GiB. */
  private static final long MOST_ENTRIES = 1L << 27;

  /** Most numbers that the layout looks for neighbours in. */
  private static final int MOST_COORDINATES = 1 << 20;

  private static final int MOST_DIMENSIONS = 512;

  /** Multiplications that moving a point to its place on the map takes. */
  private static final double PER_POINT = 1e6;

  /** A piece about a matrix of that shape. */
  static MapPiece of(String tensor, String name, long rows, long columns) {
    int points = (int) Math.min(rows, Math.min(MOST_POINTS, Math.max(1, MOST_ENTRIES / columns)));
    int dimensions =
        (int) Math.min(columns, Math.min(MOST_DIMENSIONS, Math.max(2, MOST_COORDINATES / points)));
    double d = columns;
    double work = points * d * d + 2 * d * d * d + points * (PER_POINT + 2000 * d);
    long held = 8 * columns * points;
    long square = 8 * columns * (columns + 3L * dimensions);
    long drawn = points * (16L * dimensions + 4_000) + DistinctRows.bytes(points);
    return new MapPiece(
        tensor,
        name,
        rows,
        columns,
        points,
        dimensions,
        work,
        held + square + drawn + TokenRows.bytes(rows) + (16 << 20));
  }

  @Override
  public String label() {
    return tensor;
  }

  @Override
  public int nativeThreads() {
    return 1;
  }
}
