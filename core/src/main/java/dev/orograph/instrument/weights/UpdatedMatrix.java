package dev.orograph.instrument.weights;

import dev.orograph.geometry.SharedDirections;
import dev.orograph.geometry.Spectrum;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.SingularValues;
import dev.orograph.stats.Estimate;
import java.io.Serializable;
import java.util.List;

/**
 * A base's matrix W {@code (rows, columns)} and W + D, D = scale B A being an adapter's update.
 *
 * @param rows of W
 * @param columns of W
 * @param frobenius of W
 * @param largest singular value of W
 * @param stableRank of W; null where it is 0
 * @param updatedFrobenius of W + D
 * @param updatedLargest singular value of W + D
 * @param updatedStableRank of W + D; null where it is 0
 * @param left share of |D|^2 in the span of W's leading left singular directions; chance: D's left
 *     directions in a random orientation, k / rows
 * @param right the same of right ones, k / columns
 * @param directions leading ones of W against those of W + D; null where one is 0
 */
record UpdatedMatrix(
    long rows,
    long columns,
    double frobenius,
    double largest,
    Double stableRank,
    double updatedFrobenius,
    double updatedLargest,
    Double updatedStableRank,
    Estimate left,
    Estimate right,
    SharedDirections directions)
    implements Serializable {
  /** Leading directions of W. */
  static final int DIRECTIONS = 16;

  /** D as two factors: {@code (rows, rank)} and {@code (rank, columns)}, row-major. */
  private static final class Factors {
    private final double[] left;
    private final double[] right;
    private final int rank;
    private final int rows;
    private final int columns;

    private Factors(double[] left, double[] right, int rank, int rows, int columns) {
      this.left = left;
      this.right = right;
      this.rank = rank;
      this.rows = rows;
      this.columns = columns;
    }

    /** D, or its transpose where W is stored so. */
    static Factors of(LowRankPair p, double[] a, double[] b) {
      double scale = p.alpha() != null && p.alpha() < 0 ? -p.scale() : p.scale();
      int rank = p.rank();
      int rows = Math.toIntExact(p.turned() ? p.columns() : p.rows());
      int columns = Math.toIntExact(p.turned() ? p.rows() : p.columns());
      double[] left = new double[rows * rank];
      double[] right = new double[rank * columns];
      for (int k = 0; k < rank; k++) {
        for (int i = 0; i < rows; i++) {
          left[i * rank + k] = scale * (p.turned() ? a[k * rows + i] : b[i * rank + k]);
        }
        for (int j = 0; j < columns; j++) {
          right[k * columns + j] = p.turned() ? b[j * rank + k] : a[k * columns + j];
        }
      }
      return new Factors(left, right, rank, rows, columns);
    }

    /** W + D. */
    Entries addedTo(Entries w) {
      return Entries.of(
          w.rows(),
          w.columns(),
          (from, into, offset, length) -> {
            w.read(from, into, offset, length);
            for (int done = 0; done < length; ) {
              int row = (int) ((from + done) / columns);
              int column = (int) ((from + done) % columns);
              int n = Math.min(length - done, columns - column);
              for (int k = 0; k < rank; k++) {
                double factor = left[row * rank + k];
                int at = k * columns + column;
                for (int j = 0; j < n; j++) {
                  into[offset + done + j] += factor * right[at + j];
                }
              }
              done += n;
            }
          });
    }

    /** left' left, {@code (rank, rank)}. */
    double[] leftGram() {
      double[] g = new double[rank * rank];
      for (int i = 0; i < rows; i++) {
        for (int p = 0; p < rank; p++) {
          for (int q = 0; q < rank; q++) {
            g[p * rank + q] += left[i * rank + p] * left[i * rank + q];
          }
        }
      }
      return g;
    }

    /** right right', {@code (rank, rank)}. */
    double[] rightGram() {
      double[] g = new double[rank * rank];
      for (int p = 0; p < rank; p++) {
        for (int q = 0; q < rank; q++) {
          for (int j = 0; j < columns; j++) {
            g[p * rank + q] += right[p * columns + j] * right[q * columns + j];
          }
        }
      }
      return g;
    }

    /** u' left, {@code (rank)}. */
    double[] onLeft(double[] u) {
      double[] v = new double[rank];
      for (int i = 0; i < rows; i++) {
        for (int k = 0; k < rank; k++) {
          v[k] += u[i] * left[i * rank + k];
        }
      }
      return v;
    }

    /** right v, {@code (rank)}. */
    double[] onRight(double[] v) {
      double[] p = new double[rank];
      for (int k = 0; k < rank; k++) {
        for (int j = 0; j < columns; j++) {
          p[k] += right[k * columns + j] * v[j];
        }
      }
      return p;
    }
  }

  /**
   * What becomes of W.
   *
   * @param w finite entries
   * @param p which update; its factors have finite entries
   * @param values singular values of the update
   */
  static UpdatedMatrix of(Entries w, LowRankPair p, double[] a, double[] b, List<Double> values) {
    Factors d = Factors.of(p, a, b);
    Entries after = d.addedTo(w);
    SharedDirections.Leading own = SharedDirections.leading(w, DIRECTIONS);
    double[] s = SingularValues.large(w, 1);
    double[] t = SingularValues.large(after, 1);
    Estimate left = null;
    Estimate right = null;
    if (values.get(0) > 0 && !own.left().isEmpty()) {
      double spread = evenness(values);
      double[] leftGram = d.leftGram();
      double[] rightGram = d.rightGram();
      double all = trace(leftGram, rightGram, d.rank);
      double onLeft = own.left().stream().mapToDouble(u -> form(rightGram, d.onLeft(u))).sum();
      double onRight = own.right().stream().mapToDouble(v -> form(leftGram, d.onRight(v))).sum();
      int k = own.left().size();
      left = share(onLeft / all, k, w.rows(), spread);
      right = share(onRight / all, k, w.columns(), spread);
    }
    return new UpdatedMatrix(
        w.rows(),
        w.columns(),
        norm(s),
        s[0],
        s[0] > 0 ? (Double) new Spectrum(s).stableRank() : null,
        norm(t),
        t[0],
        t[0] > 0 ? (Double) new Spectrum(t).stableRank() : null,
        left,
        right,
        SharedDirections.of(own, SharedDirections.leading(after, DIRECTIONS)));
  }

  /**
   * A share in k of n dimensions against orthonormal directions in a random orientation, weighted
   * by squared singular values: each has a Beta(k/2, (n - k)/2), and what one has the others lack.
   */
  private static Estimate share(double share, int k, long n, double evenness) {
    Estimate e = Estimate.of(share);
    if (k >= n || n < 3) {
      return e;
    }
    double one = 2.0 * k * (n - k) / ((double) n * n * (n + 2));
    double variance = one * (evenness - (1 - evenness) / (n - 1.0));
    return variance > 0 ? e.against((double) k / n, Math.sqrt(variance)) : e;
  }

  /** Sum s^4 / (sum s^2)^2. */
  private static double evenness(List<Double> values) {
    double squares = 0;
    double fourth = 0;
    for (double v : values) {
      double r = v / values.get(0);
      squares += r * r;
      fourth += r * r * r * r;
    }
    return fourth / (squares * squares);
  }

  private static double norm(double[] values) {
    double largest = values[0];
    double sum = 0;
    for (double v : values) {
      sum += largest > 0 ? v / largest * (v / largest) : 0;
    }
    return largest * Math.sqrt(sum);
  }

  private static double trace(double[] a, double[] b, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        sum += a[i * n + j] * b[j * n + i];
      }
    }
    return sum;
  }

  /** x' G x. */
  private static double form(double[] g, double[] x) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x.length; j++) {
        sum += x[i] * g[i * x.length + j] * x[j];
      }
    }
    return sum;
  }

  /** Bytes that it takes besides the factors. */
  static long bytes(long rows, long columns, int rank) {
    long n = Math.min(rows, columns);
    return SharedDirections.bytes(rows, columns, DIRECTIONS)
        + 8 * (n * n + rank * (rows + columns))
        + (32L << 20);
  }
}
