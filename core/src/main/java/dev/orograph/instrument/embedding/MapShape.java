package dev.orograph.instrument.embedding;

import dev.orograph.geometry.PrincipalComponents;
import dev.orograph.geometry.TsneLayout;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.linalg.NearestNeighbours;
import java.io.Serializable;
import java.util.List;

/**
 * How much of a matrix is drawn.
 *
 * @param points how many tokens are drawn at most
 * @param anchors how many of them are laid out before the others
 * @param dimensions how many principal components groups are told apart in
 */
public record MapShape(int points, int anchors, int dimensions) implements Serializable {
  /** Most points on a map: the largest vocabularies, and what a browser holds. */
  static final int MOST_POINTS = 300_000;

  /**
   * So many are laid out at once; the layout of all 151,936 of a vocabulary takes twice as long.
   */
  private static final int MOST_ANCHORS = 60_000;

  /** So many are drawn whatever memory there is. */
  private static final int FEW_POINTS = 2_000;

  /** Most neighbours that are told, of all points together: they are most of a report. */
  private static final int MOST_LISTED = 3 << 19;

  private static final int FEWEST_LISTED = 5;

  /** Most numbers that groups are looked for in, and fewest dimensions. */
  private static final int MOST_COORDINATES = 1 << 20;

  private static final int FEW_DIMENSIONS = 16;
  private static final int MOST_DIMENSIONS = 512;

  /** Multiplications that moving a point to its place on the map takes, once and by a step. */
  private static final double PER_POINT = 1e6;

  private static final double REFINING = 2e5;

  /** Bytes of a point's text, places, neighbours and their JSON, and again by a further metric. */
  private static final long PER_TOKEN = 2_500;

  /** From so many points on two threads share the work. */
  private static final int SHARED = 2_000;

  /**
   * Of a matrix of so many tokens and dimensions: fewer tokens where memory asks for it.
   *
   * @param memory bytes that may be taken
   * @param metrics by which maps are drawn
   */
  static MapShape of(long rows, long columns, long memory, List<Metric> metrics) {
    int most = (int) Math.min(rows, MOST_POINTS);
    return of(
        Work.fitting(memory, most, FEW_POINTS, n -> of(n, columns).bytes(rows, columns, metrics)),
        columns);
  }

  private static MapShape of(int points, long columns) {
    int most = Math.min(MOST_DIMENSIONS, Math.max(FEW_DIMENSIONS, MOST_COORDINATES / points));
    return new MapShape(points, Math.min(points, MOST_ANCHORS), (int) Math.min(columns, most));
  }

  /** Native threads that are worth having. */
  int threads() {
    return points < SHARED ? 1 : 2;
  }

  /** Neighbours that so many points are drawn to. */
  static int neighbours(int points) {
    return Math.min(TsneLayout.NEIGHBOURS, points - 1);
  }

  /** How many of its nearest are told of each point. */
  int listed() {
    return Math.max(FEWEST_LISTED, Math.min(MapMeasurement.NEIGHBOURS, MOST_LISTED / points));
  }

  /** Multiplications. */
  double work(long columns, List<Metric> metrics) {
    double d = columns;
    double others = points == anchors ? 0 : 1;
    double search = 0.5 * d * ((double) points * points + others * anchors * (double) anchors);
    double laid = anchors * PER_POINT + others * points * REFINING;
    return points * d * d + 2 * d * d * d + 2000 * d * points + metrics.size() * (search + laid);
  }

  /** Bound on anonymous memory in bytes. */
  long bytes(long rows, long columns, List<Metric> metrics) {
    long drawn =
        points * (16L * dimensions + PER_TOKEN * (1 + metrics.size()) / 2)
            + DistinctRows.bytes(points)
            + PrincipalComponents.bytes(columns, dimensions);
    long found =
        points < TsneLayout.FEWEST
            ? 0
            : metrics.stream().mapToLong(m -> found(m, rows, columns)).max().orElse(0);
    return drawn + found + TokenRows.bytes(rows) + (16 << 20);
  }

  private long found(Metric metric, long rows, long columns) {
    long kept = 12L * points * neighbours(points);
    long again =
        points == anchors
            ? TsneLayout.bytes(points)
            : Math.max(
                TsneLayout.bytes(points),
                NearestNeighbours.bytes(anchors, columns, neighbours(anchors), threads())
                    + TsneLayout.bytes(anchors));
    return RowsByMetric.bytes(metric, rows, points, columns, threads())
        + Math.max(
            NearestNeighbours.bytes(points, columns, neighbours(points), threads()), kept + again);
  }
}
