package dev.orograph.instrument.density;

import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.FloatRows;
import dev.orograph.linalg.Gram;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import java.util.Arrays;

/**
 * Clouds with the covariance of the measured one and nothing else of it, or with its lengths too.
 * They stand in the principal axes: a rotation changes no distance.
 *
 * <p>Rows that were whitened have exactly the identity as covariance, which a sample never has. So
 * a cloud is whitened too, by its own covariance over as many rows n as the data's was: its m rows
 * and n - m others, of which only the mean and the scatter are drawn (Bartlett 1933: the scatter is
 * LL', L lower triangular with normal entries and chi ones on its diagonal).
 */
final class NullClouds {
  /** Degrees of freedom from which Wilson and Hilferty's chi is close enough. */
  private static final int ENOUGH = 30;

  private final double[] deviations;

  /** Length of the mean where its direction does not matter, else NaN. */
  private final double mean;

  /** Rows that the metric was made from where it whitens, else 0. */
  private final int whitenedOver;

  private final double[] edges;
  private final int k;
  private final int threads;
  private final NearestNeighbours.Watch watch;

  NullClouds(Metric metric, double[] edges, int k, int threads, NearestNeighbours.Watch watch) {
    deviations = metric.deviations();
    MetricFigures f = metric.figures();
    mean = f.isotropic() ? Math.sqrt(f.meanSquare()) : Double.NaN;
    whitenedOver = f.isotropic() ? f.rows() : 0;
    this.edges = edges;
    this.k = k;
    this.threads = threads;
    this.watch = watch;
  }

  /** Bytes of a draw beside what its neighbours take. */
  static long bytes(long size, long d) {
    return 4 * (2 * size + d + ENOUGH + 2) * d + 8 * d * d;
  }

  /**
   * The shape of a drawn cloud.
   *
   * @param size points
   * @param lengths what Gaussian points are stretched or shrunk to, or null to leave them
   */
  Shape draw(int size, double[] lengths, Generator generator) {
    int d = deviations.length;
    double[] norms = new double[size];
    double[] plain = Double.isNaN(mean) ? null : new double[size];
    try (Scope scope = new Scope()) {
      int others = Math.max(0, whitenedOver - size);
      boolean few = others <= d + ENOUGH;
      FloatRows drawn = new FloatRows(size + (few ? others : d + 1), d, scope);
      float[] row = new float[d];
      for (int i = 0; i < size; i++) {
        generator.standardNormal(row);
        spread(row);
        stretch(row, lengths == null ? Double.NaN : lengths[i]);
        drawn.put(i, row);
      }
      FloatRows rows = drawn;
      if (whitenedOver > 0) {
        if (few) {
          for (int i = 0; i < others; i++) {
            generator.standardNormal(row);
            drawn.put(size + i, row);
          }
        } else {
          scatter(drawn, size, others, generator);
        }
        rows = whitened(drawn, size, few, others, scope);
      }
      double[] values = new double[d];
      for (int i = 0; i < size; i++) {
        rows.read((long) i * d, values, 0, d);
        if (lengths != null && whitenedOver > 0) {
          narrow(values, 0, row);
          stretch(row, lengths[i]);
          rows.put(i, row);
          rows.read((long) i * d, values, 0, d);
        }
        double length = lengths == null ? length(values) : lengths[i];
        norms[i] = length;
        if (plain != null) {
          plain[i] = Math.sqrt(Math.max(0, length * length + 2 * values[0] * mean + mean * mean));
        }
      }
      NearestNeighbours found = NearestNeighbours.of(rows, k, threads, watch);
      Nearest nearest = new Nearest(size, k, found.neighbours(k), found.distances(k));
      return Shape.of(norms, plain, nearest, edges);
    }
  }

  /** Along the axes. */
  private void spread(float[] row) {
    for (int j = 0; j < row.length; j++) {
      row[j] *= (float) deviations[j];
    }
  }

  private static void narrow(double[] values, int at, float[] row) {
    for (int j = 0; j < row.length; j++) {
      row[j] = (float) values[at + j];
    }
  }

  private static void add(double[] sum, double[] row, double weight) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] += weight * row[j];
    }
  }

  private static double length(double[] values) {
    double square = 0;
    for (double v : values) {
      square += v * v;
    }
    return Math.sqrt(square);
  }

  /** To that length, which may be NaN for none; zeros stay. */
  private static void stretch(float[] row, double length) {
    double square = 0;
    for (float v : row) {
      square += (double) v * v;
    }
    if (!Double.isNaN(length) && square > 0) {
      float scale = (float) (length / Math.sqrt(square));
      for (int j = 0; j < row.length; j++) {
        row[j] *= scale;
      }
    }
  }

  /** Rows whose scatter about 0 is that of so many Gaussian ones; the last is along their mean. */
  private static void scatter(FloatRows rows, int from, int others, Generator generator) {
    int d = (int) rows.columns();
    float[] row = new float[d];
    for (int i = 0; i < d; i++) {
      Arrays.fill(row, 0);
      for (int j = i + 1; j < d; j++) {
        row[j] = (float) generator.standardNormal();
      }
      double degrees = others - 1.0 - i;
      double spread = 2 / (9 * degrees);
      double root = 1 - spread + generator.standardNormal() * Math.sqrt(spread);
      row[i] = (float) Math.sqrt(degrees * root * root * root);
      rows.put(from + i, row);
    }
    generator.standardNormal(row);
    rows.put(from + d, row);
  }

  private FloatRows whitened(FloatRows drawn, int size, boolean few, int others, Scope scope) {
    int d = deviations.length;
    int rows = (int) drawn.rows();
    double n = size + others;
    double[] sum = new double[d];
    double[] row = new double[d];
    for (int i = 0; i < rows; i++) {
      drawn.read((long) i * d, row, 0, d);
      double weight = i < size || few ? 1 : i == rows - 1 ? Math.sqrt(others) : 0;
      add(sum, row, weight);
    }
    Matrix c = Gram.ofColumns(drawn, threads, scope);
    double[] column = new double[d];
    for (int j = 0; j < d; j++) {
      c.get(j, j, column, 0, d - j);
      for (int i = 0; i < d - j; i++) {
        column[i] = column[i] / n - sum[j] / n * (sum[i + j] / n);
      }
      c.put(j, j, column, 0, d - j);
    }
    FloatRows white = new FloatRows(size, d, scope);
    double[] centre = Arrays.stream(sum).map(s -> s / n).toArray();
    // One: of a matrix of this size a second spends its time waiting.
    Cholesky.of(c, 1)
        .solve(
            Entries.less(Entries.of(size, d, drawn::read), centre),
            threads,
            watch,
            (first, block, count) -> {
              float[] values = new float[d];
              for (int i = 0; i < count; i++) {
                narrow(block, i * d, values);
                white.put(first + i, values);
              }
            });
    return white;
  }
}
