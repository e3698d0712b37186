package dev.orograph.instrument.weights;

import dev.orograph.geometry.SharedDirections;
import dev.orograph.geometry.Spectrum;
import dev.orograph.geometry.TracyWidom;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.SingularValues;
import dev.orograph.stats.Estimate;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened to a matrix between two models that share a start.
 *
 * @param rows of the matrix
 * @param columns of it
 * @param stableRank |D|^2 / s1(D)^2 of the difference D; chance: independent entries of the same
 *     size, whose s1^2 follows the Tracy-Widom law; null where D is 0
 * @param effectiveRank exp of the entropy of D's singular values over their sum; null where D is 0
 * @param spectrum singular values of D over the root of its mean squared entry, at {@value #POINTS}
 *     ranks evenly from first to last
 * @param directions of both; null where one is 0
 */
record MovedMatrix(
    long rows,
    long columns,
    Estimate stableRank,
    Double effectiveRank,
    List<Double> spectrum,
    SharedDirections directions)
    implements Serializable {
  /** Singular directions that are compared. */
  static final int DIRECTIONS = 16;

  private static final int POINTS = 33;

  static MovedMatrix of(Entries a, Entries b, boolean sound) {
    Entries d =
        Entries.of(
            a.rows(),
            a.columns(),
            (from, into, offset, length) -> {
              double[] before = new double[length];
              a.read(from, before, 0, length);
              b.read(from, into, offset, length);
              for (int i = 0; i < length; i++) {
                into[offset + i] -= before[i];
              }
            });
    double[] s = SingularValues.large(d, 1);
    double squares = 0;
    for (double v : s) {
      squares += v * v;
    }
    double entry = Math.sqrt(squares / ((double) a.rows() * a.columns()));
    boolean moved = squares > 0;
    Estimate stable = null;
    if (moved) {
      stable = Estimate.of(squares / (s[0] * s[0]));
      if (sound && Math.min(a.rows(), a.columns()) > 1) {
        double largest = TracyWidom.mean(a.rows(), a.columns());
        double mean = a.rows() * (double) a.columns() / largest;
        stable = stable.against(mean, mean * TracyWidom.deviation(a.rows(), a.columns()) / largest);
      }
    }
    return new MovedMatrix(
        a.rows(),
        a.columns(),
        stable,
        moved ? (Double) new Spectrum(s).effectiveRank() : null,
        moved ? points(s, entry) : List.of(),
        SharedDirections.of(a, b, DIRECTIONS));
  }

  private static List<Double> points(double[] s, double unit) {
    List<Double> points = new ArrayList<>();
    for (int i = 0; i < POINTS; i++) {
      points.add(s[(int) Math.round((double) i * (s.length - 1) / (POINTS - 1))] / unit);
    }
    return points;
  }

  /** Bytes that it takes. */
  static long bytes(long rows, long columns) {
    long n = Math.min(rows, columns);
    return SharedDirections.bytes(rows, columns, DIRECTIONS) + 8 * n * n + (32L << 20);
  }
}
