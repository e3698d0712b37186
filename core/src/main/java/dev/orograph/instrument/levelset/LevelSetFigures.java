package dev.orograph.instrument.levelset;

import java.io.Serializable;
import java.util.List;

/**
 * Points of a level-set and how they were reached.
 *
 * @param target what the target is called
 * @param entropy of the target in nats
 * @param context token ids in front of the vector
 * @param precision of the pass
 * @param resolution how far f moves by rounding alone
 * @param ways how the set was reached, the one whose points are kept first
 * @param points those that are kept
 */
record LevelSetFigures(
    String target,
    double entropy,
    List<Integer> context,
    String precision,
    double resolution,
    List<Way> ways,
    List<Point> points)
    implements Serializable {

  /**
   * One way of reaching the set from all start points.
   *
   * @param name newton or adam
   * @param converged points that arrived
   * @param calls evaluations of f per point that arrived, ascending
   * @param total evaluations for all points
   * @param smallest the smallest f that any point saw
   * @param courses f over calls, one per point
   */
  record Way(
      String name,
      int converged,
      List<Integer> calls,
      long total,
      double smallest,
      List<Course> courses)
      implements Serializable {}

  /**
   * One point's way.
   *
   * @param calls evaluations so far
   * @param values f
   */
  record Course(List<Integer> calls, List<Double> values) implements Serializable {}

  /**
   * A point.
   *
   * @param start f where it began
   * @param value f where it ended
   * @param converged whether it is on the set
   * @param calls evaluations of f
   * @param smallest the smallest f that it saw
   * @param moved its distance from where it began
   * @param norm its Euclidean norm
   * @param token the nearest row of the embedding
   * @param text what that stands for
   * @param distance to it
   */
  record Point(
      double start,
      double value,
      boolean converged,
      int calls,
      double smallest,
      double moved,
      double norm,
      int token,
      String text,
      double distance)
      implements Serializable {}
}
