package dev.orograph.geometry;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Gram;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.LeadingEigenvectors;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import java.io.Serializable;
import java.util.List;

/**
 * Whether the leading singular directions of two matrices A and B {@code (rows, columns)} are the
 * same ones: |u_i . u'_i| of left and |v_i . v'_i| of right singular vectors, averaged over i (same
 * index), and of each u_i the largest |u_i . u'_j| over the count leading ones of the other (best
 * match), which also finds directions that changed places. The vectors are eigenvectors of the
 * float64 Gram matrix on the short side and their images; directions whose singular value is below
 * {@value #SMALLEST} of the first are left out.
 *
 * <p>Chance: a random direction in d dimensions has a root mean square overlap of 1/sqrt(d) with
 * another, and the largest of k about sqrt(2 ln k / d).
 *
 * @param count directions of each, at most as many as were asked for
 * @param leftSame mean over same indices, left
 * @param leftBest mean of best matches, left
 * @param rightSame mean over same indices, right
 * @param rightBest mean of best matches, right
 */
public record SharedDirections(
    int count, double leftSame, double leftBest, double rightSame, double rightBest)
    implements Serializable {
  private static final double SMALLEST = 1e-6;
  private static final int PANEL = 1 << 16;

  /**
   * Leading singular directions of one matrix.
   *
   * @param left u_i, each of {@code rows} numbers
   * @param right v_i, each of {@code columns} numbers
   */
  public record Leading(List<double[]> left, List<double[]> right) {}

  /**
   * Compares two matrices of one shape with finite entries.
   *
   * @param most directions to compare
   * @return null where one of them is 0
   * @throws ArithmeticException if LAPACK does not converge
   */
  public static SharedDirections of(Entries a, Entries b, int most) {
    if (a.rows() != b.rows() || a.columns() != b.columns()) {
      throw new IllegalArgumentException(
          a.rows() + " x " + a.columns() + " against " + b.rows() + " x " + b.columns());
    }
    Leading own = leading(a, most);
    Leading other = leading(b, most);
    return of(own, other);
  }

  /** The same of directions that are known. */
  public static SharedDirections of(Leading own, Leading other) {
    int k = Math.min(own.left().size(), other.left().size());
    if (k == 0) {
      return null;
    }
    double[] left = overlaps(own.left(), other.left(), k);
    double[] right = overlaps(own.right(), other.right(), k);
    return new SharedDirections(k, left[0], left[1], right[0], right[1]);
  }

  /** Root mean square overlap of two random directions. */
  public static double floor(long dimensions) {
    return 1 / Math.sqrt((double) dimensions);
  }

  /** About the largest overlap of a random direction with k others, at most 1. */
  public static double bestFloor(long dimensions, int k) {
    return Math.min(1, Math.sqrt(2 * Math.log(k) / dimensions));
  }

  /** Bytes of native and of heap memory that it takes for matrices of that shape. */
  public static long bytes(long rows, long columns, int most) {
    long n = Math.min(rows, columns);
    return 8 * (2 * n * n + 30 * n + 4L * most * (rows + columns)) + (16L << 20);
  }

  /**
   * The leading directions of a matrix with finite entries, at most so many; none of one that is 0.
   *
   * @throws ArithmeticException if LAPACK does not converge
   */
  public static Leading leading(Entries w, int most) {
    boolean tall = w.rows() >= w.columns();
    int n = Math.toIntExact(Math.min(w.rows(), w.columns()));
    try (Scope scope = new Scope()) {
      LeadingEigenvectors found =
          Lapack.with(1, () -> LeadingEigenvectors.of(Gram.of(w, scope), Math.min(most, n), scope));
      List<Double> values = found.values();
      int k = 0;
      while (k < values.size()
          && values.get(k) > 0
          && values.get(k) > SMALLEST * SMALLEST * values.get(0)) {
        k++;
      }
      double[][] vectors = new double[k][n];
      Matrix stored = found.vectors();
      for (int j = 0; j < k; j++) {
        stored.get(0, j, vectors[j], 0, n);
      }
      List<double[]> shortSide = List.of(vectors);
      List<double[]> longSide = List.of(images(w, tall, vectors));
      return tall ? new Leading(longSide, shortSide) : new Leading(shortSide, longSide);
    }
  }

  /** W v for a tall W, W^T u for a wide one, of length 1. */
  private static double[][] images(Entries w, boolean tall, double[][] vectors) {
    int rows = Math.toIntExact(w.rows());
    int columns = Math.toIntExact(w.columns());
    double[][] images = new double[vectors.length][tall ? rows : columns];
    int panel = Math.max(1, Math.min(rows, PANEL / columns));
    double[] read = new double[Math.multiplyExact(panel, columns)];
    for (int from = 0; from < rows; from += panel) {
      int count = Math.min(panel, rows - from);
      w.read((long) from * columns, read, 0, count * columns);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < vectors.length; j++) {
          if (tall) {
            images[j][from + i] = dot(read, i * columns, vectors[j]);
          } else {
            add(images[j], vectors[j][from + i], read, i * columns);
          }
        }
      }
    }
    for (double[] image : images) {
      double length = Math.sqrt(dot(image, 0, image));
      for (int i = 0; i < image.length; i++) {
        image[i] /= length;
      }
    }
    return images;
  }

  private static double dot(double[] row, int at, double[] v) {
    double sum = 0;
    for (int i = 0; i < v.length; i++) {
      sum += row[at + i] * v[i];
    }
    return sum;
  }

  private static void add(double[] to, double factor, double[] row, int at) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * row[at + i];
    }
  }

  /** Mean over same indices, and of best matches. */
  private static double[] overlaps(List<double[]> a, List<double[]> b, int k) {
    double same = 0;
    double best = 0;
    for (int i = 0; i < k; i++) {
      double largest = 0;
      for (int j = 0; j < k; j++) {
        double overlap = Math.min(1, Math.abs(dot(a.get(i), 0, b.get(j))));
        largest = Math.max(largest, overlap);
        same += i == j ? overlap / k : 0;
      }
      best += largest / k;
    }
    return new double[] {same, best};
  }
}
