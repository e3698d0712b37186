package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.stats.Estimate;
import java.io.Serializable;
import java.util.List;

/**
 * What water-filling found.
 *
 * @param fault why nothing could be placed; null for none
 * @param reading what was placed
 * @param signals lengths before the final norm and after
 * @param fillings what each method did
 * @param shells capacity and members of every shell
 * @param flows what moved in each iteration
 * @param fewer share of promotions that lateral moves save; null where there are none
 * @param facts what lengths and radii tell
 * @param kept how far neighbourhoods are kept
 * @param mixing how well the thermal chains mixed
 * @param points some of the points
 * @param notes in words
 */
record WaterFigures(
    String fault,
    Reading reading,
    List<Signal> signals,
    List<Filling> fillings,
    List<Shell> shells,
    List<Flow> flows,
    Double fewer,
    List<Fact> facts,
    List<Kept> kept,
    List<Mixing> mixing,
    List<Point> points,
    List<String> notes)
    implements Serializable {
  /** Nothing was placed. */
  static WaterFigures fault(String why) {
    return new WaterFigures(
        why, null, List.of(), List.of(), List.of(), List.of(), null, List.of(), List.of(),
        List.of(), List.of(), List.of());
  }

  /**
   * What was placed.
   *
   * @param source the file, or what else
   * @param what "token", "patch" or "row"
   * @param state of which they are the vectors
   * @param points how many
   * @param width numbers of each
   * @param broken vectors with NaN or infinity, left out
   * @param zeros vectors of zeros
   * @param copies vectors that equal one before them; null where not counted
   * @param threshold of patches, nats; null without
   */
  record Reading(
      String source,
      String what,
      String state,
      int points,
      int width,
      int broken,
      int zeros,
      Integer copies,
      Double threshold)
      implements Serializable {}

  /** Lengths of one kind of vector: spread, range, and share above mean + 1 deviation. */
  record Signal(
      String of, double mean, double deviation, double least, double most, double outliers)
      implements Serializable {}

  /**
   * One placement.
   *
   * @param of which method
   * @param inner share of points in the inner shells; middle and outer likewise
   * @param off half the sum of |count - capacity| over N
   * @param displaced mean number of shells from the optimum's
   * @param same share of points in the optimum's shell
   * @param spearman of length and shell; null where one does not vary
   * @param iterations null where there are none
   * @param settled whether no point was eligible at the end; null likewise
   * @param promoted over all iterations, null likewise
   */
  record Filling(
      String of,
      double inner,
      double middle,
      double outer,
      double off,
      Double displaced,
      Double same,
      Double spearman,
      Integer iterations,
      Boolean settled,
      Long promoted,
      Long demoted,
      Long turned)
      implements Serializable {}

  /** A shell: its radius, its capacity, and its members by method, in the methods' order. */
  record Shell(int shell, double radius, double capacity, List<Integer> members)
      implements Serializable {}

  /** What moved in an iteration, of which placement. */
  record Flow(
      String of,
      int iteration,
      long promoted,
      long demoted,
      long turned,
      long eligible,
      int overloaded,
      int underloaded,
      double off)
      implements Serializable {}

  /**
   * What a length or radius tells.
   *
   * @param with what it is set against
   * @param of "norm" or "radius"
   * @param count values of each
   * @param spearman with chance
   * @param p (1 + b) / (1 + m) by the draws themselves
   */
  record Fact(String with, String of, int count, Estimate spearman, Double p)
      implements Serializable {}

  /** Neighbourhoods that a placement keeps. */
  record Kept(String of, int points, int neighbours, Estimate trustworthiness, Estimate overlap)
      implements Serializable {}

  /** How well chains mixed in one figure. */
  record Mixing(String figure, double mean, Double error, Double effective, Double rHat)
      implements Serializable {}

  /** A point: where it comes from, and where it was placed. */
  record Point(
      long at,
      String text,
      double norm,
      int shell,
      double radius,
      double x,
      double y,
      boolean outlier,
      Double surprisal,
      Double entropy)
      implements Serializable {}
}
