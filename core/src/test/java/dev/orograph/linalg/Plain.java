package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_sgesdd;
import static org.bytedeco.openblas.global.openblas.LAPACK_ROW_MAJOR;

import dev.orograph.random.Generator;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/** The slow plain versions that the tests of this room compare with, and matrices to feed them. */
final class Plain {
  private static final double CONVERGED = 0x1p-52;
  private static final int MOST_SWEEPS = 60;

  private Plain() {}

  /** Singular values of a row-major matrix by one-sided Jacobi rotations of its short side. */
  static double[] jacobi(int rows, int columns, double[] w) {
    boolean tall = rows >= columns;
    int n = Math.min(rows, columns);
    int m = Math.max(rows, columns);
    double[][] v = new double[n][m];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        v[tall ? j : i][tall ? i : j] = w[i * columns + j];
      }
    }
    boolean rotated = true;
    for (int sweep = 0; rotated; sweep++) {
      if (sweep == MOST_SWEEPS) {
        throw new AssertionError("Jacobi did not converge");
      }
      rotated = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotated |= rotate(v[p], v[q]);
        }
      }
    }
    double[] s = new double[n];
    for (int j = 0; j < n; j++) {
      s[n - 1 - j] = Math.sqrt(dot(v[j], v[j]));
    }
    Arrays.sort(s);
    return reversed(s);
  }

  private static boolean rotate(double[] x, double[] y) {
    double a = dot(x, x);
    double b = dot(y, y);
    double c = dot(x, y);
    if (Math.abs(c) <= CONVERGED * Math.sqrt(a) * Math.sqrt(b) * Math.sqrt(x.length)) {
      return false;
    }
    double zeta = (b - a) / (2 * c);
    double t = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
    double cos = 1 / Math.hypot(1, t);
    double sin = cos * t;
    for (int i = 0; i < x.length; i++) {
      double xi = x[i];
      x[i] = cos * xi - sin * y[i];
      y[i] = sin * xi + cos * y[i];
    }
    return true;
  }

  static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  /** A row-major Gaussian matrix. */
  static double[] gaussian(int rows, int columns, long seed) {
    double[] w = new double[rows * columns];
    Generator.of(seed).standardNormal(w);
    return w;
  }

  /**
   * A dense row-major matrix with these singular values: a diagonal between two products of random
   * Householder reflections.
   */
  static double[] known(int rows, int columns, double[] s, int reflections, long seed) {
    double[] w = new double[rows * columns];
    for (int i = 0; i < s.length; i++) {
      w[i * columns + i] = s[i];
    }
    Generator g = Generator.of(seed);
    for (int k = 0; k < reflections; k++) {
      double[] u = unit(rows, g);
      double[] v = unit(columns, g);
      double[] uw = new double[columns];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          uw[j] += u[i] * w[i * columns + j];
        }
      }
      for (int i = 0; i < rows; i++) {
        double wv = 0;
        for (int j = 0; j < columns; j++) {
          w[i * columns + j] -= 2 * u[i] * uw[j];
          wv += w[i * columns + j] * v[j];
        }
        for (int j = 0; j < columns; j++) {
          w[i * columns + j] -= 2 * wv * v[j];
        }
      }
    }
    return w;
  }

  private static double[] unit(int n, Generator g) {
    double[] u = new double[n];
    g.standardNormal(u);
    double norm = Math.sqrt(dot(u, u));
    return Arrays.stream(u).map(x -> x / norm).toArray();
  }

  /** n values from 1 down to 1 / condition, evenly spaced on a logarithmic scale. */
  static double[] geometric(int n, double condition) {
    double[] s = new double[n];
    for (int i = 0; i < n; i++) {
      s[i] = Math.pow(condition, -(double) i / (n - 1));
    }
    return s;
  }

  /** Rounded to float32. */
  static double[] rounded(double[] w) {
    return Arrays.stream(w).map(x -> (float) x).toArray();
  }

  /** What a float32 decomposition, as NumPy or torch would do it, gives. */
  static double[] float32(int rows, int columns, double[] w) {
    int n = Math.min(rows, columns);
    float[] narrow = new float[w.length];
    for (int i = 0; i < w.length; i++) {
      narrow[i] = (float) w[i];
    }
    float[] s = new float[n];
    try (FloatPointer a = new FloatPointer(narrow);
        FloatPointer out = new FloatPointer(n);
        FloatPointer none = new FloatPointer(1)) {
      int info =
          Lapack.with(
              1,
              () ->
                  LAPACKE_sgesdd(
                      LAPACK_ROW_MAJOR,
                      (byte) 'N',
                      rows,
                      columns,
                      a,
                      columns,
                      out,
                      none,
                      1,
                      none,
                      1));
      Lapack.check("sgesdd", info);
      out.get(s);
    }
    double[] wide = new double[n];
    for (int i = 0; i < n; i++) {
      wide[i] = s[i];
    }
    return wide;
  }

  private static double[] reversed(double[] s) {
    double[] r = new double[s.length];
    for (int i = 0; i < s.length; i++) {
      r[i] = s[s.length - 1 - i];
    }
    return r;
  }
}
