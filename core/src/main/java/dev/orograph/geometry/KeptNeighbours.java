package dev.orograph.geometry;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How far a map keeps neighbourhoods. With U(i) the points that are among the k nearest of i in the
 * map but not in the original, and r(i, j) the rank of j by distance from i in the original, from
 * 1: trustworthiness T = 1 - 2 / (n k (2n - 3k - 1)) sum_i sum_{j in U(i)} (r(i, j) - k), 1 where
 * no stranger comes near; overlap: the mean share of the k nearest that both have, k / (n - 1) by
 * chance. Euclidean distances, ties by lower index. n^2 (d + log n) steps, 2 n^2 bytes.
 *
 * <p>Source: Venna & Kaski 2001.
 */
public final class KeptNeighbours {
  private static final int MOST = 1 << 13;

  private final short[][] ranks;
  private final int k;

  /**
   * What a map kept.
   *
   * @param trustworthiness T
   * @param overlap share of common neighbours
   */
  public record Kept(double trustworthiness, double overlap) {}

  /**
   * The original.
   *
   * @param points {@code (n, d)}, finite
   * @param k neighbours, at least 1 and less than n / 2, as the formula asks
   */
  public KeptNeighbours(double[][] points, int k) {
    int n = points.length;
    if (k < 1 || 2 * k >= n || n > MOST) {
      throw new IllegalArgumentException(k + " neighbours among " + n + " points");
    }
    this.k = k;
    ranks = new short[n][n];
    for (int i = 0; i < n; i++) {
      int[] order = order(points, i);
      for (int r = 0; r < order.length; r++) {
        ranks[i][order[r]] = (short) (r + 1);
      }
    }
  }

  /** The other points by distance. */
  private static int[] order(double[][] points, int i) {
    double[] far = new double[points.length];
    for (int j = 0; j < far.length; j++) {
      double sum = 0;
      for (int t = 0; t < points[i].length; t++) {
        double difference = points[i][t] - points[j][t];
        sum += difference * difference;
      }
      far[j] = sum;
    }
    // Non-negative numbers order as their bits do; of those only ties need the index.
    long[] keys = new long[far.length];
    Arrays.setAll(keys, j -> j == i ? -1 : Double.doubleToRawLongBits(far[j]));
    return IntStream.range(0, far.length)
        .filter(j -> j != i)
        .boxed()
        .sorted((a, b) -> Long.compare(keys[a], keys[b]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** What a map of the same points, in the same order, kept. */
  public Kept of(double[][] map) {
    int n = ranks.length;
    double strange = 0;
    double common = 0;
    for (int i = 0; i < n; i++) {
      int[] order = order(map, i);
      for (int r = 0; r < k; r++) {
        int rank = ranks[i][order[r]];
        if (rank <= k) {
          common++;
        } else {
          strange += rank - k;
        }
      }
    }
    double trust = 1 - 2 * strange / ((double) n * k * (2.0 * n - 3.0 * k - 1));
    return new Kept(trust, common / n / k);
  }
}
