package dev.orograph.instrument.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.instrument.Sections;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.NearestNeighbours;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The instrument on made clouds, and on real ones against NumPy in float64. */
@Tag("numeric")
class IntrinsicDimensionTest {
  private static final String ID = "intrinsic_dimension.";

  /** Float64 on both sides. */
  private static final double SOUND = 1e-9;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "tinystories-656k-llama,lm_head.weight,cloud tinystories lm_head.weight",
    "mt3-t5,decoder.embed_tokens.weight,cloud mt3-t5 decoder.embed_tokens.weight",
    "sample:bytes,output.weight,cloud of output.weight"
  })
  void asTheReference(String model, String tensor, String entry) throws IOException {
    Path checkpoint = RealCheckpoints.at(model);
    JsonNode e =
        model.startsWith("sample:")
            ? RealCheckpoints.reference("samples.json").get(model).get(entry)
            : RealCheckpoints.reference("sound.json").get(entry);
    IntrinsicDimension instrument = new IntrinsicDimension();
    TerrainSettings settings = new IntrinsicDimension().settings(Options.usual());
    try (OneModel c = new OneModel(checkpoint, "intrinsic_dimension", folder, OneModel.AMPLE)) {
      Task<TokenMatrix> task =
          instrument.tasks(c, settings).stream()
              .filter(t -> t.detail().tensor().equals(tensor))
              .findFirst()
              .orElseThrow();
      IntrinsicFigures r = c.measure(instrument, settings, task);
      assertThat(r.distinct()).isEqualTo(e.get("rows_without_duplicates").intValue());
      assertThat(r.measured()).isEqualTo(r.distinct());
      close("twonn", r.twonn().value(), e.get("twonn_mle"));
      close("fit", r.fit().value(), e.get("twonn_fit_discard_0.1"));
      assertThat(r.levinaBickel()).hasSize(4);
      for (int i = 0; i < 4; i++) {
        String k = CloudFigures.KS.get(i).toString();
        close("k = " + k, r.levinaBickel().get(i).value(), e.get("levina_bickel").get(k));
      }
      close("skewness", r.skewness().value(), e.get("hubness_skewness_k10"));
      assertThat(r.hubs()).hasSize(20);
      assertThat(r.hubs().get(0).occurrence()).isEqualTo(e.get("max_k_occurrence").intValue());
      assertThat(r.nulls()).hasSize(10);
      Section section = instrument.conclude(settings, List.of(r));
      Scalar twonn = Sections.scalar(section, ID + tensor + ".twonn");
      assertThat(twonn.expected()).isGreaterThan(twonn.value());
      assertThat(twonn.draws()).isEqualTo(10);
      Scalar most = Sections.scalar(section, ID + tensor + ".max_10_occurrence");
      assertThat(most.title()).contains("(token " + r.hubs().get(0).row());
      assertThat(section.summary())
          .contains(
              "by Euclidean distances (TwoNN) is", "The strongest hub, token ", "By cosine it is");
    }
  }

  private static void close(String what, double actual, JsonNode expected) {
    double e = expected.doubleValue();
    assertThat(actual).as(what).isCloseTo(e, within(SOUND * Math.abs(e)));
  }

  /** 3,000 real rows of each, neighbours against comparing every pair. */
  @ParameterizedTest
  @CsvSource({
    "tinystories-656k-llama,lm_head.weight",
    "mt3-t5,decoder.block.0.layer.2.DenseReluDense.wi_0.weight",
    "sample:t5,shared.weight"
  })
  void neighboursOfRealRows(String model, String tensor) {
    try (Checkpoint c = Checkpoint.open(RealCheckpoints.at(model))) {
      TensorInfo info = c.tensor(tensor).orElseThrow();
      int d = (int) info.columns();
      int n = (int) Math.min(3000, info.rows());
      double[] x = new double[n * d];
      try (TensorData data = c.map(info)) {
        data.read(0, x, 0, x.length);
      }
      NearestNeighbours found = NearestNeighbours.of(Entries.of(n, d, x), 10, 2);
      for (int i = 0; i < n; i += 7) {
        double[] to = new double[n];
        for (int j = 0; j < n; j++) {
          for (int k = 0; k < d; k++) {
            to[j] += (x[i * d + k] - x[j * d + k]) * (x[i * d + k] - x[j * d + k]);
          }
        }
        int self = i;
        List<Integer> nearest =
            IntStream.range(0, n)
                .filter(j -> j != self)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer j) -> to[j]))
                .limit(10)
                .toList();
        for (int r = 0; r < 10; r++) {
          assertThat(found.neighbour(i, r)).isEqualTo(nearest.get(r));
          assertThat(found.distance(i, r))
              .isCloseTo(
                  Math.sqrt(to[nearest.get(r)]), within(1e-12 * Math.sqrt(to[nearest.get(r)])));
        }
      }
    }
  }

  /** Rows that are no points, copies of points, and what remains. */
  @Test
  void whatIsLeftOutIsCounted() {
    int d = 5;
    double[] x = Made.gaussian(100 * d, 1, 3);
    x[2 * d] = Double.NaN;
    x[9 * d + 4] = Double.NEGATIVE_INFINITY;
    for (int row : new int[] {20, 21, 22}) {
      Arrays.fill(x, row * d, (row + 1) * d, 0);
    }
    System.arraycopy(x, 30 * d, x, 60 * d, d);
    Section section =
        Sections.of(
            new IntrinsicDimension(),
            new Made().add("only.weight", DType.F32, x, 100, d).write(folder),
            folder.resolve("arrays"));
    assertThat(cell(section, "rows", "non_finite")).isEqualTo(2L);
    assertThat(cell(section, "rows", "zeros")).isEqualTo(3L);
    assertThat(cell(section, "rows", "copies")).isEqualTo(3L);
    assertThat(cell(section, "rows", "clusters")).isEqualTo(2L);
    assertThat(cell(section, "rows", "distinct")).isEqualTo(95L);
    assertThat(section.findings().toString())
        .contains("2 rows hold NaN", "3 rows equal an earlier one (2 sets", "3 rows hold zeros");
    List<Object> hubs = new ArrayList<>();
    Table table = (Table) Sections.finding(section, ID + "only.weight.hubs");
    table.rows().forEach(row -> hubs.add(row.get(0)));
    assertThat(hubs).doesNotContain(2L, 9L, 21L, 22L, 60L).doesNotHaveDuplicates().hasSize(20);
    int at = hubs.indexOf(20L);
    if (at >= 0) {
      assertThat(table.rows().get(at).get(4)).isEqualTo(3L);
    }
    try (Checkpoint c = Checkpoint.open(OneModel.left(folder, "neighbours.safetensors"))) {
      assertThat(c.tensor("only.weight.neighbours").orElseThrow().shape())
          .containsExactly(95L, 10L);
      double[] rows = new double[95];
      try (TensorData data = c.map(c.tensor("only.weight.rows").orElseThrow())) {
        data.read(0, rows, 0, 95);
      }
      assertThat(rows).startsWith(0, 1, 3).doesNotContain(2, 9, 21, 22, 60);
    }
  }

  private static Object cell(Section section, String table, String column) {
    return Sections.cell(section, ID + table, 0, column);
  }

  /** A Gaussian matrix is its own null. */
  @Test
  void aGaussianCloudDoesNotDifferFromGaussianClouds() {
    Section section =
        Sections.of(
            new IntrinsicDimension(),
            new Made().add("w", DType.F32, Made.gaussian(900 * 12, 1, 8), 900, 12).write(folder),
            folder.resolve("arrays"));
    for (String name :
        List.of("twonn", "levina_bickel_k20", "hubness_skewness", "max_10_occurrence")) {
      Scalar s = Sections.scalar(section, ID + "w." + name);
      assertThat(Math.abs(s.z())).as(name).isLessThan(4);
      assertThat(s.sentence()).doesNotContain("clearly");
    }
    Curve scale = (Curve) Sections.finding(section, ID + "by_scale");
    assertThat(scale.panels().get(0).lines().get(0).x())
        .containsExactly(112.0, 225.0, 450.0, 900.0);
    Histogram h = (Histogram) Sections.finding(section, ID + "w.occurrences");
    for (Histogram.Series series : h.series()) {
      double sum = series.shares().stream().mapToDouble(v -> v).sum();
      assertThat(sum).isCloseTo(1, within(0.01));
    }
  }

  /** A curve through many dimensions has one, and a Gaussian cloud of its covariance many. */
  @Test
  void aCurveHasOneDimension() {
    int n = 700;
    int d = 30;
    double[] x = new double[n * d];
    // At random places along it: steps of one length would all have the ratio 1.
    double[] places = Made.gaussian(n, 1, 4);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        x[i * d + j] = (float) Math.sin((1 + j / 2) * 0.7 * places[i] + j % 2);
      }
    }
    Section section =
        Sections.of(
            new IntrinsicDimension(),
            new Made().add("w", DType.F32, x, n, d).write(folder),
            folder.resolve("arrays"));
    Scalar s = Sections.scalar(section, ID + "w.twonn");
    assertThat(1.0).isBetween(s.interval().get(0), s.interval().get(1));
    assertThat(s.expected()).isGreaterThan(2);
    assertThat(s.sentence()).contains("clearly more");
  }

  /** A row near the middle of a cloud in many dimensions is everyone's neighbour; not by cosine. */
  @Test
  void whatAHubMakesOfTheDimension() throws IOException {
    int n = 400;
    int d = 100;
    double[] x = Made.gaussian(n * d, 1, 8);
    for (int j = 0; j < d; j++) {
      x[j] *= 0.01;
    }
    Files.createDirectories(folder.resolve("all"));
    Files.createDirectories(folder.resolve("rest"));
    Section section =
        Sections.of(
            new IntrinsicDimension(),
            new Made().add("w", DType.F32, x, n, d).write(folder.resolve("all")),
            folder.resolve("a"));
    Section rest =
        Sections.of(
            new IntrinsicDimension(),
            new Made()
                .add("w", DType.F32, Arrays.copyOfRange(x, d, n * d), n - 1, d)
                .write(folder.resolve("rest")),
            folder.resolve("b"));
    assertThat(Sections.scalar(section, ID + "w.max_10_occurrence").value()).isGreaterThan(300);
    double without = Sections.scalar(section, ID + "w.twonn_without_hubs").value();
    assertThat(without).isEqualTo(Sections.scalar(rest, ID + "w.twonn").value());
    assertThat(without).isNotCloseTo(Sections.scalar(section, ID + "w.twonn").value(), within(1.0));
    assertThat(rest.findings()).noneMatch(f -> f.id().equals(ID + "w.twonn_without_hubs"));
    assertThat(section.summary())
        .contains(
            "The strongest hub, token 0, is among the ten nearest of", "; without it TwoNN is");
    assertThat(Sections.scalar(section, ID + "w.hubness_skewness_cosine").value())
        .isLessThan(Sections.scalar(section, ID + "w.hubness_skewness").value() / 2);
    assertThat(Sections.scalar(section, ID + "w.shared_neighbours").value()).isBetween(1.0, 9.9);
  }

  /** More rows than are measured: a part is drawn, and set against clouds of as many rows. */
  @Test
  void aLargeMatrixIsMeasuredInPart() {
    int n = IntrinsicMeasurement.MOST_ROWS + 1000;
    Section section =
        Sections.of(
            new IntrinsicDimension(),
            new Made().add("w", DType.F32, Made.gaussian(n * 2, 1, 8), n, 2).write(folder),
            folder.resolve("arrays"));
    assertThat(cell(section, "rows", "measured")).isEqualTo((long) IntrinsicMeasurement.MOST_ROWS);
    assertThat(section.findings().toString()).contains("were drawn at random");
    Scalar all = Sections.scalar(section, ID + "w.twonn");
    assertThat(all.expected()).isNull();
    assertThat(2.0).isBetween(all.interval().get(0), all.interval().get(1));
    Scalar part = Sections.scalar(section, ID + "w.twonn_of_5000");
    assertThat(part.expected()).isCloseTo(2, within(0.1));
    assertThat(part.draws()).isEqualTo(10);
    assertThat(Math.abs(part.z())).isLessThan(4);
  }

  @Test
  void fewerRowsAreMeasuredWhereMemoryIsShort() {
    int n = IntrinsicMeasurement.CLOUD_ROWS + 1000;
    Path model = new Made().add("w", DType.F32, Made.gaussian(n * 2, 1, 8), n, 2).write(folder);
    IntrinsicDimension instrument = new IntrinsicDimension();
    TerrainSettings settings = instrument.settings(Options.usual());
    String id = "intrinsic_dimension";
    long ample;
    try (OneModel c = new OneModel(model, id, folder.resolve("a"), OneModel.AMPLE)) {
      ample = instrument.tasks(c, settings).get(0).bytes();
    }
    try (OneModel c = new OneModel(model, id, folder.resolve("b"), ample - 1)) {
      assertThat(instrument.tasks(c, settings).get(0).bytes()).isLessThan(ample);
      Section section = instrument.conclude(settings, c.measureAll(instrument, settings));
      assertThat(cell(section, "rows", "measured")).isEqualTo((long) n - n / 8);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,4", "2,4", "3,4", "4,1", "11,3", "12,1"})
  void fewRows(int n, int d) {
    Section section =
        Sections.of(
            new IntrinsicDimension(),
            new Made().add("w", DType.F32, Made.gaussian(n * d, 1, 8), n, d).write(folder),
            folder.resolve("arrays"));
    assertThat(section.summary()).isNotBlank();
    assertThat(cell(section, "rows", "measured")).isEqualTo((long) n);
    if (n < 3) {
      assertThat(section.findings().toString()).contains("Fewer than three rows differ");
    }
  }

  @Test
  void theSeedPrintsNoneOfIt() {
    Path model = new Made().add("w", DType.F32, Made.gaussian(40, 1, 8), 10, 4).write(folder);
    IntrinsicDimension instrument = new IntrinsicDimension();
    try (OneModel c = new OneModel(model, "intrinsic_dimension", folder, OneModel.AMPLE)) {
      Options seed = new Options(42, Options.Figures.SEED);
      assertThat(Plan.of(instrument, c, instrument.settings(seed)).whyNot())
          .isEqualTo("the reference notebooks print none of it");
    }
  }

  /** A large vocabulary fits into the usual budget; the plan alone reads no weights. */
  @Test
  void memoryOfALargeVocabulary() throws IOException {
    long rows = 151_936;
    long columns = 2560;
    long bytes = 2 * rows * columns;
    String header =
        String.format(
            Locale.ROOT,
            "{\"w\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}",
            rows,
            columns,
            bytes);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.writeLong(Long.reverseBytes(header.length()));
      file.write(header.getBytes(StandardCharsets.UTF_8));
      // A file with a hole: it takes no room.
      file.setLength(8 + header.length() + bytes);
    }
    IntrinsicDimension instrument = new IntrinsicDimension();
    try (OneModel c = new OneModel(folder, "intrinsic_dimension", folder, OneModel.AMPLE)) {
      List<Task<TokenMatrix>> tasks = instrument.tasks(c, instrument.settings(Options.usual()));
      assertThat(tasks).hasSize(1);
      assertThat(tasks.get(0).bytes())
          .isGreaterThan(4 * IntrinsicMeasurement.MOST_ROWS * columns)
          .isLessThan(OneModel.AMPLE / 2);
    }
  }
}
