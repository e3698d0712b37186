package dev.orograph.instrument.weights;

import java.io.Serializable;

/**
 * The two factors of an update of low rank, {@code scale B A}.
 *
 * @param a stored name of A {@code (rank, columns)}
 * @param b stored name of B {@code (rows, rank)}
 * @param rank inner size
 * @param rows outputs of what is updated
 * @param columns inputs of what is updated
 * @param alpha what the product is multiplied with before it is divided; null where nothing says
 * @param scale what the product is multiplied with: alpha / rank, for rank-stabilised adapters
 *     alpha / sqrt(rank), 1 where nothing says
 * @param draws pairs of shuffled factors to measure beside it
 * @param base name of the matrix that it changes, in the base's checkpoint; "" where that has none,
 *     null where no base is given
 * @param turned whether that matrix is stored as {@code (columns, rows)}
 */
record LowRankPair(
    String a,
    String b,
    int rank,
    long rows,
    long columns,
    Double alpha,
    double scale,
    int draws,
    String base,
    boolean turned)
    implements Serializable {}
