package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Unlike;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineNormsTest {
  private static final int ROWS = 60;
  private static final int COLUMNS = 9000;

  @TempDir Path folder;

  private List<Unlike> measure(String name, double[] w) {
    return measure(name, w, ROWS, COLUMNS);
  }

  private List<Unlike> measure(String name, double[] w, int rows, int columns) {
    new Made().add(name, DType.F32, w, rows, columns).write(folder);
    try (OneModel c = new OneModel(folder, "sparsity", folder.resolve("out"), OneModel.AMPLE)) {
      return c.measureAll(new Sparsity(), new WeightSettings(true)).get(0).lines();
    }
  }

  /** Longer than a chunk, so that a row is read in parts. */
  @Test
  void aHeavyWeightMarksItsRowAndItsColumn() {
    double[] w = Made.gaussian(ROWS * COLUMNS, 0.5, 3);
    w[17 * COLUMNS + 8500] = -800;
    List<Unlike> tests = measure("w", w);
    assertThat(tests).hasSize(4);
    double squares = 0;
    for (int j = 0; j < COLUMNS; j++) {
      squares += w[17 * COLUMNS + j] * w[17 * COLUMNS + j];
    }
    Unlike norm = tests.get(0);
    assertThat(norm.what()).isEqualTo("row");
    assertThat(norm.members()).isEqualTo(ROWS);
    assertThat(norm.outliers()).containsExactly("17");
    assertThat(norm.values().get(0)).isCloseTo(Math.sqrt(squares), within(1e-9));
    assertThat(norm.p()).isLessThan(1e-6);
    assertThat(tests.get(1).figure()).isEqualTo("largest magnitude");
    assertThat(tests.get(1).values().get(0)).isEqualTo(800);
    assertThat(tests.get(2).what()).isEqualTo("column");
    assertThat(tests.get(2).members()).isEqualTo(COLUMNS);
    assertThat(tests.get(2).outliers()).containsExactly("8500");
  }

  @Test
  void whatIsNotFiniteCountsAsNothing() {
    double[] w = Made.gaussian(ROWS * COLUMNS, 0.5, 4);
    w[5 * COLUMNS] = Double.NaN;
    w[6 * COLUMNS] = Double.POSITIVE_INFINITY;
    assertThat(measure("w", w)).allMatch(u -> u.p() > 1e-5 && Double.isFinite(u.p()));
  }

  /** Thirty-two norms of four numbers are no normal sample; four columns are too few to differ. */
  @Test
  void fewLinesOfFewNumbersAreNotTested() {
    assertThat(measure("bias", Made.gaussian(32 * 4, 0.5, 5), 32, 4)).isEmpty();
    assertThat(measure("wide", Made.gaussian(32 * 64, 0.5, 5), 32, 64))
        .extracting(Unlike::what)
        .containsExactly("row", "row", "column", "column");
  }
}
