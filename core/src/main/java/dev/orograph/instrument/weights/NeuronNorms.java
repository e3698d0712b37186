package dev.orograph.instrument.weights;

import dev.orograph.linalg.Entries;

/**
 * Squared norms of the rows or the columns of a matrix, and what they would be like if its entries
 * were shuffled; in one pass, chunk by chunk.
 *
 * <p>With y = w^2 over all N entries and k = E[w^4]/E[w^2]^2, the sum of n shuffled y has CV^2 = (k
 * - 1)/n (N - n)/(N - 1) and the excess kurtosis of y over n. Its root, the norm, has CV^2 (1 +
 * that)^(1/4) - 1 if it is lognormal, which to first order is a quarter of it whatever it is.
 */
final class NeuronNorms {
  private static final int CHUNK = 1 << 13;

  /** Sums of powers are kept for each position in a block. */
  private static final int BLOCK = 1 << 9;

  private static final double ROUNDING = 1e-12;
  private static final double LARGEST = (double) Float.MAX_VALUE * Float.MAX_VALUE;

  private final double[] squares;
  private final double[] second = new double[BLOCK];
  private final double[] third = new double[BLOCK];
  private final double[] fourth = new double[BLOCK];
  private final long entries;
  private long nonFinite;

  private NeuronNorms(int neurons, long entries) {
    this.squares = new double[neurons];
    this.entries = entries;
  }

  /**
   * Reads a matrix.
   *
   * @param byRow whether a neuron is a row; else it is a column
   */
  static NeuronNorms of(Entries w, boolean byRow) {
    long width = w.columns();
    NeuronNorms norms =
        new NeuronNorms(Math.toIntExact(byRow ? w.rows() : width), w.rows() * width);
    double[] chunk = new double[CHUNK];
    // As many whole rows as fit, or a part of one that is longer.
    long most = width < CHUNK ? CHUNK / width * width : CHUNK;
    for (long at = 0; at < norms.entries; ) {
      long inRow = at % width;
      int n = (int) Math.min(most, width < CHUNK ? norms.entries - at : width - inRow);
      w.read(at, chunk, 0, n);
      norms.square(chunk, n);
      int row = (int) Math.min(n, width);
      for (int i = 0; i < n; i += row) {
        if (byRow) {
          norms.squares[(int) ((at + i) / width)] += sum(chunk, i, i + row);
        } else {
          norms.addColumns(chunk, i, row, (int) inRow);
        }
      }
      at += n;
    }
    return norms;
  }

  /**
   * Turns entries into squares and adds up their powers, each in a small loop of its own: the
   * compiler vectorises loops that write one array.
   */
  private void square(double[] chunk, int n) {
    for (int i = 0; i < n; i++) {
      chunk[i] *= chunk[i];
    }
    for (int from = 0; from < n; from += BLOCK) {
      int m = Math.min(BLOCK, n - from);
      addSecond(second, chunk, from, m);
      addThird(third, chunk, from, m);
      addFourth(fourth, chunk, from, m);
    }
    if (!(sum(chunk, 0, n) <= LARGEST)) {
      for (int i = 0; i < n; i++) {
        nonFinite += chunk[i] <= LARGEST ? 0 : 1;
      }
    }
  }

  private static void addSecond(double[] into, double[] y, int from, int n) {
    for (int i = 0; i < n; i++) {
      into[i] += y[from + i] * y[from + i];
    }
  }

  private static void addThird(double[] into, double[] y, int from, int n) {
    for (int i = 0; i < n; i++) {
      into[i] += y[from + i] * y[from + i] * y[from + i];
    }
  }

  private static void addFourth(double[] into, double[] y, int from, int n) {
    for (int i = 0; i < n; i++) {
      double y2 = y[from + i] * y[from + i];
      into[i] += y2 * y2;
    }
  }

  private static double sum(double[] y, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      a += y[i];
      b += y[i + 1];
      c += y[i + 2];
      d += y[i + 3];
    }
    for (; i < to; i++) {
      a += y[i];
    }
    return a + b + (c + d);
  }

  private void addColumns(double[] y, int from, int n, int first) {
    for (int i = 0; i < n; i++) {
      squares[first + i] += y[from + i];
    }
  }

  /** Entries that are NaN, infinite or beyond float32. */
  long nonFinite() {
    return nonFinite;
  }

  /** Norm of each neuron's weights. */
  double[] norms() {
    double[] norms = new double[squares.length];
    for (int i = 0; i < norms.length; i++) {
      norms[i] = Math.sqrt(squares[i]);
    }
    return norms;
  }

  /** CV^2 of a norm if entries are shuffled. */
  double shuffledCv2() {
    double n = (double) entries / squares.length;
    double mean = sum(squares, 0, squares.length) / entries;
    double excess = mean > 0 ? sum(second, 0, BLOCK) / entries / (mean * mean) - 1 : 0;
    // Entries of one magnitude leave only what rounding makes of it.
    double squared = excess > ROUNDING ? excess / n * (entries - n) / (entries - 1) : 0;
    return Math.expm1(Math.log1p(squared) / 4);
  }

  /** Excess kurtosis of a squared norm if entries are shuffled. */
  double shuffledExcess() {
    double n = (double) entries / squares.length;
    double m1 = sum(squares, 0, squares.length) / entries;
    double m2 = sum(second, 0, BLOCK) / entries;
    double m3 = sum(third, 0, BLOCK) / entries;
    double m4 = sum(fourth, 0, BLOCK) / entries;
    double variance = m2 - m1 * m1;
    double central = m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1 * m1 * m1 * m1;
    double excess = (central / (variance * variance) - 3) / n;
    // Eighth powers of the largest and smallest float32 are beyond float64; a Gaussian's 0 then.
    return shuffledCv2() > 0 && Double.isFinite(excess) ? excess : 0;
  }
}
