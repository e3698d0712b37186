package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.instrument.Sections;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.SingularValues;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.model.StackSpec;
import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints whose origin is known. */
class SharedStartTest {
  @TempDir private Path folder;

  private List<SharedStartFigures> measure(Path a, Path b) {
    SharedStart s = new SharedStart();
    try (OneModel work =
        new OneModel(List.of(a, b), "shared_start", folder.resolve("out"), OneModel.AMPLE)) {
      return work.measureAll(s, s.settings(Options.usual()));
    }
  }

  private Path blocks(String name, int layers, long seed, double noise, long own)
      throws IOException {
    Made made = new Made();
    for (int l = 0; l < layers; l++) {
      double[] start = Made.gaussian(600, 1, seed + l);
      double[] moved = Made.gaussian(600, noise, own + l);
      double[] values = new double[600];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (start[i] + moved[i]);
      }
      made.add("blocks." + l + ".w", DType.F32, values, 30, 20);
    }
    return made.add("scale", DType.F32, DoubleStream.generate(() -> 1).limit(9).toArray(), 9)
        .write(Files.createDirectories(folder.resolve(name)));
  }

  private static Section section(List<SharedStartFigures> figures) {
    SharedStart s = new SharedStart();
    return s.conclude(s.settings(Options.usual()), figures);
  }

  @Test
  void twoTrainingsOfOneStart() throws IOException {
    List<SharedStartFigures> f = measure(blocks("a", 3, 1, 0.5, 100), blocks("b", 3, 1, 0.5, 200));
    for (SharedStartFigures t : f.subList(0, 3)) {
      // Of unit variance both, with .25 of one's own: 1 / 1.25.
      assertThat(t.cosine().value()).isCloseTo(0.8, within(0.06));
      assertThat(t.cosine().z()).isGreaterThan(10);
      assertThat(t.distance()).isCloseTo(Math.sqrt(0.2), within(0.05));
      assertThat(t.shared()).isTrue();
    }
    assertThat(section(f).summary()).contains("a and b share a start: 3 of 3 matrices");
    assertThat(f.get(3).counts()).as("a scale").isFalse();
  }

  /** A fine-tuning that adds one direction to what is the same besides, against the formulas. */
  @Test
  void whatFineTuningDid() throws IOException {
    double[] start = Made.gaussian(600, 1, 1);
    double[] noise = Made.gaussian(600, 0.05, 2);
    double[] tuned = new double[600];
    double[] difference = new double[600];
    for (int i = 0; i < 600; i++) {
      int row = i / 20;
      start[i] = (float) start[i];
      tuned[i] = (float) (start[i] + noise[i] + 0.2 * Math.cos(row) * Math.sin(i % 20));
      difference[i] = tuned[i] - start[i];
    }
    Path a =
        new Made()
            .add("blocks.0.w", DType.F32, start, 30, 20)
            .write(Files.createDirectories(folder.resolve("a")));
    Path b =
        new Made()
            .add("blocks.0.w", DType.F32, tuned, 30, 20)
            .write(Files.createDirectories(folder.resolve("b")));
    MovedMatrix m = measure(a, b).get(0).moved();
    double[] s = SingularValues.of(Entries.of(30, 20, difference), 1).values();
    double squares = DoubleStream.of(difference).map(v -> v * v).sum();
    assertThat(m.stableRank().value()).isCloseTo(squares / (s[0] * s[0]), within(1e-6));
    assertThat(m.stableRank().value()).isLessThan(3);
    assertThat(m.stableRank().z()).isLessThan(-5);
    assertThat(m.spectrum().get(0)).isCloseTo(s[0] / Math.sqrt(squares / 600), within(1e-6));
    assertThat(m.directions().count()).isEqualTo(16);
    assertThat(m.directions().leftBest()).isBetween(0.8, 1.0);
    assertThat(measure(a, a).get(0).moved().stableRank()).as("nothing moved").isNull();
    assertThat(measure(a, a).get(0).moved().directions().leftSame()).isCloseTo(1, within(1e-9));
    Section section = section(measure(a, b));
    assertThat(section.findings())
        .anyMatch(f -> f.id().equals("shared_start.change_stable_rank"))
        .anyMatch(f -> f.id().equals("shared_start.change_spectra"));
  }

  @Test
  void twoStarts() throws IOException {
    List<SharedStartFigures> f = measure(blocks("a", 3, 1, 0.5, 100), blocks("b", 3, 50, 0.5, 200));
    assertThat(f.subList(0, 3)).allMatch(t -> Math.abs(t.cosine().z()) < 4 && !t.shared());
    assertThat(f).as("a difference says nothing").allMatch(t -> t.moved() == null);
    assertThat(section(f).summary()).contains("share no start that can be seen: 0 of 3");
  }

  @Test
  void theNullIsThatOfRowsAndColumnsInRandomOrders() {
    int m = 7;
    int n = 5;
    double[][] a = skewed(m, n, 1);
    double[][] b = skewed(m, n, 2);
    Estimate e = SharedStartMeasurement.permuted(Estimate.of(0), a, b);
    double scale = Math.sqrt(square(a)) * Math.sqrt(square(b));
    Generator g = Generator.of(3);
    int draws = 200_000;
    double sum = 0;
    double squares = 0;
    for (int d = 0; d < draws; d++) {
      int[] rows = g.permutation(m);
      int[] columns = g.permutation(n);
      double dot = 0;
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          dot += a[i][j] * b[rows[i]][columns[j]];
        }
      }
      sum += dot / scale / draws;
      squares += dot / scale * dot / scale / draws;
    }
    double sd = Math.sqrt(squares - sum * sum);
    assertThat(e.expected()).isCloseTo(sum, within(5 * sd / Math.sqrt(draws)));
    assertThat(e.deviation()).isCloseTo(sd, within(0.01 * sd));
  }

  /** With a mean, rows and columns of their own. */
  private static double[][] skewed(int m, int n, long seed) {
    Generator g = Generator.of(seed);
    double[][] a = new double[m][n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = g.standardNormal() + 0.3 + 0.4 * i - 0.7 * j;
      }
    }
    return a;
  }

  private static double square(double[][] a) {
    double sum = 0;
    for (double[] row : a) {
      for (double v : row) {
        sum += v * v;
      }
    }
    return sum;
  }

  @Test
  void nothingInCommonAndNaN() throws IOException {
    Path a = blocks("a", 2, 1, 0, 1);
    Path other =
        new Made()
            .add("else", DType.F32, Made.gaussian(20, 1, 1), 5, 4)
            .write(Files.createDirectories(folder.resolve("c")));
    SharedStart s = new SharedStart();
    try (OneModel work =
        new OneModel(List.of(a, other), "shared_start", folder.resolve("out"), OneModel.AMPLE)) {
      assertThat(Plan.of(s, work, s.settings(Options.usual())).whyNot())
          .isEqualTo("no two tensors of the same name and shape");
    }
    double[] holes = Made.gaussian(20, 1, 1);
    holes[2] = Double.NaN;
    Path broken =
        new Made()
            .add("else", DType.F32, holes, 5, 4)
            .write(Files.createDirectories(folder.resolve("d")));
    List<SharedStartFigures> f = measure(broken, other);
    assertThat(f.get(0).cosine()).isNull();
    assertThat(f.get(0).nonFinite()).isEqualTo(1);
    assertThat(section(f).findings()).anyMatch(x -> x.id().equals("shared_start.non_finite"));
  }

  /** Heads in bases of their own: no entry is alike, every form is. */
  @Test
  void headsUpToTheirBases() {
    Path a = folder.resolve("a");
    Path b = folder.resolve("b");
    Path other = folder.resolve("other");
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 1, a);
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 2, other);
    turned(a, b);
    List<SharedStartFigures> f = measure(a, b);
    assertThat(f.stream().filter(r -> r.task().detail().tensor().contains("q_proj")))
        .isNotEmpty()
        .allSatisfy(r -> assertThat(Math.abs(r.cosine().value())).isLessThan(0.5));
    Section section = section(f);
    for (String form : List.of("qk", "ov")) {
      Scalar same = Sections.scalar(section, "shared_start.heads_" + form);
      assertThat(same.value()).isCloseTo(1, within(1e-5));
      assertThat(same.z()).isGreaterThan(10);
      assertThat(same.sentence()).contains(" 0 of ");
      Scalar apart = Sections.scalar(section(measure(a, other)), "shared_start.heads_" + form);
      assertThat(Math.abs(apart.value())).isLessThan(0.2);
      assertThat(Math.abs(apart.z())).isLessThan(4);
    }
  }

  /** A copy of a Llama in which every group of heads has turned bases. */
  private static void turned(Path from, Path to) {
    try (Model model = Model.open(from)) {
      StackSpec stack = model.spec().stacks().get(0);
      List<SafetensorsWriter.Entry> entries = new ArrayList<>();
      for (Parameter p : model.parameters()) {
        int rows = (int) p.tensor().shape().get(0).longValue();
        int columns = (int) (p.tensor().count() / rows);
        double[] w = new double[rows * columns];
        try (TensorData data = model.checkpoint().map(p.tensor())) {
          data.read(0, w, 0, w.length);
        }
        int shared = stack.heads() / stack.keyHeads();
        switch (p.role().component()) {
          case SELF_ATTN_Q -> turn(w, rows, columns, stack.heads(), shared, 1 + p.role().layer());
          case SELF_ATTN_K -> turn(w, rows, columns, stack.keyHeads(), 1, 1 + p.role().layer());
          case SELF_ATTN_V -> turn(w, rows, columns, stack.keyHeads(), 1, 50 + p.role().layer());
          case SELF_ATTN_O -> {
            double[] t = transposed(w, rows, columns);
            turn(t, columns, rows, stack.heads(), shared, 50 + p.role().layer());
            w = transposed(t, columns, rows);
          }
          default -> {}
        }
        float[] floats = new float[w.length];
        for (int i = 0; i < w.length; i++) {
          floats[i] = (float) w[i];
        }
        long[] shape = p.tensor().shape().stream().mapToLong(Long::longValue).toArray();
        entries.add(SafetensorsWriter.Entry.of(p.tensor().name(), floats, shape));
      }
      Files.createDirectories(to);
      Files.copy(from.resolve("config.json"), to.resolve("config.json"));
      SafetensorsWriter.writeUnforced(to.resolve("model.safetensors"), entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every block of rows times an orthogonal matrix, the same for so many in a row. */
  private static void turn(double[] w, int rows, int columns, int blocks, int shared, long seed) {
    int width = rows / blocks;
    for (int h = 0; h < blocks; h++) {
      double[][] q = orthogonal(width, 1000 * seed + h / shared);
      double[] old = Arrays.copyOfRange(w, h * width * columns, (h + 1) * width * columns);
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < columns; j++) {
          double sum = 0;
          for (int k = 0; k < width; k++) {
            sum += q[i][k] * old[k * columns + j];
          }
          w[(h * width + i) * columns + j] = sum;
        }
      }
    }
  }

  /** Gaussian rows, made orthonormal one after the other. */
  private static double[][] orthogonal(int n, long seed) {
    double[] g = Made.gaussian(n * n, 1, seed);
    double[][] q = new double[n][];
    for (int i = 0; i < n; i++) {
      q[i] = Arrays.copyOfRange(g, i * n, (i + 1) * n);
      for (int twice = 0; twice < 2; twice++) {
        for (int j = 0; j < i; j++) {
          double dot = 0;
          for (int k = 0; k < n; k++) {
            dot += q[i][k] * q[j][k];
          }
          for (int k = 0; k < n; k++) {
            q[i][k] -= dot * q[j][k];
          }
        }
      }
      double norm = Math.sqrt(DoubleStream.of(q[i]).map(v -> v * v).sum());
      for (int k = 0; k < n; k++) {
        q[i][k] /= norm;
      }
    }
    return q;
  }

  private static double[] transposed(double[] w, int rows, int columns) {
    double[] t = new double[w.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        t[j * rows + i] = w[i * columns + j];
      }
    }
    return t;
  }
}
