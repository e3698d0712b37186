package dev.orograph.geometry;

import dev.orograph.linalg.Gram;

/**
 * One representation of n points, ready to be compared with others of the same points by centred
 * kernel alignment with the linear kernel. Source: Kornblith et al. 2019; the unbiased estimator of
 * HSIC is that of Song et al. 2012, equation 5. Holds n^2 doubles; making it takes n^2 d / 2
 * multiplications, comparing n^2.
 */
public final class Cka {
  /** Fewest points for which the unbiased estimator is defined. */
  public static final int FEWEST = 4;

  private final int n;
  private final double[] gram;

  /** Sums of the rows of the Gram matrix without its diagonal. */
  private final double[] off;

  private Cka(int n, double[] gram) {
    this.n = n;
    this.gram = gram;
    this.off = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        off[i] += i == j ? 0 : gram[i * n + j];
      }
    }
  }

  /**
   * From rows, {@code (n, d)} in row-major order; each dimension is centred.
   *
   * @param x may not be larger than an array; finite
   */
  public static Cka of(double[] x, int n, int d) {
    if (n < FEWEST || x.length != n * d) {
      throw new IllegalArgumentException(x.length + " numbers for " + n + " rows of " + d);
    }
    double[] centred = x.clone();
    for (int j = 0; j < d; j++) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += x[i * d + j] / n;
      }
      for (int i = 0; i < n; i++) {
        centred[i * d + j] -= mean;
      }
    }
    return new Cka(n, Gram.ofRows(centred, n, d));
  }

  /** The same points in another order: point i is what {@code order[i]} was. */
  public Cka permuted(int... order) {
    double[] moved = new double[gram.length];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        moved[i * n + j] = gram[order[i] * n + order[j]];
      }
    }
    return new Cka(n, moved);
  }

  /**
   * ||X'Y||^2 / (||X'X|| ||Y'Y||), from 0 to 1. Grows towards 1 for unrelated points as soon as
   * there are more dimensions than points. NaN where all points coincide.
   */
  public double linear(Cka other) {
    return dot(other) / Math.sqrt(dot(this) * other.dot(other));
  }

  /**
   * The same with the unbiased estimator of HSIC: about 0 for unrelated points, may lie below. NaN
   * where an estimate of a representation with itself is not positive.
   */
  public double debiased(Cka other) {
    double own = unbiased(this) * other.unbiased(other);
    return own > 0 ? unbiased(other) / Math.sqrt(own) : Double.NaN;
  }

  private double dot(Cka other) {
    if (other.n != n) {
      throw new IllegalArgumentException(n + " and " + other.n + " points");
    }
    double sum = 0;
    for (int i = 0; i < gram.length; i++) {
      sum += gram[i] * other.gram[i];
    }
    return sum;
  }

  private double unbiased(Cka other) {
    double product = dot(other);
    double mixed = 0;
    double mine = 0;
    double theirs = 0;
    for (int i = 0; i < n; i++) {
      product -= gram[i * n + i] * other.gram[i * n + i];
      mixed += off[i] * other.off[i];
      mine += off[i];
      theirs += other.off[i];
    }
    double pairs = (n - 1.0) * (n - 2.0);
    return (product + mine * (theirs / pairs) - 2 * mixed / (n - 2)) / (n * (n - 3.0));
  }
}
