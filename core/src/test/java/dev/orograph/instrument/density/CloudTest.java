package dev.orograph.instrument.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.Scope;
import dev.orograph.model.Parameter;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Points in float32 against the plain version: near pairs keep the digits of float64. */
@Tag("numeric")
class CloudTest {
  private static final int N = 300;
  private static final int D = 8;
  private static final int K = 5;

  /** Rounding of coordinates to float32 against distances of a hundredth of the norms. */
  private static final double SINGLE = 1e-5;

  /** Both sides subtract the same rows in float64 and differ by how they invert C. */
  private static final double NEAR = 1e-9;

  @TempDir Path folder;

  @Test
  void nearPairsAreMeasuredFromTheirRows() {
    double[] x = new double[N * D];
    Generator.of(21).standardNormal(x);
    for (int i = 0; i < 40; i++) {
      for (int j = 0; j < D; j++) {
        x[(100 + i) * D + j] = x[(i % 10) * D + j] + 1e-9 * (i + 1) * (j + 1);
      }
    }
    Plain plain = new Plain(x, N, D, "causal");
    new Made().add("rows", DType.F64, x, N, D).write(folder);
    Path arrays = folder.resolve("arrays");
    Path file = folder.resolve("model.safetensors");
    try (OneModel c = new OneModel(file, "density", arrays, OneModel.AMPLE);
        Scope scope = new Scope()) {
      Parameter p = c.model().tokenMatrices().get(0);
      try (TensorData data = c.model().checkpoint().map(p.tensor())) {
        TokenRows rows = TokenRows.of(c, data, c.model(), 2);
        Metric metric = Metric.of(c, "causal", rows, 1, scope);
        int[] members = IntStream.range(0, N).filter(i -> i % 7 != 3).toArray();
        Cloud cloud = new Cloud(c, metric, members, 2, scope, true);
        assertThat(cloud.single()).isTrue();
        check(cloud, plain, members, IntStream.range(0, members.length).toArray());
        check(cloud, plain, members, new int[] {0, 1, 2, 86, 87, 88, 89, 200, 230});
        assertThat(new Cloud(c, metric, members, 1, scope).single()).isFalse();
      }
    }
  }

  private static void check(Cloud cloud, Plain plain, int[] members, int[] which) {
    Nearest nearest = cloud.nearest(which, K);
    int near = 0;
    for (int i = 0; i < which.length; i++) {
      double[] all = plain.distances(members[which[i]]);
      double[] exact = Arrays.stream(which).mapToDouble(w -> all[members[w]]).sorted().toArray();
      double norm = plain.norm(members[which[i]]);
      for (int r = 0; r < K; r++) {
        double distance = nearest.distance(i, r);
        boolean close = exact[r + 1] < 0.5e-2 * norm;
        near += close ? 1 : 0;
        double tolerance = close ? NEAR * exact[r + 1] : SINGLE * norm;
        assertThat(distance).isCloseTo(exact[r + 1], within(tolerance));
        int other = which[nearest.neighbour(i, r)];
        assertThat(cloud.between(which[i], other)).isCloseTo(distance, within(1e-12 * distance));
      }
    }
    assertThat(near).isPositive();
  }
}
