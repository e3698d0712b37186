package dev.orograph.geometry.shells;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Concentric shells s = 0 .. S - 1 about the origin, on which water-filling places points by their
 * prominence (seed 000). Level e_s = sqrt(s) + s^1.5; radius r_s = e_s / e_{S-1} (1 where there is
 * one shell), so that shell 0 is the origin and the outermost has radius 1; capacity N r_s^1.5 /
 * sum_t r_t^1.5 of N points, 0 for shell 0.
 */
public final class Shells {
  /** Most shells: their numbers and a mark fit 16 bits. */
  public static final int MOST = 1 << 12;

  private static final double POWER = 1.5;

  private final double[] levels;
  private final double[] shares;

  /**
   * So many shells.
   *
   * @param count S, 1 to {@value #MOST}
   */
  public Shells(int count) {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("1 to " + MOST + " shells, not " + count);
    }
    levels = IntStream.range(0, count).mapToDouble(Shells::level).toArray();
    shares = IntStream.range(0, count).mapToDouble(s -> Math.pow(radius(s), POWER)).toArray();
    double sum = Arrays.stream(shares).sum();
    for (int s = 0; s < count; s++) {
      shares[s] /= sum;
    }
  }

  private static double level(int s) {
    return Math.sqrt(s) + s * Math.sqrt(s);
  }

  /** S. */
  public int count() {
    return levels.length;
  }

  /** The level sqrt(s) + s^1.5 of a shell, which is its energy for the thermal method. */
  public double energy(int s) {
    return levels[s];
  }

  /** Radius of a shell, from 0 to 1. */
  public double radius(int s) {
    return levels.length == 1 ? 1 : levels[s] / levels[levels.length - 1];
  }

  /** Radius of a shell as the seed's thermal method has it: over sqrt(S) + S^1.5, below 1. */
  public double thermalRadius(int s) {
    return levels[s] / level(levels.length);
  }

  /** The share of all points that a shell has room for; they add up to 1. */
  public double share(int s) {
    return shares[s];
  }

  /** Inner (0), middle (1) or outer (2): shells 0 to 32, 33 to 96, and 97 to 127 of 128. */
  public int zone(int s) {
    long at = 128L * s;
    return at <= 32L * levels.length ? 0 : at < 97L * levels.length ? 1 : 2;
  }

  /**
   * How many of n points each shell takes where capacities are whole: rounded down, what is left to
   * the largest remainders, ties to the inner shell. They add up to n.
   */
  public int[] quotas(int n) {
    int count = levels.length;
    int[] quotas = new int[count];
    double[] rest = new double[count];
    int left = n;
    for (int s = 0; s < count; s++) {
      double room = n * shares[s];
      quotas[s] = (int) room;
      rest[s] = room - quotas[s];
      left -= quotas[s];
    }
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted((a, b) -> Double.compare(rest[b], rest[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int k = 0; k < left; k++) {
      quotas[order[k]]++;
    }
    return quotas;
  }

  /**
   * The shell whose level is nearest to an energy, the inner one of two: argmax over s of P(s)
   * proportional to exp(-|E - e_s| / kT), whatever kT, from |E - e_s| itself so that nothing
   * underflows.
   */
  public int nearest(double energy) {
    int at = Arrays.binarySearch(levels, energy);
    if (at >= 0) {
      return at;
    }
    int above = -at - 1;
    if (above == levels.length) {
      return levels.length - 1;
    }
    boolean outer = above == 0 || levels[above] - energy < energy - levels[above - 1];
    return outer ? above : above - 1;
  }

  /**
   * The first shell of each point: {@code searchsorted} from the left of its prominence among the S
   * + 1 linear percentiles of all, clipped to S - 1.
   *
   * @param prominences finite numbers, at least one
   * @param order their places in ascending order
   */
  public short[] first(double[] prominences, int[] order) {
    int count = levels.length;
    int n = prominences.length;
    double[] percentiles = new double[count + 1];
    for (int k = 0; k <= count; k++) {
      double at = k / (double) count * (n - 1);
      int below = (int) at;
      double low = prominences[order[below]];
      double high = prominences[order[Math.min(below + 1, n - 1)]];
      percentiles[k] = low == high ? low : low + (high - low) * (at - below);
    }
    short[] shells = new short[n];
    int s = 0;
    for (int i : order) {
      while (s < count && percentiles[s] < prominences[i]) {
        s++;
      }
      shells[i] = (short) Math.min(s, count - 1);
    }
    return shells;
  }
}
