package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import java.io.Serializable;
import java.util.List;

/**
 * What one piece of {@link Cosines} found; null where it is another's part.
 *
 * @param task which matrix and part
 * @param broken rows left out
 * @param cosines of the seeds' sample
 * @param distances1 of section 1's sample
 * @param distances13 of section 13a's sample
 * @param all over all pairs
 */
public record PairFigures(
    Task<TokenMatrix> task,
    int broken,
    Sampled cosines,
    Spread distances1,
    Spread distances13,
    All all)
    implements Serializable {

  /**
   * Cosines of all pairs of a sample.
   *
   * @param tokens tokens of the sample
   * @param spread of the cosines; null for fewer than two tokens
   * @param constants pairs near each of the seeds' constants
   */
  public record Sampled(int tokens, Spread spread, List<Constant> constants)
      implements Serializable {}

  /**
   * Pairs near a constant.
   *
   * @param at the constant
   * @param share share of the pairs within 0.01
   * @param nearest how near a pair comes
   * @param excess that share over what the cubic through the shares within 0.01 of 0.02 and 0.04 to
   *     either side gives; null where that is nothing
   * @param error standard error of the excess, from a jackknife over groups of tokens; null where
   *     too few have any pairs there
   */
  public record Constant(double at, double share, double nearest, Double excess, Double error)
      implements Serializable {}

  /**
   * Over all pairs of the vocabulary.
   *
   * @param tokens tokens n with a direction
   * @param zeros rows without one
   * @param raw mean cosine as stored
   * @param error its standard error, the tokens taken as a sample
   * @param centred after subtracting the mean row; null where fewer than two then have a direction,
   *     as of the next
   * @param standardised after dividing each dimension by its standard deviation as well
   * @param components leading principal components that were removed
   * @param pruned after centring and removing these; null where nothing is left
   * @param variation standard deviation of the cosines to the common direction
   * @param rogue the dimensions with the largest share of |m|^2, and that share
   * @param participation (tr S)^2 / tr S^2 of the covariance S
   * @param meanSquareDistance mean squared distance, 2 n / (n - 1) tr S
   */
  public record All(
      int tokens,
      int zeros,
      double raw,
      double error,
      Double centred,
      Double standardised,
      int components,
      Double pruned,
      double variation,
      List<Token> rogue,
      double participation,
      double meanSquareDistance)
      implements Serializable {}

  static PairFigures of(Task<TokenMatrix> task, int broken, Sampled cosines) {
    return new PairFigures(task, broken, cosines, null, null, null);
  }

  static PairFigures of(Task<TokenMatrix> task, int broken, Spread first, Spread second) {
    return new PairFigures(task, broken, null, first, second, null);
  }

  static PairFigures of(Task<TokenMatrix> task, int broken, All all) {
    return new PairFigures(task, broken, null, null, null, all);
  }
}
