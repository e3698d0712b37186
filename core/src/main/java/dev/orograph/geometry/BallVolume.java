package dev.orograph.geometry;

import dev.orograph.stats.LogGamma;

/**
 * Volume of a ball in D dimensions, D any positive number: {@code pi^(D/2) r^D / Gamma(D/2 + 1)},
 * as a logarithm, since both powers and Gamma leave the range of float64 from D = 342 on.
 */
public final class BallVolume {
  private BallVolume() {}

  /** The logarithm of the volume from that of the radius. */
  public static double log(double dimension, double logRadius) {
    return dimension / 2 * Math.log(Math.PI)
        - LogGamma.of(dimension / 2 + 1)
        + dimension * logRadius;
  }
}
