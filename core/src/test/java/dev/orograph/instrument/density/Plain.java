package dev.orograph.instrument.density;

/** Distances and norms by their definitions: M = C^-1 by elimination, each pair for itself. */
final class Plain {
  private final double[] x;
  private final double[] raw;
  private final int n;
  private final int d;
  private final double[] mean;
  private final double[][] m;
  private final boolean cosine;

  Plain(double[] raw, int n, int d, String metric) {
    this.raw = raw;
    this.n = n;
    this.d = d;
    cosine = metric.equals("cosine");
    x = raw.clone();
    for (int i = 0; i < n && cosine; i++) {
      double norm = Math.sqrt(dot(raw, i, raw, i));
      for (int j = 0; j < d; j++) {
        x[i * d + j] /= norm;
      }
    }
    mean = new double[d];
    for (int i = 0; i < n * d; i++) {
      mean[i % d] += x[i] / n;
    }
    m = metric.equals("causal") ? inverse(covariance()) : identity();
  }

  private double dot(double[] a, int i, double[] b, int j) {
    double sum = 0;
    for (int q = 0; q < d; q++) {
      sum += a[i * d + q] * b[j * d + q];
    }
    return sum;
  }

  private double[][] covariance() {
    double[][] c = new double[d][d];
    for (int i = 0; i < n; i++) {
      for (int p = 0; p < d; p++) {
        for (int q = 0; q < d; q++) {
          c[p][q] += (x[i * d + p] - mean[p]) * (x[i * d + q] - mean[q]) / n;
        }
      }
    }
    return c;
  }

  private double[][] identity() {
    double[][] one = new double[d][d];
    for (int p = 0; p < d; p++) {
      one[p][p] = 1;
    }
    return one;
  }

  /** Gauss-Jordan with the largest pivot of each column. */
  private double[][] inverse(double[][] a) {
    double[][] b = identity();
    for (int p = 0; p < d; p++) {
      int pivot = p;
      for (int i = p; i < d; i++) {
        pivot = Math.abs(a[i][p]) > Math.abs(a[pivot][p]) ? i : pivot;
      }
      double[] row = a[pivot];
      a[pivot] = a[p];
      a[p] = row;
      double[] other = b[pivot];
      b[pivot] = b[p];
      b[p] = other;
      double scale = a[p][p];
      for (int j = 0; j < d; j++) {
        a[p][j] /= scale;
        b[p][j] /= scale;
      }
      for (int i = 0; i < d; i++) {
        double factor = i == p ? 0 : a[i][p];
        for (int j = 0; j < d; j++) {
          a[i][j] -= factor * a[p][j];
          b[i][j] -= factor * b[p][j];
        }
      }
    }
    return b;
  }

  private double length(double[] v) {
    double sum = 0;
    for (int p = 0; p < d; p++) {
      double along = 0;
      for (int q = 0; q < d; q++) {
        along += m[p][q] * v[q];
      }
      sum += along * v[p];
    }
    return Math.sqrt(Math.max(0, sum));
  }

  double[] distances(int i) {
    double[] all = new double[n];
    double[] v = new double[d];
    for (int j = 0; j < n; j++) {
      for (int q = 0; q < d; q++) {
        v[q] = x[i * d + q] - x[j * d + q];
      }
      all[j] = length(v);
    }
    return all;
  }

  double norm(int i) {
    double[] v = new double[d];
    for (int q = 0; q < d; q++) {
      v[q] = x[i * d + q] - mean[q];
    }
    return length(v);
  }

  double seedNorm(int i) {
    double[] v = new double[d];
    System.arraycopy(raw, i * d, v, 0, d);
    return length(v);
  }
}
