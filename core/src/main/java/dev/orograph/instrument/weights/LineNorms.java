package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Unlike;
import dev.orograph.instrument.Task;
import dev.orograph.model.Component;
import dev.orograph.stats.Outlying;
import java.util.ArrayList;
import java.util.List;

/**
 * Norm and largest magnitude of every row and every column of a matrix, in one pass, and which of
 * them are unlike the others. Entries that are not finite count as 0.
 */
final class LineNorms {
  private static final int CHUNK = 1 << 13;

  /** Lines beyond which a matrix is not looked through, for memory. */
  private static final long MOST_LINES = 1 << 20;

  /**
   * Numbers of a line below which few lines are not tested: the logarithm of a norm of k numbers
   * leans to the left by sqrt(2 / k), and a normal law takes its lower end for an outlier.
   */
  private static final int SHORTEST = 64;

  private final int columns;
  private final double[][] squares;
  private final double[][] largest;

  private LineNorms(int rows, int columns) {
    this.columns = columns;
    this.squares = new double[][] {new double[rows], new double[columns]};
    this.largest = new double[][] {new double[rows], new double[columns]};
  }

  /**
   * Tests rows and columns, by norm and by largest magnitude; the rows of a matrix with a row per
   * token are named where the tokens are ({@code embedding_norms}), and left out here.
   */
  static List<Unlike> unlike(Task<StoredTensor> task, TensorData data) {
    StoredTensor t = task.detail();
    if (!t.matrix() || t.rows() + t.columns() > MOST_LINES) {
      return List.of();
    }
    LineNorms lines = new LineNorms((int) t.rows(), (int) t.columns());
    lines.read(data);
    List<Unlike> tests = new ArrayList<>();
    for (int axis = 0; axis < 2; axis++) {
      String what = what(task, axis == 0);
      boolean normal =
          lines.squares[axis].length >= Outlying.MANY || lines.squares[1 - axis].length >= SHORTEST;
      if (!what.isEmpty() && normal) {
        double[] norms = lines.squares[axis].clone();
        for (int i = 0; i < norms.length; i++) {
          norms[i] = Math.sqrt(norms[i]);
        }
        tests.add(Unlike.of(what, "norm", null, norms, Integer::toString));
        tests.add(
            Unlike.of(what, "largest magnitude", null, lines.largest[axis], Integer::toString));
      }
    }
    return tests;
  }

  /** What a row or a column is; "" for a row per token. */
  private static String what(Task<StoredTensor> task, boolean row) {
    String component = task.place().component();
    if (component.equals(Component.EMBEDDING.id()) || component.equals(Component.HEAD.id())) {
      return row ? "" : "dimension";
    }
    if (component.equals(Component.POSITION_EMBEDDING.id())) {
      return row ? "position" : "dimension";
    }
    if (task.place().layer() < 0) {
      return row ? "row" : "column";
    }
    return row != task.detail().transposed() ? "output row" : "input column";
  }

  private void read(TensorData data) {
    double[] chunk = new double[CHUNK];
    for (int row = 0; row < squares[0].length; row++) {
      for (int from = 0; from < columns; from += CHUNK) {
        int n = Math.min(CHUNK, columns - from);
        data.read((long) row * columns + from, chunk, 0, n);
        for (int j = 0; j < n; j++) {
          double a = Math.abs(chunk[j]);
          chunk[j] = a <= Float.MAX_VALUE ? a : 0;
        }
        along(chunk, n, row);
        across(chunk, n, from);
      }
    }
  }

  private void along(double[] chunk, int n, int row) {
    double sum = 0;
    double most = 0;
    for (int j = 0; j < n; j++) {
      sum += chunk[j] * chunk[j];
      most = Math.max(most, chunk[j]);
    }
    squares[0][row] += sum;
    largest[0][row] = Math.max(largest[0][row], most);
  }

  private void across(double[] chunk, int n, int from) {
    for (int j = 0; j < n; j++) {
      squares[1][from + j] += chunk[j] * chunk[j];
      largest[1][from + j] = Math.max(largest[1][from + j], chunk[j]);
    }
  }
}
