package dev.orograph.instrument.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.geometry.Procrustes;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projections whose answer is known, and models that cannot be projected. */
@Tag("numeric")
class ProjectionTest {
  private static final int V = 300;
  private static final int WIDE = 12;
  private static final int WIDTH = 8;

  @TempDir private Path folder;

  private Path model(String name, double[] rows, int width) throws IOException {
    Path path = Files.createDirectories(folder.resolve(name));
    return new Made().add("embedding", DType.F64, rows, rows.length / width, width).write(path);
  }

  private static double[] gaussian(int n, long seed) {
    double[] values = new double[n];
    Generator.of(seed).standardNormal(values);
    return values;
  }

  /** Rows times a random orthogonal matrix, moved. */
  private static double[] turned(double[] rows, int width, long seed) {
    double[] square = gaussian(width * width, seed);
    double[] all = new double[rows.length];
    try (Scope scope = new Scope()) {
      Matrix m = scope.matrix(width, width);
      m.put(0, 0, square, 0, square.length);
      Matrix r = Lapack.with(1, () -> Procrustes.of(m, scope).rotation());
      for (int i = 0; i < rows.length / width; i++) {
        for (int j = 0; j < width; j++) {
          all[i * width + j] = 0.25 * j;
          for (int k = 0; k < width; k++) {
            all[i * width + j] += rows[i * width + k] * r.get(k, j);
          }
        }
      }
    }
    return all;
  }

  /** Rows of WIDE numbers of which WIDTH directions, hidden by a rotation, matter. */
  private static double[] hidden(double[] rows) {
    double[] wide = gaussian(V * WIDE, 8);
    for (int i = 0; i < V; i++) {
      for (int j = 0; j < WIDE; j++) {
        wide[i * WIDE + j] = j < WIDTH ? rows[i * WIDTH + j] : 1e-13 * wide[i * WIDE + j];
      }
    }
    return turned(wide, WIDE, 9);
  }

  private ProjectionFigures measure(Path large, Path small) {
    Projection p = new Projection();
    try (OneModel work =
        new OneModel(List.of(large, small), "project", folder.resolve("out"), OneModel.AMPLE)) {
      return work.measureAll(p, p.settings(Options.usual())).get(0);
    }
  }

  private String whyNot(Path large, Path small) {
    Projection p = new Projection();
    try (OneModel work =
        new OneModel(List.of(large, small), "project", folder.resolve("out"), OneModel.AMPLE)) {
      return Plan.of(p, work, p.settings(Options.usual())).whyNot();
    }
  }

  @Test
  void aPlantedRotationIsRecovered() throws IOException {
    double[] rows = gaussian(V * WIDTH, 1);
    Path small = model("small", rows, WIDTH);
    ProjectionFigures f = measure(model("large", hidden(rows), WIDE), small);
    assertThat(f.map().kept()).isCloseTo(1, within(1e-10));
    assertThat(f.heldOut().min()).isCloseTo(1, within(1e-8));
    assertThat(f.distances().max()).isLessThan(1e-10);
    assertThat(f.estimates().explained().value()).isCloseTo(1, within(1e-12));
    assertThat(f.estimates().relational().value()).isCloseTo(1, within(1e-12));
    assertThat(f.residual().own()).allMatch(v -> v < 1e-20);
    assertThat(f.estimates().cosine().expected()).isLessThan(0.5);
    assertThat(f.estimates().cosine().z()).isGreaterThan(4);
    assertThat(f.lying()).isNull();
    Section s = new Projection().conclude(settings(), List.of(f));
    assertThat(s.summary()).contains("mean cosine of 1 ");
  }

  private static ProjectionSettings settings() {
    return new Projection().settings(Options.usual());
  }

  @Test
  void unrelatedModelsLieWhereChanceHasThem() throws IOException {
    ProjectionFigures f =
        measure(
            model("a", gaussian(3000 * WIDTH, 1), WIDTH),
            model("b", gaussian(3000 * WIDTH, 2), WIDTH));
    assertThat(Math.abs(f.estimates().centred().z())).isLessThan(4);
    assertThat(Math.abs(f.estimates().relational().z())).isLessThan(4);
    assertThat(Math.abs(f.estimates().cka().z())).isLessThan(4);
    assertThat(Math.abs(f.estimates().neighbours().z())).isLessThan(4);
    assertThat(f.estimates().neighbours().expected()).isCloseTo(10 / 999.0, within(1e-3));
    assertThat(f.lying().cosine()).isCloseTo(0, within(0.1));
    assertThat(f.simplices().correlation().expected()).as("3,000 tokens are too few").isNull();
  }

  @Test
  void volumesOfUnrelatedModelsLieWhereChanceHasThem() throws IOException {
    ProjectionFigures f =
        measure(
            model("a", gaussian(5000 * WIDTH, 1), WIDTH),
            model("b", gaussian(5000 * WIDTH, 2), WIDTH));
    assertThat(Math.abs(f.simplices().correlation().z())).isLessThan(4);
  }

  /** A rotation is no shared start; the same numbers are one. */
  @Test
  void whatIsASharedStart() throws IOException {
    double[] rows = gaussian(V * WIDTH, 1);
    Path a = model("a", rows, WIDTH);
    ProjectionFigures rotated = measure(model("b", turned(rows, WIDTH, 5), WIDTH), a);
    assertThat(rotated.estimates().explained().value()).isCloseTo(1, within(1e-12));
    assertThat(rotated.lying().explained()).isLessThan(0.5);
    double[] near = gaussian(V * WIDTH, 7);
    Arrays.setAll(near, i -> rows[i] + 0.1 * near[i]);
    ProjectionFigures same = measure(model("c", near, WIDTH), a);
    assertThat(same.lying().explained()).isGreaterThan(0.95);
    assertThat(same.lying().diagonal()).isGreaterThan(0.95);
    assertThat(new Projection().conclude(settings(), List.of(same)).summary())
        .contains("a shared start and no geometry");
  }

  @Test
  void whatCannotBeProjected() throws IOException {
    Path small = model("small", gaussian(V * WIDTH, 1), WIDTH);
    Path wide = model("wide", gaussian(V * WIDE, 1), WIDE);
    assertThat(whyNot(small, wide)).contains("the wider model is projected");
    assertThat(whyNot(wide, model("more", gaussian(310 * WIDTH, 1), WIDTH)))
        .contains("300 and 310 rows")
        .contains("no tokenizer");
    Path tiny = model("tiny", gaussian(10 * WIDTH, 1), WIDTH);
    assertThat(whyNot(tiny, tiny)).contains("only 10 in common");
    words(wide, 0, V);
    words(small, 290, V);
    assertThat(whyNot(wide, small)).contains("only 10 in common");
  }

  private static void words(Path model, int first, int count) throws IOException {
    String words =
        IntStream.range(first, first + count)
            .mapToObj(
                i -> i == first ? "[UNK]" : "word" + (char) ('a' + i / 26) + (char) ('a' + i % 26))
            .collect(Collectors.joining("\n"));
    Files.writeString(model.resolve("vocab.txt"), words);
  }

  @Test
  void tokensAreMatchedByTheirText() throws IOException {
    double[] rows = gaussian(V * WIDTH, 1);
    double[] moved = new double[rows.length];
    for (int i = 0; i < V; i++) {
      System.arraycopy(rows, i * WIDTH, moved, (i + 100) % V * WIDTH, WIDTH);
    }
    Path large = model("large", moved, WIDTH);
    Path small = model("small", rows, WIDTH);
    words(large, 0, V);
    // What is word 101 there is word 1 here.
    words(small, 100, V);
    ProjectionFigures f = measure(large, small);
    assertThat(f.counts().how()).isEqualTo("text");
    assertThat(f.counts().pairs()).isEqualTo(200);
    assertThat(f.lying().cosine()).isCloseTo(1, within(1e-8));
  }

  @Test
  void brokenRowsAreLeftOut() throws IOException {
    double[] rows = gaussian(V * WIDTH, 1);
    double[] holes = rows.clone();
    holes[3] = Double.NaN;
    holes[WIDTH * 7] = Double.POSITIVE_INFINITY;
    Arrays.fill(holes, WIDTH * 9, WIDTH * 10, 0);
    ProjectionFigures f = measure(model("a", holes, WIDTH), model("b", rows, WIDTH));
    assertThat(f.counts().broken()).isEqualTo(2);
    assertThat(f.counts().zero()).isEqualTo(1);
    assertThat(f.counts().pairs()).isEqualTo(V - 2);
    assertThat(f.all().mean()).isGreaterThan(0.9);
    double[] none = rows.clone();
    Arrays.fill(none, Double.NaN);
    assertThat(measure(model("c", none, WIDTH), model("b", rows, WIDTH)).fault())
        .contains("only 0 tokens");
  }

  /** {@code (x - mean) map + offset} is where the token was put. */
  @Test
  void theArraysAreTheMap() throws IOException {
    double[] rows = gaussian(V * WIDTH, 1);
    double[] wide = hidden(rows);
    measure(model("large", wide, WIDE), model("small", rows, WIDTH));
    try (Checkpoint c =
        Checkpoint.open(OneModel.left(folder.resolve("out"), "project.safetensors"))) {
      double[] map = read(c, "map");
      double[] mean = read(c, "mean");
      double[] offset = read(c, "offset");
      for (int j = 0; j < WIDTH; j++) {
        double there = offset[j];
        for (int i = 0; i < WIDE; i++) {
          there += (wide[17 * WIDE + i] - mean[i]) * map[i * WIDTH + j];
        }
        assertThat(there).isCloseTo(rows[17 * WIDTH + j], within(1e-10));
      }
    }
  }

  private static double[] read(Checkpoint c, String name) {
    try (TensorData data = c.map(c.tensor(name).orElseThrow())) {
      double[] values = new double[(int) data.info().count()];
      data.read(0, values, 0, values.length);
      return values;
    }
  }

  @Test
  void seedFiguresHaveNoNull() throws IOException {
    Path a = model("a", gaussian(V * WIDTH, 1), WIDTH);
    Projection p = new Projection();
    ProjectionSettings seed = p.settings(new Options(42, Options.Figures.SEED));
    try (OneModel work =
        new OneModel(List.of(a, a), "project", folder.resolve("out"), OneModel.AMPLE)) {
      Section s = p.conclude(seed, work.measureAll(p, seed));
      assertThat(s.findings())
          .filteredOn(Scalar.class::isInstance)
          .allMatch(f -> ((Scalar) f).expected() == null);
    }
  }
}
