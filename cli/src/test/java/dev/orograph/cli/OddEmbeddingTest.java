package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Embeddings that no training should leave behind: every survey ends, with finite numbers. */
class OddEmbeddingTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";
  private static final String ONLY = "embedding_norms,cosines,eigenspectrum,simplices,unembedding";

  @TempDir private Path dir;

  /** A table and its width. */
  private static final class Table {
    private final double[] values;
    private final int width;

    Table(double[] values, int width) {
      this.values = values;
      this.width = width;
    }

    static Table normal(int rows, int width, double scale) {
      Random random = new Random(7L * rows + width);
      double[] v = new double[rows * width];
      Arrays.setAll(v, i -> scale * random.nextGaussian());
      return new Table(v, width);
    }

    Table with(int row, int column, double value) {
      values[row * width + column] = value;
      return this;
    }

    Table copy(int from, int... to) {
      for (int row : to) {
        System.arraycopy(values, from * width, values, row * width, width);
      }
      return this;
    }

    Table zero(int... rows) {
      for (int row : rows) {
        Arrays.fill(values, row * width, (row + 1) * width, 0);
      }
      return this;
    }

    Entry entry(String name, DType type) {
      ByteBuffer b =
          ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (double v : values) {
        if (type == DType.F64) {
          b.putDouble(v);
        } else {
          b.putFloat((float) v);
        }
      }
      return Entry.of(name, type, b.array(), values.length / width, width);
    }
  }

  private static int[] rows(int from, int to) {
    return java.util.stream.IntStream.range(from, to).toArray();
  }

  static Stream<Arguments> odd() {
    double[] nan = new double[240];
    Arrays.fill(nan, Double.NaN);
    double[] corners = new double[24];
    for (int i = 0; i < 4; i++) {
      corners[7 * i] = 1;
    }
    double inf = Double.POSITIVE_INFINITY;
    return Stream.of(
        Arguments.of(
            "brokenRows",
            Table.normal(40, 6, 1).with(3, 1, Double.NaN).with(7, 0, inf).with(9, 5, -inf),
            DType.F32),
        Arguments.of("nothingButNaN", new Table(nan, 6), DType.F32),
        Arguments.of("equalRows", Table.normal(40, 6, 1).copy(0, rows(1, 40)), DType.F32),
        Arguments.of("equalFloat64Rows", Table.normal(41, 6, 1).copy(0, rows(1, 41)), DType.F64),
        Arguments.of("duplicates", Table.normal(40, 6, 1).copy(0, rows(10, 30)), DType.F32),
        Arguments.of("zeroRows", Table.normal(40, 6, 1).zero(rows(5, 20)), DType.F32),
        Arguments.of("zeros", Table.normal(40, 6, 0), DType.F32),
        Arguments.of("oneToken", Table.normal(1, 6, 1), DType.F32),
        Arguments.of("twoTokens", Table.normal(2, 6, 1), DType.F32),
        Arguments.of("fourTokens", Table.normal(4, 6, 1), DType.F32),
        Arguments.of("fiveTokens", Table.normal(5, 6, 1), DType.F32),
        Arguments.of("cornersOfASimplex", new Table(corners, 6), DType.F32),
        Arguments.of("oneDimension", Table.normal(40, 1, 1), DType.F32),
        Arguments.of("twoDimensions", Table.normal(40, 2, 1), DType.F32),
        Arguments.of("moreDimensionsThanTokens", Table.normal(20, 300, 1), DType.F32),
        Arguments.of("beyondFloat32", Table.normal(40, 6, 1e300), DType.F64),
        Arguments.of("oneBeyondFloat32", Table.normal(40, 6, 1).with(4, 2, 1e300), DType.F64),
        Arguments.of("large", Table.normal(40, 6, 8e37), DType.F32),
        Arguments.of("tiny", Table.normal(40, 6, 1e-200), DType.F64),
        Arguments.of("small", Table.normal(40, 6, 1e-100), DType.F64),
        Arguments.of("smallFloat32", Table.normal(40, 6, 1e-30), DType.F32),
        Arguments.of("subnormal", Table.normal(40, 6, 1e-44), DType.F32));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("odd")
  void everySurveyEndsWithFiniteNumbers(String name, Table table, DType type) {
    Path model = untied(name, table, type);
    for (String figures : List.of("all", "seed")) {
      Path run = dir.resolve(figures);
      Cli.Outcome outcome =
          Cli.inside("survey", model, "--quiet", "--only", ONLY, "--figures", figures, "--out", run)
              .exits(0);
      assertThat(outcome.errors()).isEmpty();
      JsonNode results = Runs.results(run);
      results.path("sections").forEach(s -> sensible(s.path("summary").asText()));
      results
          .path("sections")
          .forEach(s -> s.path("findings").forEach(f -> sensible(f.path("sentence").asText())));
    }
  }

  private static void sensible(String sentence) {
    assertThat(sentence).doesNotContainPattern("\\bNaN\\b|Infinity|\u221e|\ufffd|null");
  }

  private Path untied(String name, Table table, DType type) {
    int tokens = table.values.length / table.width;
    Table head = Table.normal(tokens, table.width, 0.5);
    return Models.of(
        dir.resolve(name),
        "{\"model_type\": \"llama\"}",
        table.entry(EMBEDDING, type),
        head.entry(HEAD, DType.F32));
  }

  private JsonNode survey(Path model) {
    Path run = model.resolveSibling(model.getFileName() + "-run");
    Cli.inside("survey", model, "--only", ONLY, "--out", run).exits(0);
    return Runs.results(run);
  }

  private static List<String> summaries(JsonNode results) {
    List<String> told = new ArrayList<>();
    results.path("sections").forEach(s -> told.add(s.path("summary").asText()));
    return told;
  }

  @Test
  void brokenRowsAreCountedAndNamedAfterWhereTheyAre() {
    Table table = Table.normal(40, 6, 1).with(3, 1, Double.NaN).with(7, 0, 1e300);
    JsonNode results = survey(untied("model", table, DType.F64));
    for (String id : List.of("embedding_norms", "cosines", "eigenspectrum", "simplices")) {
      assertThat(Runs.finding(results, id + ".embedding.non_finite").toString())
          .contains("2 of the 40 rows of '" + EMBEDDING + "'", "beyond float32");
    }
    assertThat(Runs.finding(results, "unembedding.head.non_finite").toString())
        .contains("2 of the 40 rows of embedding or head");
  }

  @Test
  void equalRowsHaveNoSpectrumAndOneDirection() {
    JsonNode results =
        survey(untied("model", Table.normal(41, 6, 1).copy(0, rows(1, 41)), DType.F64));
    assertThat(summaries(results))
        .anyMatch(s -> s.contains("The variance of the rows of the embedding is 0"))
        .anyMatch(s -> s.contains("all tokens lie in one direction"));
    assertThat(
            Runs.finding(results, "embedding_norms.embedding.variation").path("value").asDouble())
        .isZero();
  }

  /** Of five tokens there is one set, whose volume does not vary: nothing to claim. */
  @Test
  void fiveTokensClaimNothing() {
    JsonNode cv =
        Runs.finding(
            survey(untied("model", Table.normal(5, 6, 1), DType.F32)), "simplices.embedding.cv");
    assertThat(cv.path("value").asDouble()).isLessThan(1e-12);
    assertThat(Math.abs(cv.path("z").asDouble())).isLessThan(3);
  }

  /** Without a bound on the dimension there is no corrected participation ratio. */
  @Test
  void theCornersOfASimplexHaveNoCorrectedFigure() {
    double[] corners = new double[24];
    for (int i = 0; i < 4; i++) {
      corners[7 * i] = 1;
    }
    JsonNode pr =
        Runs.finding(
            survey(untied("model", new Table(corners, 6), DType.F32)),
            "eigenspectrum.embedding.participation_ratio");
    assertThat(pr.path("value").asDouble()).isBetween(2.999, 3.001);
    assertThat(pr.path("interval").isMissingNode() || pr.path("interval").isNull()).isTrue();
  }

  @Test
  void whatCannotBeKnownIsSaid() throws IOException {
    JsonNode several =
        survey(
            Models.of(
                dir.resolve("several"), Models.normal("a", 1, 9, 4), Models.normal("b", 2, 4, 9)));
    JsonNode one = survey(Models.of(dir.resolve("one"), Models.normal("table", 1, 30, 4)));
    JsonNode wide = survey(Models.of(dir.resolve("wide"), Models.normal("t", 1, 1, 140_000)));
    for (String id : ONLY.split(",", -1)) {
      assertThat(Runs.analysis(several, id).path("status").asText()).isEqualTo("not_applicable");
      assertThat(Runs.analysis(several, id).path("reason").asText())
          .contains("which would say which matrix is the embedding");
      assertThat(Runs.analysis(wide, id).path("reason").asText())
          .contains("too wide for tokens: 140000 numbers");
    }
    assertThat(Runs.analysis(one, "cosines").path("status").asText()).isEqualTo("done");
    assertThat(Runs.analysis(one, "unembedding").path("reason").asText())
        .endsWith("there is only 'table'");
    assertThat(Files.exists(dir.resolve("one-run/report.html"))).isTrue();
  }
}
