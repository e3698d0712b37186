package dev.orograph.geometry;

import dev.orograph.random.Generator;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Points in k groups about k centres: Lloyd's iteration from centres that are drawn far from each
 * other (k-means++), with the largest group first. It ends when no point changes, or after {@value
 * #ROUNDS} rounds.
 *
 * <p>Source: Lloyd 1982; Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding",
 * SODA 2007.
 *
 * @param members group of each point, {@code (n)}
 * @param central of each group its points, nearest to the centre first
 */
public record KMeans(List<Integer> members, List<List<Integer>> central) {
  private static final int ROUNDS = 30;

  /**
   * The groups.
   *
   * @param points {@code (n, q)}, finite
   * @param k how many, at most n; where fewer points differ there are fewer groups
   * @param check called every round; what it throws ends the work
   */
  public static KMeans of(float[][] points, int k, Generator generator, Runnable check) {
    if (k < 1 || k > points.length) {
      throw new IllegalArgumentException(k + " groups of " + points.length + " points");
    }
    double[][] centres = spread(points, k, generator);
    int[] member = new int[points.length];
    double[] distance = new double[points.length];
    for (int round = 0; round < ROUNDS; round++) {
      check.run();
      if (!assign(points, centres, member, distance) && round > 0) {
        break;
      }
      move(points, centres, member);
    }
    assign(points, centres, member, distance);
    return ordered(centres.length, member, distance);
  }

  /** The first centre at random, each other one as likely as its squared distance is large. */
  private static double[][] spread(float[][] points, int k, Generator generator) {
    int n = points.length;
    double[][] centres = new double[k][];
    double[] nearest = new double[n];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    int next = (int) generator.integers(0, n);
    for (int c = 0; c < k; c++) {
      centres[c] = new double[points[next].length];
      for (int t = 0; t < centres[c].length; t++) {
        centres[c][t] = points[next][t];
      }
      double sum = 0;
      for (int i = 0; i < n; i++) {
        nearest[i] = Math.min(nearest[i], squared(points[i], centres[c]));
        sum += nearest[i];
      }
      if (sum == 0) {
        return Arrays.copyOf(centres, c + 1);
      }
      double left = generator.random() * sum;
      next = 0;
      while (next < n - 1 && (left -= nearest[next]) > 0) {
        next++;
      }
    }
    return centres;
  }

  private static boolean assign(
      float[][] points, double[][] centres, int[] member, double[] distance) {
    boolean changed = false;
    for (int i = 0; i < points.length; i++) {
      int best = 0;
      distance[i] = Double.POSITIVE_INFINITY;
      for (int c = 0; c < centres.length; c++) {
        double d = squared(points[i], centres[c]);
        if (d < distance[i]) {
          distance[i] = d;
          best = c;
        }
      }
      changed |= member[i] != best;
      member[i] = best;
    }
    return changed;
  }

  /** To the mean of its points; a centre without any stays. */
  private static void move(float[][] points, double[][] centres, int[] member) {
    int[] count = new int[centres.length];
    double[][] sums = new double[centres.length][points[0].length];
    for (int i = 0; i < points.length; i++) {
      count[member[i]]++;
      double[] sum = sums[member[i]];
      for (int t = 0; t < sum.length; t++) {
        sum[t] += points[i][t];
      }
    }
    for (int c = 0; c < centres.length; c++) {
      for (int t = 0; count[c] > 0 && t < sums[c].length; t++) {
        centres[c][t] = sums[c][t] / count[c];
      }
    }
  }

  private static double squared(float[] a, double[] b) {
    double sum = 0;
    for (int t = 0; t < b.length; t++) {
      double difference = a[t] - b[t];
      sum += difference * difference;
    }
    return sum;
  }

  private static KMeans ordered(int k, int[] member, double[] distance) {
    List<List<Integer>> groups =
        IntStream.range(0, k)
            .mapToObj(
                c ->
                    IntStream.range(0, member.length)
                        .filter(i -> member[i] == c)
                        .boxed()
                        .sorted((a, b) -> Double.compare(distance[a], distance[b]))
                        .toList())
            .filter(g -> !g.isEmpty())
            .sorted((a, b) -> b.size() - a.size())
            .toList();
    Integer[] rank = new Integer[member.length];
    for (int g = 0; g < groups.size(); g++) {
      for (int i : groups.get(g)) {
        rank[i] = g;
      }
    }
    return new KMeans(List.of(rank), groups);
  }
}
