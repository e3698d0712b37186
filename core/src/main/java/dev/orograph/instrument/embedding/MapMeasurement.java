package dev.orograph.instrument.embedding;

import dev.orograph.finding.Scatter;
import dev.orograph.geometry.KMeans;
import dev.orograph.geometry.PrincipalComponents;
import dev.orograph.geometry.TsneLayout;
import dev.orograph.input.Text;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Draws the map of one matrix: reads rows, takes components, lays out, groups, and checks. */
final class MapMeasurement {
  /** Nearest rows that a map is asked for. */
  static final int NEIGHBOURS = 10;

  private static final int MOST_QUERIES = 2000;
  private static final int CLUSTERS = 12;
  private static final int NAMED = 3;

  /** Multiplications from which a second native thread does more than wait. */
  private static final double LARGE = 1e11;

  private static final int LONGEST_LABEL = 48;

  /** Digits of a cosine. */
  private static final double COSINE_UNITS = 1e4;

  private final Task<TokenMatrix> task;
  private final MapShape shape;
  private final List<Metric> metrics;
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
   * @param metrics by which
   * @param generator of every draw
   * @param text text of a token, or null where none is known
   * @param check called often; what it throws ends the work
   */
  MapMeasurement(
      Task<TokenMatrix> task,
      MapShape shape,
      List<Metric> metrics,
      Generator generator,
      TokenRows rows,
      IntFunction<String> text,
      Runnable check) {
    this.task = task;
    this.shape = shape;
    this.metrics = metrics;
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
    DistinctRows distinct = new DistinctRows(rows.of(ids), task.nativeThreads());
    kinds = distinct.representatives();
    firsts = Arrays.stream(kinds).map(i -> ids[i]).toArray();
    places =
        IntStream.range(0, ids.length)
            .mapToObj(i -> Arrays.binarySearch(kinds, distinct.representative(i)))
            .toList();
  }

  MapFigures figures() {
    List<String> labels = Arrays.stream(ids).mapToObj(this::label).toList();
    int n = firsts.length;
    if (n == 0) {
      return figures(labels, List.of(0.0, 0.0), List.of(), null, List.of(), null);
    }
    int[] drawn = n > shape.anchors() ? generator.choice(n, shape.anchors(), false) : range(n);
    try (Scope scope = new Scope()) {
      Entries points = rows.of(firsts);
      double products = (double) n * rows.width() * rows.width();
      int threads = products > LARGE ? task.nativeThreads() : 1;
      PrincipalComponents axes = PrincipalComponents.of(points, shape.dimensions(), threads, scope);
      check.run();
      Matrix components = axes.coordinates(points, threads, scope);
      double[][] pca = {component(components, 0), component(components, 1)};
      double first = axes.variances().get(0);
      KMeans groups =
          n < 2 * CLUSTERS
              ? null
              : KMeans.of(scaled(components, Math.sqrt(first)), CLUSTERS, generator, check);
      int[] queries = n > MOST_QUERIES ? generator.choice(n, MOST_QUERIES, false) : range(n);
      boolean laid = n >= TsneLayout.FEWEST && axes.variances().size() > 2 && first > 0;
      MapFigures.Kept pcaKept = null;
      List<MapFigures.ByMetric> maps = new ArrayList<>();
      for (int m = 0; n > NEIGHBOURS + 1 && m < metrics.size(); m++) {
        try (Scope local = new Scope()) {
          MetricMap map = map(metrics.get(m), local);
          pcaKept = m == 0 ? map.kept(pca, queries) : pcaKept;
          maps.add(byMetric(metrics.get(m), map, laid ? drawn : null, pca, queries));
        }
      }
      List<Double> shares =
          IntStream.range(0, 2)
              .mapToObj(
                  j ->
                      j < axes.variances().size() && axes.total() > 0
                          ? (Double) (axes.variances().get(j) / axes.total())
                          : (Double) 0.0)
              .toList();
      return figures(labels, shares, places(pca), pcaKept, maps, groups);
    }
  }

  private MetricMap map(Metric metric, Scope scope) {
    int threads = task.nativeThreads();
    return new MetricMap(
        metric, RowsByMetric.of(metric, rows, firsts, threads, scope, check), threads, check);
  }

  /**
   * What one metric gives.
   *
   * @param drawn what is laid out first; null where nothing is
   */
  private MapFigures.ByMetric byMetric(
      Metric metric, MetricMap map, int[] drawn, double[][] pca, int[] queries) {
    MetricMap.Laid layout = drawn == null ? null : map.layout(drawn, pca);
    List<Integer> nearest = new ArrayList<>();
    double[] values = new double[places.size() * shape.listed()];
    // Those that share a row have the same, each told by its first token.
    for (int place : places) {
      for (int r = 0; r < shape.listed(); r++) {
        values[nearest.size()] = map.value(place, r);
        nearest.add(kinds[map.neighbour(place, r)]);
      }
    }
    return new MapFigures.ByMetric(
        metric,
        layout == null ? 0 : layout.anchors(),
        layout == null ? List.of() : places(layout.places()),
        layout == null ? null : map.kept(layout.places(), queries),
        nearest,
        told(metric, values));
  }

  private static List<Double> told(Metric metric, double[] values) {
    return metric == Metric.COSINE
        ? Arrays.stream(values)
            .mapToObj(v -> (Double) (Math.round(v * COSINE_UNITS) / COSINE_UNITS))
            .toList()
        : Scatter.rounded(values, true);
  }

  private MapFigures figures(
      List<String> labels,
      List<Double> shares,
      List<List<Double>> pca,
      MapFigures.Kept pcaKept,
      List<MapFigures.ByMetric> maps,
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
        pcaKept,
        maps,
        groups == null ? List.of() : places.stream().map(groups.members()::get).toList(),
        groups == null ? List.of() : names(groups, labels),
        text == null ? List.of() : labels.stream().map(kinds::of).toList());
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
