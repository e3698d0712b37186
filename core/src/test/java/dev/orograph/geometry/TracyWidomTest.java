package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.SingularValues;
import dev.orograph.random.Generator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TracyWidomTest {
  /** mu = 395.9..., sigma = (a + b)(1/a + 1/b)^(1/3) with 50 and 150, worked out by hand. */
  @Test
  void theFormula() {
    double a = Math.sqrt(49.5);
    double b = Math.sqrt(149.5);
    double mu = (a + b) * (a + b);
    double sigma = (a + b) * Math.pow(1 / a + 1 / b, 1.0 / 3);
    double edge = TracyWidom.edge(2, 50, 150);
    assertThat((edge * edge / 4 - mu) / sigma).isCloseTo(2.0234, within(1e-9));
    assertThat(edge)
        .isEqualTo(TracyWidom.edge(2, 150, 50))
        .isGreaterThan(MarchenkoPastur.edge(2, 50, 150));
  }

  /** Mean and deviation of the largest squared singular value of noise. */
  @Tag("numeric")
  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"30, 60", "40, 40"})
  void meanAndDeviationOfNoise(int rows, int columns) {
    int many = 2000;
    Generator generator = Generator.of(7);
    double[] w = new double[rows * columns];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < many; i++) {
      generator.standardNormal(w);
      double s = SingularValues.of(Entries.of(rows, columns, w), 1).values()[0];
      sum += s * s / many;
      squares += s * s * s * s / many;
    }
    // Finite sizes are off by less than a tenth of a deviation.
    double sd = TracyWidom.deviation(rows, columns);
    assertThat(TracyWidom.mean(rows, columns)).isCloseTo(sum, within(0.1 * sd));
    assertThat(sd).isCloseTo(Math.sqrt(squares - sum * sum), within(0.1 * sd));
  }

  /** Of matrices of noise one in a hundred has a singular value above it, small ones too. */
  @Tag("numeric")
  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"12, 12", "10, 60", "40, 40"})
  void oneMatrixOfNoiseInAHundred(int rows, int columns) {
    int many = 2000;
    int above = 0;
    int beyondBulk = 0;
    Generator generator = Generator.of(31);
    double[] w = new double[rows * columns];
    for (int i = 0; i < many; i++) {
      generator.standardNormal(w);
      double s1 = SingularValues.of(Entries.of(rows, columns, w), 1).values()[0];
      above += s1 > TracyWidom.edge(1, rows, columns) ? 1 : 0;
      beyondBulk += s1 > MarchenkoPastur.edge(1, rows, columns) ? 1 : 0;
    }
    // 20 expected; four standard deviations of a Poisson count, and the finite size's error.
    assertThat(above).isBetween(5, 42);
    assertThat(beyondBulk).isGreaterThan(5 * above);
  }
}
