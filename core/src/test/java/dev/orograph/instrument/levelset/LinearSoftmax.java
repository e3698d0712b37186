package dev.orograph.instrument.levelset;

import dev.orograph.linalg.InnerProduct;
import dev.orograph.random.Generator;
import java.util.Arrays;

/**
 * KL(t||softmax(W x)): everything has a closed form. The gradient is W'(p - t), the Hessian W'(diag
 * p - p p')W.
 */
final class LinearSoftmax implements Landscape {
  private final double[][] w;
  private final double[] target;

  LinearSoftmax(double[][] w, double[] target) {
    this.w = w;
    this.target = target;
  }

  /** A drawn W, and the answer to a drawn x as target. */
  static LinearSoftmax drawn(long seed, int tokens, int d) {
    Generator g = Generator.of(seed);
    double[][] w = new double[tokens][d];
    for (double[] row : w) {
      g.standardNormal(row);
    }
    double[] x = new double[d];
    g.standardNormal(x);
    return new LinearSoftmax(w, new LinearSoftmax(w, new double[tokens]).answer(x));
  }

  /** softmax(W x). */
  double[] answer(double[] x) {
    double[] scores = new double[w.length];
    Arrays.setAll(scores, i -> InnerProduct.of(w[i], x));
    double most = Arrays.stream(scores).max().orElseThrow();
    double sum = Arrays.stream(scores).map(s -> Math.exp(s - most)).sum();
    return Arrays.stream(scores).map(s -> Math.exp(s - most) / sum).toArray();
  }

  double[] gradient(double[] x) {
    double[] p = answer(x);
    double[] g = new double[x.length];
    for (int i = 0; i < w.length; i++) {
      g = Landscape.moved(g, p[i] - target[i], w[i]);
    }
    return g;
  }

  double[][] hessian(double[] x) {
    double[] p = answer(x);
    int d = x.length;
    double[] mean = new double[d];
    for (int i = 0; i < w.length; i++) {
      mean = Landscape.moved(mean, p[i], w[i]);
    }
    double[][] h = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        for (int k = 0; k < w.length; k++) {
          h[i][j] += p[k] * w[k][i] * w[k][j];
        }
        h[i][j] -= mean[i] * mean[j];
      }
    }
    return h;
  }

  @Override
  public double[] values(double[][] points) {
    return Arrays.stream(points)
        .mapToDouble(
            x -> {
              double[] p = answer(x);
              double sum = 0;
              for (int i = 0; i < p.length; i++) {
                sum += target[i] > 0 ? target[i] * (Math.log(target[i]) - Math.log(p[i])) : 0;
              }
              return sum;
            })
        .toArray();
  }

  @Override
  public Slopes slopes(double[][] points) {
    return new Slopes(
        values(points), Arrays.stream(points).map(this::gradient).toArray(double[][]::new));
  }

  /** Points far from the target's. */
  static double[][] starts(long seed, int count, int d) {
    Generator g = Generator.of(seed);
    double[][] points = new double[count][d];
    for (double[] p : points) {
      g.standardNormal(p);
    }
    return points;
  }
}
