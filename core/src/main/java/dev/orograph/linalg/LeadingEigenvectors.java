package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevr;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * The largest eigenvalues of a symmetric matrix with their vectors, by LAPACK's relatively robust
 * representations ({@code dsyevr}). A vector's sign is free; here its entry of largest magnitude is
 * positive (the first of several), so that the same matrix gives the same vectors.
 *
 * @param values descending, {@code (count)}
 * @param vectors one per column, of length 1, {@code (n, count)}; owned by the caller's scope
 */
public record LeadingEigenvectors(List<Double> values, Matrix vectors) {
  /**
   * The {@code count} largest; inside of {@link Lapack#with}.
   *
   * @param a {@code (n, n)} with finite entries of which the lower triangle is read; overwritten
   * @throws ArithmeticException if LAPACK does not converge
   */
  public static LeadingEigenvectors of(Matrix a, int count, Scope scope) {
    int n = a.rows();
    if (count < 1 || count > n || a.columns() != n) {
      throw new IllegalArgumentException(
          count + " eigenvectors of a " + n + " x " + a.columns() + " matrix");
    }
    Matrix vectors = scope.matrix(n, count);
    try (Scope local = new Scope();
        IntPointer found = new IntPointer(1L);
        IntPointer support = new IntPointer(2L * n)) {
      DoublePointer w = local.doubles(n);
      Matrix ascending = local.matrix(n, count);
      int info =
          LAPACKE_dsyevr(
              LAPACK_COL_MAJOR,
              (byte) 'V',
              (byte) 'I',
              (byte) 'L',
              n,
              a.pointer(),
              n,
              0,
              0,
              n - count + 1,
              n,
              0,
              found,
              w,
              ascending.pointer(),
              n,
              support);
      Lapack.check("dsyevr", info);
      List<Double> values = new ArrayList<>();
      double[] column = new double[n];
      for (int j = 0; j < count; j++) {
        int from = count - 1 - j;
        values.add(w.get(from));
        ascending.get(0, from, column, 0, n);
        turn(column);
        vectors.put(0, j, column, 0, n);
      }
      return new LeadingEigenvectors(List.copyOf(values), vectors);
    }
  }

  private static void turn(double[] v) {
    int largest = 0;
    for (int i = 1; i < v.length; i++) {
      if (Math.abs(v[i]) > Math.abs(v[largest])) {
        largest = i;
      }
    }
    if (v[largest] < 0) {
      for (int i = 0; i < v.length; i++) {
        v[i] = -v[i];
      }
    }
  }
}
