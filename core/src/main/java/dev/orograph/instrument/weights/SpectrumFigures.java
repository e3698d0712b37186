package dev.orograph.instrument.weights;

import dev.orograph.geometry.PowerLaw;
import dev.orograph.geometry.TailComparison;
import dev.orograph.instrument.Task;
import java.io.Serializable;
import java.util.List;

/**
 * The spectrum of one matrix, and of its shuffled copies.
 *
 * @param task which matrix
 * @param nonFinite NaN and infinite entries; above 0 there is no spectrum
 * @param zeroRows rows without a non-zero entry
 * @param direct whether the direct singular value decomposition was needed
 * @param own figures of the matrix; null where there is no spectrum
 * @param shuffled figures of its shuffled copies, one each
 * @param usable singular values that are more than rounding
 * @param tails how the power law compares with other laws; null where there is no fit
 * @param distance mean Wasserstein-1 distance from the copies' s^2, over the mean s^2; null without
 *     copies
 * @param distances the same of each copy from the others; empty where there is one
 * @param mean mean entry
 * @param deviation standard deviation of entries, ddof 0
 * @param quantiles singular values over s1 at evenly spaced ranks, for the picture
 * @param shuffledQuantiles the same of the first shuffled copy, over the matrix's own s1
 * @param few all singular values where they are few; empty where they lie in a file of their own
 */
public record SpectrumFigures(
    Task<StoredTensor> task,
    long nonFinite,
    long zeroRows,
    boolean direct,
    Figures own,
    List<Figures> shuffled,
    int usable,
    TailComparison tails,
    Double distance,
    List<Double> distances,
    double mean,
    double deviation,
    List<Double> quantiles,
    List<Double> shuffledQuantiles,
    List<Double> few)
    implements Serializable {

  /** One without a spectrum. */
  static SpectrumFigures none(Task<StoredTensor> task, long nonFinite, long zeroRows) {
    return new SpectrumFigures(
        task, nonFinite, zeroRows, false, null, List.of(), 0, null, null, List.of(), 0, 0,
        List.of(), List.of(), List.of());
  }

  /**
   * Figures of one spectrum; the first seven are the seed's, in its order.
   *
   * @param stableRank Frobenius norm squared over s1 squared
   * @param participationRatio (sum s)^2 / sum s^2
   * @param activeShare share of singular values above 1 % of s1
   * @param rank90 how many make up 90 % of the sum
   * @param largest s1
   * @param smallest sn
   * @param condition s1 / (sn + 1e-10)
   * @param frobenius Frobenius norm
   * @param effectiveRank exponential of the entropy of s / sum s
   * @param edge Marchenko-Pastur edge, in units of s
   * @param spikes singular values above it
   * @param softEdge Tracy-Widom edge, in units of s
   * @param beyond singular values above it
   * @param tail power-law fit of s^2, or null
   */
  public record Figures(
      double stableRank,
      double participationRatio,
      double activeShare,
      int rank90,
      double largest,
      double smallest,
      double condition,
      double frobenius,
      double effectiveRank,
      double edge,
      int spikes,
      double softEdge,
      int beyond,
      PowerLaw tail)
      implements Serializable {

    /** Those of the matrix times a factor. */
    Figures times(double factor) {
      return new Figures(
          stableRank,
          participationRatio,
          activeShare,
          rank90,
          largest * factor,
          smallest * factor,
          condition,
          frobenius * factor,
          effectiveRank,
          edge * factor,
          spikes,
          softEdge * factor,
          beyond,
          tail);
    }

    /** Squared Marchenko-Pastur edge over squared s1; null for zero. */
    Double bulkShare() {
      return largest > 0 ? (Double) (edge / largest * (edge / largest)) : null;
    }

    /** alpha of the tail, or null. */
    Double alpha() {
      return tail == null ? null : tail.alpha();
    }
  }
}
