package dev.orograph.instrument.weights;

import dev.orograph.instrument.Piece;
import java.io.Serializable;

/**
 * One attention to measure.
 *
 * @param index position in the plan
 * @param component self_attn or cross_attn
 * @param stack stack
 * @param layer block number
 * @param query name of the query weight
 * @param key name of the key weight
 * @param heads query heads; 0 where the configuration does not say
 * @param keyHeads key heads
 * @param dModel inputs of both weights
 * @param inner outputs of the query weight
 * @param seed whether the seed's product of whole matrices fits into memory
 * @param probe whether to measure what a rescaling and a permutation do to the seed's figures
 * @param draws permutations under which every head's score is taken
 * @param fullDraws for how many heads one of them also gives eigenvalues
 * @param obstacle why nothing can be measured, or ""
 * @param work rough cost in multiplications
 * @param bytes bound on anonymous memory
 * @param nativeThreads native threads
 */
public record QkPiece(
    int index,
    String component,
    String stack,
    int layer,
    String query,
    String key,
    int heads,
    int keyHeads,
    int dModel,
    int inner,
    boolean seed,
    boolean probe,
    int draws,
    int fullDraws,
    String obstacle,
    double work,
    long bytes,
    int nativeThreads)
    implements Piece, Serializable {

  @Override
  public String label() {
    return stack + "." + component + "." + layer;
  }

  /** Which attention of which stack, in words. */
  String place() {
    return stack + " " + component;
  }
}
