package dev.orograph.instrument.levelset;

import dev.orograph.input.InputException;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import dev.orograph.stats.ChiSquare;
import java.nio.file.Path;

/**
 * Points drawn uniformly in the ellipsoid that holds 99 % of a Gaussian with mean m and covariance
 * C (with V - 1) of a model's token vectors: m + sqrt(q) L u, where C = L L', q is the 0.99
 * quantile of chi-square with d degrees of freedom, and u uniform in the unit ball (a direction,
 * times U^(1/d)). The seed takes V diag(sqrt(l)) in place of L: a rotation of u, so the same
 * distribution.
 */
final class Starts {
  private static final double SHARE = 0.99;

  private Starts() {}

  /** So many points, {@code (count, d)}. */
  static double[][] draw(Work work, TokenRows rows, int count, Generator g, Path file) {
    int d = rows.width();
    int n = rows.whole().length;
    if (n < 2) {
      throw fault(file, "there are " + n);
    }
    double[][] points = new double[count][];
    try (Scope scope = new Scope()) {
      Moments.Scattered s =
          Moments.scattered(rows.of(rows.whole()), 1, scope, work::checkCancelled);
      double[] mean = s.moments().mean();
      Matrix c = s.scatter();
      double trace = 0;
      for (int i = 0; i < d; i++) {
        trace += c.get(i, i);
      }
      if (!(trace > 0)) {
        throw fault(file, "all of them are equal");
      }
      for (int i = 0; i < d; i++) {
        // As little as rounding: rows of fewer dimensions than numbers have a singular covariance.
        c.set(i, i, c.get(i, i) + 1e-10 * trace / d);
      }
      Cholesky.of(c, 1);
      double[][] factor = new double[d][d]; // column j of L
      for (int j = 0; j < d; j++) {
        c.get(j, j, factor[j], j, d - j);
      }
      double scale = Math.sqrt(ChiSquare.quantile(SHARE, d) / (n - 1));
      for (int k = 0; k < count; k++) {
        double[] u = new double[d];
        g.standardNormal(u);
        double radius = Math.pow(g.random(), 1.0 / d) * scale / Landscape.length(u);
        double[] x = mean.clone();
        for (int j = 0; j < d; j++) {
          for (int i = j; i < d; i++) {
            x[i] += radius * factor[j][i] * u[j];
          }
        }
        points[k] = x;
      }
    }
    return points;
  }

  private static InputException fault(Path file, String found) {
    return InputException.at(file)
        .expected("must have rows of tokens that differ, to draw start points among them")
        .found(found)
        .remedy("give start points with --start")
        .build();
  }
}
