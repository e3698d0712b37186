package dev.orograph.geometry;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.FloatRows;
import dev.orograph.linalg.Scope;
import dev.orograph.linalg.SingularValues;
import dev.orograph.random.Generator;
import java.util.Arrays;

/**
 * Gaussian points with the covariance that given ones are a sample of, up to a rotation and one
 * factor for all, which change no ratio of distances: independent coordinates whose deviations are
 * the square roots of the covariance's eigenvalues, what the sample adds to their spread taken out
 * ({@link ParticipationRatio#shrunk}).
 */
public final class GaussianCloud {
  private static final int CHUNK = 1 << 16;

  /** Deviations along the principal axes, in units of the largest. */
  private final double[] deviations;

  /**
   * From points; reads them several times. The eigenvalues come from the Gram matrix of the centred
   * points on its short side, of order min(n, d).
   *
   * @param points {@code (n, d)}, finite, not all equal
   */
  public GaussianCloud(Entries points, int nativeThreads) {
    int d = Math.toIntExact(points.columns());
    double[] mean = new double[d];
    double largest = mean(points, mean);
    double scale = SingularValues.scale(largest);
    Entries centred =
        Entries.of(
            points.rows(),
            d,
            (from, into, offset, length) -> {
              points.read(from, into, offset, length);
              int column = (int) (from % d);
              for (int i = offset; i < offset + length; i++) {
                into[i] = (into[i] - mean[column]) * scale;
                column = column + 1 == d ? 0 : column + 1;
              }
            });
    double[] values = SingularValues.large(centred, nativeThreads);
    double first = values[0];
    double[] squares = new double[d];
    double total = 0;
    double ofSquare = 0;
    double n = points.rows();
    for (int j = 0; j < values.length; j++) {
      squares[j] = values[j] / first * (values[j] / first);
      total += squares[j] / n;
      ofSquare += squares[j] / n * (squares[j] / n);
    }
    double corrected =
        n < 4
            ? Double.NaN
            : ParticipationRatio.corrected(n, total, ofSquare, fourthPowers(centred, first));
    deviations = ParticipationRatio.shrunk(squares, corrected);
    double most = Math.sqrt(Arrays.stream(deviations).max().orElseThrow());
    Arrays.setAll(deviations, j -> Math.sqrt(Math.max(0, deviations[j])) / most);
  }

  /** Sum over the points of the fourth power of their length in that unit. */
  private static double fourthPowers(Entries centred, double unit) {
    int d = Math.toIntExact(centred.columns());
    int most = Math.max(1, CHUNK / d);
    double[] block = new double[most * d];
    double sum = 0;
    for (long from = 0; from < centred.rows(); from += most) {
      int count = (int) Math.min(most, centred.rows() - from);
      centred.read(from * d, block, 0, count * d);
      for (int i = 0; i < count; i++) {
        double square = 0;
        for (int j = 0; j < d; j++) {
          square += block[i * d + j] / unit * (block[i * d + j] / unit);
        }
        sum += square * square;
      }
    }
    return sum;
  }

  /** Fills in the mean; returns the largest magnitude of an entry. */
  private static double mean(Entries points, double[] mean) {
    int d = mean.length;
    int most = Math.max(1, CHUNK / d);
    double[] block = new double[most * d];
    double largest = 0;
    for (long from = 0; from < points.rows(); from += most) {
      int count = (int) Math.min(most, points.rows() - from);
      points.read(from * d, block, 0, count * d);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < d; j++) {
          mean[j] += block[i * d + j] / points.rows();
          largest = Math.max(largest, Math.abs(block[i * d + j]));
        }
      }
    }
    return largest;
  }

  /** Bytes that n points of d dimensions take, beside {@link #drawBytes}. */
  public static long bytes(long n, long d) {
    long side = Math.min(n, d);
    return 8 * side * side + (32L << 20);
  }

  /** Bytes of a draw. */
  public static long drawBytes(long n, long d) {
    return 4 * n * d;
  }

  /** n new points, {@code (n, d)}. */
  public FloatRows draw(int n, Generator generator, Scope scope) {
    FloatRows rows = new FloatRows(n, deviations.length, scope);
    float[] row = new float[deviations.length];
    for (int i = 0; i < n; i++) {
      generator.standardNormal(row);
      for (int j = 0; j < row.length; j++) {
        row[j] *= (float) deviations[j];
      }
      rows.put(i, row);
    }
    return rows;
  }
}
