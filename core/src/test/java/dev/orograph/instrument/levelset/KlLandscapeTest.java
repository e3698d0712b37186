package dev.orograph.instrument.levelset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.levelset.NormalFigures.Whole;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.model.forward.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The divergence of a trained model against the reference, and the seed's estimator on it. */
@Tag("numeric")
class KlLandscapeTest {
  /** Relative; the reference takes softmax in float32. */
  private static final double CLOSE = 1e-5;

  @TempDir private Path folder;
  private OneModel work;
  private Scene scene;
  private JsonNode kl;

  @BeforeEach
  void open() throws IOException {
    work =
        new OneModel(
            RealCheckpoints.at("tinystories-656k-llama"), "normal", folder, OneModel.AMPLE);
    scene = Scene.open(work, Precision.FLOAT64, 2, false);
    kl = RealCheckpoints.reference("tinystories_states.json").path("kl_at_context_(BOS,x)");
  }

  @AfterEach
  void close() {
    scene.close();
    work.close();
  }

  private double[] row(int token) {
    double[] x = new double[scene.width()];
    scene.rows().read(token, x, 0);
    return x;
  }

  private double[] smooth() {
    return scene.said(row(kl.path("smooth_target_from_row").intValue()));
  }

  private double[] oneHot() {
    double[] p = new double[scene.vocabulary()];
    p[kl.path("one_hot_token").intValue()] = 1;
    return p;
  }

  @Test
  void valuesAndGradientsAreTheReferences() {
    assertThat(scene.context()).containsExactly(1);
    double[] smooth = smooth();
    for (int i = 0; i < 8; i++) {
      double expected = kl.path("smooth_target_first_8").get(i).doubleValue();
      assertThat(smooth[i]).isCloseTo(expected, within(CLOSE * expected));
    }
    for (JsonNode p : kl.path("points")) {
      boolean hot = p.path("target").textValue().equals("one_hot");
      Landscape f = scene.landscape(hot ? oneHot() : smooth, false);
      double[][] x = {row(p.path("x_is_row").intValue())};
      Landscape.Slopes s = f.slopes(x);
      double expected = p.path("kl_target_model").doubleValue();
      assertThat(s.values()[0]).isCloseTo(expected, within(CLOSE * expected));
      assertThat(f.values(x)[0]).isCloseTo(s.values()[0], within(1e-12 * expected));
      double[] g =
          StreamSupport.stream(p.path("grad").spliterator(), false)
              .mapToDouble(JsonNode::doubleValue)
              .toArray();
      double off = Landscape.length(Landscape.moved(s.gradients()[0], -1, g));
      assertThat(off / Landscape.length(g)).isLessThan(CLOSE);
    }
  }

  @Test
  void theHessianIsTheReferences() throws IOException {
    JsonNode expected =
        RealCheckpoints.reference("tinystories_states.json")
            .path("hessian_at_row_700_smooth_target");
    double[][] h = Curvature.hessian(scene.landscape(smooth(), false), row(700), 1e-4);
    double trace = 0;
    double square = 0;
    for (int i = 0; i < h.length; i++) {
      trace += h[i][i];
      square += InnerProduct.of(h[i], h[i]);
    }
    double[] values = Curvature.eigenvalues(h);
    close(trace, expected.path("trace"));
    close(Math.sqrt(square), expected.path("frobenius"));
    close(values[0], expected.path("eig_min"));
    close(values[values.length - 1], expected.path("eig_max"));
  }

  private static void close(double found, JsonNode expected) {
    assertThat(found)
        .isCloseTo(expected.doubleValue(), within(1e-4 * Math.abs(expected.doubleValue())));
  }

  /** In any place of any batch: a group is always as large. */
  @Test
  void companyChangesNoDigit() {
    Landscape f = scene.landscape(smooth(), false);
    double[][] all = new double[11][];
    for (int i = 0; i < all.length; i++) {
      all[i] = row(40 + 7 * i);
    }
    Landscape.Slopes together = f.slopes(all);
    for (int i = 0; i < all.length; i++) {
      Landscape.Slopes one = f.slopes(new double[][] {all[i]});
      assertThat(one.values()[0])
          .isCloseTo(together.values()[i], within(1e-13 * (1 + together.values()[i])));
      double off =
          Landscape.length(Landscape.moved(one.gradients()[0], -1, together.gradients()[i]));
      assertThat(off / Landscape.length(one.gradients()[0])).isLessThan(1e-12);
    }
  }

  /** The other way round, against differences. */
  @Test
  void theReverseGradient() {
    Landscape f = scene.landscape(smooth(), true);
    double[] x = row(700);
    double[] g = f.slopes(new double[][] {x}).gradients()[0];
    double h = 1e-5;
    for (int i : new int[] {0, 17, 127}) {
      double[] up = x.clone();
      double[] down = x.clone();
      up[i] += h;
      down[i] -= h;
      double[] v = f.values(new double[][] {up, down});
      assertThat((v[0] - v[1]) / (2 * h)).isCloseTo(g[i], within(1e-7));
    }
    assertThatThrownBy(() -> scene.landscape(oneHot(), true)).hasMessageContaining("infinite");
  }

  /** The finding about the seed's estimator, on the set around a real model's answer. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 1e-2})
  void signedDifferencesAreTheNormalAndUnsignedAreNot(double delta) {
    Landscape f = scene.landscape(smooth(), false);
    double[] x = row(700);
    double[] set = new Search(f, 0.5).newton(new double[][] {x}, 1e-9, 300).get(0).point();
    double[] g = f.slopes(new double[][] {set}).gradients()[0];
    Differences.Distances d =
        new Differences(f, delta, 64)
            .exact(
                set,
                0,
                128,
                scene.resolution(f, new double[][] {set}, dev.orograph.random.Generator.of(1)));
    assertThat(d.back()).isEqualTo(256);
    double[] signed = Differences.signed(d.up(), d.down());
    double[] unsigned = Differences.unsigned(d.up(), d.down());
    assertThat(Landscape.cosine(signed, g)).isGreaterThan(0.9999);
    assertThat(Math.abs(Landscape.cosine(unsigned, g))).isLessThan(0.9);
    assertThat(Landscape.length(unsigned)).isLessThan(0.1 * Landscape.length(signed));
  }

  /** Points and normals as a run makes them, with results that pass through JSON. */
  @Test
  void aLevelSetAndItsNormals() throws IOException {
    Options options =
        Options.usual()
            .with("levelset", "target_from", "Once upon a")
            .with("levelset", "points", "3")
            .with("levelset", "solver", "newton");
    LevelSet levelSet = new LevelSet();
    List<LevelSetFigures> points;
    Path array;
    try (OneModel m =
        new OneModel(
            RealCheckpoints.at("tinystories-656k-llama"),
            "levelset",
            folder.resolve("points"),
            OneModel.AMPLE)) {
      points = m.measureAll(levelSet, levelSet.settings(options));
      try (Stream<Path> files = Files.walk(folder.resolve("points"))) {
        array = files.filter(f -> f.endsWith(LevelSetFile.NAME)).findFirst().orElseThrow();
      }
    }
    assertThat(points.get(0).ways().get(0).converged()).isEqualTo(3);
    assertThat(json(points.get(0), LevelSetFigures.class)).isEqualTo(points.get(0));
    Normal normal = new Normal();
    NormalSettings settings =
        normal.settings(
            options
                .with("normal", "points", array.toString())
                .with("normal", "method", "all")
                .with("normal", "most", "2")
                .with("normal", "dimensions", "5")
                .with("normal", "batch", "3"));
    List<NormalFigures> all = work.measureAll(normal, settings);
    assertThat(all).hasSize(1 + 2 * 2 * 2);
    for (NormalFigures r : all) {
      assertThat(json(r, NormalFigures.class)).isEqualTo(r);
    }
    Whole whole = all.get(0).whole();
    assertThat(whole.normals()).hasSize(2);
    assertThat(whole.left()).isEqualTo(1);
    assertThat(whole.curved().get(0).principal()).hasSize(127);
    assertThat(whole.walk()).isNotEmpty().allMatch(s -> Math.abs(s.value() - 0.1) <= 0.001);
    assertThat(whole.slice().values().get(20).get(20))
        .as("the middle of the plane is the point")
        .isCloseTo(whole.normals().get(0).value(), within(1e-12));
    assertThat(normal.conclude(settings, all).findings()).isNotEmpty();
  }

  private static <T> T json(T value, Class<T> type) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    return mapper.readValue(mapper.writeValueAsString(value), type);
  }

  /** What a file must be to be the points of a level-set of this model. */
  @Test
  void anotherFileIsRefused() {
    Path other = RealCheckpoints.at("tinystories-656k-llama");
    assertThatThrownBy(() -> LevelSetFile.read(other, "x", 128))
        .hasMessageContaining("must be the points of a level-set");
    assertThat(Arrays.stream(smooth()).sum()).isCloseTo(1, within(1e-12));
  }
}
