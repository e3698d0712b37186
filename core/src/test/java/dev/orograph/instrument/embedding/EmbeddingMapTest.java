package dev.orograph.instrument.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scatter;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Options.Figures;
import dev.orograph.instrument.Plan;
import dev.orograph.instrument.Sections;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maps of matrices whose shape is known. */
class EmbeddingMapTest {
  private static final String MAP = "embedding_map.rows";

  private static final List<Metric> COSINE = List.of(Metric.COSINE);

  private static final TerrainSettings SETTINGS = new EmbeddingMap().settings(Options.usual());

  @TempDir Path folder;

  /** Four groups about the corners of a tetrahedron: neighbours stay within their group. */
  private static double[] tetrahedron(int n, int d) {
    double[] rows = Made.gaussian(n * d, 0.5, 21);
    for (int i = 0; i < n; i++) {
      rows[i * d + i % 4] += 8;
    }
    return floats(rows);
  }

  @Test
  void groupsStayTogether() {
    Section section = survey(tetrahedron(240, 12), 240, 12);
    Scatter map = (Scatter) Sections.finding(section, MAP);
    assertThat(map.ids()).hasSize(240).startsWith(0L, 1L);
    assertThat(map.labels()).startsWith("#0", "#1");
    assertThat(map.layouts()).extracting(Scatter.Layout::name).containsExactly("t-SNE", "PCA");
    assertThat(map.colourings())
        .extracting(Scatter.Colouring::name)
        .containsExactly("Group", "Norm");
    for (int i = 0; i < 240; i++) {
      assertThat(nearest(map.layouts().get(0), i) % 4).isEqualTo(i % 4);
    }
    // A point of a group has some 59 others about it, of which chance alone would keep 10/59.
    Scalar kept = Sections.scalar(section, MAP + ".tsne.neighbours_kept");
    assertThat(kept.value()).isGreaterThan(2 * 10 / 59.0);
    assertThat(kept.expected()).isCloseTo(10 / 239.0, within(1e-15));
    double share = 10 / 239.0;
    assertThat(kept.deviation())
        .isCloseTo(Math.sqrt(share * (1 - share) * 229 / 238 / 10 / 240), within(1e-15));
    assertThat(kept.interval()).isNull();
    assertThat(kept.claim()).isNull();
    assertThat(section.summary()).contains(kept.sentence());
  }

  /** A circle about the origin lies in a plane: the components keep every neighbour. */
  @Test
  void aCircleIsKeptWhole() {
    double[] flat = new double[100 * 6];
    Generator g = Generator.of(4);
    for (int i = 0; i < 100; i++) {
      double angle = 2 * Math.PI * g.random();
      for (int j = 0; j < 6; j++) {
        flat[i * 6 + j] = 1000 * (j % 2 == 0 ? Math.cos(angle) : Math.sin(angle));
      }
    }
    Section section = survey(floats(flat), 100, 6);
    assertThat(Sections.scalar(section, MAP + ".pca.neighbours_kept").value()).isEqualTo(1);
    assertThat(Sections.scalar(section, MAP + ".pca.variance").value()).isCloseTo(1, within(1e-6));
    // Distances are the true ones.
    Scatter map = (Scatter) Sections.finding(section, MAP);
    Scatter.Layout pca = map.layouts().get(map.layouts().size() - 1);
    double far = Math.hypot(pca.x().get(3) - pca.x().get(8), pca.y().get(3) - pca.y().get(8));
    double expected = 0;
    for (int j = 0; j < 6; j++) {
      expected += Math.pow(flat[3 * 6 + j] - flat[8 * 6 + j], 2);
    }
    assertThat(far).isCloseTo(Math.sqrt(expected), within(0.5));
  }

  /** Every token has its ten nearest by cosine, as comparing all pairs finds them. */
  @Test
  void tellsTheTrueNeighbours() {
    double[] rows = floats(Made.gaussian(60 * 5, 1, 9));
    System.arraycopy(rows, 0, rows, 7 * 5, 5);
    Scatter map = (Scatter) Sections.finding(survey(rows, 60, 5), MAP);
    Scatter.Neighbours told = map.neighbours().get(0);
    assertThat(told.measure()).isEqualTo("cosine");
    for (int i = 0; i < 60; i++) {
      int from = i == 7 ? 0 : i;
      double[] cosines = new double[60];
      for (int j = 0; j < 60; j++) {
        cosines[j] = j == from || j == 7 ? -2 : cosine(rows, from, j);
      }
      int[] order =
          java.util.stream.IntStream.range(0, 60)
              .boxed()
              .sorted((a, b) -> Double.compare(cosines[b], cosines[a]))
              .limit(10)
              .mapToInt(j -> j)
              .toArray();
      for (int r = 0; r < 10; r++) {
        assertThat(told.points().get(10 * i + r)).isEqualTo(order[r]);
        assertThat(told.values().get(10 * i + r)).isCloseTo(cosines[order[r]], within(6e-5));
      }
    }
  }

  /** By every metric the ten nearest are those that comparing all pairs finds. */
  @Test
  void tellsTheTrueNeighboursByOtherMetrics() {
    int n = 70;
    int d = 4;
    double[] rows = leaning(n, d);
    // Two of one row.
    System.arraycopy(rows, 0, rows, 9 * d, d);
    Scatter map = (Scatter) Sections.finding(byAll(rows, n, d), MAP);
    assertThat(map.neighbours())
        .extracting(Scatter.Neighbours::measure)
        .containsExactly("cosine", "distance", "causal distance");
    assertThat(map.layouts())
        .extracting(Scatter.Layout::measure)
        .containsExactly("cosine", "distance", "causal distance", null);
    double[][] inverse = inverse(covariance(rows, n, d));
    double[][] plain = new double[d][d];
    for (int j = 0; j < d; j++) {
      plain[j][j] = 1;
    }
    for (int m = 1; m < 3; m++) {
      Scatter.Neighbours told = map.neighbours().get(m);
      for (int i = 0; i < n; i++) {
        int from = i == 9 ? 0 : i;
        double[] far = new double[n];
        for (int j = 0; j < n; j++) {
          far[j] =
              j == from || j == 9
                  ? Double.POSITIVE_INFINITY
                  : distance(rows, from, j, d, m == 1 ? plain : inverse);
        }
        Integer[] order =
            java.util.stream.IntStream.range(0, n)
                .boxed()
                .sorted((a, b) -> Double.compare(far[a], far[b]))
                .toArray(Integer[]::new);
        for (int r = 0; r < 10; r++) {
          assertThat(told.points().get(10 * i + r)).isEqualTo(order[r]);
          assertThat(told.values().get(10 * i + r))
              .isCloseTo(far[order[r]], within(2e-4 * far[order[r]]));
        }
      }
    }
  }

  /**
   * The causal metric does not see how rows are stretched and turned, which distances do; what each
   * map keeps is counted by its own metric.
   */
  @Test
  void theCausalMapIsThatOfTheRowsStretched() {
    int n = 200;
    int d = 4;
    double[] rows = floats(Made.gaussian(n * d, 1, 5));
    double[] stretched = new double[n * d];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        // Powers of two and a sum: lengths differ by 64, directions are mixed.
        stretched[i * d + j] =
            Math.scalb(rows[i * d + j] + (j > 0 ? 0.5 * rows[i * d + j - 1] : 0), 2 * j);
      }
    }
    Section one = byAll(rows, n, d);
    Section two = byAll(floats(stretched), n, d);
    Scatter plain = (Scatter) Sections.finding(one, MAP);
    Scatter other = (Scatter) Sections.finding(two, MAP);
    assertThat(same(plain, other, 2)).isGreaterThan(0.999);
    assertThat(same(plain, other, 1)).isLessThan(0.6);
    for (Section section : List.of(one, two)) {
      for (String layout : new String[] {"tsne", "tsne_euclidean", "tsne_causal"}) {
        Scalar kept = Sections.scalar(section, MAP + "." + layout + ".neighbours_kept");
        assertThat(kept.value()).as(layout).isCloseTo(counted(section, layout), within(5e-3));
        assertThat(kept.value()).as(layout).isGreaterThan(4 * kept.expected());
      }
    }
  }

  /** On rows of length 1 nearness by distance is nearness by cosine. */
  @Test
  void ofUnitRowsTheMapByDistanceIsThatByCosine() {
    int n = 90;
    double[] rows = new double[n * 3];
    Generator g = Generator.of(8);
    for (int i = 0; i < n; i++) {
      double up = 2 * g.random() - 1;
      double angle = 2 * Math.PI * g.random();
      rows[3 * i] = Math.sqrt(1 - up * up) * Math.cos(angle);
      rows[3 * i + 1] = Math.sqrt(1 - up * up) * Math.sin(angle);
      rows[3 * i + 2] = up;
    }
    Scatter map = (Scatter) Sections.finding(byAll(floats(rows), n, 3), MAP);
    List<Double> cosines = map.neighbours().get(0).values();
    List<Double> distances = map.neighbours().get(1).values();
    assertThat(map.neighbours().get(1).points()).isEqualTo(map.neighbours().get(0).points());
    for (int i = 0; i < cosines.size(); i++) {
      double r = distances.get(i);
      assertThat(1 - r * r / 2).isCloseTo(cosines.get(i), within(2e-4));
    }
  }

  /** How many of the ten nearest that a map tells are its ten nearest, counted plainly. */
  private static double counted(Section section, String layout) {
    Scatter map = (Scatter) Sections.finding(section, MAP);
    int m = List.of("tsne", "tsne_euclidean", "tsne_causal").indexOf(layout);
    Scatter.Layout drawn = map.layouts().get(m);
    int n = map.ids().size();
    long kept = 0;
    for (int i = 0; i < n; i++) {
      int from = i;
      List<Integer> near =
          java.util.stream.IntStream.range(0, n)
              .boxed()
              .filter(j -> j != from)
              .sorted(
                  java.util.Comparator.comparingDouble(
                      j ->
                          Math.hypot(
                              drawn.x().get(j) - drawn.x().get(from),
                              drawn.y().get(j) - drawn.y().get(from))))
              .limit(10)
              .toList();
      kept +=
          map.neighbours().get(m).points().subList(10 * i, 10 * i + 10).stream()
              .filter(near::contains)
              .count();
    }
    return kept / (10.0 * n);
  }

  /** The share of neighbours that two maps tell alike by their m-th metric. */
  private static double same(Scatter one, Scatter two, int m) {
    List<Integer> a = one.neighbours().get(m).points();
    List<Integer> b = two.neighbours().get(m).points();
    long alike = 0;
    for (int i = 0; i < a.size(); i++) {
      int row = i / 10 * 10;
      alike += b.subList(row, row + 10).contains(a.get(i)) ? 1 : 0;
    }
    return alike / (double) a.size();
  }

  /** Rows about a mean, spread unlike along the axes and leaning. */
  private static double[] leaning(int n, int d) {
    double[] rows = Made.gaussian(n * d, 1, 9);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        rows[i * d + j] = (j + 1) * rows[i * d + j] + (j > 0 ? rows[i * d] : 2);
      }
    }
    return floats(rows);
  }

  private static double distance(double[] rows, int i, int j, int d, double[][] form) {
    double sum = 0;
    for (int s = 0; s < d; s++) {
      for (int t = 0; t < d; t++) {
        sum +=
            (rows[i * d + s] - rows[j * d + s]) * form[s][t] * (rows[i * d + t] - rows[j * d + t]);
      }
    }
    return Math.sqrt(sum);
  }

  private static double[][] covariance(double[] rows, int n, int d) {
    double[] mean = new double[d];
    for (int e = 0; e < n * d; e++) {
      mean[e % d] += rows[e] / n;
    }
    double[][] c = new double[d][d];
    for (int i = 0; i < n; i++) {
      for (int s = 0; s < d; s++) {
        for (int t = 0; t < d; t++) {
          c[s][t] += (rows[i * d + s] - mean[s]) * (rows[i * d + t] - mean[t]) / n;
        }
      }
    }
    return c;
  }

  /** By elimination, without pivots: the matrix is positive. */
  private static double[][] inverse(double[][] of) {
    int d = of.length;
    double[][] a = new double[d][2 * d];
    for (int i = 0; i < d; i++) {
      System.arraycopy(of[i], 0, a[i], 0, d);
      a[i][d + i] = 1;
    }
    for (int p = 0; p < d; p++) {
      double pivot = a[p][p];
      for (int j = 0; j < 2 * d; j++) {
        a[p][j] /= pivot;
      }
      for (int i = 0; i < d; i++) {
        double factor = i == p ? 0 : a[i][p];
        for (int j = 0; j < 2 * d; j++) {
          a[i][j] -= factor * a[p][j];
        }
      }
    }
    return Arrays.stream(a).map(row -> Arrays.copyOfRange(row, d, 2 * d)).toArray(double[][]::new);
  }

  /** The map by all three metrics. */
  private Section byAll(double[] rows, int n, int d) {
    EmbeddingMap map = new EmbeddingMap();
    Options options =
        new Options(42, Figures.ALL).with("embedding_map", "metrics", "cosine,euclidean,causal");
    try (OneModel c = new OneModel(write(rows, n, d), "embedding_map", folder, OneModel.AMPLE)) {
      TerrainSettings settings = map.settings(options);
      return map.conclude(settings, c.measureAll(map, settings));
    }
  }

  private static double cosine(double[] rows, int i, int j) {
    double dot = 0;
    double a = 0;
    double b = 0;
    for (int t = 0; t < 5; t++) {
      dot += rows[5 * i + t] * rows[5 * j + t];
      a += rows[5 * i + t] * rows[5 * i + t];
      b += rows[5 * j + t] * rows[5 * j + t];
    }
    return dot / Math.sqrt(a * b);
  }

  @Test
  void leavesOutWhatIsNoNumberAndKeepsEqualRowsTogether() {
    double[] rows = tetrahedron(80, 5);
    System.arraycopy(rows, 0, rows, 7 * 5, 5);
    System.arraycopy(rows, 0, rows, 60 * 5, 5);
    rows[3 * 5 + 2] = Double.NaN;
    rows[4 * 5] = Double.NEGATIVE_INFINITY;
    Section section = survey(rows, 80, 5);
    Scatter map = (Scatter) Sections.finding(section, MAP);
    assertThat(map.ids()).hasSize(78).doesNotContain(3L, 4L);
    for (Scatter.Layout layout : map.layouts()) {
      for (int i : new int[] {5, 58}) {
        assertThat(layout.x().get(i)).isEqualTo(layout.x().get(0));
        assertThat(layout.y().get(i)).isEqualTo(layout.y().get(0));
      }
      assertThat(new HashSet<>(layout.x())).hasSizeGreaterThan(60);
    }
    assertThat(note(section, "non_finite")).startsWith("2 rows");
    assertThat(note(section, "duplicates")).startsWith("2 tokens");
  }

  @Test
  void drawsWhatIsTooSmallForNeighbourhoods() {
    for (int[] shape : new int[][] {{1, 1}, {3, 4}, {2, 1}, {40, 1}, {12, 2}, {5, 1}}) {
      double[] rows = floats(Made.gaussian(shape[0] * shape[1], 1, 3));
      Section section = survey(rows, shape[0], shape[1]);
      Scatter map = (Scatter) Sections.finding(section, MAP);
      assertThat(map.ids()).hasSize(shape[0]);
      assertThat(map.layouts()).extracting(Scatter.Layout::name).containsExactly("PCA");
      assertThat(map.layouts().get(0).y()).doesNotContainNull();
    }
    Section same = survey(new double[30 * 4], 30, 4);
    assertThat(((Scatter) Sections.finding(same, MAP)).layouts().get(0).x()).containsOnly(0.0);
    assertThat(note(same, "duplicates")).startsWith("29 tokens");
    double[] none = new double[30 * 4];
    Arrays.fill(none, Double.NaN);
    assertThat(survey(none, 30, 4).findings())
        .extracting(Finding::id)
        .containsExactly(MAP + ".non_finite");
  }

  /** Rows so short that their squares vanish, and rows near the end of float32. */
  @Test
  void scaleDoesNotMatter() {
    double[] rows = Made.gaussian(100 * 4, 1, 5);
    double kept = kept(rows);
    assertThat(kept(Arrays.stream(rows).map(v -> v * 0x1p-100).toArray())).isEqualTo(kept);
    assertThat(kept(Arrays.stream(rows).map(v -> v * 0x1p100).toArray())).isEqualTo(kept);
  }

  private double kept(double[] rows) {
    return Sections.scalar(survey(rows, 100, 4), MAP + ".tsne.neighbours_kept").value();
  }

  @Test
  void drawsASampleOfMany() {
    assertThat(MapShape.of(300_001, 64, OneModel.AMPLE, COSINE).points()).isEqualTo(300_000);
    Path path = write(floats(Made.gaussian(6000 * 3, 1, 6)), 6000, 3);
    MapShape shape = new MapShape(2500, 2500, 3);
    MapFigures m = measure(path, shape, null, () -> {});
    assertThat(m.ids()).hasSize(2500).isSorted().doesNotHaveDuplicates();
    assertThat(m.ids().get(2499)).isBetween(5900L, 5999L);
    Section section = new MapSection(new EmbeddingMap().card(), List.of(m)).section();
    assertThat(note(section, "sample")).startsWith("The map shows 2,500 of 6,000 tokens");
    // Of 2,500 places 2,000 are asked, so the mean has an interval.
    Scalar kept = Sections.scalar(section, MAP + ".tsne.neighbours_kept");
    assertThat(kept.value()).isBetween(kept.interval().get(0), kept.interval().get(1));
  }

  /** With texts, tokens are named, told apart by kind, and name their groups. */
  @Test
  void takesTextsWhereTheyAreKnown() {
    String longText = "x".repeat(10_000);
    MapFigures m =
        measure(i -> i == 0 ? longText : i == 1 ? null : i == 2 ? "\u202e" : " w" + i, () -> {});
    assertThat(m.labels().get(0)).hasSizeLessThan(60).startsWith("xxx");
    assertThat(m.labels()).contains("#1", "\u202e", " w3");
    assertThat(m.kinds()).hasSize(100);
    assertThat(m.clusterNames()).hasSize(12).allMatch(name -> name.split(", ", -1).length <= 3);
    Section section = new MapSection(new EmbeddingMap().card(), List.of(m)).section();
    assertThat(((Scatter) Sections.finding(section, MAP)).colourings())
        .extracting(Scatter.Colouring::name)
        .containsExactly("Kind of token", "Group", "Norm");
  }

  @Test
  void stopsWhenAsked() {
    assertThatThrownBy(
            () ->
                measure(
                    null,
                    () -> {
                      throw new CancellationException("stopped");
                    }))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void theSeedsDrawNoMap() {
    Path model = write(new double[30], 10, 3);
    EmbeddingMap map = new EmbeddingMap();
    try (OneModel c = new OneModel(model, "embedding_map", folder, OneModel.AMPLE)) {
      TerrainSettings seed = map.settings(new Options(42, Figures.SEED));
      assertThat(Plan.of(map, c, seed).whyNot()).contains("draw no map");
      assertThat(Plan.of(map, c, map.settings(new Options(42, Figures.ALL))).applies()).isTrue();
    }
  }

  /** Whatever the vocabulary, what memory there is holds the map; less shows fewer tokens. */
  @ParameterizedTest
  @CsvSource({"30522,384,400", "151936,2560,3500", "256000,8192,3500", "250000,1024,574"})
  void largeMatricesFitTheBudget(long rows, long columns, long megabytes) {
    long memory = megabytes << 20;
    MapShape shape = MapShape.of(rows, columns, memory, COSINE);
    assertThat(shape.bytes(rows, columns, COSINE)).isLessThanOrEqualTo(memory);
    assertThat(shape.points()).isBetween(2_000, 300_000);
    assertThat(MapShape.of(rows, columns, memory / 2, COSINE).points())
        .isLessThanOrEqualTo(shape.points());
  }

  private MapFigures measure(IntFunction<String> text, Runnable check) {
    Path path = write(tetrahedron(100, 6), 100, 6);
    return measure(path, MapShape.of(100, 6, OneModel.AMPLE, COSINE), text, check);
  }

  private MapFigures measure(Path path, MapShape shape, IntFunction<String> text, Runnable check) {
    try (OneModel c = new OneModel(path, "embedding_map", folder, OneModel.AMPLE);
        TensorData data = c.model().checkpoint().map(c.model().parameters().get(0).tensor())) {
      TokenRows rows = TokenRows.of(c, data, c.model(), 2);
      Task<TokenMatrix> task = new EmbeddingMap().tasks(c, SETTINGS).get(0);
      return new MapMeasurement(task, shape, COSINE, Generator.of(1), rows, text, check).figures();
    }
  }

  private Section survey(double[] rows, int n, int d) {
    return Sections.of(new EmbeddingMap(), write(rows, n, d), folder);
  }

  private Path write(double[] rows, int n, int d) {
    return new Made().add("rows", DType.F32, rows, n, d).write(folder);
  }

  private static String note(Section section, String what) {
    return ((Note) Sections.finding(section, MAP + "." + what)).text();
  }

  private static int nearest(Scatter.Layout layout, int of) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < layout.x().size(); i++) {
      double far =
          Math.hypot(
              layout.x().get(i) - layout.x().get(of), layout.y().get(i) - layout.y().get(of));
      if (i != of && far < least) {
        least = far;
        best = i;
      }
    }
    return best;
  }

  private static double[] floats(double[] values) {
    return Arrays.stream(values).map(v -> (float) v).toArray();
  }
}
