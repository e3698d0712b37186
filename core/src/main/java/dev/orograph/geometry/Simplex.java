package dev.orograph.geometry;

/**
 * Volumes of simplices: k + 1 points span a k-dimensional one of volume {@code sqrt(det G) / k!}, G
 * the Gram matrix of the k edges that leave the first point. Equal to the Cayley-Menger determinant
 * without its cancellation, for any k.
 */
public final class Simplex {
  /** Below it the ratio of gamma functions is carried down by its recurrence. */
  private static final double LARGE = 40;

  private final int k;
  private final int d;
  private final double[] edges;
  private final double[] gram;

  /**
   * A simplex to be filled with points.
   *
   * @param k its dimension, at least 1
   * @param d dimension of the space
   */
  public Simplex(int k, int d) {
    if (k < 1 || d < 1) {
      throw new IllegalArgumentException("a simplex of " + k + " edges in " + d + " dimensions");
    }
    this.k = k;
    this.d = d;
    this.edges = new double[k * d];
    this.gram = new double[k * k];
  }

  /**
   * The volume of the simplex of these points; 0 where they lie in fewer than k dimensions, as far
   * as float64 tells.
   *
   * @param points {@code (k + 1, d)}, row-major
   */
  public double volume(double[] points) {
    for (int i = 0; i < k; i++) {
      edge(points, i);
    }
    // Cholesky's diagonal holds each edge's height over the ones before: the volume is their
    // product over k!, taken factor by factor so that nothing overflows on the way.
    double volume = 1;
    for (int i = 0; i < k; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = dot(i, j);
        double whole = sum;
        for (int m = 0; m < j; m++) {
          sum -= gram[i * k + m] * gram[j * k + m];
        }
        if (j < i) {
          gram[i * k + j] = sum / gram[j * k + j];
        } else if (sum <= ROUNDING * whole || !(sum > 0)) {
          return 0;
        } else {
          gram[i * k + i] = Math.sqrt(sum);
          volume *= gram[i * k + i] / (i + 1);
        }
      }
    }
    return volume;
  }

  /** A height below this share of its edge, squared, is rounding. */
  private static final double ROUNDING = 1e-14;

  private void edge(double[] points, int i) {
    for (int j = 0; j < d; j++) {
      edges[i * d + j] = points[(i + 1) * d + j] - points[j];
    }
  }

  private double dot(int i, int j) {
    // Four sums, so that the additions do not wait for each other.
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int x = i * d;
    int y = j * d;
    int at = 0;
    for (; at + 3 < d; at += 4) {
      a += edges[x + at] * edges[y + at];
      b += edges[x + at + 1] * edges[y + at + 1];
      c += edges[x + at + 2] * edges[y + at + 2];
      e += edges[x + at + 3] * edges[y + at + 3];
    }
    for (; at < d; at++) {
      a += edges[x + at] * edges[y + at];
    }
    return a + b + (c + e);
  }

  /**
   * The vertices of a regular k-simplex with edges of length 1 and the origin as its centre: vertex
   * i has coordinate i at {@code sqrt(i / (2 (i + 1)))}, those before it at 0 and those behind it
   * at {@code -1 / sqrt(2 j (j + 1))} in coordinate j.
   *
   * @param d dimension of the space, at least k
   * @return {@code (k + 1, d)}, row-major
   */
  public static double[] regular(int k, int d) {
    if (k < 1 || d < k) {
      throw new IllegalArgumentException("a regular " + k + "-simplex in " + d + " dimensions");
    }
    double[] points = new double[(k + 1) * d];
    for (int j = 1; j <= k; j++) {
      double below = -1 / Math.sqrt(2.0 * j * (j + 1));
      for (int i = 0; i < j; i++) {
        points[i * d + j - 1] = below;
      }
      points[j * d + j - 1] = Math.sqrt(j / (2.0 * (j + 1)));
    }
    return points;
  }

  /**
   * The vertices that seed 003 section 12 takes for regular, by its formula in float64: for k above
   * 1 their edges differ (from .944 to 1.075 for k = 4).
   *
   * @param d dimension of the space, at least k
   * @return {@code (k + 1, d)}, row-major
   */
  public static double[] seedTemplate(int k, int d) {
    if (k < 1 || d < k) {
      throw new IllegalArgumentException("a " + k + "-simplex in " + d + " dimensions");
    }
    double[] points = new double[(k + 1) * d];
    for (int i = 0; i <= k; i++) {
      if (i < d) {
        points[i * d + i] =
            i == 0 ? Math.sqrt((k + 1.0) / k) : Math.sqrt((k + 1.0) / (k * (1 + 1.0 / (i + 1))));
      }
      for (int j = 0; j < i; j++) {
        points[i * d + j] = -1 / (k * points[j * d + j]);
      }
    }
    double length = 0;
    for (int j = 0; j < d; j++) {
      double mean = 0;
      for (int i = 0; i <= k; i++) {
        mean += points[i * d + j] / (k + 1);
      }
      for (int i = 0; i <= k; i++) {
        points[i * d + j] -= mean;
      }
      length += (points[j] - points[d + j]) * (points[j] - points[d + j]);
    }
    for (int i = 0; i < points.length; i++) {
      points[i] /= Math.sqrt(length);
    }
    return points;
  }

  /**
   * Coefficient of variation of the volume of k + 1 independent points of an isotropic Gaussian in
   * d dimensions, in closed form: {@code CV^2 = prod_{i<k} (d - i) / (2 r((d - i) / 2)^2) - 1} with
   * {@code r(x) = G(x + 1/2) / G(x)}, since the squared volume is a product of independent
   * chi-square variables with d, d - 1, ... degrees of freedom. Needs d >= k.
   */
  public static double gaussianVariation(int k, int d) {
    if (d < k || k < 1) {
      throw new IllegalArgumentException(k + "-simplices do not fit in " + d + " dimensions");
    }
    double log = 0;
    for (int i = 0; i < k; i++) {
      log -= logShare((d - i) / 2.0);
    }
    return Math.sqrt(Math.expm1(log));
  }

  /**
   * ln(r(x)^2 / x) for r(x) = G(x + 1/2) / G(x): the asymptotic series (Tricomi and Erdelyi 1951)
   * where x is large, and {@code r(x) = r(x + 1) x / (x + 1/2)} below.
   */
  private static double logShare(double x) {
    double log = 0;
    double at = x;
    while (at < LARGE) {
      // r(x)^2 / x = r(x + 1)^2 / (x + 1) * x (x + 1) / (x + 1/2)^2
      log += Math.log1p(-0.25 / ((at + 0.5) * (at + 0.5)));
      at++;
    }
    double y = 1 / at;
    double series =
        y
            * (-1.0 / 4
                + y
                    * (1.0 / 32
                        + y
                            * (1.0 / 128
                                + y * (-5.0 / 2048 + y * (-23.0 / 8192 + y * (53.0 / 65536))))));
    return log + Math.log1p(series);
  }
}
