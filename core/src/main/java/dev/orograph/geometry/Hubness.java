package dev.orograph.geometry;

import dev.orograph.random.Generator;
import dev.orograph.stats.Bootstrap;
import dev.orograph.stats.Estimate;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How unevenly points serve as neighbours: the k-occurrence N_k of a point is how many others count
 * it among their k nearest; its mean is k. Source: Radovanovic, Nanopoulos & Ivanovic, JMLR 2010.
 */
public final class Hubness {
  private static final int SAMPLES = 200;

  private final int[] occurrences;

  /**
   * From neighbours.
   *
   * @param neighbours {@code (n, k)}
   * @param n number of points
   */
  public Hubness(int[] neighbours, int n) {
    occurrences = new int[n];
    for (int j : neighbours) {
      occurrences[j]++;
    }
  }

  /** The k-occurrence of a point. */
  public int occurrence(int point) {
    return occurrences[point];
  }

  /** The largest k-occurrence. */
  public int most() {
    return Arrays.stream(occurrences).max().orElse(0);
  }

  /** The strongest hubs first, ties by lower index; at most that many. */
  public int[] hubs(int most) {
    return IntStream.range(0, occurrences.length)
        .boxed()
        .sorted((a, b) -> Integer.compare(occurrences[b], occurrences[a]))
        .limit(most)
        .mapToInt(i -> i)
        .toArray();
  }

  /** How many points have an occurrence from {@code low} up to, but without, {@code high}. */
  public long between(double low, double high) {
    return Arrays.stream(occurrences).filter(o -> o >= low && o < high).count();
  }

  /**
   * Skewness of the k-occurrence, third central moment over the 3/2 power of the second (ddof 0);
   * NaN where all are equal.
   */
  public double skewness() {
    int[] once = new int[occurrences.length];
    Arrays.fill(once, 1);
    return skewness(once);
  }

  /** The same with the interval of a bootstrap over points whose occurrences stay as they are. */
  public Estimate skewness(Generator generator) {
    Estimate e = Estimate.of(skewness());
    var interval = Bootstrap.interval(occurrences.length, SAMPLES, generator, this::skewness);
    return interval == null ? e : e.within(interval.get(0), interval.get(1));
  }

  private double skewness(int[] counts) {
    double n = occurrences.length;
    double mean = 0;
    for (int i = 0; i < occurrences.length; i++) {
      mean += counts[i] * (double) occurrences[i] / n;
    }
    double second = 0;
    double third = 0;
    for (int i = 0; i < occurrences.length; i++) {
      double d = occurrences[i] - mean;
      second += counts[i] * d * d;
      third += counts[i] * d * d * d;
    }
    return third / n / Math.pow(second / n, 1.5);
  }
}
