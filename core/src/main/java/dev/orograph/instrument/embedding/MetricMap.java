package dev.orograph.instrument.embedding;

import dev.orograph.geometry.Anchors;
import dev.orograph.geometry.TsneLayout;
import dev.orograph.instrument.embedding.MapFigures.Kept;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.linalg.Points;
import dev.orograph.linalg.Scope;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The neighbours of points by one metric, a layout over them, and what of them layouts keep. */
final class MetricMap {
  private final Metric metric;
  private final Entries points;
  private final int threads;
  private final Runnable check;
  private final NearestNeighbours graph;

  /**
   * Finds the neighbours of all points, exactly. Not to be called inside of {@link Lapack#with}.
   *
   * @param points {@code (n, d)}, see {@link RowsByMetric}; more than {@link
   *     MapMeasurement#NEIGHBOURS}
   * @param check called often; what it throws ends the work
   */
  MetricMap(Metric metric, Entries points, int threads, Runnable check) {
    this.metric = metric;
    this.points = points;
    this.threads = threads;
    this.check = check;
    this.graph = search(points);
  }

  /**
   * A layout.
   *
   * @param places {@code (2, n)}
   * @param anchors how many of the points were laid out before the others
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Laid(double[][] places, int anchors) {}

  private NearestNeighbours search(Entries of) {
    return NearestNeighbours.of(
        of, MapShape.neighbours(Math.toIntExact(of.rows())), threads, (steps, all) -> check.run());
  }

  /** The neighbour of a point, 0 being the nearest. */
  int neighbour(int point, int rank) {
    return graph.neighbour(point, rank);
  }

  /** What the metric says of a point and that neighbour. */
  double value(int point, int rank) {
    return RowsByMetric.value(metric, graph.distance(point, rank));
  }

  /**
   * Places in the plane.
   *
   * @param drawn points to lay out first, all of them or some
   * @param start where to start, {@code (2, n)}; the layout is turned to lie like that
   */
  Laid layout(int[] drawn, double[][] start) {
    int n = graph.count();
    if (drawn.length == n) {
      return new Laid(turned(laid(graph, start), start), n);
    }
    Anchors first = Anchors.of(drawn, graph);
    int[] which = first.points();
    double[][] from = new double[2][which.length];
    for (int i = 0; i < which.length; i++) {
      from[0][i] = start[0][which[i]];
      from[1][i] = start[1][which[i]];
    }
    double[][] spread = first.spread(laid(search(Entries.ofRows(points, which)), from));
    int k = graph.k();
    double[][] places =
        TsneLayout.refined(graph.neighbours(k), graph.distances(k), spread, threads, check);
    return new Laid(turned(places, start), which.length);
  }

  private double[][] laid(NearestNeighbours over, double[][] from) {
    int k = over.k();
    return TsneLayout.of(over.neighbours(k), over.distances(k), from, threads, check);
  }

  /**
   * The layout, whose direction is arbitrary, turned and if need be mirrored so that it lies most
   * like where it started: the rotation of a Procrustes problem in the plane.
   */
  private static double[][] turned(double[][] layout, double[][] start) {
    double[][] best = null;
    double most = Double.NEGATIVE_INFINITY;
    double[] x = layout[0];
    double[] y = layout[1];
    double mx = Arrays.stream(x).average().orElseThrow();
    double my = Arrays.stream(y).average().orElseThrow();
    for (int side : new int[] {1, -1}) {
      double along = 0;
      double across = 0;
      for (int i = 0; i < x.length; i++) {
        double u = x[i] - mx;
        double v = side * (y[i] - my);
        along += u * start[0][i] + v * start[1][i];
        across += u * start[1][i] - v * start[0][i];
      }
      double fit = Math.hypot(along, across);
      if (fit > most) {
        most = fit;
        double cos = fit > 0 ? along / fit : 1;
        double sin = fit > 0 ? across / fit : 0;
        best = new double[2][x.length];
        for (int i = 0; i < x.length; i++) {
          double u = x[i] - mx;
          double v = side * (y[i] - my);
          best[0][i] = cos * u - sin * v;
          best[1][i] = sin * u + cos * v;
        }
      }
    }
    return best;
  }

  /** How a layout keeps the neighbours of some points. */
  Kept kept(double[][] layout, int[] queries) {
    int k = MapMeasurement.NEIGHBOURS;
    int[][] there;
    try (Scope scope = new Scope()) {
      Matrix places = scope.matrix(2, layout[0].length);
      for (int i = 0; i < layout[0].length; i++) {
        places.set(0, i, layout[0][i]);
        places.set(1, i, layout[1][i]);
      }
      Points.centre(places);
      there = Lapack.with(threads, () -> Points.nearest(places, queries, k));
    }
    List<Double> shares = new ArrayList<>();
    for (int q = 0; q < queries.length; q++) {
      Set<Integer> wanted = new HashSet<>();
      for (int r = 0; r < k; r++) {
        wanted.add(graph.neighbour(queries[q], r));
      }
      long found = Arrays.stream(there[q]).filter(wanted::contains).count();
      shares.add((double) found / k);
    }
    Estimate e = Samples.meanOf(shares);
    boolean sampled = queries.length < layout[0].length;
    return new Kept(
        e.value(),
        sampled ? e.interval().get(0) : null,
        sampled ? e.interval().get(1) : null,
        queries.length);
  }
}
