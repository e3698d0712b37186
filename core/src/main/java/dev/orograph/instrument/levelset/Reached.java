package dev.orograph.instrument.levelset;

import java.util.List;

/**
 * Where a search for {f = epsilon} ended.
 *
 * @param point where it stands
 * @param value f there
 * @param converged whether |f - epsilon| is within the tolerance
 * @param calls evaluations of f, with or without its gradient
 * @param backward how many of them took the gradient
 * @param smallest the smallest f that was seen
 * @param calledAt numbers of calls at which the course was noted
 * @param course f there
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Reached(
    double[] point,
    double value,
    boolean converged,
    int calls,
    int backward,
    double smallest,
    List<Integer> calledAt,
    List<Double> course) {}
