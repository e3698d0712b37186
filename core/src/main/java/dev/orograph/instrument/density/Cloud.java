package dev.orograph.instrument.density;

import dev.orograph.instrument.Work;
import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.FloatRows;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.linalg.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Points in a metric, stored in native memory: in float64 where that is at most {@link #DOUBLES}
 * numbers, else in float32. Distances are exact for what is stored; in float32 those below 1 % of
 * the points' lengths are taken from the float64 difference of the rows instead.
 */
final class Cloud implements Distances {
  /** Numbers that are stored in float64. */
  static final long DOUBLES = 120_000_000;

  private static final double NEAR = 1e-2;
  private static final int PAIRS = 1 << 14;

  private final Work work;
  private final Metric metric;
  private final int[] members;
  private final int threads;
  private final Entries stored;
  private final boolean single;
  private final double[] norms;
  private final double[] plainNorms;
  private final double[] mean;

  /**
   * Lengths of all usable rows, and the points of some.
   *
   * @param members indices of the points to store, ascending
   */
  Cloud(Work work, Metric metric, int[] members, int threads, Scope scope) {
    this(
        work,
        metric,
        members,
        threads,
        scope,
        single(members.length, metric.figures().dimensions()));
  }

  /** With points in float32, or not. */
  Cloud(Work work, Metric metric, int[] members, int threads, Scope scope, boolean single) {
    this.work = work;
    this.metric = metric;
    this.members = members;
    this.threads = threads;
    int d = metric.figures().dimensions();
    int n = members.length;
    this.single = single;
    FloatRows floats = single ? new FloatRows(n, d, scope) : null;
    Matrix doubles = single ? null : scope.matrix(d, n);
    stored =
        single
            ? floats
            : Entries.of(
                n,
                d,
                (from, into, offset, length) ->
                    doubles.get((int) (from % d), (int) (from / d), into, offset, length));
    int all = metric.ids().length;
    int[] slots = new int[all];
    Arrays.fill(slots, -1);
    for (int i = 0; i < n; i++) {
      slots[members[i]] = i;
    }
    norms = new double[all];
    plainNorms = new double[all];
    // A sum per block, added in their order, so that no thread decides a digit.
    double[][] sums = new double[(all + Cholesky.block() - 1) / Cholesky.block()][];
    metric.forEach(
        (first, block, count) -> {
          float[] narrow = new float[d];
          double[] sum = new double[d];
          sums[first / Cholesky.block()] = sum;
          for (int i = 0; i < count; i++) {
            norms[first + i] = length(block, i * d, d);
            plainNorms[first + i] = metric.plainNorm(first + i, block, i * d);
            for (int j = 0; j < d; j++) {
              sum[j] += block[i * d + j];
            }
            int slot = slots[first + i];
            if (slot >= 0 && single) {
              for (int j = 0; j < d; j++) {
                narrow[j] = (float) block[i * d + j];
              }
              floats.put(slot, narrow);
            } else if (slot >= 0) {
              doubles.put(0, slot, block, i * d, d);
            }
          }
        });
    mean = new double[d];
    for (double[] sum : sums) {
      for (int j = 0; j < d; j++) {
        mean[j] += sum[j] / all;
      }
    }
  }

  static boolean single(long n, long d) {
    return n * d > DOUBLES;
  }

  /** Bytes that the points and what all rows are told take. */
  static long bytes(long all, long n, long d) {
    return (single(n, d) ? 4 : 8) * n * d + (24 + 8 * d / Cholesky.block()) * all;
  }

  private static double length(double[] v, int at, int d) {
    double sum = 0;
    for (int j = at; j < at + d; j++) {
      sum += v[j] * v[j];
    }
    return Math.sqrt(sum);
  }

  /** Whether points are stored in float32. */
  boolean single() {
    return single;
  }

  /** Centred lengths of all usable rows; not to be changed. */
  double[] norms() {
    return norms;
  }

  /** The seed's lengths of all usable rows; not to be changed. */
  double[] plainNorms() {
    return plainNorms;
  }

  /** Squared length of the mean of all points, which is 0 but for rounding. */
  double meanSquare() {
    double square = length(mean, 0, mean.length);
    return square * square;
  }

  /** The stored points, one per row, centred. */
  Entries stored() {
    return stored;
  }

  @Override
  public int count() {
    return members.length;
  }

  @Override
  public double between(int i, int j) {
    int d = metric.figures().dimensions();
    double[] a = new double[d];
    double[] b = new double[d];
    stored.read((long) i * d, a, 0, d);
    stored.read((long) j * d, b, 0, d);
    for (int q = 0; q < d; q++) {
      a[q] -= b[q];
    }
    double distance = length(a, 0, d);
    if (!near(i, j, distance)) {
      return distance;
    }
    double[] exact = new double[1];
    metric.differences(new int[] {members[i]}, new int[] {members[j]}, exact);
    return exact[0];
  }

  /** Whether float32 says too little about a distance. */
  private boolean near(int i, int j, double distance) {
    return single && distance < NEAR * Math.max(norms[members[i]], norms[members[j]]);
  }

  @Override
  public Nearest nearest(int[] which, int k) {
    boolean every = which.length == count();
    int[] order = every ? IntStream.range(0, count()).toArray() : which;
    Entries points = every ? stored : Entries.ofRows(stored, which);
    NearestNeighbours found =
        NearestNeighbours.of(points, k, threads, (done, all) -> work.checkCancelled());
    int[] neighbours = found.neighbours(k);
    double[] distances = found.distances(k);
    if (single) {
      refine(order, k, neighbours, distances);
    }
    return new Nearest(order.length, k, neighbours, distances);
  }

  /** Measures near pairs again, some at a time, and orders lists anew. */
  private void refine(int[] which, int k, int[] neighbours, double[] distances) {
    List<Integer> near = new ArrayList<>();
    for (int at = 0; at < distances.length; at++) {
      if (near(which[at / k], which[neighbours[at]], distances[at])) {
        near.add(at);
      }
      if (near.size() == PAIRS || (at == distances.length - 1 && !near.isEmpty())) {
        int[] i = near.stream().mapToInt(p -> members[which[p / k]]).toArray();
        int[] j = near.stream().mapToInt(p -> members[which[neighbours[p]]]).toArray();
        double[] exact = new double[i.length];
        metric.differences(i, j, exact);
        for (int p = 0; p < exact.length; p++) {
          distances[near.get(p)] = exact[p];
        }
        near.clear();
      }
    }
    for (int i = 0; i < which.length; i++) {
      order(neighbours, distances, i * k, k);
    }
  }

  /** Insertion: lists are nearly in order. */
  private static void order(int[] neighbours, double[] distances, int from, int k) {
    for (int a = from + 1; a < from + k; a++) {
      double distance = distances[a];
      int neighbour = neighbours[a];
      int b = a;
      while (b > from
          && (distances[b - 1] > distance
              || (distances[b - 1] == distance && neighbours[b - 1] > neighbour))) {
        distances[b] = distances[b - 1];
        neighbours[b] = neighbours[b - 1];
        b--;
      }
      distances[b] = distance;
      neighbours[b] = neighbour;
    }
  }
}
