package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
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

  /** Columns of the Gram matrix that one thread adds to at a time. */
  private static final int COLUMNS = 256;

  /**
   * The inner products of vectors, {@code (n, n)}: element (i, j) for j <= i is that of the i-th
   * with the j-th. Each entry is read once, and about 2^16 doubles are held.
   *
   * @param vectors one per row
   */
  public static Matrix ofRows(Entries vectors, Scope scope) {
    return of(Panels.ofRows(vectors, BLOCK), scope);
  }

  /**
   * All inner products of a few vectors, {@code (n, n)} in row-major order, by one native thread.
   *
   * @param vectors {@code (n, d)} in row-major order
   */
  public static double[] ofRows(double[] vectors, int n, int d) {
    double[] all = new double[Math.multiplyExact(n, n)];
    Lapack.with(
        1,
        () -> {
          try (Scope scope = new Scope()) {
            Matrix lower = ofRows(Entries.of(n, d, vectors), scope);
            for (int i = 0; i < n; i++) {
              lower.get(i, i, all, i * n + i, n - i);
              for (int j = i + 1; j < n; j++) {
                all[j * n + i] = all[i * n + j];
              }
            }
          }
          return null;
        });
    return all;
  }

  /**
   * The inner products of the columns of W, even where rows are few; the lower triangle. While
   * blocks of its columns are added to, the next panel is read. Not to be called inside of {@link
   * Lapack#with}.
   *
   * @param threads threads to use, the caller's included; they change no bit of the result
   */
  public static Matrix ofColumns(Entries w, int threads, Scope scope) {
    Panels panels = Panels.ofColumns(w);
    int n = panels.shortSide();
    int blocks = (n + COLUMNS - 1) / COLUMNS;
    Matrix g = scope.matrix(n, n);
    try (Scope local = new Scope()) {
      long most = (long) panels.capacity() * n;
      DoublePointer[] two = {local.doubles(most), local.doubles(most)};
      double[] read = new double[Math.toIntExact(most)];
      Crew crew = new Crew(threads);
      crew.run(
          member -> {
            // Panel p is added while panel p + 1 is read.
            for (int p = -1; p < panels.count(); p++) {
              for (int t = crew.ticket(); t <= blocks && !crew.failed(); t = crew.ticket()) {
                if (t == 0 && p + 1 < panels.count()) {
                  two[(p + 1) % 2].put(read, 0, panels.read(p + 1, read) * n);
                } else if (t > 0 && p >= 0) {
                  add(g, two[p % 2], panels.rows(p), (t - 1) * COLUMNS);
                }
              }
              crew.barrier();
            }
          });
    }
    return g;
  }

  /** Adds a panel's part of the columns from {@code from} on. */
  private static void add(Matrix g, DoublePointer panel, int count, int from) {
    int n = g.rows();
    int own = Math.min(COLUMNS, n - from);
    DoublePointer left = new DoublePointer(panel).position(from);
    Lapack.with(
        1,
        () -> {
          cblas_dsyrk(
              CblasColMajor,
              CblasLower,
              CblasNoTrans,
              own,
              count,
              1,
              left,
              n,
              1,
              g.at(from, from, 1),
              n);
          if (from + own < n) {
            cblas_dgemm(
                CblasColMajor,
                CblasNoTrans,
                CblasTrans,
                n - from - own,
                own,
                count,
                1,
                new DoublePointer(panel).position(from + own),
                n,
                left,
                n,
                1,
                g.at(from + own, from, 1),
                n);
          }
          return null;
        });
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
