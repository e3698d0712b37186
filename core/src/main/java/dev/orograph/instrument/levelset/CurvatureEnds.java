package dev.orograph.instrument.levelset;

import dev.orograph.instrument.levelset.NormalFigures.Ends;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.LeadingEigenvectors;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The smallest and the largest principal curvatures where the whole Hessian H is too large: a block
 * Krylov space of A = P H P / |g|, P the projection on the tangent space of the gradient g, grown
 * from drawn directions by products with H, every new direction made orthogonal to all before
 * (block Lanczos, Golub and Underwood 1977, with full reorthogonalisation), and the eigenvalues of
 * Q'AQ in it (Rayleigh and Ritz). Within |A q - theta q| of each Ritz value theta with its unit
 * vector q lies an eigenvalue of A.
 */
final class CurvatureEnds {
  /** Directions of a block: each takes two gradients, and a slice computes eight. */
  static final int BLOCK = 4;

  /** Less than this share of a product is left: rounding, no new direction. */
  private static final double NOTHING = 1e-8;

  private final Landscape f;
  private final double[] x;
  private final double[] normal;
  private final double length;
  private final double step;
  private final List<double[]> basis = new ArrayList<>();
  private final List<double[]> products = new ArrayList<>();

  private CurvatureEnds(Landscape f, double[] x, double[] gradient, double step) {
    this.f = f;
    this.x = x;
    this.normal = Landscape.unit(gradient);
    this.length = Landscape.length(gradient);
    this.step = step;
  }

  /**
   * Those at a point, by {@code rounds} blocks of {@value #BLOCK} products.
   *
   * @param step of the central differences of gradients
   * @param most curvatures of either end
   */
  static Ends of(
      Landscape f, double[] x, double[] gradient, double step, int rounds, int most, Generator g) {
    CurvatureEnds space = new CurvatureEnds(f, x, gradient, step);
    List<double[]> next = new ArrayList<>();
    for (int i = 0; i < Math.min(BLOCK, x.length - 1); i++) {
      next.add(Landscape.direction(g, x.length));
    }
    for (int k = 0; k < rounds; k++) {
      next = space.grow(next);
      if (next.isEmpty()) {
        break;
      }
    }
    return space.ends(most);
  }

  /** Takes what is new in some directions into the space and returns their products. */
  private List<double[]> grow(List<double[]> directions) {
    int before = basis.size();
    for (double[] v : directions) {
      double[] left = v;
      for (int twice = 0; twice < 2; twice++) {
        left = less(left, normal);
        for (double[] q : basis) {
          left = less(left, q);
        }
      }
      if (Landscape.length(left) > NOTHING * Landscape.length(v) && basis.size() < x.length - 1) {
        basis.add(Landscape.unit(left));
      }
    }
    double[][] fresh = basis.subList(before, basis.size()).toArray(double[][]::new);
    List<double[]> made = new ArrayList<>();
    for (double[] hv : Curvature.times(f, x, fresh, step)) {
      double[] tangent = less(hv, normal);
      made.add(Landscape.moved(new double[x.length], 1 / length, tangent));
    }
    products.addAll(made);
    return made;
  }

  private static double[] less(double[] v, double[] q) {
    return Landscape.moved(v, -InnerProduct.of(v, q), q);
  }

  private Ends ends(int most) {
    int n = basis.size();
    if (n == 0) {
      return new Ends(List.of(), List.of(), List.of(), List.of(), 0, true);
    }
    double[] values = new double[n];
    double[] residuals = new double[n];
    Lapack.with(
        1,
        () -> {
          try (Scope scope = new Scope()) {
            Matrix t = scope.matrix(n, n);
            for (int i = 0; i < n; i++) {
              for (int j = 0; j < n; j++) {
                t.set(
                    i,
                    j,
                    (InnerProduct.of(basis.get(i), products.get(j))
                            + InnerProduct.of(basis.get(j), products.get(i)))
                        / 2);
              }
            }
            LeadingEigenvectors pairs = LeadingEigenvectors.of(t, n, scope);
            double[] weights = new double[n];
            for (int k = 0; k < n; k++) {
              pairs.vectors().get(0, k, weights, 0, n);
              values[k] = pairs.values().get(k);
              residuals[k] = residual(weights, values[k]);
            }
          }
          return null;
        });
    int count = Math.min(most, (n + 1) / 2);
    int[] low = IntStream.range(0, count).map(k -> n - 1 - k).toArray();
    int[] high = IntStream.range(0, count).toArray();
    return new Ends(
        some(values, low),
        some(residuals, low),
        some(values, high),
        some(residuals, high),
        n,
        n == x.length - 1);
  }

  private static List<Double> some(double[] values, int[] which) {
    return Arrays.stream(which).mapToObj(k -> values[k]).toList();
  }

  private double residual(double[] weights, double value) {
    double[] left = new double[x.length];
    for (int i = 0; i < weights.length; i++) {
      left = Landscape.moved(left, weights[i], products.get(i));
      left = Landscape.moved(left, -weights[i] * value, basis.get(i));
    }
    return Landscape.length(left);
  }
}
