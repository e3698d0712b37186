package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import org.bytedeco.javacpp.DoublePointer;

/**
 * The triangular factor of a QR factorisation, one panel at a time: R of [R; panel] until W is used
 * up. Backward stable like a QR of the whole, in n^2 + n * panel doubles of memory.
 *
 * <p>Source: Demmel, Grigori, Hoemmen & Langou, "Communication-optimal parallel and sequential QR
 * and LU factorizations", 2012 (sequential TSQR).
 */
final class StreamedQr {
  private StreamedQr() {}

  /**
   * R of the tall orientation of scale * W.
   *
   * @return a matrix of at least n rows and n columns whose top n x n block is R; the rows below
   *     are left over
   */
  static Matrix r(Entries w, double scale, Scope scope) {
    Panels panels = new Panels(w, scale);
    int n = panels.shortSide();
    int capacity = panels.capacity();
    int ld = n + capacity;
    Matrix stack = scope.matrix(ld, n);
    DoublePointer tau = scope.doubles(n);
    double[] column = new double[capacity];
    panels.forEach(
        (block, count) -> {
          for (int j = 0; j < n; j++) {
            for (int i = 0; i < count; i++) {
              column[i] = panels.transposed() ? block[i * n + j] : block[j * count + i];
            }
            stack.put(n, j, column, 0, count);
          }
          int info = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, n + count, n, stack.pointer(), ld, tau);
          Lapack.check("dgeqrf", info);
          // Reflectors stay zero inside R's triangle, and the next panel overwrites the rest.
        });
    return stack;
  }
}
