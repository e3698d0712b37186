package dev.orograph.instrument.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Sections;
import dev.orograph.instrument.rows.Whitening;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The instrument on made clouds against the slow plain version, and on a real one against NumPy.
 */
@Tag("numeric")
class DensityTest {
  /** The reference takes distances in float32. */
  private static final double SEED = 1e-5;

  /** Float64 on both sides; the plain version inverts C. */
  private static final double PLAIN = 1e-9;

  private static final double IDENTITY = 1e-10;

  /** The rounding of float64 times the largest condition number. */
  private static final double SHRUNK = 1e-6;

  @TempDir Path folder;

  @Test
  void asTheReference() throws IOException {
    JsonNode e =
        RealCheckpoints.reference("terrain_density.json")
            .get("tinystories-656k-llama/lm_head.weight density (all rows, k=20, D=PR)");
    DensityFigures f =
        measured(RealCheckpoints.at("tinystories-656k-llama"), Options.Figures.SEED, Map.of());
    DensityFigures.Seed s = f.seed();
    assertThat(f.counts().measured()).isEqualTo(e.get("N").intValue());
    assertThat(f.counts().k()).isEqualTo(20);
    close(f.metric().participation(), e.get("pr"));
    close(s.densities().mean(), e.get("dens_mean"));
    close(s.densities().median(), e.get("dens_median"));
    close(s.norms().mean(), e.get("norm_mean"));
    close(s.norms().min(), e.get("norm_min"));
    close(s.norms().max(), e.get("norm_max"));
    assertThat(s.volumes().get(1).name()).isEqualTo("raw_pr");
    close(s.volumes().get(1).seed().get(0), e.get("logvol_median"));
    assertThat(s.volumes().get(0).dimension()).isEqualTo(1333);
    assertThat(s.volumes()).allMatch(v -> v.seed().stream().allMatch(Double::isFinite));
    assertThat(f.sound()).isNull();
  }

  private static void close(double found, JsonNode expected) {
    assertThat(found)
        .isCloseTo(
            expected.doubleValue(), within(SEED * Math.max(1e-2, Math.abs(expected.asDouble()))));
  }

  /** Near-duplicates a billionth apart, exact ones, and everything else; neighbours are exact. */
  @ParameterizedTest
  @ValueSource(strings = {"causal", "euclidean", "cosine"})
  void asComparingEveryPair(String metric) {
    int n = 3000;
    int d = 12;
    int k = 7;
    double[] x = cloud(n, d, 5);
    for (int i = 0; i < 40; i++) {
      for (int j = 0; j < d; j++) {
        x[(200 + i) * d + j] = x[i * d + j] * (1 + 1e-9 * (j + 1));
        x[(300 + i % 9) * d + j] = x[300 * d + j];
      }
    }
    DensityFigures f =
        measured(model(x, n, d), Options.Figures.ALL, Map.of("metric", metric, "k", "" + k));
    Plain plain = new Plain(x, n, d, metric);
    assertThat(f.counts().distinct()).isEqualTo(n - 8);
    assertThat(f.counts().clusters()).isEqualTo(1);
    assertThat(f.counts().largest()).isEqualTo(9);
    StoredArrays arrays = new StoredArrays(folder.resolve("arrays"));
    for (int token = 0; token < n; token += 13) {
      int t = token;
      double[] row = plain.distances(t);
      double[] sorted = row.clone();
      Arrays.sort(sorted);
      double sum = 0;
      int count = 0;
      for (int r = 0; r <= k; r++) {
        sum += sorted[r];
        count += sorted[r] > 0 ? 1 : 0;
      }
      double density = count == 0 ? 0 : count / sum;
      assertThat(arrays.of("seed_densities")[t]).isCloseTo(density, relative(density));
      assertThat(arrays.of("norms")[t]).isCloseTo(plain.norm(t), relative(plain.norm(t)));
      assertThat(arrays.of("seed_norms")[t])
          .isCloseTo(plain.seedNorm(t), relative(plain.seedNorm(t)));
      double[] distinct =
          IntStream.range(0, n)
              .filter(j -> j != t && !(j > 300 && j < 309) && !(t > 300 && t < 309 && j == 300))
              .mapToDouble(j -> row[j])
              .sorted()
              .limit(k)
              .toArray();
      double mean = Arrays.stream(distinct).sum() / k;
      assertThat(arrays.of("mean_distances")[t]).isCloseTo(mean, relative(mean));
      assertThat(arrays.of("kth_distances")[t])
          .isCloseTo(distinct[k - 1], relative(distinct[k - 1]));
    }
    assertThat(f.sound().pairs().get(0).distance()).isPositive();
    for (DensityFigures.Identity i : f.identities()) {
      assertThat(i.measured()).as(i.name()).isCloseTo(i.exact(), within(IDENTITY * i.exact()));
    }
    assertThat(f.identities()).hasSize(metric.equals("cosine") ? 3 : 4);
    if (metric.equals("causal")) {
      assertThat(f.metric().trace()).isEqualTo(d);
      double square = 0;
      for (int i = 0; i < n; i++) {
        square += plain.norm(i) * plain.norm(i) / n;
      }
      assertThat(square).isCloseTo(d, within(1e-8));
    }
  }

  private static org.assertj.core.data.Offset<Double> relative(double v) {
    return within(PLAIN * Math.max(Math.abs(v), 1e-3) + 1e-12);
  }

  /** Causal distances do not see x to x A + b. */
  @Test
  void anAffineMapChangesNothing() {
    int n = 400;
    int d = 9;
    double[] x = cloud(n, d, 11);
    double[] a = cloud(d, d, 12);
    double[] mapped = new double[n * d];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        mapped[i * d + j] = 3.5 * j;
        for (int q = 0; q < d; q++) {
          mapped[i * d + j] += x[i * d + q] * a[q * d + j];
        }
      }
    }
    measured(model(x, n, d), Options.Figures.SEED, Map.of());
    StoredArrays before = new StoredArrays(folder.resolve("arrays"));
    double[] densities = before.of("densities");
    measured(model(mapped, n, d), Options.Figures.SEED, Map.of());
    StoredArrays after = new StoredArrays(folder.resolve("arrays"));
    for (int t = 0; t < n; t++) {
      assertThat(after.of("densities")[t]).isCloseTo(densities[t], within(1e-8 * densities[t]));
    }
    assertThat(after.of("neighbours")).isEqualTo(before.of("neighbours"));
  }

  /** A doubled column, fewer rows than columns, rows of zeros: shrunk, and said so. */
  @ParameterizedTest
  @ValueSource(strings = {"doubled", "wide", "zeros", "two rows apart"})
  void whatIsSingularIsShrunk(String kind) {
    int n = kind.equals("wide") ? 20 : 200;
    int d = 30;
    double[] x = cloud(n, d, 3);
    for (int i = 0; i < n; i++) {
      if (kind.equals("doubled")) {
        x[i * d + 7] = x[i * d + 3];
      }
      if (!kind.equals("doubled") && !kind.equals("wide") && i > 10) {
        Arrays.fill(x, i * d, (i + 1) * d, 0);
      }
      if (kind.equals("two rows apart") && i > 2) {
        Arrays.fill(x, i * d, (i + 1) * d, 0);
      }
    }
    Path model = model(x, n, d);
    DensityFigures f = measured(model, Options.Figures.ALL, Map.of());
    MetricFigures m = f.metric();
    assertThat(m.shrinkage()).isPositive().isLessThanOrEqualTo(1);
    assertThat(m.shrunkCondition()).isLessThanOrEqualTo(Whitening.LIMIT * (1 + 1e-9));
    assertThat(m.trace()).isLessThanOrEqualTo(d * (1 + IDENTITY));
    for (DensityFigures.Identity i : f.identities()) {
      assertThat(i.measured()).as(i.name()).isCloseTo(i.exact(), within(SHRUNK * i.exact()));
    }
    Section s = section(model, Map.of());
    Note note = (Note) Sections.finding(s, "density.matrix.regularised");
    assertThat(note.text()).contains("Ledoit and Wolf", "condition number", "tr(M C)");
    if (!kind.equals("doubled") && !kind.equals("wide")) {
      assertThat(((Note) Sections.finding(s, "density.matrix.tokens")).text())
          .contains("rows of the matrix hold only zeros");
    }
  }

  @Test
  void equalRowsHaveNoDensity() {
    double[] x = new double[60];
    Arrays.fill(x, 2);
    Section s = section(model(x, 20, 3), Map.of());
    assertThat(s.summary()).contains("too few different rows");
  }

  @Test
  void brokenRowsAreLeftOut() {
    int n = 300;
    double[] x = cloud(n, 6, 8);
    x[6 * 17 + 2] = Double.NaN;
    x[6 * 40] = Double.POSITIVE_INFINITY;
    DensityFigures f = measured(model(x, n, 6), Options.Figures.ALL, Map.of());
    assertThat(f.counts().broken()).isEqualTo(2);
    assertThat(f.counts().measured()).isEqualTo(n - 2);
    assertThat(f.metric().rows()).isEqualTo(n - 2);
    assertThat(new StoredArrays(folder.resolve("arrays")).of("ids"))
        .hasSize(n - 2)
        .doesNotContain(17);
  }

  /** What whitening makes of a Gaussian cloud is what the nulls are: nothing stands out. */
  @Test
  void aGaussianCloudIsAsItsNull() {
    Section s = section(model(cloud(2500, 24, 77), 2500, 24), Map.of());
    Scalar gaussian = Sections.scalar(s, "density.matrix.core_shell.gaussian");
    assertThat(gaussian.value()).isGreaterThan(1.1);
    assertThat(Math.abs(gaussian.value() - gaussian.expected())).isLessThan(0.02);
    assertThat(s.summary())
        .contains("as dense against its shell as a Gaussian cloud's")
        .contains("nothing remains to be explained");
  }

  /** Tokens near the middle are drawn together in tens. */
  @Test
  void aClusteredCoreIsDenserThanItsNorms() {
    int n = 2500;
    int d = 24;
    double[] x = cloud(n, d, 78);
    double[] noise = cloud(n, d, 79);
    for (int i = 0; i < 500; i++) {
      for (int j = 0; j < d; j++) {
        x[i * d + j] = 0.6 * x[i / 25 * 25 * d + j] + 0.05 * noise[i * d + j];
      }
    }
    Section s = section(model(x, n, d), Map.of());
    assertThat(s.summary())
        .contains("denser against its shell than a Gaussian cloud's and denser than its norms");
    Scalar directions = Sections.scalar(s, "density.matrix.core_shell.directions");
    assertThat((directions.value() - directions.expected()) / directions.deviation())
        .isGreaterThan(20);
    assertThat(directions.z()).as("what eight clouds make of that").isGreaterThan(5);
  }

  @Test
  void asManyNeighboursAsTokensAreRefused() {
    Path model = model(cloud(30, 4, 1), 30, 4);
    assertThatThrownBy(() -> measured(model, Options.Figures.ALL, Map.of("k", "30")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--k")
        .hasMessageContaining("30 tokens");
    assertThat(measured(model, Options.Figures.ALL, Map.of("k", "29")).counts().k()).isEqualTo(29);
    assertThat(measured(model, Options.Figures.ALL, Map.of()).counts().k()).isEqualTo(20);
    assertThat(measured(model, Options.Figures.ALL, Map.of("tokens", "12")).counts().k())
        .isEqualTo(11);
  }

  /** The seed's sample: sort(default_rng(42).choice(300, 40, replace=False)). */
  @Test
  void tokensAreDrawnAsTheSeedDraws() {
    measured(model(cloud(300, 5, 2), 300, 5), Options.Figures.SEED, Map.of("tokens", "40"));
    int[] drawn = Generator.of(42).choice(300, 40, false);
    Arrays.sort(drawn);
    double[] ids = new StoredArrays(folder.resolve("arrays")).of("ids");
    assertThat(ids).containsExactly(Arrays.stream(drawn).asDoubleStream().toArray());
  }

  @Test
  void dimensionsAreChosen() {
    Path model = model(cloud(500, 6, 4), 500, 6);
    DensityFigures pr = measured(model, Options.Figures.ALL, Map.of());
    assertThat(pr.sound().volume().dimension()).isEqualTo(6);
    DensityFigures id = measured(model, Options.Figures.ALL, Map.of("dim", "id"));
    assertThat(id.sound().volume().dimension()).isBetween(3.0, 6.5);
    DensityFigures seed = measured(model, Options.Figures.ALL, Map.of("dim", "1333"));
    assertThat(seed.sound().volume().dimension()).isEqualTo(1333);
    assertThat(seed.sound().volumes().count()).isEqualTo(500);
    assertThatThrownBy(() -> measured(model, Options.Figures.ALL, Map.of("dim", "-1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--dim");
  }

  /** Three points have no core, no trend to speak of, and each is as often a neighbour. */
  @ParameterizedTest
  @ValueSource(strings = {"causal", "euclidean", "cosine"})
  void threePointsHaveTheFiguresThatThreePointsCanHave(String metric) {
    Section s = section(model(new double[] {3, 1, -1, 2, 0.5, -4}, 3, 2), Map.of("metric", metric));
    List<Scalar> scalars =
        s.findings().stream().filter(Scalar.class::isInstance).map(Scalar.class::cast).toList();
    assertThat(scalars)
        .extracting(Scalar::id)
        .contains("density.matrix.density")
        .noneMatch(id -> id.startsWith("density.matrix.hubness"));
    for (Scalar f : scalars) {
      assertThat(f.value()).as(f.id()).isFinite();
      assertThat(f.sentence()).doesNotContain("NaN", "Infinity");
      for (Double v : Arrays.asList(f.seed(), f.expected(), f.deviation(), f.z())) {
        assertThat(v == null || Double.isFinite(v)).as(f.id()).isTrue();
      }
    }
    assertThat(s.summary()).doesNotContain("NaN", "Infinity", "undefined");
  }

  private Path model(double[] x, int n, int d) {
    try {
      Path model = Files.createTempDirectory(folder, "model");
      return new Made().add("rows", DType.F64, x, n, d).write(model);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static double[] cloud(int n, int d, long seed) {
    double[] x = new double[n * d];
    Generator.of(seed).standardNormal(x);
    for (int i = 0; i < n * d; i++) {
      x[i] = x[i] * (1 + i % d) + 2;
    }
    return x;
  }

  /** A survey, that is; whoever asks for all is told what they take. */
  @Test
  void fewerTokensAreDrawnWhereMemoryIsShort() {
    int n = Density.CLOUD + 1000;
    Path model = model(cloud(n, 2, 8), n, 2);
    Density instrument = new Density();
    DensitySettings some = settings(Options.Figures.SEED, Map.of());
    DensitySettings all = settings(Options.Figures.SEED, Map.of("tokens", "all"));
    long ample;
    try (OneModel c = new OneModel(model, "density", folder.resolve("arrays"), OneModel.AMPLE)) {
      ample = instrument.tasks(c, some).get(0).bytes();
      assertThat(instrument.obstacle(c, all)).isEmpty();
      assertThat(c.measureAll(instrument, some).get(0).counts().drawn()).isEqualTo(n);
    }
    try (OneModel c = new OneModel(model, "density", folder.resolve("arrays"), ample - 1)) {
      assertThat(instrument.tasks(c, some).get(0).bytes()).isLessThan(ample);
      assertThat(instrument.obstacle(c, some)).isEmpty();
      assertThat(c.measureAll(instrument, some).get(0).counts().drawn()).isEqualTo(n - n / 8);
      assertThat(instrument.obstacle(c, all).orElseThrow())
          .contains("5,000 tokens need")
          .contains("--tokens");
    }
  }

  private DensitySettings settings(Options.Figures figures, Map<String, String> choices) {
    Options options = new Options(42, figures);
    for (Map.Entry<String, String> choice : choices.entrySet()) {
      options = options.withText("density", choice.getKey(), choice.getValue());
    }
    return new Density().settings(options);
  }

  private DensityFigures measured(Path model, Options.Figures figures, Map<String, String> with) {
    DensitySettings settings = settings(figures, with);
    try (OneModel c = new OneModel(model, "density", folder.resolve("arrays"), OneModel.AMPLE)) {
      return c.measureAll(new Density(), settings).get(0);
    }
  }

  private Section section(Path model, Map<String, String> with) {
    DensitySettings settings = settings(Options.Figures.ALL, with);
    try (OneModel c = new OneModel(model, "density", folder.resolve("arrays"), OneModel.AMPLE)) {
      List<DensityFigures> all = c.measureAll(new Density(), settings);
      return new Density().conclude(settings, all);
    }
  }
}
