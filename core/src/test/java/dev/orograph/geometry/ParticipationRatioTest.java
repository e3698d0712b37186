package dev.orograph.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closed forms, and the unbiased estimators by enumerating what they are averages of. */
class ParticipationRatioTest {
  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 1e-170, 1, 7, 1e170, 1e300})
  void equalEigenvaluesGiveTheirNumber(double value) {
    double[] values = new double[37];
    Arrays.fill(values, value);
    assertThat(ParticipationRatio.of(values)).isCloseTo(37, within(1e-12));
    assertThat(ParticipationRatio.of(new double[] {value, 0, 0})).isCloseTo(1, within(1e-15));
  }

  @Test
  void nothingThatVariesFillsNothing() {
    assertThat(ParticipationRatio.of(new double[5])).isZero();
    assertThat(ParticipationRatio.isoScore(new double[5])).isZero();
    assertThat(ParticipationRatio.isoScore(new double[] {3})).isZero();
  }

  @ParameterizedTest
  @CsvSource({"4,1", "4,2", "5,3", "7,3", "9,12"})
  void theCorrectedOneAveragesOverFourDistinctRows(int n, int d) {
    double[][] x = new double[n][d];
    Generator g = Generator.of(100L * n + d);
    for (double[] row : x) {
      g.standardNormal(row);
      row[0] = 2 * row[0] + 5;
    }
    double product = 0;
    double squared = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          for (int l = 0; l < n; l++) {
            if (i != j && i != k && i != l && j != k && j != l && k != l) {
              double dot = 0;
              double a = 0;
              double b = 0;
              for (int c = 0; c < d; c++) {
                dot += (x[i][c] - x[j][c]) * (x[k][c] - x[l][c]);
                a += Math.pow(x[i][c] - x[j][c], 2);
                b += Math.pow(x[k][c] - x[l][c], 2);
              }
              product += a * b;
              squared += dot * dot;
            }
          }
        }
      }
    }
    double expected = product / squared;
    assertThat(corrected(x)).isCloseTo(expected, within(1e-10 * expected));
  }

  /** White data: the naive one is about d / (1 + d / n), the corrected one d. */
  @Test
  void whiteDataFillTheirDimensions() {
    int n = 120;
    int d = 40;
    double mean = 0;
    double[][] x = new double[n][d];
    for (long seed = 0; seed < 30; seed++) {
      Generator g = Generator.of(seed);
      for (double[] row : x) {
        g.standardNormal(row);
      }
      mean += corrected(x) / 30;
    }
    assertThat(mean).isCloseTo(d, within(0.5));
  }

  /** Differences of the corners of a regular simplex are at right angles: nothing bounds d. */
  @Test
  void rowsThatSetNoBound() {
    for (int n : new int[] {4, 5}) {
      double[][] corners = new double[n][6];
      for (int i = 0; i < n; i++) {
        corners[i][i] = 3;
      }
      assertThat(corrected(corners)).isNaN();
    }
    assertThatIllegalArgumentException().isThrownBy(() -> ParticipationRatio.corrected(3, 1, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 50, 1000})
  void isoScoreSaysNothingElse(int d) {
    double[] values = new double[d];
    Generator.of(d).standardNormal(values);
    for (int i = 0; i < d; i++) {
      values[i] = Math.exp(2 * values[i]);
    }
    double pr = ParticipationRatio.of(values);
    assertThat(ParticipationRatio.isoScore(values)).isCloseTo((pr - 1) / (d - 1), within(1e-12));
  }

  private static double corrected(double[][] x) {
    int n = x.length;
    int d = x[0].length;
    double[] mean = new double[d];
    for (double[] row : x) {
      for (int j = 0; j < d; j++) {
        mean[j] += row[j] / n;
      }
    }
    double[][] s = new double[d][d];
    double fourth = 0;
    for (double[] row : x) {
      double square = 0;
      for (int j = 0; j < d; j++) {
        square += Math.pow(row[j] - mean[j], 2);
        for (int k = 0; k < d; k++) {
          s[j][k] += (row[j] - mean[j]) * (row[k] - mean[k]) / n;
        }
      }
      fourth += square * square;
    }
    double trace = 0;
    double squares = 0;
    for (int j = 0; j < d; j++) {
      trace += s[j][j];
      for (double v : s[j]) {
        squares += v * v;
      }
    }
    return ParticipationRatio.corrected(n, trace, squares, fourth);
  }

  /** Drawn together to the wanted ratio, sum and order kept; even where the ratio is d or more. */
  @Test
  void shrunkEigenvaluesHaveTheWantedRatio() {
    double[] l = {9, 4, 2, 1, 0.5, 0};
    double[] shrunk = ParticipationRatio.shrunk(l, 4);
    assertThat(ParticipationRatio.of(shrunk)).isCloseTo(4, within(1e-12));
    assertThat(Arrays.stream(shrunk).sum()).isCloseTo(16.5, within(1e-12));
    for (int j = 1; j < l.length; j++) {
      assertThat(shrunk[j]).isLessThan(shrunk[j - 1]);
    }
    assertThat(ParticipationRatio.shrunk(l, 6.5)).containsOnly(2.75);
    assertThat(ParticipationRatio.shrunk(l, Double.NaN)).isEqualTo(l);
    assertThat(ParticipationRatio.shrunk(l, 2)).as("never spread apart").isEqualTo(l);
  }
}
