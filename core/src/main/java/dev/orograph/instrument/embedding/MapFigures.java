package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import java.io.Serializable;
import java.util.List;

/**
 * A map of one matrix. Lists over the points run by ascending id.
 *
 * @param task what was measured
 * @param shape how much of it was drawn
 * @param nonFinite rows with an entry that is NaN, infinite or beyond float32
 * @param distinct how many different rows are drawn
 * @param ids token ids
 * @param labels token texts
 * @param norms Euclidean norms of the rows
 * @param shares share of the variance along each of the first two components
 * @param pca places along the first two components, x and y; empty without points
 * @param pcaKept how those keep neighbours by the first metric; null where there are too few points
 * @param maps neighbours and neighbour-preserving maps, one per metric; none where there are too
 *     few points
 * @param clusters group of each point; empty without groups
 * @param clusterNames a few of the most central tokens of each group
 * @param kinds kind of each token; empty where no text is known
 */
public record MapFigures(
    Task<TokenMatrix> task,
    MapShape shape,
    long nonFinite,
    int distinct,
    List<Long> ids,
    List<String> labels,
    List<Double> norms,
    List<Double> shares,
    List<List<Double>> pca,
    Kept pcaKept,
    List<ByMetric> maps,
    List<Integer> clusters,
    List<String> clusterNames,
    List<Integer> kinds)
    implements Serializable {

  /**
   * Neighbours and a map by one metric.
   *
   * @param metric by which
   * @param anchors of the different rows how many were laid out before the others
   * @param places on the map, x and y; empty where there is none
   * @param kept how it keeps neighbours; null where there is none
   * @param nearest the true nearest of each point, {@link MapShape#listed} per point one after the
   *     other, as places in the lists of the points
   * @param values what the metric says of them
   */
  public record ByMetric(
      Metric metric,
      int anchors,
      List<List<Double>> places,
      Kept kept,
      List<Integer> nearest,
      List<Double> values)
      implements Serializable {}

  /**
   * How a layout keeps neighbours.
   *
   * @param share mean share of a row's nearest rows that are among its nearest on the map
   * @param low lower end of the mean's 95 % interval; null where every row was asked
   * @param high upper end
   * @param queries rows that were asked
   */
  public record Kept(double share, Double low, Double high, int queries) implements Serializable {}
}
