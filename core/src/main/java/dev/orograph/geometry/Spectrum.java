package dev.orograph.geometry;

/**
 * Figures of a spectrum of singular values s1 >= s2 >= ... >= sn >= 0.
 *
 * <p>All are pure numbers except {@link #largest}, {@link #smallest} and {@link #frobenius}, which
 * have the unit of the matrix. Of a zero matrix every ratio is 0.
 */
public final class Spectrum {
  private final double[] s;

  /** Sums of s / s1 and of its square, so that nothing overflows. */
  private final double sum;

  private final double squares;

  /**
   * Takes the values without copying.
   *
   * @throws IllegalArgumentException if they are not descending, or negative, or there are none
   */
  public Spectrum(double[] descending) {
    if (descending.length == 0) {
      throw new IllegalArgumentException("a spectrum needs at least one value");
    }
    double total = 0;
    double totalSquares = 0;
    for (int i = descending.length - 1; i >= 0; i--) {
      double v = descending[i];
      if (!(v >= 0) || (i > 0 && descending[i - 1] < v)) {
        throw new IllegalArgumentException(
            "value " + i + " is " + v + ": not descending from >= 0");
      }
      double relative = descending[0] > 0 ? v / descending[0] : 0;
      total += relative;
      totalSquares += relative * relative;
    }
    s = descending;
    sum = total;
    squares = totalSquares;
  }

  /** s1. */
  public double largest() {
    return s[0];
  }

  /** sn. */
  public double smallest() {
    return s[s.length - 1];
  }

  /** Frobenius norm, sqrt(sum s^2). */
  public double frobenius() {
    return s[0] * Math.sqrt(squares);
  }

  /** Stable rank ||W||_F^2 / s1^2, from 1 to n. */
  public double stableRank() {
    return squares;
  }

  /** Participation ratio of the singular values (sum s)^2 / sum s^2, from 1 to n. */
  public double participationRatio() {
    return squares > 0 ? sum * (sum / squares) : 0;
  }

  /** Share of singular values above 1 % of s1. */
  public double activeShare() {
    if (s[0] == 0) {
      return 0;
    }
    int above = 0;
    for (double v : s) {
      if (v > 0.01 * s[0]) {
        above++;
      }
    }
    return (double) above / s.length;
  }

  /** How many of the largest singular values make up {@code share} of their sum. */
  public int rankAt(double share) {
    if (sum == 0) {
      return 0;
    }
    double running = 0;
    for (int i = 0; i < s.length; i++) {
      running += s[i] / s[0];
      if (running / sum >= share) {
        return i + 1;
      }
    }
    return s.length;
  }

  /** s1 / (sn + 1e-10), as the seed computes the condition number. */
  public double condition() {
    return s[0] / (smallest() + 1e-10);
  }

  /** Effective rank exp(-sum p ln p), p = s / sum s; Roy & Vetterli 2007. */
  public double effectiveRank() {
    if (sum == 0) {
      return 0;
    }
    double entropy = 0;
    for (double v : s) {
      if (v > 0) {
        double p = v / s[0] / sum;
        entropy -= p * Math.log(p);
      }
    }
    return Math.exp(entropy);
  }
}
