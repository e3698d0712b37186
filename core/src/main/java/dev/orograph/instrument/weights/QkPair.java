package dev.orograph.instrument.weights;

import java.io.Serializable;

/**
 * The query and key weights of one attention; its component is self_attn or cross_attn.
 *
 * @param query name of the query weight
 * @param key name of the key weight
 * @param heads query heads; 0 where the configuration does not say
 * @param keyHeads key heads
 * @param dModel inputs of both weights
 * @param inner outputs of the query weight
 * @param seed whether the seed's product of whole matrices fits into memory
 * @param layer whether the form of the whole layer, dModel squared, fits into memory
 * @param probe whether to measure what a rescaling and a permutation do to the seed's figures
 * @param draws permutations under which every head's score is taken
 * @param fullDraws for how many heads some of them also give eigenvalues
 * @param fullOrders how many of the permutations do
 * @param obstacle why nothing can be measured, or ""
 */
public record QkPair(
    String query,
    String key,
    int heads,
    int keyHeads,
    int dModel,
    int inner,
    boolean seed,
    boolean layer,
    boolean probe,
    int draws,
    int fullDraws,
    int fullOrders,
    String obstacle)
    implements Serializable {}
