package dev.orograph.instrument.density;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The k nearest others of n points, from the nearest on. */
final class Nearest {
  private final int n;
  private final int k;
  private final int[] neighbours;
  private final double[] distances;

  /**
   * Neighbours.
   *
   * @param neighbours {@code (n, k)}, numbers of the points
   * @param distances {@code (n, k)}, ascending in each row
   */
  Nearest(int n, int k, int[] neighbours, double[] distances) {
    this.n = n;
    this.k = k;
    this.neighbours = neighbours;
    this.distances = distances;
  }

  int count() {
    return n;
  }

  int k() {
    return k;
  }

  int neighbour(int point, int rank) {
    return neighbours[point * k + rank];
  }

  double distance(int point, int rank) {
    return distances[point * k + rank];
  }

  /** {@code (n, k)}; not to be changed. */
  int[] neighbours() {
    return neighbours;
  }

  /** {@code (n, k)}; not to be changed. */
  double[] distances() {
    return distances;
  }

  /** Mean distance to the neighbours of each point. */
  double[] means() {
    return IntStream.range(0, n)
        .mapToDouble(i -> Arrays.stream(distances, i * k, i * k + k).sum() / k)
        .toArray();
  }

  /** Distance to the farthest of the neighbours of each point. */
  double[] radii() {
    return IntStream.range(0, n).mapToDouble(i -> distance(i, k - 1)).toArray();
  }

  /**
   * What the seed's program averages: of the {@code most + 1} smallest distances to all tokens,
   * itself and its copies included, those above 0. NaN where there are none.
   *
   * @param copies how many tokens each point stands for
   * @param most the seed's k; at most {@link #k} unless the neighbours are all other points
   */
  double[] seedMeans(int[] copies, int most) {
    double[] means = new double[n];
    for (int i = 0; i < n; i++) {
      int left = most + 1 - copies[i];
      int taken = 0;
      double sum = 0;
      for (int rank = 0; rank < k && taken < left; rank++) {
        int times = Math.min(left - taken, copies[neighbour(i, rank)]);
        if (distance(i, rank) > 0) {
          sum += times * distance(i, rank);
          taken += times;
        } else {
          left -= times;
        }
      }
      means[i] = taken > 0 ? sum / taken : Double.NaN;
    }
    return means;
  }
}
