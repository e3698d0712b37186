package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.*;

import java.nio.DoubleBuffer;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Symmetric band to tridiagonal, by chasing bulges with Householder reflectors of length b.
 *
 * <p>Sweep s clears column s below the subdiagonal; its step k applies one reflector from both
 * sides to the diagonal block at row {@code r = s + 1 + k b} and from the right to the block below,
 * clears that block's first column by the next reflector, and applies it from the left. The bulge's
 * other columns wait for the next sweep. 12 b^2 flops a step, 6 n^2 b in all. Step k of sweep s may
 * follow step k + 1 of sweep s - 1: a member of the crew takes {@value #GROUP} sweeps at a time,
 * side by side, so that they share the cache, and members follow each other down the band. That
 * order fixes every sum, so the bits do not depend on the number of threads.
 *
 * <p>Source: Haidar, Ltaief, Dongarra (SC 2011), the column-wise kernels of section 4.
 */
final class BulgeChase {
  private static final int GROUP = 8;

  private final DoublePointer band;
  private final int n;
  private final int b;
  private final int ld;
  private final Crew crew;
  private final AtomicIntegerArray done;

  /**
   * Works in place on {@code band}, where {@code A(i, j)} with {@code 0 <= i - j < 2 b} is at
   * {@code i - j + 2 b j}; the entries with {@code i - j > b} are zero at the start.
   */
  BulgeChase(DoublePointer band, int n, int b, Crew crew) {
    this.band = band;
    this.n = n;
    this.b = b;
    this.crew = crew;
    ld = 2 * b;
    done = new AtomicIntegerArray(n / GROUP + 1);
  }

  /** The part of one member of the crew. */
  void chase(int member) {
    try (DoublePointer vectors = new DoublePointer(4L * GROUP * b)) {
      new Chaser(vectors).run(member);
    }
  }

  private int steps(int sweep) {
    return (n - 2 - sweep) / b + 1;
  }

  private final class Chaser {
    private final DoublePointer block = new DoublePointer(band);
    private final DoublePointer v;
    private final DoublePointer w;
    private final DoublePointer u;
    private final DoublePointer z;
    private final DoubleBuffer bandBuffer = band.asBuffer();
    private final DoubleBuffer vectorBuffer;
    private final double[] taus = new double[GROUP];

    Chaser(DoublePointer vectors) {
      v = new DoublePointer(vectors);
      w = new DoublePointer(vectors);
      u = new DoublePointer(vectors);
      z = new DoublePointer(vectors);
      vectorBuffer = vectors.asBuffer();
    }

    void run(int member) {
      for (int g = member; g * GROUP < n - 2; g += crew.size()) {
        int first = g * GROUP;
        int count = Math.min(GROUP, n - 2 - first);
        for (int turn = 0; turn < steps(first) + count - 1; turn++) {
          int needed = Math.min(turn + 2, steps(first));
          for (int spins = 0; g > 0 && done.getAcquire(g - 1) < needed; spins++) {
            crew.pause(spins);
          }
          for (int j = 0; j < count; j++) {
            int k = turn - j;
            if (k >= 0 && k < steps(first + j)) {
              step(first + j, k, j);
            }
          }
          done.setRelease(g, turn - count + 2);
        }
        done.setRelease(g, Integer.MAX_VALUE);
      }
    }

    /**
     * Step k of a sweep. The sweep's four vectors lie so that those of a rank-2 update are
     * neighbours: (v, z) and (y, next v) in even steps, (next v, y) and (z, v) in odd ones.
     */
    void step(int sweep, int k, int slot) {
      int base = 4 * slot * b;
      boolean even = (k & 1) == 0;
      int vAt = base + (even ? 0 : 3 * b);
      int nextAt = base + (even ? 3 * b : 0);
      int zAt = base + (even ? b : 2 * b);
      int yAt = base + (even ? 2 * b : b);
      int r = sweep + 1 + k * b;
      int m = Math.min(b, n - r);
      double tau = k == 0 ? reflect(sweep * ld + 1, m, vAt) : taus[slot];
      v.position(vAt);
      if (tau != 0) {
        block.position((long) r * ld);
        w.position(yAt);
        cblas_dsymv(CblasColMajor, CblasLower, m, tau, block, ld - 1, v, 1, 0, w, 1);
        cblas_daxpy(m, -.5 * tau * cblas_ddot(m, w, 1, v, 1), v, 1, w, 1);
        cblas_dsyr2(CblasColMajor, CblasLower, m, -1, v, 1, w, 1, block, ld - 1);
      }
      int below = Math.min(b, n - r - m);
      if (below <= 0) {
        return;
      }
      // B := (I - tauNext vNext vNext') B (I - tau v v') = B - y v' - vNext z'
      block.position((long) r * ld + b);
      w.position(yAt);
      cblas_dgemv(CblasColMajor, CblasNoTrans, below, m, tau, block, ld - 1, v, 1, 0, w, 1);
      cblas_daxpy(below, -1, w, 1, block, 1);
      double tauNext = reflect(r * ld + b, below, nextAt);
      taus[slot] = tauNext;
      if (m == 1) {
        return;
      }
      block.position((long) (r + 1) * ld + b - 1);
      u.position(nextAt);
      double overlap = -tauNext * cblas_ddot(below, w, 1, u, 1);
      z.position(zAt + 1);
      cblas_dcopy(m - 1, v.position(vAt + 1), 1, z, 1);
      cblas_dgemv(
          CblasColMajor, CblasTrans, below, m - 1, tauNext, block, ld - 1, u, 1, overlap, z, 1);
      u.position(Math.min(yAt, nextAt));
      z.position(Math.min(vAt, zAt) + 1);
      cblas_dgemm(
          CblasColMajor,
          CblasNoTrans,
          CblasTrans,
          below,
          m - 1,
          2,
          -1,
          u,
          b,
          z,
          b,
          1,
          block,
          ld - 1);
    }

    /**
     * The reflector {@code I - tau v v'}, v(0) = 1, that clears the band's m entries from {@code
     * at} but the first; returns tau. The matrix is scaled, so squares neither overflow nor matter
     * where they underflow.
     */
    private double reflect(int at, int m, int vAt) {
      double sum = 0;
      for (int i = 1; i < m; i++) {
        double entry = bandBuffer.get(at + i);
        sum = Math.fma(entry, entry, sum);
      }
      double alpha = bandBuffer.get(at);
      boolean tiny = sum < 1e-280;
      double beta = tiny ? alpha : -Math.copySign(Math.sqrt(alpha * alpha + sum), alpha);
      double factor = tiny ? 0 : 1 / (alpha - beta);
      vectorBuffer.put(vAt, 1);
      bandBuffer.put(at, beta);
      for (int i = 1; i < m; i++) {
        vectorBuffer.put(vAt + i, bandBuffer.get(at + i) * factor);
        bandBuffer.put(at + i, 0);
      }
      return tiny ? 0 : (beta - alpha) / beta;
    }
  }
}
