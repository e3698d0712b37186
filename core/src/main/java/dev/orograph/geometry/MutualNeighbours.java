package dev.orograph.geometry;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.NearestNeighbours;

/**
 * How many nearest neighbours points have in common in two representations: the mean over points of
 * {@code |N_k(x) & N_k(y)| / k}. Of n points whose numbers say nothing, k / (n - 1) are shared by
 * chance. Source: Huh, Cheung, Wang & Isola 2024, who take unit vectors, so that the nearest are
 * those of the largest cosine.
 */
public final class MutualNeighbours {
  private final int n;
  private final int k;
  private final int[] first;
  private final int[] second;

  private MutualNeighbours(int n, int k, int[] first, int[] second) {
    this.n = n;
    this.k = k;
    this.first = first;
    this.second = second;
  }

  /**
   * Finds the neighbours in both, exactly; ties by lower index.
   *
   * @param a {@code (n, d)}, finite
   * @param b {@code (n, e)}, the same points
   * @param k how many neighbours, 1 to n - 1
   * @param threads threads to use; they change nothing
   * @param check called every now and then; what it throws ends the work
   */
  public static MutualNeighbours of(Entries a, Entries b, int k, int threads, Runnable check) {
    if (a.rows() != b.rows()) {
      throw new IllegalArgumentException(a.rows() + " and " + b.rows() + " points");
    }
    NearestNeighbours one = NearestNeighbours.of(a, k, threads, (done, all) -> check.run());
    NearestNeighbours other = NearestNeighbours.of(b, k, threads, (done, all) -> check.run());
    return new MutualNeighbours(one.count(), k, one.neighbours(k), other.neighbours(k));
  }

  /**
   * Those of neighbours that are known.
   *
   * @param k how many each point has
   * @param first {@code (n, k)} row-major: other points; negative for one that is none of the n
   * @param second the same in the other representation
   */
  public static MutualNeighbours of(int k, int[] first, int[] second) {
    if (k < 1 || first.length != second.length || first.length % k != 0) {
      throw new IllegalArgumentException(
          first.length + " and " + second.length + " neighbours, " + k + " each");
    }
    return new MutualNeighbours(first.length / k, k, first.clone(), second.clone());
  }

  /** Share of its neighbours that each point has in both. */
  public double[] shares() {
    int[] same = new int[n];
    for (int i = 0; i < n; i++) {
      same[i] = i;
    }
    return shuffled(same);
  }

  /**
   * The same where point i of the second representation is called {@code order[i]}: for a random
   * order what chance gives.
   */
  public double[] shuffled(int[] order) {
    int[] inverse = new int[n];
    for (int i = 0; i < n; i++) {
      inverse[order[i]] = i;
    }
    double[] shares = new double[n];
    int[] seen = new int[n];
    for (int i = 0; i < n; i++) {
      for (int r = 0; r < k; r++) {
        if (first[i * k + r] >= 0) {
          seen[first[i * k + r]] = i + 1;
        }
      }
      int at = inverse[i] * k;
      for (int r = 0; r < k; r++) {
        int other = second[at + r];
        shares[i] += other >= 0 && seen[order[other]] == i + 1 ? 1.0 / k : 0;
      }
    }
    return shares;
  }

  /** What chance gives on average. */
  public double chance() {
    return k / (n - 1.0);
  }
}
