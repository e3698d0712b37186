package dev.orograph.instrument.levelset;

import java.util.Arrays;

/** How far a level-set lies from a point inside of it, along straight lines. */
final class Rays {
  private static final double GROWTH = 1.25;
  private static final int HALVINGS = 30;

  private Rays() {}

  /**
   * The first r on each ray at which f(x + r u) reaches epsilon, looked for at lengths that grow by
   * a quarter and then narrowed down; {@code most} where f stays below it.
   *
   * @param rays unit vectors
   * @param least the first length that is tried
   */
  static double[] first(
      Landscape f, double[] x, double[][] rays, double epsilon, double least, double most) {
    int n = rays.length;
    double[] low = new double[n];
    double[] high = new double[n];
    Arrays.fill(high, Double.NaN);
    for (double r = least; r < most; r *= GROWTH) {
      double[] values = at(f, x, rays, fill(n, r));
      boolean open = false;
      for (int i = 0; i < n; i++) {
        if (Double.isNaN(high[i])) {
          if (values[i] >= epsilon) {
            high[i] = r;
          } else {
            low[i] = r;
            open = true;
          }
        }
      }
      if (!open) {
        break;
      }
    }
    for (int k = 0; k < HALVINGS; k++) {
      double[] middle = new double[n];
      for (int i = 0; i < n; i++) {
        middle[i] = Double.isNaN(high[i]) ? most : (low[i] + high[i]) / 2;
      }
      double[] values = at(f, x, rays, middle);
      for (int i = 0; i < n; i++) {
        if (!Double.isNaN(high[i])) {
          if (values[i] >= epsilon) {
            high[i] = middle[i];
          } else {
            low[i] = middle[i];
          }
        }
      }
    }
    for (int i = 0; i < n; i++) {
      high[i] = Double.isNaN(high[i]) ? most : high[i];
    }
    return high;
  }

  private static double[] at(Landscape f, double[] x, double[][] rays, double[] lengths) {
    double[][] points = new double[rays.length][];
    for (int i = 0; i < points.length; i++) {
      points[i] = Landscape.moved(x, lengths[i], rays[i]);
    }
    return f.values(points);
  }

  private static double[] fill(int n, double r) {
    double[] all = new double[n];
    Arrays.fill(all, r);
    return all;
  }

  /** The middle value; the mean of the two middle ones. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
