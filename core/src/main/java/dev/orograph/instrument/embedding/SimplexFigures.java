package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.TokenMatrix;
import java.io.Serializable;
import java.util.List;

/**
 * What one piece of {@link Simplices} found.
 *
 * @param task which matrix and part
 * @param broken rows left out
 * @param first section 1's volumes, or those of the tokens' many sets; null for a null, or where
 *     nothing is valid
 * @param second section 13a's
 * @param variations coefficients of variation of a null's clouds or of groups of tokens
 */
public record SimplexFigures(
    Task<TokenMatrix> task, int broken, Volumes first, Volumes second, List<Double> variations)
    implements Serializable {
  /**
   * One seed program's volumes.
   *
   * @param sets sets that were drawn, less those with a broken row
   * @param spread of the valid volumes, those above 0; null where there are fewer than two
   * @param random mean volume of its Gaussian simplices
   */
  public record Volumes(int sets, Spread spread, double random) implements Serializable {}
}
