package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Divergence.Around;
import dev.orograph.model.forward.Divergence.Slopes;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The divergence and its gradient, whichever way weights are held, against plain differences. */
@Tag("numeric")
class DivergenceTest {
  private static final int POINTS = 9;
  private static final Path LM = Path.of("../samples/checkpoints/lm");

  private static double[][] points(int d) {
    Generator g = Generator.of(7);
    double[][] points = new double[POINTS][d];
    for (double[] x : points) {
      g.standardNormal(x);
    }
    return points;
  }

  private static Divergence divergence(Transformer t, double[][] points, List<Integer> decoder) {
    int d = points[0].length;
    double[] target = new double[Math.toIntExact(t.scored())];
    Arrays.setAll(target, i -> 1.0 + i % 5);
    double sum = Arrays.stream(target).sum();
    double[] p = Arrays.stream(target).map(v -> v / sum).toArray();
    return new Divergence(t, new Around(points[3], points[5], decoder), d, p, false);
  }

  private static int width(Transformer t) {
    return t.design().stacks().get(0).shape().dModel();
  }

  /** Of float64 weights nothing is cast; of bfloat16 and float32 ones all. */
  @ParameterizedTest
  @ValueSource(
      strings = {"llama-gqa-untied", "llama3-rope", "qwen3", "gpt2", "gpt-neox-parallel", "lm"})
  void weightsInPlaceGiveTheSame(String name) {
    Path folder = name.equals("lm") ? LM : FamilyFixture.of(name).folder();
    try (Model model = Model.open(folder);
        Transformer whole = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        Transformer inPlace = Transformer.inPlace(model, Precision.FLOAT64)) {
      double[][] x = points(width(whole));
      Slopes expected = divergence(whole, x, List.of()).slopes(x);
      Divergence f = divergence(inPlace, x, List.of());
      Slopes found = f.slopes(x);
      assertThat(f.values(x)).isEqualTo(found.values());
      for (int i = 0; i < POINTS; i++) {
        near(found.values()[i], expected.values()[i], Math.abs(expected.values()[i]));
        double size = Arrays.stream(expected.gradients()[i]).map(Math::abs).max().orElseThrow();
        assertThat(size).isPositive();
        for (int j = 0; j < x[i].length; j++) {
          near(found.gradients()[i][j], expected.gradients()[i][j], size);
        }
      }
    }
  }

  /** Who computes which piece, and whether a block is computed twice, changes no digit. */
  @Test
  void weightsInPlaceGiveTheSameDigits() {
    List<double[]> all = new ArrayList<>();
    try (Model model = Model.open(LM);
        Transformer t = Transformer.inPlace(model, Precision.FLOAT64)) {
      double[][] x = points(width(t));
      for (int threads : new int[] {1, 2, 5}) {
        t.threads(threads);
        all.add(divergence(t, x, List.of()).slopes(x).gradients()[1]);
      }
      for (double most : new double[] {0, BlockStack.NOTED}) {
        all.add(back(t.network(), x[0], most));
      }
    }
    assertThat(all.get(1)).isEqualTo(all.get(0));
    assertThat(all.get(2)).isEqualTo(all.get(0));
    assertThat(all.get(4)).isEqualTo(all.get(3));
    assertThat(Arrays.stream(all.get(3)).map(Math::abs).max().orElseThrow()).isPositive();
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static double[] back(Network network, double[] x, double most) {
    try (PointerScope scope = new PointerScope()) {
      Inputs in = Inputs.vectors(x, 1, 1, x.length);
      Tensor vectors = network.vectors(in).requires_grad_(true);
      Tensor rows = network.torchOf().whole(new long[] {0}, 1);
      return Torch.doubles(network.back(in, vectors, rows, most, Tensor::sin));
    }
  }

  @Test
  void weightsInPlaceThatAreShortened(@TempDir Path folder) throws IOException {
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(LM.resolve(name), folder.resolve(name));
    }
    try (Model model = Model.open(folder);
        Transformer t = Transformer.inPlace(model, Precision.FLOAT64)) {
      double[][] x = points(width(t));
      Divergence f = divergence(t, x, List.of());
      t.threads(2);
      Path weights = folder.resolve("model.safetensors");
      try (FileChannel file = FileChannel.open(weights, StandardOpenOption.WRITE)) {
        file.truncate(
            Files.size(weights) - 264); // the last norm, and the end of a matrix before it
      }
      assertThatThrownBy(() -> f.values(x))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("shortened");
    }
  }

  private static void near(double found, double expected, double size) {
    assertThat(found)
        .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-10 * (1e-300 + size)));
  }

  /** An encoder reads the vector, and the decoder answers: fourth-order central differences. */
  @Test
  void theGradientThroughAnEncoder() {
    try (Model model = Model.open(FamilyFixture.of("t5-gated-untied").folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU)) {
      double[][] all = points(width(t));
      Divergence f = divergence(t, all, List.of(0, 4));
      double[] x = all[0];
      double[] g = f.slopes(new double[][] {x}).gradients()[0];
      double h = 1e-4;
      for (int j : new int[] {0, 3, x.length - 1}) {
        double[][] moved = new double[4][];
        for (int k = 0; k < 4; k++) {
          moved[k] = x.clone();
          moved[k][j] += new double[] {-2, -1, 1, 2}[k] * h;
        }
        double[] v = f.values(moved);
        double expected = (v[0] - 8 * v[1] + 8 * v[2] - v[3]) / (12 * h);
        assertThat(g[j])
            .isCloseTo(
                expected, org.assertj.core.data.Offset.offset(1e-8 * (1 + Math.abs(expected))));
      }
      assertThat(Arrays.stream(g).map(Math::abs).max().orElseThrow()).isGreaterThan(1e-6);
    }
  }
}
