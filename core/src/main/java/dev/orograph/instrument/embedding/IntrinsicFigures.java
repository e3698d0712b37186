package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.stats.Estimate;
import java.io.Serializable;
import java.util.List;

/**
 * Intrinsic dimension and hubness of one matrix; null where there are too few rows.
 *
 * @param task what was measured
 * @param nonFinite rows with NaN, infinity or an entry beyond float32, left out
 * @param zeros finite rows of zeros only; one of them is kept
 * @param distinct finite rows that differ from each other
 * @param clusters sets of two or more equal rows
 * @param measured distinct rows that were measured: all, or a random part of them
 * @param again points whose neighbours had to be found in float64
 * @param twonn TwoNN, maximum likelihood
 * @param fit TwoNN, fit through the origin
 * @param levinaBickel Levina-Bickel, by {@link CloudFigures#KS}
 * @param skewness skewness of the 10-occurrence
 * @param hubs the strongest hubs
 * @param cloud rows of each of the clouds below
 * @param data clouds of random rows of the matrix
 * @param nulls Gaussian clouds of the same covariance
 * @param cloudShares share of the rows of the data's clouds by 10-occurrence, in bins of {@link
 *     IntrinsicMeasurement#EDGES}
 * @param nullShares the same of the Gaussian clouds
 * @param overall hubs that more than a tenth of all rows, and 200, count among their ten nearest
 * @param without TwoNN of all rows without those; null where there are none
 * @param cosine the same figures of rows of unit length, whose Euclidean neighbours are those by
 *     cosine; null where rows share a direction
 * @param shared of the ten nearest rows by one distance, how many are so by the other, on average
 */
record IntrinsicFigures(
    Task<TokenMatrix> task,
    long nonFinite,
    long zeros,
    int distinct,
    int clusters,
    int measured,
    int again,
    Estimate twonn,
    Estimate fit,
    List<Estimate> levinaBickel,
    Estimate skewness,
    List<Hub> hubs,
    int cloud,
    List<CloudFigures> data,
    List<CloudFigures> nulls,
    List<Double> cloudShares,
    List<Double> nullShares,
    int overall,
    Double without,
    CloudFigures cosine,
    Double shared)
    implements Serializable {

  /**
   * A row that many count among their neighbours.
   *
   * @param row its number in the matrix
   * @param name how sentences call it
   * @param occurrence how many
   * @param norm its norm
   * @param copies rows equal to it, itself included
   */
  record Hub(int row, String name, int occurrence, double norm, int copies)
      implements Serializable {}

  /** Whether there were rows enough for the least of the figures. */
  boolean known() {
    return measured > 2;
  }

  /** Whether the clouds are the whole of what was measured. */
  boolean whole() {
    return cloud == measured;
  }

  /** Finite rows that equal an earlier one. */
  long copies() {
    return task.detail().rows() - nonFinite - distinct;
  }
}
