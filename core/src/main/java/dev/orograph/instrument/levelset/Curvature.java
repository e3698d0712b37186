package dev.orograph.instrument.levelset;

import dev.orograph.linalg.InnerProduct;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.linalg.SymmetricEigenvalues;

/**
 * How a level-set {f = epsilon} bends at a point: the Hessian H by central differences of the
 * gradient, and principal curvatures, the eigenvalues of Q' H Q / |g| where the columns of Q span
 * the tangent space of the gradient g. A sphere of radius r around a minimum has 1/r.
 */
final class Curvature {
  /** Points whose gradients are taken side by side. */
  private static final int BATCH = 128;

  private Curvature() {}

  /**
   * The product of the Hessian with each direction, {@code (directions, d)}: (g(x + h v) - g(x - h
   * v)) / 2h, of error h^2 and of the gradient's rounding over h.
   */
  static double[][] times(Landscape f, double[] x, double[][] directions, double h) {
    double[][] products = new double[directions.length][];
    for (int first = 0; first < directions.length; first += BATCH) {
      int n = Math.min(BATCH, directions.length - first);
      double[][] moved = new double[2 * n][];
      for (int i = 0; i < 2 * n; i++) {
        moved[i] = Landscape.moved(x, i % 2 == 0 ? h : -h, directions[first + i / 2]);
      }
      double[][] g = f.slopes(moved).gradients();
      for (int i = 0; i < n; i++) {
        double[] by = Landscape.moved(g[2 * i], -1, g[2 * i + 1]);
        products[first + i] = Landscape.moved(new double[x.length], 1 / (2 * h), by);
      }
    }
    return products;
  }

  /** The whole Hessian, {@code (d, d)}, made symmetric. */
  static double[][] hessian(Landscape f, double[] x, double h) {
    int d = x.length;
    double[][] axes = new double[d][d];
    for (int i = 0; i < d; i++) {
      axes[i][i] = 1;
    }
    double[][] rows = times(f, x, axes, h);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < i; j++) {
        double mean = (rows[i][j] + rows[j][i]) / 2;
        rows[i][j] = mean;
        rows[j][i] = mean;
      }
    }
    return rows;
  }

  /** Eigenvalues of a symmetric matrix, ascending. */
  static double[] eigenvalues(double[][] a) {
    try (Scope scope = new Scope()) {
      Matrix m = scope.matrix(a.length, a.length);
      for (int j = 0; j < a.length; j++) {
        m.put(0, j, a[j], 0, a.length);
      }
      return SymmetricEigenvalues.of(m, 1);
    }
  }

  /**
   * The d - 1 principal curvatures, ascending: a reflection turns the gradient into the first axis,
   * and what is left of the Hessian without that axis is the tangent space's.
   */
  static double[] principal(double[][] hessian, double[] gradient) {
    int d = gradient.length;
    double[] w = Landscape.unit(gradient);
    w[0] += w[0] < 0 ? -1 : 1;
    w = Landscape.unit(w);
    // (I - 2 w w') H (I - 2 w w')
    double[] hw = new double[d];
    for (int i = 0; i < d; i++) {
      hw[i] = InnerProduct.of(hessian[i], w);
    }
    double whw = InnerProduct.of(w, hw);
    double length = Landscape.length(gradient);
    double[][] tangent = new double[d - 1][d - 1];
    for (int i = 1; i < d; i++) {
      for (int j = 1; j < d; j++) {
        double turned = hessian[i][j] - 2 * (w[i] * hw[j] + hw[i] * w[j]) + 4 * whw * w[i] * w[j];
        tangent[i - 1][j - 1] = turned / length;
      }
    }
    return eigenvalues(tangent);
  }

  /**
   * How the set bends towards each axis: t' H t / |g|, with t the axis less its part along the
   * gradient, of length 1; NaN where nothing is left.
   */
  static double[] alongAxes(double[][] hessian, double[] gradient) {
    int d = gradient.length;
    double[] n = Landscape.unit(gradient);
    double[] hn = new double[d];
    for (int i = 0; i < d; i++) {
      hn[i] = InnerProduct.of(hessian[i], n);
    }
    double nhn = InnerProduct.of(n, hn);
    double[] bends = new double[d];
    for (int i = 0; i < d; i++) {
      double square = 1 - n[i] * n[i];
      double form = hessian[i][i] - 2 * n[i] * hn[i] + n[i] * n[i] * nhn;
      bends[i] = square > 1e-12 ? form / (square * Landscape.length(gradient)) : Double.NaN;
    }
    return bends;
  }
}
