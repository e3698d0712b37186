package dev.orograph.instrument.weights;

import dev.orograph.finding.Unlike;
import dev.orograph.instrument.Task;
import java.io.Serializable;
import java.util.List;

/**
 * What the entries of one tensor look like, wherever they stand.
 *
 * @param task which tensor
 * @param nonFinite entries that are NaN, infinite or beyond float32; the other figures leave them
 *     out
 * @param zeros entries that are exactly zero
 * @param below counts of |w| (as float32) below 1e-6, 1e-4, 1e-3, 1e-2, 1e-1
 * @param mean mean
 * @param deviation standard deviation, ddof 0; null where only the seed's figures were asked for
 * @param largest largest |w|
 * @param belowDeviation shares of |w| below 0.01, 0.1 and 0.5 standard deviations; null where only
 *     the seed's figures were asked for
 * @param kurtosis fourth central moment over squared variance; a Gaussian's is 3
 * @param hoyer (sqrt N - |w|_1 / |w|_2) / (sqrt N - 1), from 0 (all equal) to 1 (one entry)
 * @param gini Gini coefficient of |w|
 * @param lines rows and columns that are unlike the others of their matrix
 */
public record EntryFigures(
    Task<StoredTensor> task,
    long nonFinite,
    long zeros,
    List<Long> below,
    double mean,
    Double deviation,
    double largest,
    List<Double> belowDeviation,
    Double kurtosis,
    Double hoyer,
    Double gini,
    List<Unlike> lines)
    implements Serializable {

  /** Finite entries. */
  long count() {
    return task.detail().rows() * task.detail().columns() - nonFinite;
  }
}
