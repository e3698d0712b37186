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
final class Gram {
  private Gram() {}

  /** The lower triangle of the Gram matrix of {@code scale * W}. */
  static Matrix of(Entries w, double scale, Scope scope) {
    Panels panels = new Panels(w, scale);
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
