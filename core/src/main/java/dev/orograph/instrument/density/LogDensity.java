package dev.orograph.instrument.density;

import dev.orograph.geometry.BallVolume;
import dev.orograph.stats.Quantiles;
import java.util.List;

/**
 * The logarithm of points per volume of a ball in D dimensions: {@code log k - log V_D(r)}, less
 * {@code log(n - 1)} for the share of the other points instead of their number.
 */
final class LogDensity {
  private final double points;
  private final double dimension;

  private LogDensity(double points, double dimension) {
    this.points = points;
    this.dimension = dimension;
  }

  /** The seed's, r being the mean distance to k neighbours. */
  static LogDensity seed(int k, double dimension) {
    return new LogDensity(Math.log(k), dimension);
  }

  /** The k-nearest-neighbour estimate of a probability density, r being the k-th distance of n. */
  static LogDensity sound(int k, int n, double dimension) {
    return new LogDensity(Math.log(k) - Math.log(n - 1.0), dimension);
  }

  double of(double logRadius) {
    return points - BallVolume.log(dimension, logRadius);
  }

  /** Median, smallest and largest for ascending logarithms of radii; empty for none. */
  List<Double> summary(double[] logRadii) {
    return logRadii.length == 0
        ? List.of()
        : List.of(
            of(Quantiles.ofSorted(logRadii, 0.5)),
            of(logRadii[logRadii.length - 1]),
            of(logRadii[0]));
  }
}
