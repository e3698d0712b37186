package dev.orograph.instrument.weights;

import dev.orograph.instrument.Task;
import java.io.Serializable;
import java.util.List;

/**
 * The query-key forms of one attention.
 *
 * @param task which attention
 * @param nonFinite NaN and infinite entries; above 0 there are no other figures
 * @param whole the seed's figures of the product of the whole matrices, or null
 * @param layer the form of all heads together, or null
 * @param heads one per query head; empty where heads are not known
 * @param draws what the heads give with the inputs of the keys permuted
 */
public record QkFigures(
    Task<QkPair> task, long nonFinite, Whole whole, Layer layer, List<Head> heads, List<Draw> draws)
    implements Serializable {

  /** Which attention of which stack, in words. */
  String attention() {
    return task.place().stack() + " " + task.place().component();
  }

  /**
   * The seed's A = W_q W_k^T, {@code (inner, inner)}, key heads repeated.
   *
   * @param stableRank squared Frobenius norm over squared largest singular value
   * @param participationRatio (sum s)^2 / sum s^2
   * @param asymmetry |A - A^T| / |A|
   * @param positive eigenvalues of (A + A^T) / 2 above zero
   * @param negative eigenvalues below zero
   * @param top the five largest
   * @param rescaled positive eigenvalues after each key head's queries were scaled by a number and
   *     its keys by the inverse, which changes no attention; null where not measured
   * @param permuted positive eigenvalues with the inputs of W_k permuted; null where not measured
   */
  public record Whole(
      double stableRank,
      double participationRatio,
      double asymmetry,
      int positive,
      int negative,
      List<Double> top,
      Integer rescaled,
      Integer permuted)
      implements Serializable {}

  /**
   * The bilinear form M = W_q^T W_k of a whole layer, key heads repeated: the sum of its heads';
   * see {@link dev.orograph.linalg.LayerForm}.
   *
   * @param score tr(M M) / tr(M M^T)
   * @param expectedScore its mean over all orders of the inputs of W_k
   * @param draws its score under some of them
   */
  public record Layer(double score, double expectedScore, List<Double> draws)
      implements Serializable {}

  /**
   * The bilinear form M = W_q,h^T W_k,g of one query head; see {@link
   * dev.orograph.linalg.BilinearForm}.
   *
   * @param head query head
   * @param keyHead its key head
   * @param score tr(M M) / tr(M M^T); null where M is zero, and so are the others
   * @param expectedScore its mean over all orders of the inputs of W_k
   * @param deviation |M - M^T| / |M| = 2 sqrt(1 - r), r = (1 + score) / 2
   * @param positiveEnergy share of the squares of the symmetric part's eigenvalues that belongs to
   *     positive ones
   * @param signedBalance sum of eigenvalues over sum of their magnitudes
   * @param stableRank squared Frobenius norm over squared largest singular value of M
   * @param s1 largest singular value
   * @param top largest eigenvalue of the symmetric part
   * @param bottom smallest
   */
  public record Head(
      int head,
      int keyHead,
      Double score,
      Double expectedScore,
      Double deviation,
      Double positiveEnergy,
      Double signedBalance,
      Double stableRank,
      Double s1,
      Double top,
      Double bottom)
      implements Serializable {}

  /**
   * One head with the inputs of its keys permuted.
   *
   * @param head query head
   * @param order which order of the inputs, the same for all heads
   * @param score its score
   * @param positiveEnergy its positive energy; null where not measured
   * @param signedBalance its signed balance; null where not measured
   */
  public record Draw(int head, int order, double score, Double positiveEnergy, Double signedBalance)
      implements Serializable {}
}
