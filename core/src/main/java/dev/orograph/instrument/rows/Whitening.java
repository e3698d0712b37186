package dev.orograph.instrument.rows;

import dev.orograph.geometry.LedoitWolf;
import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.Matrix;

/**
 * The covariance C of rows as the causal metric inverts it: (1 - w) C + w m I, m the mean
 * eigenvalue. Where the condition number of C is at most {@link #LIMIT} the weight w is 0; else it
 * is that of Ledoit and Wolf (2004), or more where that leaves the condition number above the
 * limit.
 */
public final class Whitening {
  /** Condition number beyond which C is not inverted as it is. */
  public static final double LIMIT = 1e10;

  private final double largest;
  private final double smallest;
  private final double level;
  private final double weight;

  /** For rows of these moments, some of which differ. */
  public Whitening(Moments m) {
    int d = m.width();
    double[] l = m.eigenvalues();
    largest = l[0];
    // What rounding leaves of a zero is one.
    smallest = l[d - 1] > d * 0x1p-52 * largest ? l[d - 1] : 0;
    level = m.total() / d;
    double away = largest - LIMIT * smallest;
    weight =
        away > 0
            ? Math.max(
                LedoitWolf.weight(m.count(), d, m.total(), m.squares(), m.fourthPowers()),
                away / (away + level * (LIMIT - 1)))
            : 0;
  }

  /** Largest eigenvalue of C. */
  public double largest() {
    return largest;
  }

  /** Smallest eigenvalue of C; 0 where it is rounding. */
  public double smallest() {
    return smallest;
  }

  /** The weight w of the multiple of the identity. */
  public double weight() {
    return weight;
  }

  /** The eigenvalue of what is inverted where C has this one. */
  public double shrunk(double eigenvalue) {
    return (1 - weight) * eigenvalue + weight * level;
  }

  /**
   * The factor of what is inverted: its solutions R^-1 (g - mu) are the rows in the causal metric.
   *
   * @param scattered the rows' moments; its scatter becomes the factor
   * @param threads native threads, part of what fixes the digits
   */
  public Cholesky factor(Moments.Scattered scattered, int threads) {
    Matrix c = scattered.scatter();
    int d = c.rows();
    double[] column = new double[d];
    double share = (1 - weight) / scattered.moments().count();
    for (int j = 0; j < d; j++) {
      c.get(j, j, column, 0, d - j);
      for (int i = 0; i < d - j; i++) {
        column[i] *= share;
      }
      column[0] += weight * level;
      c.put(j, j, column, 0, d - j);
    }
    return Cholesky.of(c, threads);
  }
}
