package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.*;

import org.bytedeco.javacpp.DoublePointer;

/**
 * Stage 1 of {@link BandReduction}: a dense symmetric matrix to a band of half width b, by blocked
 * two-sided Householder transformations (Bischof, Lang, Sun 2000, section 3; LAPACK's {@code
 * dsytrd_sy2sb} in tiles, with the next panel factored ahead).
 */
final class PanelReduction {
  private static final int TILE = 256;
  private static final int UPDATE_ROWS = 1024;
  private static final int MAX_TASKS = 64;

  private final DoublePointer a;
  private final DoublePointer band;
  private final int n;
  private final int b;
  private final int ldv;
  private final int ldb;
  private final Crew crew;
  private final DoublePointer panels; // two times [V X V], each (ldv, 3b)
  private final DoublePointer factors; // two times T, (b, b)
  private final DoublePointer sums; // S of each task, then of each member, (b, b)

  /**
   * Destroys {@code a}; the result goes to the zeroed {@code band}, as {@link BulgeChase} wants it.
   * Allocates its buffers in the caller's open scope.
   */
  PanelReduction(DoublePointer a, DoublePointer band, int n, int b, Crew crew) {
    this.a = a;
    this.band = band;
    this.n = n;
    this.b = b;
    this.crew = crew;
    ldv = n + 8; // not a power of two: columns must not share cache sets
    ldb = 2 * b;
    panels = new DoublePointer(6L * ldv * b);
    factors = new DoublePointer(2L * b * b);
    sums = new DoublePointer((long) (MAX_TASKS + crew.size()) * b * b);
  }

  /** The part of one member of the crew. */
  void reduce(int member) {
    new Worker(member).run();
  }

  /** One member of the crew with its own movable views of the shared buffers. */
  private final class Worker {
    private final int member;
    private final DoublePointer av = new DoublePointer(a);
    private final DoublePointer v = new DoublePointer(panels);
    private final DoublePointer x = new DoublePointer(panels);
    private final DoublePointer t = new DoublePointer(factors);
    private final DoublePointer s = new DoublePointer(sums);
    private final DoublePointer mine = new DoublePointer(sums);
    private final DoublePointer out = new DoublePointer(band);

    Worker(int member) {
      this.member = member;
      mine.position((long) (MAX_TASKS + member) * b * b);
    }

    DoublePointer a(int i, int j) {
      return av.position(i + (long) j * n);
    }

    DoublePointer panel(DoublePointer view, int buffer, int i, int column) {
      return view.position(i + (3L * b * buffer + column) * ldv);
    }

    void run() {
      if (member == 0) {
        factor(0, 0);
      }
      crew.barrier();
      for (int k = 0, buffer = 0; k + b < n; k += b, buffer ^= 1) {
        int m = n - k - b;
        int p = Math.min(m, b);
        int tile = Math.max(32, Math.min(TILE, (m / 4 + 7) / 8 * 8));
        tile = Math.max(tile, (m + MAX_TASKS - 1) / MAX_TASKS);
        t.position((long) buffer * b * b);
        multiply(k + b, m, p, tile, buffer);
        crew.barrier();
        correct(m, p, tile, buffer);
        crew.barrier();
        update(k + b, m, p, buffer);
        crew.barrier();
      }
    }

    /** QR of the panel at column k; its band part goes to the band, V (twice) and T to buffers. */
    void factor(int k, int buffer) {
      int width = Math.min(b, n - k);
      out.position((long) k * ldb);
      LAPACKE_dlacpy_work(LAPACK_COL_MAJOR, (byte) 'L', width, width, a(k, k), n, out, ldb - 1);
      int m = n - k - b;
      if (m <= 0) {
        return;
      }
      int p = Math.min(m, b);
      DoublePointer tt = t.position((long) buffer * b * b);
      a(k + b, k);
      if (m >= b) {
        LAPACKE_dgeqrt3_work(LAPACK_COL_MAJOR, m, b, av, n, tt, b);
      } else {
        panel(v, buffer, 0, 0);
        panel(x, buffer, 0, b);
        LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, m, b, av, n, v, x, b);
        LAPACKE_dlarft_work(LAPACK_COL_MAJOR, (byte) 'F', (byte) 'C', m, p, av, n, v, tt, b);
      }
      out.position((long) k * ldb + b);
      LAPACKE_dlacpy_work(LAPACK_COL_MAJOR, (byte) 'U', p, b, av, n, out, ldb - 1);
      LAPACKE_dlaset_work(LAPACK_COL_MAJOR, (byte) 'U', p, p, 0, 1, av, n);
      for (int copy = 0; copy < 2; copy++) {
        panel(v, buffer, 0, 2 * p * copy);
        LAPACKE_dlacpy_work(LAPACK_COL_MAJOR, (byte) 'A', m, p, av, n, v, ldv);
      }
    }

    /** Row tiles of X = A V T, and of each tile its part of V' X. */
    void multiply(int o, int m, int p, int tile, int buffer) {
      for (int i = crew.ticket(); i * tile < m; i = crew.ticket()) {
        int lo = i * tile;
        int hi = Math.min(m, lo + tile);
        int h = hi - lo;
        panel(x, buffer, lo, p);
        panel(v, buffer, lo, 0);
        a(o + lo, o + lo);
        cblas_dsymm(CblasColMajor, CblasLeft, CblasLower, h, p, 1, av, n, v, ldv, 0, x, ldv);
        if (lo > 0) {
          a(o + lo, o);
          panel(v, buffer, 0, 0);
          cblas_dgemm(
              CblasColMajor, CblasNoTrans, CblasNoTrans, h, p, lo, 1, av, n, v, ldv, 1, x, ldv);
        }
        if (hi < m) {
          a(o + hi, o + lo);
          panel(v, buffer, hi, 0);
          cblas_dgemm(
              CblasColMajor, CblasTrans, CblasNoTrans, h, p, m - hi, 1, av, n, v, ldv, 1, x, ldv);
        }
        triangular(CblasRight, CblasNoTrans, h, p, x, ldv);
        s.position((long) i * b * b);
        panel(v, buffer, lo, 0);
        cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, p, p, h, 1, v, ldv, x, ldv, 0, s, p);
      }
    }

    /** X -= V S / 2 by row tiles; every member sums S for itself, in the same order. */
    void correct(int m, int p, int tile, int buffer) {
      cblas_dcopy(p * p, s.position(0), 1, mine, 1);
      for (int i = 1; i * tile < m; i++) {
        cblas_daxpy(p * p, 1, s.position((long) i * b * b), 1, mine, 1);
      }
      triangular(CblasLeft, CblasTrans, p, p, mine, p);
      for (int i = crew.ticket(); i * tile < m; i = crew.ticket()) {
        int lo = i * tile;
        int h = Math.min(m, lo + tile) - lo;
        panel(v, buffer, lo, 0);
        panel(x, buffer, lo, p);
        cblas_dgemm(
            CblasColMajor, CblasNoTrans, CblasNoTrans, h, p, p, -.5, v, ldv, mine, p, 1, x, ldv);
      }
    }

    /** A -= V X' + X V' by tiles; member 0 first does the next panel and factors it. */
    void update(int o, int m, int p, int buffer) {
      if (member == 0) {
        subtract(o, 0, 0, m, Math.min(b, m), p, buffer);
        factor(o, buffer ^ 1);
      }
      int task = 0;
      int next = crew.ticket();
      for (int c = b; c < m; c += TILE) {
        int width = Math.min(TILE, m - c);
        if (task++ == next) {
          panel(v, buffer, c, 0);
          panel(x, buffer, c, p);
          a(o + c, o + c);
          cblas_dsyr2k(
              CblasColMajor, CblasLower, CblasNoTrans, width, p, -1, v, ldv, x, ldv, 1, av, n);
          next = crew.ticket();
        }
        for (int r = c + width; r < m; r += UPDATE_ROWS) {
          if (task++ == next) {
            subtract(o, r, c, Math.min(UPDATE_ROWS, m - r), width, p, buffer);
            next = crew.ticket();
          }
        }
      }
    }

    void subtract(int o, int r, int c, int rows, int columns, int p, int buffer) {
      panel(v, buffer, r, 0); // rows of [V X]
      panel(x, buffer, c, p); // rows of [X V]
      a(o + r, o + c);
      cblas_dgemm(
          CblasColMajor,
          CblasNoTrans,
          CblasTrans,
          rows,
          columns,
          2 * p,
          -1,
          v,
          ldv,
          x,
          ldv,
          1,
          av,
          n);
    }

    /** In place, with the factor T of this panel: {@code T' C} or {@code C T}. */
    void triangular(int side, int trans, int rows, int columns, DoublePointer c, int ldc) {
      cblas_dtrmm(
          CblasColMajor, side, CblasUpper, trans, CblasNonUnit, rows, columns, 1, t, b, c, ldc);
    }
  }
}
