package dev.orograph.instrument.projection;

import dev.orograph.instrument.rows.Spread;
import dev.orograph.stats.Estimate;
import java.io.Serializable;
import java.util.List;

/**
 * How a model's tokens lie when they are projected onto another's.
 *
 * @param fault why there is nothing, or null
 * @param large name of the model that is projected
 * @param small name of the one that it is projected onto
 * @param counts of what
 * @param map figures of the map itself
 * @param heldOut cosines of held-out tokens with their own rows
 * @param distances between the two, of held-out tokens
 * @param all cosines of all tokens, anchors included
 * @param above shares of all tokens with a cosine above 0, .1, ... .9
 * @param estimates figures with null and interval
 * @param lying what is there without any rotation; null where the widths differ
 * @param tokens the worst and the best
 * @param byId mean cosine along the order of ids
 * @param residual spectra of what is left
 * @param pairs drawn pairs of held-out tokens with their two cosines
 * @param digits figures of the ten digits; null where they are not there
 * @param simplices volumes of sets of five
 */
record ProjectionFigures(
    String fault,
    String large,
    String small,
    Counts counts,
    Map map,
    Spread heldOut,
    Spread distances,
    Spread all,
    List<Double> above,
    Estimates estimates,
    Lying lying,
    List<Ranked> tokens,
    List<Stretch> byId,
    Residual residual,
    List<Pair> pairs,
    Digits digits,
    Simplices simplices)
    implements Serializable {

  static ProjectionFigures fault(String why, String large, String small) {
    return new ProjectionFigures(
        why, large, small, null, null, null, null, null, List.of(), null, null, List.of(),
        List.of(), null, List.of(), null, null);
  }

  /**
   * How many.
   *
   * @param how by what tokens were matched
   * @param large rows of the larger model
   * @param small rows of the smaller one
   * @param pairs tokens of both
   * @param broken pairs left out for a NaN or an infinite number
   * @param zero pairs of which a row is zero
   * @param fitted tokens of the components
   * @param anchors tokens of the rotation
   * @param wide width of the larger model
   * @param width width of the smaller one
   * @param relations held-out tokens whose pairs are compared
   */
  record Counts(
      String how,
      int large,
      int small,
      int pairs,
      int broken,
      int zero,
      int fitted,
      int anchors,
      int wide,
      int width,
      int relations)
      implements Serializable {}

  /**
   * The map.
   *
   * @param kept share of the variance along the components
   * @param scale sum of the singular values
   * @param stretch factor by which lengths have to be changed
   */
  record Map(double kept, double scale, double stretch) implements Serializable {}

  /**
   * Figures with what chance gives.
   *
   * @param cosine mean over held-out tokens
   * @param centred the same less the anchors' mean
   * @param explained share of the held-out variance that the map explains at its best stretch
   * @param relational correlation of the cosines of pairs
   * @param relationalRaw the same of the larger model's rows as they are
   * @param gain the first less the second
   * @param difference mean difference of the cosines of pairs
   * @param cka debiased; null where it is not defined
   * @param neighbours mutual nearest neighbours; null where it is not measured
   */
  record Estimates(
      Estimate cosine,
      Estimate centred,
      Estimate explained,
      Estimate relational,
      Estimate relationalRaw,
      Estimate gain,
      double difference,
      Estimate cka,
      Estimate neighbours)
      implements Serializable {}

  /**
   * What is there without any rotation, number by number.
   *
   * @param cosine mean cosine of held-out tokens' rows
   * @param centred the same, each less its anchors' mean
   * @param explained share of the variance at the best stretch
   * @param diagonal mean of the rotation's diagonal
   */
  record Lying(double cosine, double centred, double explained, double diagonal)
      implements Serializable {}

  /** A token by its place in an order: best or worst, of all or of those held out. */
  record Ranked(
      String order, String among, int rank, int small, int large, String text, double cosine)
      implements Serializable {}

  /** Mean cosine of neighbouring ids. */
  record Stretch(double id, double cosine) implements Serializable {}

  /**
   * Eigenvalues, descending.
   *
   * @param own of what is left of held-out tokens
   * @param native_ of the tokens' own rows less their anchors' mean
   * @param shuffled of what is left by a rotation fitted to shuffled anchors; empty without one
   */
  record Residual(List<Double> own, List<Double> native_, List<Double> shuffled)
      implements Serializable {}

  /** Two held-out tokens and their cosines. */
  record Pair(int first, int second, String texts, double nativeCosine, double projected)
      implements Serializable {}

  /**
   * The ten digits.
   *
   * @param cosines of each with its own row
   * @param correlation of the 45 cosines of pairs
   * @param difference mean difference of those
   * @param nativeCosines {@code (10, 10)}
   * @param projected {@code (10, 10)}
   */
  record Digits(
      List<Double> cosines,
      Estimate correlation,
      double difference,
      List<List<Double>> nativeCosines,
      List<List<Double>> projected)
      implements Serializable {}

  /**
   * Volumes of sets of five tokens.
   *
   * @param sets how many were drawn
   * @param native_ of the tokens' own rows; null for fewer than two with a volume
   * @param projected of the projected ones
   * @param seed correlation of volumes in the order of those above 0 in each; null for none
   * @param correlation of those above 0 in both; null for none
   * @param volumes of both, set by set
   */
  record Simplices(
      int sets,
      Spread native_,
      Spread projected,
      Double seed,
      Estimate correlation,
      List<Volume> volumes)
      implements Serializable {}

  /** A set with its two volumes. */
  record Volume(String texts, double nativeVolume, double projected) implements Serializable {}
}
