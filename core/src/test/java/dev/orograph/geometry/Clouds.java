package dev.orograph.geometry;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.random.Generator;

/** Clouds of known dimension in a space of more. */
final class Clouds {
  private Clouds() {}

  /**
   * n standard normal or uniform points of d dimensions, put into {@code space} by a linear map.
   */
  static Entries linear(boolean normal, int n, int d, int space, long seed) {
    Generator g = Generator.of(seed);
    double[] inner = new double[n * d];
    if (normal) {
      g.standardNormal(inner);
    } else {
      g.random(inner);
    }
    double[] map = new double[d * space];
    g.standardNormal(map);
    double[] x = new double[n * space];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < d; k++) {
        for (int j = 0; j < space; j++) {
          x[i * space + j] += inner[i * d + k] * map[k * space + j];
        }
      }
    }
    return Entries.of(n, space, x);
  }

  /** Distances to the k nearest, {@code (n, k)}. */
  static double[] distances(Entries points, int k) {
    return NearestNeighbours.of(points, k, 2).distances(k);
  }
}
