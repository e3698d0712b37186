package dev.orograph.instrument.embedding;

import dev.orograph.finding.Scatter;
import dev.orograph.geometry.KMeans;
import dev.orograph.geometry.TsneLayout;
import dev.orograph.input.Text;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.LeadingEigenvectors;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.linalg.Points;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Draws the map of one matrix: reads rows, takes components, lays out, groups, and checks. */
final class MapMeasurement {
  /** Nearest rows that a map is asked for. */
  static final int NEIGHBOURS = 10;

  /** Multiplications from which a second native thread does more than wait. */
  private static final double LARGE = 1e11;

  private static final int MOST_QUERIES = 2000;
  private static final int CLUSTERS = 12;
  private static final int NAMED = 3;
  private static final int LONGEST_LABEL = 48;

  /** Digits of a cosine. */
  private static final double COSINE_UNITS = 1e4;

  private final Task<TokenMatrix> task;
  private final MapShape shape;
  private final Generator generator;
  private final TokenRows rows;
  private final IntFunction<String> text;
  private final Runnable check;

  /** Tokens that were chosen and have a place, ascending. */
  private final int[] ids;

  private final int broken;

  /** The first token of each different row. */
  private final int[] firsts;

  /** Where in the list of tokens those stand. */
  private final int[] kinds;

  /** Which of the different rows each token has. */
  private final List<Integer> places;

  /**
   * Chooses tokens.
   *
   * @param shape how much is drawn
   * @param generator of every draw
   * @param text text of a token, or null where none is known
   * @param check called often; what it throws ends the work
   */
  MapMeasurement(
      Task<TokenMatrix> task,
      MapShape shape,
      Generator generator,
      TokenRows rows,
      IntFunction<String> text,
      Runnable check) {
    this.task = task;
    this.shape = shape;
    this.generator = generator;
    this.rows = rows;
    this.text = text;
    this.check = check;
    int[] chosen = range(rows.count());
    if (shape.points() < chosen.length) {
      chosen = generator.choice(chosen.length, shape.points(), false);
      Arrays.sort(chosen);
    }
    ids = rows.wholeOf(chosen);
    broken = chosen.length - ids.length;
    DistinctRows distinct = new DistinctRows(rows.of(ids));
    kinds = distinct.representatives();
    firsts = Arrays.stream(kinds).map(i -> ids[i]).toArray();
    places =
        IntStream.range(0, ids.length)
            .mapToObj(i -> Arrays.binarySearch(kinds, distinct.representative(i)))
            .toList();
  }

  MapFigures figures() {
    // Before all else, which has the native library to itself.
    NearestNeighbours graph = graph();
    double products = (double) firsts.length * rows.width() * rows.width();
    return Lapack.with(products > LARGE ? task.nativeThreads() : 1, () -> measure(graph));
  }

  /** The nearest of the different rows by cosine; null where there are too few. */
  private NearestNeighbours graph() {
    int n = firsts.length;
    if (n <= NEIGHBOURS + 1) {
      return null;
    }
    double[] factors = Arrays.stream(firsts).mapToDouble(rows::norm).toArray();
    Arrays.setAll(factors, i -> factors[i] > 0 ? 1 / factors[i] : 1);
    return NearestNeighbours.of(
        Entries.scaled(rows.of(firsts), factors),
        MapShape.neighbours(n),
        task.nativeThreads(),
        (steps, all) -> check.run());
  }

  private MapFigures measure(NearestNeighbours graph) {
    List<String> labels = Arrays.stream(ids).mapToObj(this::label).toList();
    int n = firsts.length;
    if (n == 0) {
      return figures(labels, List.of(0.0, 0.0), List.of(), List.of(), null, null, null, null);
    }
    try (Scope scope = new Scope()) {
      Matrix points = points(scope);
      Points.centre(points);
      check.run();
      Matrix covariance = Points.covariance(points, scope);
      double total =
          IntStream.range(0, covariance.rows()).mapToDouble(i -> covariance.get(i, i)).sum();
      LeadingEigenvectors axes =
          LeadingEigenvectors.of(covariance, Math.min(shape.dimensions(), points.rows()), scope);
      check.run();
      Matrix components = Points.along(axes.vectors(), points, scope);
      double[][] pca = {component(components, 0), component(components, 1)};
      float[][] scaled = scaled(components, Math.sqrt(Math.max(0, axes.values().get(0))));
      double[][] near = null;
      if (n >= TsneLayout.FEWEST && axes.values().size() > 2 && axes.values().get(0) > 0) {
        near = turned(layout(graph, pca), pca);
      }
      KMeans groups = n < 2 * CLUSTERS ? null : KMeans.of(scaled, CLUSTERS, generator, check);
      int[] queries = n > MOST_QUERIES ? generator.choice(n, MOST_QUERIES, false) : range(n);
      List<Double> shares =
          IntStream.range(0, 2)
              .mapToObj(
                  j ->
                      j < axes.values().size() && total > 0
                          ? (Double) Math.max(0, axes.values().get(j) / total)
                          : (Double) 0.0)
              .toList();
      return figures(
          labels,
          shares,
          places(pca),
          near == null ? List.of() : places(near),
          graph,
          graph == null ? null : kept(pca, queries, graph, scope),
          graph == null || near == null ? null : kept(near, queries, graph, scope),
          groups);
    }
  }

  /** The different rows, {@code (d, n)}. */
  private Matrix points(Scope scope) {
    Matrix points = scope.matrix(rows.width(), firsts.length);
    double[] row = new double[rows.width()];
    for (int i = 0; i < firsts.length; i++) {
      rows.read(firsts[i], row, 0);
      points.put(0, i, row, 0, row.length);
    }
    return points;
  }

  private MapFigures figures(
      List<String> labels,
      List<Double> shares,
      List<List<Double>> pca,
      List<List<Double>> near,
      NearestNeighbours graph,
      MapFigures.Kept pcaKept,
      MapFigures.Kept nearKept,
      KMeans groups) {
    TokenKinds kinds = new TokenKinds(labels);
    return new MapFigures(
        task,
        shape,
        broken,
        firsts.length,
        Arrays.stream(ids).mapToObj(id -> (long) id).toList(),
        labels,
        Scatter.rounded(Arrays.stream(ids).mapToDouble(rows::norm).toArray(), true),
        shares,
        pca,
        near,
        nearest(graph),
        cosines(graph),
        pcaKept,
        nearKept,
        groups == null ? List.of() : places.stream().map(groups.members()::get).toList(),
        groups == null ? List.of() : names(groups, labels),
        text == null ? List.of() : labels.stream().map(kinds::of).toList());
  }

  private double[][] layout(NearestNeighbours graph, double[][] from) {
    int k = graph.k();
    return TsneLayout.of(
        graph.neighbours(k), graph.distances(k), from, task.nativeThreads(), check);
  }

  /** Of every token; those that share a row have the same, each told by its first token. */
  private List<Integer> nearest(NearestNeighbours graph) {
    List<Integer> nearest = new ArrayList<>();
    for (int i = 0; graph != null && i < places.size(); i++) {
      for (int r = 0; r < NEIGHBOURS; r++) {
        nearest.add(kinds[graph.neighbour(places.get(i), r)]);
      }
    }
    return nearest;
  }

  /** Of rows of length 1 at distance r: 1 - r^2 / 2. */
  private List<Double> cosines(NearestNeighbours graph) {
    List<Double> cosines = new ArrayList<>();
    for (int i = 0; graph != null && i < places.size(); i++) {
      for (int r = 0; r < NEIGHBOURS; r++) {
        double far = graph.distance(places.get(i), r);
        cosines.add(Math.round((1 - far * far / 2) * COSINE_UNITS) / COSINE_UNITS);
      }
    }
    return cosines;
  }

  private String label(int id) {
    String known = text == null ? null : text.apply(id);
    if (known == null) {
      return "#" + id;
    }
    return known.length() <= LONGEST_LABEL ? known : Text.visible(known, LONGEST_LABEL);
  }

  /** Row j of the components; zeros where there are not that many. */
  private static double[] component(Matrix components, int j) {
    double[] c = new double[components.columns()];
    for (int i = 0; j < components.rows() && i < c.length; i++) {
      c[i] = components.get(j, i);
    }
    return c;
  }

  /** The components as rows, with a spread of about 1 along the first. */
  private static float[][] scaled(Matrix components, double deviation) {
    int q = components.rows();
    float[][] scaled = new float[components.columns()][q];
    double[] column = new double[q];
    for (int i = 0; i < scaled.length; i++) {
      components.get(0, i, column, 0, q);
      for (int j = 0; j < q; j++) {
        scaled[i][j] = deviation > 0 ? (float) (column[j] / deviation) : 0;
      }
    }
    return scaled;
  }

  /**
   * The layout, whose direction is arbitrary, turned and if need be mirrored so that it lies most
   * like the first two components: the rotation of a Procrustes problem in the plane.
   */
  private static double[][] turned(double[][] layout, double[][] pca) {
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
        along += u * pca[0][i] + v * pca[1][i];
        across += u * pca[1][i] - v * pca[0][i];
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

  private static MapFigures.Kept kept(
      double[][] layout, int[] queries, NearestNeighbours graph, Scope scope) {
    Matrix places = scope.matrix(2, layout[0].length);
    for (int i = 0; i < layout[0].length; i++) {
      places.set(0, i, layout[0][i]);
      places.set(1, i, layout[1][i]);
    }
    Points.centre(places);
    int[][] there = Points.nearest(places, queries, NEIGHBOURS);
    List<Double> shares = new ArrayList<>();
    for (int q = 0; q < queries.length; q++) {
      Set<Integer> wanted = new HashSet<>();
      for (int r = 0; r < NEIGHBOURS; r++) {
        wanted.add(graph.neighbour(queries[q], r));
      }
      long found = Arrays.stream(there[q]).filter(wanted::contains).count();
      shares.add((double) found / NEIGHBOURS);
    }
    Estimate e = Samples.meanOf(shares);
    boolean sampled = queries.length < layout[0].length;
    return new MapFigures.Kept(
        e.value(),
        sampled ? e.interval().get(0) : null,
        sampled ? e.interval().get(1) : null,
        queries.length);
  }

  /** Names of groups: their most central tokens, of several that share a place the first. */
  private List<String> names(KMeans groups, List<String> labels) {
    String[] first = new String[firsts.length];
    for (int i = labels.size() - 1; i >= 0; i--) {
      first[places.get(i)] = labels.get(i);
    }
    return groups.central().stream()
        .map(g -> String.join(", ", g.stream().limit(NAMED).map(i -> first[i]).toList()))
        .toList();
  }

  private List<List<Double>> places(double[][] layout) {
    List<List<Double>> all = new ArrayList<>();
    for (double[] coordinate : layout) {
      List<Double> distinct = Scatter.rounded(coordinate, false);
      all.add(places.stream().map(distinct::get).toList());
    }
    return all;
  }

  private static int[] range(int n) {
    return IntStream.range(0, n).toArray();
  }
}
