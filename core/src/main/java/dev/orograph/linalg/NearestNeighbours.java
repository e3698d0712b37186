package dev.orograph.linalg;

import java.util.stream.IntStream;

/**
 * The k nearest other points of every point in Euclidean distance: exactly those, and exactly the
 * distances, that comparing every pair in float64 gives, ties by lower index.
 *
 * <p>A float32 product of the centred points gives rounded squared distances of all pairs in tiles,
 * each pair once; of every point the k + {@value #MARGIN} nearest are kept and measured again in
 * float64 from the points themselves. What was not kept is farther than the k-th: its rounded
 * distance is no smaller than the largest one kept, and that exceeds the k-th by more than the
 * rounding can amount to ({@link CentredRows#error}). A point of which this cannot be said, such as
 * one of a hundred copies, is done again in float64 by {@link NeighboursAgain}.
 *
 * <p>n^2 d / 2 multiplications; memory is {@link #bytes}, never n x n. No bit depends on the number
 * of threads.
 *
 * <p>Source of the bound: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2002.
 */
public final class NearestNeighbours {
  /** How many more are kept than asked for: enough that hardly any point is done again. */
  private static final int MARGIN = 16;

  private static final int BLOCK = 64;

  private final int n;
  private final int k;
  private final int[] indices;
  private final double[] distances;
  private final int again;

  /** Told how far work has come, by any of its threads; may throw to end it. */
  public interface Watch {
    /** So many of all steps are done; counted anew where points are done again. */
    void done(long steps, long all);
  }

  private NearestNeighbours(int n, int k, int[] indices, double[] distances, int again) {
    this.n = n;
    this.k = k;
    this.indices = indices;
    this.distances = distances;
    this.again = again;
  }

  /** As below, unwatched. */
  public static NearestNeighbours of(Entries points, int k, int threads) {
    return of(points, k, threads, (steps, all) -> {});
  }

  /**
   * Finds them. Not to be called inside of {@link Lapack#with}.
   *
   * @param points {@code (n, d)}, finite, one point per row; must allow reading by several threads
   * @param k how many neighbours, 1 to n - 1
   * @param threads threads to use, the caller's included; they change no bit of the result
   * @param watch called between tiles, by any of the threads
   * @throws IllegalArgumentException if k is not below n, or an entry is not finite
   */
  public static NearestNeighbours of(Entries points, int k, int threads, Watch watch) {
    if (k < 1 || k >= points.rows() || points.columns() < 1) {
      throw new IllegalArgumentException(
          k + " neighbours among " + points.rows() + " points of " + points.columns());
    }
    try (Scope scope = new Scope()) {
      CentredRows z = new CentredRows(points, threads, scope);
      int n = z.count();
      int[] indices = new int[Math.multiplyExact(n, k)];
      double[] distances = new double[n * k];
      NearestLists lists = new NearestLists(n, k + MARGIN);
      DistanceTiles.forEach(z, threads, watch, lists);
      long tiles = DistanceTiles.count(n);
      boolean[] proven = new boolean[n];
      Crew crew = new Crew(threads);
      crew.run(
          member -> {
            double[] own = new double[z.dimensions()];
            double[] other = new double[z.dimensions()];
            RankedRows ranked = new RankedRows(k);
            for (int b = crew.ticket(); b * BLOCK < n && !crew.failed(); b = crew.ticket()) {
              for (int i = b * BLOCK; i < Math.min(n, (b + 1) * BLOCK); i++) {
                proven[i] = measure(z, i, lists, ranked, own, other);
                ranked.copy(indices, distances, i * k);
              }
              watch.done(tiles, tiles);
            }
          });
      int[] doubtful = IntStream.range(0, n).filter(i -> !proven[i]).toArray();
      new NeighboursAgain(z, doubtful, k, indices, distances).run(threads, watch);
      for (int i = 0; i < distances.length; i++) {
        distances[i] = Math.sqrt(distances[i]) / z.inUnits();
      }
      return new NearestNeighbours(n, k, indices, distances, doubtful.length);
    }
  }

  /** Ranks what was kept of a point; whether what was not kept is farther for sure. */
  private static boolean measure(
      CentredRows z, int i, NearestLists lists, RankedRows ranked, double[] own, double[] other) {
    ranked.clear();
    z.read(i, own);
    double reach = Double.POSITIVE_INFINITY;
    double half = 0;
    for (long key : lists.sorted(i)) {
      half = NearestLists.half(key);
      if (half > reach) {
        return true;
      }
      z.read(NearestLists.other(key), other);
      ranked.offer(CentredRows.squared(own, other), NearestLists.other(key));
      if (ranked.full()) {
        reach = z.reach(i, ranked.limit(), CentredRows.FLOAT);
      }
    }
    return lists.complete() || half > reach;
  }

  /**
   * An upper bound on the bytes that n points of d dimensions take while k neighbours of each are
   * sought, the result included.
   */
  public static long bytes(long n, long d, long k, int threads) {
    long perThread =
        DistanceTiles.bytes(n) + NeighboursAgain.bytes(d) + 16 * d + Lapack.BYTES_PER_THREAD;
    return CentredRows.bytes(n, d)
        + NearestLists.bytes(n, k + MARGIN)
        + Math.multiplyExact(n, 12 * k + 5)
        + threads * perThread;
  }

  /** Number of points. */
  public int count() {
    return n;
  }

  /** How many neighbours each has. */
  public int k() {
    return k;
  }

  /** How many points were done again because rounding left them in doubt. */
  public int again() {
    return again;
  }

  /** The neighbour of a point, 0 being the nearest. */
  public int neighbour(int point, int rank) {
    return indices[at(point, rank)];
  }

  /** How far that neighbour is. */
  public double distance(int point, int rank) {
    return distances[at(point, rank)];
  }

  private int at(int point, int rank) {
    if (point < 0 || point >= n || rank < 0 || rank >= k) {
      throw new IndexOutOfBoundsException(
          "neighbour " + rank + " of point " + point + "; there are " + k + " of " + n);
    }
    return point * k + rank;
  }

  /** Distances of the {@code most} nearest of every point, {@code (n, most)} row-major. */
  public double[] distances(int most) {
    double[] nearest = new double[n * most];
    for (int i = 0; i < n; i++) {
      System.arraycopy(distances, at(i, most - 1) - most + 1, nearest, i * most, most);
    }
    return nearest;
  }

  /** The {@code most} nearest of every point, {@code (n, most)} row-major. */
  public int[] neighbours(int most) {
    int[] nearest = new int[n * most];
    for (int i = 0; i < n; i++) {
      System.arraycopy(indices, at(i, most - 1) - most + 1, nearest, i * most, most);
    }
    return nearest;
  }
}
