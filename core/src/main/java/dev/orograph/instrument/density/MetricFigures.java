package dev.orograph.instrument.density;

import java.io.Serializable;

/**
 * What lengths mean, and what follows from it: C is the covariance (1/V) of the V rows, M the
 * metric.
 *
 * @param kind "causal", "euclidean" or "cosine"
 * @param rows rows V that C is over
 * @param dimensions d
 * @param largest largest eigenvalue of C
 * @param smallest smallest eigenvalue of C
 * @param shrinkage weight of the multiple of the identity in what is inverted; 0 for none
 * @param shrunkCondition condition number of what is inverted
 * @param trace tr(M C): mean squared centred length
 * @param meanSquare mu'M mu
 * @param participation participation ratio of the rows, eigenvalues of C
 * @param corrected the same, corrected for the number of rows; NaN for fewer than four
 * @param used that of the cloud in which distances are taken: of the eigenvalues of M C where M is
 *     made from the same rows, else corrected
 * @param isotropic whether M C is the identity
 */
public record MetricFigures(
    String kind,
    int rows,
    int dimensions,
    double largest,
    double smallest,
    double shrinkage,
    double shrunkCondition,
    double trace,
    double meanSquare,
    double participation,
    double corrected,
    double used,
    boolean isotropic)
    implements Serializable {
  /** Condition number of C. */
  double condition() {
    return smallest > 0 ? largest / smallest : Double.POSITIVE_INFINITY;
  }

  boolean causal() {
    return kind.equals("causal");
  }
}
