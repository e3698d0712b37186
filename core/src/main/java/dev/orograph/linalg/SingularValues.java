package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesdd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import org.bytedeco.javacpp.DoublePointer;

/**
 * Singular values of a matrix W {@code (rows, columns)}, largest first.
 *
 * <p>The usual route takes the square roots of the eigenvalues of the float64 Gram matrix on the
 * short side; its relative error in a singular value s is about eps64 (s1 / s)^2. Where that is not
 * enough, from s1 / s above {@value #GRAM_LIMIT} on, W is factorised directly: R of a streamed QR,
 * then a bidiagonal SVD, whose error is about eps64 s1 in every value.
 */
public final class SingularValues {
  /** Condition number up to which the Gram route is trusted. */
  public static final double GRAM_LIMIT = 1e6;

  private final double[] values;
  private final boolean direct;

  private SingularValues(double[] values, boolean direct) {
    this.values = values;
    this.direct = direct;
  }

  /** The singular values, descending. */
  public double[] values() {
    return values.clone();
  }

  /** Whether the direct route was taken. */
  public boolean direct() {
    return direct;
  }

  /**
   * Singular values of W.
   *
   * @param w finite entries; see {@link #scale} for very large or small ones
   * @param scale power of two that keeps squares of entries in range; usually 1
   * @param threads native threads, part of what fixes the digits
   * @throws ArithmeticException if W holds NaN or infinity, or LAPACK does not converge
   */
  public static SingularValues of(Entries w, double scale, int threads) {
    if (Math.min(w.rows(), w.columns()) == 0) {
      return new SingularValues(new double[0], false);
    }
    return Lapack.with(threads, () -> compute(w, scale, threads));
  }

  /** The same with scale 1. */
  public static SingularValues of(Entries w, int threads) {
    return of(w, 1, threads);
  }

  /**
   * Singular values by the direct route alone: slower, and with an error of about eps64 s1 in every
   * value whatever the condition.
   *
   * @throws ArithmeticException if LAPACK does not converge
   */
  public static SingularValues direct(Entries w, double scale, int threads) {
    if (Math.min(w.rows(), w.columns()) == 0) {
      return new SingularValues(new double[0], true);
    }
    return Lapack.with(threads, () -> new SingularValues(unscaled(fromQr(w, scale), scale), true));
  }

  /**
   * Singular values by the Gram route alone, for figures in which small ones do not count: the
   * error in every value is at most about sqrt(eps64) s1 = 1.5e-8 s1.
   *
   * @throws ArithmeticException if W holds NaN or infinity, or LAPACK does not converge
   */
  public static double[] large(Entries w, int threads) {
    return Math.min(w.rows(), w.columns()) == 0
        ? new double[0]
        : Lapack.with(threads, () -> fromGram(w, 1, threads, false));
  }

  /**
   * Singular values of a product B A of low rank, without forming it: those of R_B R_A^T, where B =
   * Q_B R_B and A^T = Q_A R_A. The error is about eps64 s1 in every value.
   *
   * @param b {@code (rows, rank)}, rank at most rows
   * @param a {@code (rank, columns)}, rank at most columns
   * @throws IllegalArgumentException if the shapes are others
   * @throws ArithmeticException if LAPACK does not converge
   */
  public static double[] ofProduct(Entries b, Entries a, int threads) {
    if (b.columns() != a.rows() || b.columns() > b.rows() || a.rows() > a.columns()) {
      throw new IllegalArgumentException(
          b.rows() + " x " + b.columns() + " times " + a.rows() + " x " + a.columns());
    }
    int n = Math.toIntExact(a.rows());
    return Lapack.with(
        threads,
        () -> {
          try (Scope scope = new Scope()) {
            Matrix left = StreamedQr.r(b, 1, scope);
            Matrix right = StreamedQr.r(a, 1, scope);
            double[] core = new double[n * n];
            for (int i = 0; i < n; i++) {
              for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int k = Math.max(i, j); k < n; k++) {
                  sum += left.get(i, k) * right.get(j, k);
                }
                core[i * n + j] = sum;
              }
            }
            return fromQr(Entries.of(n, n, core), 1);
          }
        });
  }

  /** The power of two that brings the largest magnitude of entries to about 1 if it is extreme. */
  public static double scale(double largest) {
    if (largest == 0 || (largest > 0x1p-400 && largest < 0x1p400)) {
      return 1;
    }
    return Math.scalb(1.0, Math.max(-1000, Math.min(1000, -Math.getExponent(largest))));
  }

  private static SingularValues compute(Entries w, double scale, int threads) {
    double[] s = fromGram(w, scale, threads, true);
    boolean direct = s == null;
    if (direct) {
      s = fromQr(w, scale);
    }
    return new SingularValues(unscaled(s, scale), direct);
  }

  private static double[] unscaled(double[] s, double scale) {
    if (scale != 1) {
      for (int i = 0; i < s.length; i++) {
        s[i] /= scale;
      }
    }
    return s;
  }

  /** Singular values by the Gram route; null where it is not to be trusted and must be. */
  private static double[] fromGram(Entries w, double scale, int threads, boolean trusted) {
    try (Scope scope = new Scope()) {
      Matrix gram = Gram.of(w, scale, scope);
      int n = gram.rows();
      double trace = 0;
      for (int i = 0; i < n; i++) {
        trace += gram.get(i, i);
      }
      if (!Double.isFinite(trace)) {
        throw new ArithmeticException("W holds NaN, infinity or entries beyond 2^500");
      }
      if (trace == 0) {
        return new double[n];
      }
      double[] ascending = SymmetricEigenvalues.ascending(gram, threads);
      if (trusted && ascending[0] * GRAM_LIMIT * GRAM_LIMIT < ascending[n - 1]) {
        return null;
      }
      return ofGram(ascending);
    }
  }

  /** Singular values, largest first, from the ascending eigenvalues of a Gram matrix. */
  static double[] ofGram(double[] ascending) {
    int n = ascending.length;
    double[] s = new double[n];
    for (int i = 0; i < n; i++) {
      s[i] = Math.sqrt(Math.max(0, ascending[n - 1 - i]));
    }
    return s;
  }

  private static double[] fromQr(Entries w, double scale) {
    try (Scope scope = new Scope()) {
      Matrix r = StreamedQr.r(w, scale, scope);
      int n = r.columns();
      DoublePointer s = scope.doubles(n);
      DoublePointer none = scope.doubles(1);
      int info =
          LAPACKE_dgesdd(
              LAPACK_COL_MAJOR, (byte) 'N', n, n, r.pointer(), r.rows(), s, none, 1, none, 1);
      Lapack.check("dgesdd", info);
      double[] values = new double[n];
      s.get(values);
      return values;
    }
  }
}
