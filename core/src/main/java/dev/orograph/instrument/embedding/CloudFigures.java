package dev.orograph.instrument.embedding;

import dev.orograph.geometry.Hubness;
import dev.orograph.geometry.LevinaBickel;
import dev.orograph.geometry.TwoNN;
import dev.orograph.linalg.NearestNeighbours;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Figures of one cloud of points; null where it has too few.
 *
 * @param twonn TwoNN, maximum likelihood
 * @param levinaBickel Levina-Bickel for each of {@link #KS} below the number of points
 * @param skewness skewness of the 10-occurrence
 * @param most largest 10-occurrence
 * @param byScale TwoNN of nested parts of the cloud, by {@link #parts}
 */
record CloudFigures(
    Double twonn, List<Double> levinaBickel, Double skewness, Integer most, List<Double> byScale)
    implements Serializable {
  /** Neighbours that Levina and Bickel's estimate takes. */
  static final List<Integer> KS = List.of(5, 10, 20, IntrinsicMeasurement.NEIGHBOURS);

  /** Neighbours that hubness counts. */
  static final int HUB_K = 10;

  private static final int FEWEST_ROWS = 25;

  static CloudFigures of(NearestNeighbours found, List<Double> byScale) {
    List<Double> estimates = new ArrayList<>();
    double[] distances = found.distances(found.k());
    for (int k : ks(found.k())) {
      estimates.add(finite(LevinaBickel.of(distances, found.k(), k).value()));
    }
    Hubness hubness = hubness(found);
    return new CloudFigures(
        twonn(found),
        estimates,
        hubness == null ? null : finite(hubness.skewness()),
        hubness == null ? null : hubness.most(),
        byScale);
  }

  /** TwoNN, or null where all ratios are 1 or no point has two neighbours. */
  static Double twonn(NearestNeighbours found) {
    if (found.k() < 2) {
      return null;
    }
    TwoNN twonn = new TwoNN(found.distances(2), 2);
    return twonn.defined() ? finite(twonn.likelihood().value()) : null;
  }

  /** Hubness, or null where points have no {@value #HUB_K} neighbours. */
  static Hubness hubness(NearestNeighbours found) {
    return found.k() < HUB_K ? null : new Hubness(found.neighbours(HUB_K), found.count());
  }

  /** Those of {@link #KS} for which there are neighbours. */
  static List<Integer> ks(int neighbours) {
    return KS.stream().filter(k -> k <= neighbours).toList();
  }

  /** Sizes of nested parts of n points, ascending, without n itself. */
  static List<Integer> parts(int n) {
    List<Integer> sizes = new ArrayList<>();
    for (int part = 8; part > 1; part /= 2) {
      if (n / part >= FEWEST_ROWS) {
        sizes.add(n / part);
      }
    }
    return sizes;
  }

  static Double finite(double v) {
    return Double.isFinite(v) ? v : null;
  }
}
