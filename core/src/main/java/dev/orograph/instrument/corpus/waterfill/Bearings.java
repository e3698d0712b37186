package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.linalg.InnerProduct;

/**
 * The bearing of directions in the plane of their two largest principal axes, so that shells can be
 * drawn as circles: orthogonal iteration from fixed axes, 30 rounds, about the mean.
 */
final class Bearings {
  private static final int ROUNDS = 30;

  private Bearings() {}

  /**
   * Bearings in radians.
   *
   * @param units {@code (n, d)}; changed to be centred
   */
  static double[] of(double[][] units) {
    int n = units.length;
    int d = units[0].length;
    double[] mean = new double[d];
    for (double[] u : units) {
      for (int k = 0; k < d; k++) {
        mean[k] += u[k] / n;
      }
    }
    for (double[] u : units) {
      for (int k = 0; k < d; k++) {
        u[k] -= mean[k];
      }
    }
    double[] a = new double[d];
    double[] b = new double[d];
    for (int k = 0; k < d; k++) {
      a[k] = Math.cos(1.0 + k);
      b[k] = Math.sin(2.0 + 3 * k);
    }
    for (int round = 0; round < ROUNDS; round++) {
      a = again(units, a, null);
      b = again(units, b, a);
    }
    double[] angles = new double[n];
    for (int i = 0; i < n; i++) {
      angles[i] = Math.atan2(InnerProduct.of(units[i], b), InnerProduct.of(units[i], a));
    }
    return angles;
  }

  /** The scatter matrix times an axis, less its part along another, of length 1. */
  private static double[] again(double[][] units, double[] axis, double[] less) {
    double[] next = new double[axis.length];
    for (double[] u : units) {
      double along = InnerProduct.of(u, axis);
      for (int k = 0; k < next.length; k++) {
        next[k] += along * u[k];
      }
    }
    double part = less == null ? 0 : InnerProduct.of(next, less);
    for (int k = 0; part != 0 && k < next.length; k++) {
      next[k] -= part * less[k];
    }
    double length = Math.sqrt(InnerProduct.of(next, next));
    for (int k = 0; k < next.length; k++) {
      next[k] = length > 0 ? next[k] / length : 0;
    }
    return next;
  }
}
