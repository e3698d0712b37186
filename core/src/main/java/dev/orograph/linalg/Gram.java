package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import org.bytedeco.javacpp.DoublePointer;

/**
 * The Gram matrix on the short side of W, in float64: {@code W^T W} for a tall W, {@code W W^T} for
 * a wide one, {@code (n, n)} with n = min(rows, columns); only the lower triangle is filled. W is
 * read in panels and never held: n^2 + about 2^20 doubles of memory, n^2 max(rows, columns)
 * multiplications.
 */
public final class Gram {
  private Gram() {}

  /** Doubles of a block of vectors, few enough to stay in a core's own cache. */
  private static final int BLOCK = 1 << 15;

  /**
   * The inner products of vectors, {@code (n, n)}: element (i, j) for j <= i is that of the i-th
   * with the j-th. Each entry is read once, and about 2^16 doubles are held.
   *
   * @param vectors one per row
   */
  public static Matrix ofRows(Entries vectors, Scope scope) {
    return of(Panels.ofRows(vectors, BLOCK), scope);
  }

  /** The inner products of the columns of W, even where rows are few; the lower triangle. */
  public static Matrix ofColumns(Entries w, Scope scope) {
    return of(Panels.ofColumns(w), scope);
  }

  /** The lower triangle of the Gram matrix of W. */
  public static Matrix of(Entries w, Scope scope) {
    return of(w, 1, scope);
  }

  /** The lower triangle of the Gram matrix of {@code scale * W}. */
  static Matrix of(Entries w, double scale, Scope scope) {
    return of(new Panels(w, scale), scope);
  }

  private static Matrix of(Panels panels, Scope scope) {
    int n = panels.shortSide();
    Matrix g = scope.matrix(n, n);
    try (Scope local = new Scope()) {
      DoublePointer panel = local.doubles((long) panels.capacity() * n);
      panels.forEach(
          (block, count) -> {
            panel.put(block, 0, count * n);
            if (panels.transposed()) {
              cblas_dsyrk(
                  CblasColMajor,
                  CblasLower,
                  CblasNoTrans,
                  n,
                  count,
                  1,
                  panel,
                  n,
                  1,
                  g.pointer(),
                  n);
            } else {
              cblas_dsyrk(
                  CblasColMajor,
                  CblasLower,
                  CblasTrans,
                  n,
                  count,
                  1,
                  panel,
                  count,
                  1,
                  g.pointer(),
                  n);
            }
          });
    }
    return g;
  }
}
