package dev.orograph.instrument.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.DType;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of distances that are not what they should be. */
class GivenDistancesTest {
  private static final int N = 12;

  @TempDir Path folder;

  private final double[] good = new double[N * N];

  @BeforeEach
  void fill() {
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        good[i * N + j] = Math.abs(i - j) * (1 + 0.01 * (i + j));
      }
    }
  }

  private Path npy(double[] values, String shape, boolean fortran) {
    String dictionary =
        "{'descr': '<f8', 'fortran_order': "
            + (fortran ? "True" : "False")
            + ", 'shape': "
            + shape
            + ", }";
    ByteBuffer b = ByteBuffer.allocate(128 + 8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    b.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
    b.put(dictionary.getBytes(StandardCharsets.US_ASCII));
    while (b.position() < 127) {
      b.put((byte) ' ');
    }
    b.put((byte) '\n');
    for (double v : values) {
      b.putDouble(v);
    }
    try {
      return Files.write(folder.resolve("d.npy"), b.array());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private GivenDistances open(Path file) {
    Path model =
        new Made()
            .add("rows", DType.F32, new double[N], N, 1)
            .write(folder)
            .resolve("model.safetensors");
    OneModel c = new OneModel(model, "density", folder.resolve("arrays"), OneModel.AMPLE);
    try (c) {
      return new GivenDistances(c, file, Generator.of(1));
    }
  }

  private void refused(double[] values, String shape, String... words) {
    Path file = npy(values, shape, false);
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("d.npy")
        .hasMessageContainingAll(words);
  }

  @Test
  void neighboursInBothOrders() {
    for (boolean fortran : new boolean[] {false, true}) {
      try (GivenDistances d = open(npy(good, "(12, 12)", fortran))) {
        Nearest nearest = d.nearest(new int[] {1, 4, 5, 9}, 2);
        assertThat(nearest.neighbours()).containsExactly(1, 2, 2, 0, 1, 0, 2, 1);
        assertThat(nearest.distance(0, 0)).isEqualTo(good[1 * N + 4]);
        assertThat(nearest.distance(3, 1)).isEqualTo(good[9 * N + 4]);
        assertThat(d.stands()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
      }
    }
  }

  @Test
  void copiesStandTogether() {
    for (int j = 0; j < N; j++) {
      good[7 * N + j] = good[2 * N + j];
      good[j * N + 7] = good[j * N + 2];
    }
    good[7 * N + 7] = 0;
    try (GivenDistances d = open(npy(good, "(12, 12)", false))) {
      assertThat(d.stands()[7]).isEqualTo(2);
      assertThat(d.stands()[8]).isEqualTo(8);
    }
  }

  @Test
  void whatIsNoMatrixOfDistances() {
    refused(good, "(9, 16)", "square", "[9, 16]");
    refused(good, "(144,)", "square", "[144]");
    double[] bad = good.clone();
    bad[3 * N + 8] += 5;
    refused(bad, "(12, 12)", "symmetric", "(");
    bad = good.clone();
    bad[5 * N + 5] = 0.5;
    refused(bad, "(12, 12)", "0 on its diagonal", "(5, 5)");
    for (double v : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      bad = good.clone();
      bad[2 * N + 6] = v;
      bad[6 * N + 2] = v;
      refused(bad, "(12, 12)", "finite numbers", "(2, 6)");
    }
  }

  @Test
  void aFileThatIsCut() throws IOException {
    Path file = npy(good, "(12, 12)", false);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 40));
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("bytes");
  }

  private Path ids(double... values) {
    return new Made()
        .add("token_indices", DType.I64, values, values.length)
        .write(folder)
        .resolve("model.safetensors");
  }

  @Test
  void idsThatFit() {
    assertThat(GivenDistances.ids(ids(5, 0, 9), 3, 10)).containsExactly(5, 0, 9);
    for (double[] bad : new double[][] {{5, 0, 10}, {-1, 0, 1}, {4, 4, 1}, {1, 2}, {1, 2, 3, 4}}) {
      Path file = ids(bad);
      assertThatThrownBy(() -> GivenDistances.ids(file, 3, 10))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("model.safetensors");
    }
    Path floats =
        new Made()
            .add("token_indices", DType.F32, new double[] {1, 2, 3}, 3)
            .write(folder)
            .resolve("model.safetensors");
    assertThatThrownBy(() -> GivenDistances.ids(floats, 3, 10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("whole numbers");
  }
}
