package dev.orograph.instrument.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.linalg.DistanceMatrix;
import dev.orograph.linalg.Entries;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Distances in a file: what numpy.load would read, after a cut too, and back as input. */
@Tag("numeric")
class DistancesFileTest {
  private static final int N = 1300;
  private static final int D = 7;

  @TempDir Path folder;

  private final double[] x = cloud();

  private static double[] cloud() {
    double[] x = new double[N * D];
    Generator.of(6).standardNormal(x);
    for (int j = 0; j < D; j++) {
      x[900 * D + j] = x[3 * D + j];
      x[901 * D + j] = x[4 * D + j] + 1e-9 * (j + 1);
    }
    return x;
  }

  private double distance(int i, int j) {
    double sum = 0;
    for (int q = 0; q < D; q++) {
      sum += (x[i * D + q] - x[j * D + q]) * (x[i * D + q] - x[j * D + q]);
    }
    return Math.sqrt(sum);
  }

  private DistanceMatrix matrix() {
    return new DistanceMatrix(Entries.of(N, D, x), this::distance);
  }

  /** A check that cancels when it is asked for the n-th time. */
  private static Runnable asked(int times) {
    AtomicInteger left = new AtomicInteger(times);
    return () -> {
      if (left.decrementAndGet() == 0) {
        throw new CancellationException("stopped");
      }
    };
  }

  @Test
  void everyPairIsThere() throws IOException {
    Path file = folder.resolve("d.npy");
    assertThat(new DistancesFile(file, N, "key").write(asked(-1), matrix(), 2)).isZero();
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes).hasSize(128 + 4 * N * N);
    assertThat(new String(bytes, 1, 5, StandardCharsets.US_ASCII)).isEqualTo("NUMPY");
    assertThat(bytes[6]).isEqualTo((byte) 1);
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(b.getShort(8)).isEqualTo((short) 118);
    assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (1300, 1300), }")
        .endsWith(" \n");
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        float found = b.getFloat(128 + 4 * (i * N + j));
        if (found != b.getFloat(128 + 4 * (j * N + i)) || (i == j && found != 0)) {
          assertThat(found).as(i + ", " + j).isEqualTo(b.getFloat(128 + 4 * (j * N + i)));
          assertThat(found).as(i + ", " + j).isZero();
        }
        double exact = distance(i, j);
        if (!(Math.abs(found - exact) <= 1e-6 * exact)) {
          assertThat((double) found).as(i + ", " + j).isCloseTo(exact, within(1e-6 * exact));
        }
      }
    }
    assertThat(names()).containsExactly("d.npy");
    assertThatThrownBy(() -> new DistancesFile(file, N, "key").write(asked(-1), matrix(), 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("there is a file of that name");
  }

  @Test
  void whatWasCutGoesOn() throws IOException {
    Path whole = folder.resolve("whole.npy");
    new DistancesFile(whole, N, "key").write(asked(-1), matrix(), 1);
    Path file = folder.resolve("cut.npy");
    assertThatThrownBy(() -> new DistancesFile(file, N, "key").write(asked(2), matrix(), 2))
        .isInstanceOf(CancellationException.class);
    assertThat(names()).containsExactly("cut.npy.part", "cut.npy.part.state", "whole.npy");
    // What lies there of other distances is not taken for these.
    Path other = folder.resolve("other.npy");
    Files.copy(folder.resolve("cut.npy.part"), folder.resolve("other.npy.part"));
    Files.copy(folder.resolve("cut.npy.part.state"), folder.resolve("other.npy.part.state"));
    assertThat(new DistancesFile(other, N, "other key").write(asked(-1), matrix(), 1)).isZero();
    assertThat(new DistancesFile(file, N, "key").write(asked(-1), matrix(), 1)).isEqualTo(1024);
    assertThat(Files.mismatch(file, whole)).isEqualTo(-1);
    assertThat(Files.mismatch(other, whole)).isEqualTo(-1);
    assertThat(names()).containsExactly("cut.npy", "other.npy", "whole.npy");
  }

  @Test
  void aStateThatIsNoneStartsAnew() throws IOException {
    Path whole = folder.resolve("whole.npy");
    new DistancesFile(whole, N, "key").write(asked(-1), matrix(), 1);
    Path file = folder.resolve("odd.npy");
    for (String state : new String[] {"", "key\n17\n", "key\n512\nmore\n", "key\n1024\n"}) {
      Files.write(folder.resolve("odd.npy.part"), new byte[1000]);
      Files.writeString(folder.resolve("odd.npy.part.state"), state);
      assertThat(new DistancesFile(file, N, "key").write(asked(-1), matrix(), 1)).isZero();
      assertThat(Files.mismatch(file, whole)).isEqualTo(-1);
      Files.delete(file);
    }
  }

  /** The instrument gives the same from the file as from the rows. */
  @Test
  void readBack() {
    Path model = new Made().add("rows", DType.F64, x, N, D).write(folder);
    Path file = folder.resolve("d.npy");
    DensityFigures own = measure(model, "a", Map.of("write_distances", file.toString()));
    DensityFigures given = measure(model, "b", Map.of("distances", file.toString()));
    StoredArrays a = new StoredArrays(folder.resolve("a"));
    StoredArrays b = new StoredArrays(folder.resolve("b"));
    assertThat(given.counts().distinct()).isEqualTo(own.counts().distinct()).isEqualTo(N - 1);
    for (String name : new String[] {"seed_densities", "densities", "kth_distances", "norms"}) {
      for (int t = 0; t < N; t++) {
        double expected = a.of(name)[t];
        assertThat(b.of(name)[t]).as(name + " " + t).isCloseTo(expected, within(1e-6 * expected));
      }
    }
    // Rounded to float32 some neighbours change places, distances hardly.
    for (int i = 0; i < a.of("distances").length; i++) {
      double expected = a.of("distances")[i];
      assertThat(b.of("distances")[i]).isCloseTo(expected, within(1e-6 * expected));
    }
    assertThat(given.sound().radial().ratio())
        .isCloseTo(own.sound().radial().ratio(), within(1e-6));
    DensityFigures.Identity same = given.identities().get(given.identities().size() - 1);
    assertThat(same.name()).isEqualTo("given_distances");
    assertThat(same.measured()).isCloseTo(same.exact(), within(1e-6 * same.exact()));
  }

  private DensityFigures measure(Path model, String name, Map<String, String> choices) {
    Options options = Options.usual();
    for (Map.Entry<String, String> choice : choices.entrySet()) {
      options = options.withText("density", choice.getKey(), choice.getValue());
    }
    Density density = new Density();
    DensitySettings settings = density.settings(options);
    Path rows = model.resolve("model.safetensors");
    try (OneModel c = new OneModel(rows, "density", folder.resolve(name), OneModel.AMPLE)) {
      return c.measureAll(density, settings).get(0);
    }
  }

  private Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList().stream();
    }
  }
}
