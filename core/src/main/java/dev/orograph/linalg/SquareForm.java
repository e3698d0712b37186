package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;

/**
 * The square matrix A = Q K^T, {@code (n, n)}, of two matrices Q and K, {@code (n, d)}: formed, a
 * few rows of Q at a time, and decomposed.
 */
public final class SquareForm {
  private static final int TILE = 64;

  private final Matrix a;

  private SquareForm(Matrix a) {
    this.a = a;
  }

  /** Gives some rows of Q. */
  public interface Rows {
    /** Rows {@code from} to {@code from + count} of Q, {@code (count, d)} row-major. */
    double[] read(int from, int count);
  }

  /**
   * Forms A in the scope's memory.
   *
   * @param q rows of Q, read in blocks
   * @param block rows at a time; divides n
   * @param transposedK K^T, {@code (d, n)}
   */
  public static SquareForm of(Rows q, int block, Matrix transposedK, Scope scope) {
    int n = transposedK.columns();
    int d = transposedK.rows();
    Matrix a = scope.matrix(n, n);
    try (Scope local = new Scope()) {
      DoublePointer rows = local.doubles((long) block * d);
      for (int from = 0; from < n; from += block) {
        double[] read = q.read(from, block);
        rows.put(read, 0, read.length);
        int at = from;
        Lapack.with(
            1,
            () -> {
              cblas_dgemm(
                  CblasColMajor,
                  CblasTrans,
                  CblasNoTrans,
                  block,
                  n,
                  d,
                  1,
                  rows,
                  d,
                  transposedK.pointer(),
                  d,
                  0,
                  a.at(at, 0, 1),
                  n);
              return null;
            });
      }
    }
    return new SquareForm(a);
  }

  /** Singular values, largest first; see {@link SingularValues#large} for their error. */
  public double[] singularValues() {
    int n = a.rows();
    return SingularValues.large(
        // Down the columns lie the rows of the transpose, which has the same singular values.
        new Entries() {
          @Override
          public long rows() {
            return n;
          }

          @Override
          public long columns() {
            return n;
          }

          @Override
          public void read(long from, double[] into, int offset, int length) {
            a.get((int) (from % n), (int) (from / n), into, offset, length);
          }
        },
        1);
  }

  /**
   * A's symmetric part.
   *
   * @param asymmetry |A - A^T|_F / |A|_F, from 0 (symmetric) to 2 (antisymmetric); NaN for zero
   * @param eigenvalues eigenvalues of (A + A^T) / 2, ascending
   */
  public record Symmetric(double asymmetry, List<Double> eigenvalues) {}

  /** Decomposes the symmetric part, which takes A's place. */
  public Symmetric symmetric() {
    int n = a.rows();
    double whole = 0;
    double difference = 0;
    double[] lower = new double[TILE * TILE];
    double[] upper = new double[TILE * TILE];
    for (int i = 0; i < n; i += TILE) {
      for (int j = 0; j <= i; j += TILE) {
        int rows = Math.min(TILE, n - i);
        int columns = Math.min(TILE, n - j);
        for (int c = 0; c < columns; c++) {
          a.get(i, j + c, lower, c * TILE, rows);
        }
        for (int r = 0; r < rows; r++) {
          a.get(j, i + r, upper, r * TILE, columns);
        }
        double sum = 0;
        double apart = 0;
        for (int c = 0; c < columns; c++) {
          for (int r = 0; r < rows; r++) {
            double x = lower[c * TILE + r];
            double y = upper[r * TILE + c];
            sum += x * x + y * y;
            apart += (x - y) * (x - y);
            lower[c * TILE + r] = (x + y) / 2;
          }
          a.put(i, j + c, lower, c * TILE, rows);
        }
        // A tile on the diagonal holds each of its pairs twice, and so do its sums.
        whole += i == j ? sum / 2 : sum;
        difference += i == j ? apart : 2 * apart;
      }
    }
    return new Symmetric(
        Math.sqrt(difference) / Math.sqrt(whole),
        Arrays.stream(SymmetricEigenvalues.of(a, 1)).boxed().toList());
  }
}
