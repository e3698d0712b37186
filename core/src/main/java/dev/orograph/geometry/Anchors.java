package dev.orograph.geometry;

import dev.orograph.linalg.NearestNeighbours;
import java.util.Arrays;

/**
 * Some of many points, of which each other point has one among its neighbours: those are laid out
 * first, and the others start at the nearest of them ({@link TsneLayout#refined} goes on from
 * there). The mean of several would lie between the places where any of its neighbours are.
 *
 * <p>Source: after Policar, Strazar & Zupan 2023 (Machine Learning 112), who start new points at a
 * mean of those that a layout has.
 */
public final class Anchors {
  private final int[] points;

  /** For every point its place among the anchors: its own, or that of the nearest one. */
  private final int[] nearest;

  private Anchors(int[] points, int[] nearest) {
    this.points = points;
    this.nearest = nearest;
  }

  /**
   * Those that were drawn, and each other point that has none of them, nor one added before it,
   * among its neighbours.
   *
   * @param drawn points, each once
   * @param graph the neighbours of all points
   */
  public static Anchors of(int[] drawn, NearestNeighbours graph) {
    int n = graph.count();
    int[] at = new int[n];
    Arrays.fill(at, -1);
    for (int i : drawn) {
      at[i] = 0;
    }
    int count = drawn.length;
    for (int i = 0; i < n; i++) {
      if (at[i] < 0 && rank(i, at, graph) < 0) {
        at[i] = 0;
        count++;
      }
    }
    int[] points = new int[count];
    int next = 0;
    for (int i = 0; i < n; i++) {
      if (at[i] == 0) {
        at[i] = next;
        points[next++] = i;
      }
    }
    int[] nearest = new int[n];
    for (int i = 0; i < n; i++) {
      nearest[i] = at[i] >= 0 ? at[i] : at[graph.neighbour(i, rank(i, at, graph))];
    }
    return new Anchors(points, nearest);
  }

  /** The first of a point's neighbours that is an anchor; -1 where none is. */
  private static int rank(int i, int[] at, NearestNeighbours graph) {
    for (int r = 0; r < graph.k(); r++) {
      if (at[graph.neighbour(i, r)] >= 0) {
        return r;
      }
    }
    return -1;
  }

  /** The anchors, ascending. */
  public int[] points() {
    return points.clone();
  }

  /**
   * A place for every point.
   *
   * @param layout places of the anchors, {@code (2, anchors)}
   * @return {@code (2, n)}: an anchor's own, any other's that of its nearest
   */
  public double[][] spread(double[][] layout) {
    double[][] places = new double[2][nearest.length];
    for (int i = 0; i < nearest.length; i++) {
      places[0][i] = layout[0][nearest[i]];
      places[1][i] = layout[1][nearest[i]];
    }
    return places;
  }
}
