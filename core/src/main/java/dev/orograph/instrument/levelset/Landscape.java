package dev.orograph.instrument.levelset;

import dev.orograph.linalg.InnerProduct;
import dev.orograph.random.Generator;

/** A function of a point with its gradient, for many points at once. */
interface Landscape {
  /**
   * What was found at some points.
   *
   * @param values f, one per point
   * @param gradients df/dx, {@code (points, d)}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Slopes(double[] values, double[][] gradients) {}

  /** f at each point. */
  double[] values(double[][] points);

  /** f and its gradient at each point. */
  Slopes slopes(double[][] points);

  /** Euclidean length. */
  static double length(double[] a) {
    return Math.sqrt(InnerProduct.of(a, a));
  }

  /** a + s b. */
  static double[] moved(double[] a, double s, double[] b) {
    double[] c = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      c[i] = a[i] + s * b[i];
    }
    return c;
  }

  /** a of length 1; as it is where it is 0. */
  static double[] unit(double[] a) {
    double length = length(a);
    return length == 0 ? a.clone() : moved(new double[a.length], 1 / length, a);
  }

  /** A direction drawn uniformly from the unit sphere. */
  static double[] direction(Generator g, int d) {
    double[] u = new double[d];
    g.standardNormal(u);
    return unit(u);
  }

  /** The cosine of the angle between two vectors; NaN where one is 0. */
  static double cosine(double[] a, double[] b) {
    return InnerProduct.of(a, b) / (length(a) * length(b));
  }
}
