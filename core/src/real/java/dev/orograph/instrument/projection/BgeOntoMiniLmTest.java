package dev.orograph.instrument.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.projection.ProjectionFigures.Ranked;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bge-small onto MiniLM, both real, against NumPy and SciPy on the same files. */
@Tag("real")
class BgeOntoMiniLmTest {
  private static final double EXACT = 1e-6;

  private static final Path LARGE = Path.of(BundledCheckpoint.BGE_SMALL.id());
  private static final Path SMALL = Path.of(BundledCheckpoint.MINILM.id());

  private static JsonNode reference;
  private static ProjectionFigures figures;

  @BeforeAll
  static void measure(@TempDir Path folder) throws IOException {
    reference =
        new ObjectMapper()
            .readTree(
                BgeOntoMiniLmTest.class.getResourceAsStream(
                    "/reference/real/project_bge_minilm.json"));
    Projection p = new Projection();
    try (OneModel work = new OneModel(List.of(LARGE, SMALL), "project", folder, 4L << 30)) {
      figures = work.measureAll(p, p.settings(Options.usual())).get(0);
    }
  }

  private static void same(double found, String... path) {
    JsonNode at = reference;
    for (String name : path) {
      at = at.path(name);
    }
    assertThat(at.isNumber()).as(String.join(".", path)).isTrue();
    assertThat(found)
        .as(String.join(".", path))
        .isCloseTo(at.asDouble(), within(EXACT * Math.max(1, Math.abs(at.asDouble()))));
  }

  @Test
  void asTheSeedHasIt() {
    assertThat(figures.counts().pairs()).isEqualTo(reference.path("V").asInt());
    assertThat(figures.counts().how()).startsWith("id");
    same(figures.map().kept(), "variance_kept");
    same(figures.map().scale(), "procrustes_scale");
    spread(figures.heldOut(), "held_out_cosine");
    same(figures.heldOut().min(), "held_out_cosine", "min");
    same(figures.heldOut().max(), "held_out_cosine", "max");
    spread(figures.distances(), "held_out_l2");
    same(figures.estimates().relational().value(), "relational_correlation");
    same(figures.estimates().difference(), "relational_mean_abs_difference");
    same(figures.estimates().centred().value(), "held_out_centred_mean_cosine");
    same(figures.all().mean(), "all_cosine", "mean");
    same(figures.all().median(), "all_cosine", "median");
    same(figures.above().get(0), "share_above", "0");
    for (int t = 1; t < 10; t++) {
      same(figures.above().get(t), "share_above", "0." + t);
    }
    same(figures.simplices().native_().mean(), "simplices", "native_mean");
    same(figures.simplices().native_().variation(), "simplices", "native_cv");
    same(figures.simplices().projected().mean(), "simplices", "projected_mean");
    same(figures.simplices().projected().variation(), "simplices", "projected_cv");
    same(figures.simplices().seed(), "simplices", "correlation");
    for (int i = 0; i < 5; i++) {
      assertThat(figures.residual().own().get(i))
          .isCloseTo(reference.path("residual_top5").get(i).asDouble(), within(1e-9));
    }
  }

  private static void spread(Spread s, String name) {
    same(s.mean(), name, "mean");
    same(s.deviation(), name, "std");
    same(s.median(), name, "median");
  }

  @Test
  void worstAndBestTokens() {
    for (String order : List.of("worst", "best")) {
      List<Integer> ids =
          figures.tokens().stream()
              .filter(t -> t.order().equals(order) && t.among().equals("all"))
              .map(Ranked::small)
              .toList();
      assertThat(ids).hasSameSizeAs(reference.path(order + "_20"));
      for (int i = 0; i < ids.size(); i++) {
        assertThat(ids.get(i)).isEqualTo(reference.path(order + "_20").get(i).intValue());
      }
    }
  }

  /** The reference's own order of the anchors. */
  @Test
  void shuffledAnchors() {
    try (Model large = Model.open(LARGE);
        Model small = Model.open(SMALL);
        TensorData a = large.checkpoint().map(TokenPairs.matrix(large).tensor());
        TensorData b = small.checkpoint().map(TokenPairs.matrix(small).tensor());
        Scope scope = new Scope()) {
      int n = (int) a.info().rows();
      Generator g = Generator.of(42);
      int[] fitted = g.choice(n, n, false);
      int[] order = g.permutation(n);
      int[] held = Arrays.copyOfRange(order, 10_000, 15_000);
      Alignment alignment =
          new Alignment(rows(a), rows(b), fitted, Arrays.copyOf(order, 10_000), 1, scope);
      Matrix own = alignment.target(held, scope);
      Matrix wrong =
          alignment.misaligned(
              Generator.of(1).permutation(10_000), alignment.unturned(held, scope), scope);
      double[] none = new double[own.rows()];
      same(
          Arrays.stream(ProjectionMeasurement.cosines(own, wrong, none)).average().orElseThrow(),
          "null_shuffled_pairs_held_out_mean_cosine");
      same(
          Arrays.stream(ProjectionMeasurement.cosines(own, wrong, alignment.target()))
              .average()
              .orElseThrow(),
          "null_centred");
    }
  }

  private static Entries rows(TensorData data) {
    return Entries.of(data.info().rows(), data.info().columns(), data::read);
  }
}
