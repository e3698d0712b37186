package dev.orograph.stats;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.List;

/**
 * How alike two measures on the pairs of n members are: the correlation over all pairs i before j,
 * whose chance level comes from members that are permuted in one of the two measures, since pairs
 * that share a member depend on each other. Sources: Mantel 1967; Smouse, Long & Sokal 1986 for
 * residuals; Nili et al. 2014 for the bootstrap over members.
 */
public final class Mantel {
  private final int n;
  private final float[] a;
  private final float[] b;
  private final double scale;

  /**
   * Two measures.
   *
   * @param n members, at least 3
   * @param a of the pairs (0, 1), (0, 2), ..., (1, 2), ...
   * @param b {@code (n, n)}, row-major, of which the lower half is not read
   */
  public Mantel(int n, float[] a, float[] b) {
    if (n < 3 || a.length != n * (n - 1) / 2 || b.length != n * n) {
      throw new IllegalArgumentException(n + " members, " + a.length + " and " + b.length);
    }
    this.n = n;
    double first = mean(a);
    double second = mean(upper(n, b));
    this.a = new float[a.length];
    this.b = new float[b.length];
    double squares = 0;
    double others = 0;
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++, k++) {
        float x = (float) (a[k] - first);
        float y = (float) (b[i * n + j] - second);
        this.a[k] = x;
        this.b[i * n + j] = y;
        this.b[j * n + i] = y;
        squares += (double) x * x;
        others += (double) y * y;
      }
    }
    scale = Math.sqrt(squares) * Math.sqrt(others);
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += v;
    }
    return sum / values.length;
  }

  private static float[] upper(int n, float[] square) {
    float[] pairs = new float[n * (n - 1) / 2];
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        pairs[k++] = square[i * n + j];
      }
    }
    return pairs;
  }

  /** How many pairs there are. */
  public long pairs() {
    return a.length;
  }

  /** Pearson's correlation; NaN where a measure does not vary. */
  public double value() {
    int[] same = new int[n];
    for (int i = 0; i < n; i++) {
      same[i] = i;
    }
    return of(same);
  }

  private double of(int[] order) {
    double sum = 0;
    for (int i = 0, k = 0; i < n; i++) {
      int row = order[i] * n;
      double part = 0;
      for (int j = i + 1; j < n; j++) {
        part += a[k++] * b[row + order[j]];
      }
      sum += part;
    }
    return sum / scale;
  }

  /** The correlation with members of the second measure in random orders. */
  public List<Double> permuted(int draws, Generator generator) {
    List<Double> values = new ArrayList<>(draws);
    for (int d = 0; d < draws; d++) {
      values.add(of(generator.permutation(n)));
    }
    return values;
  }

  /** The same with members of the second measure in a random order, as a control. */
  public Mantel shuffled(Generator generator) {
    int[] order = generator.permutation(n);
    float[] other = new float[b.length];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        other[i * n + j] = b[order[i] * n + order[j]];
      }
    }
    return new Mantel(n, a, other);
  }

  /**
   * The correlation of samples of n members drawn with replacement; a member with itself makes no
   * pair. Equal generators draw equal samples, so that figures may be compared sample by sample.
   */
  public double[] resampled(int draws, Generator generator) {
    double[] values = new double[draws];
    double[] weight = new double[n];
    for (int d = 0; d < draws; d++) {
      java.util.Arrays.fill(weight, 0);
      for (long member : generator.integers(0, n, n)) {
        weight[(int) member]++;
      }
      values[d] = weighted(weight);
    }
    return values;
  }

  private double weighted(double[] weight) {
    double w = 0;
    double x = 0;
    double y = 0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0, k = 0; i < n; i++) {
      if (weight[i] == 0) {
        k += n - 1 - i;
        continue;
      }
      double rw = 0;
      double rx = 0;
      double ry = 0;
      double rxx = 0;
      double ryy = 0;
      double rxy = 0;
      for (int j = i + 1; j < n; j++, k++) {
        double v = weight[j];
        double p = a[k];
        double q = b[i * n + j];
        rw += v;
        rx += v * p;
        ry += v * q;
        rxx += v * p * p;
        ryy += v * q * q;
        rxy += v * p * q;
      }
      w += weight[i] * rw;
      x += weight[i] * rx;
      y += weight[i] * ry;
      xx += weight[i] * rxx;
      yy += weight[i] * ryy;
      xy += weight[i] * rxy;
    }
    return (xy - x * y / w) / Math.sqrt((xx - x * x / w) * (yy - y * y / w));
  }

  /** What each member's pairs add to the correlation, half of every pair; they sum up to it. */
  public double[] shares() {
    double[] shares = new double[n];
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        double half = (double) a[k++] * b[i * n + j] / scale / 2;
        shares[i] += half;
        shares[j] += half;
      }
    }
    return shares;
  }

  /** The same of the ranks of both, ties sharing the mean of theirs: Spearman's correlation. */
  public Mantel ranks() {
    return new Mantel(n, ranked(a), square(ranked(upper(n, b))));
  }

  private static float[] ranked(float[] pairs) {
    double[] values = new double[pairs.length];
    for (int k = 0; k < values.length; k++) {
      values[k] = pairs[k];
    }
    double[] ranks = Spearman.ranks(values);
    float[] narrow = new float[ranks.length];
    double middle = (ranks.length + 1) / 2.0;
    for (int k = 0; k < ranks.length; k++) {
      narrow[k] = (float) (ranks[k] - middle);
    }
    return narrow;
  }

  private float[] square(float[] pairs) {
    float[] all = new float[n * n];
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        all[i * n + j] = pairs[k++];
      }
    }
    return all;
  }

  /**
   * The same of what is left of both when they are predicted, by least squares, from |x_i - x_j|
   * and x_i + x_j of each of these figures x of the members.
   *
   * @param figures one value per member each
   */
  public Mantel without(List<double[]> figures) {
    int terms = 1 + 2 * figures.size();
    double[][] normal = new double[terms][terms + 2];
    double[] row = new double[terms];
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++, k++) {
        fill(row, figures, i, j);
        for (int p = 0; p < terms; p++) {
          for (int q = p; q < terms; q++) {
            normal[p][q] += row[p] * row[q];
          }
          normal[p][terms] += row[p] * a[k];
          normal[p][terms + 1] += row[p] * b[i * n + j];
        }
      }
    }
    for (int p = 0; p < terms; p++) {
      for (int q = 0; q < p; q++) {
        normal[p][q] = normal[q][p];
      }
    }
    solve(normal, terms);
    float[] first = new float[a.length];
    float[] second = new float[b.length];
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++, k++) {
        fill(row, figures, i, j);
        double x = a[k];
        double y = b[i * n + j];
        for (int p = 0; p < terms; p++) {
          x -= row[p] * normal[p][terms];
          y -= row[p] * normal[p][terms + 1];
        }
        first[k] = (float) x;
        second[i * n + j] = (float) y;
      }
    }
    return new Mantel(n, first, second);
  }

  private static void fill(double[] row, List<double[]> figures, int i, int j) {
    row[0] = 1;
    for (int f = 0; f < figures.size(); f++) {
      double x = figures.get(f)[i];
      double y = figures.get(f)[j];
      row[1 + 2 * f] = Math.abs(x - y);
      row[2 + 2 * f] = x + y;
    }
  }

  /** Gauss and Jordan; a column that others make up gets the coefficient 0. */
  private static void solve(double[][] m, int terms) {
    double[] size = new double[terms];
    for (int p = 0; p < terms; p++) {
      size[p] = m[p][p];
    }
    for (int p = 0; p < terms; p++) {
      double pivot = m[p][p];
      if (!(pivot > 1e-12 * size[p])) {
        java.util.Arrays.fill(m[p], 0);
        continue;
      }
      for (int q = 0; q < m[p].length; q++) {
        m[p][q] /= pivot;
      }
      for (int r = 0; r < terms; r++) {
        double factor = m[r][p];
        if (r != p && factor != 0) {
          for (int q = 0; q < m[p].length; q++) {
            m[r][q] -= factor * m[p][q];
          }
        }
      }
    }
  }
}
