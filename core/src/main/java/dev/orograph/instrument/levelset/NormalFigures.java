package dev.orograph.instrument.levelset;

import java.io.Serializable;
import java.util.List;

/**
 * What one task measured: all that gradients tell, or differences of some dimensions at a point.
 *
 * @param whole of the first task, else null
 * @param part of the others, else null
 */
record NormalFigures(Whole whole, Part part) implements Serializable {

  /**
   * What gradients tell.
   *
   * @param target what the target is called
   * @param divergence in symbols
   * @param epsilon the level
   * @param tolerance of |f - epsilon|, in parts of epsilon
   * @param precision of the pass
   * @param left points of the file that are not on the set, or beyond those taken
   * @param normals one per point
   * @param shared how far the normals share a subspace; null where there are fewer than two
   * @param embedding how near rows of the embedding come to the normals; null for none
   * @param head the same of the readout, where it is another matrix
   * @param curved curvature, one per point; empty where none was taken
   * @param ends the smallest and largest curvatures, one per point, where the whole Hessian is too
   *     large; empty where none were taken
   * @param slice f in a plane; null for none
   * @param walk along a tangent
   * @param radius of the set around tokens; null for none
   */
  record Whole(
      String target,
      String divergence,
      double epsilon,
      double tolerance,
      String precision,
      int left,
      List<Normal> normals,
      Shared shared,
      Near embedding,
      Near head,
      List<Curved> curved,
      List<Ends> ends,
      Slice slice,
      List<Step> walk,
      Radius radius)
      implements Serializable {}

  /**
   * A point's gradient.
   *
   * @param value f there
   * @param gradient df/dx, {@code (d)}
   */
  record Normal(double value, List<Double> gradient) implements Serializable {
    double[] array() {
      return gradient.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  /**
   * Participation ratio of the normals' Gram matrix, n^2 / sum of squared cosines: 1 where all are
   * parallel, n where all are at right angles.
   *
   * @param participation of the normals
   * @param random of as many random directions, drawn anew each time
   * @param shuffled of gradients at the same points for targets with shuffled tokens
   */
  record Shared(double participation, List<Double> random, List<Double> shuffled)
      implements Serializable {}

  /**
   * The rows of a matrix that lie nearest to the direction of each normal.
   *
   * @param tokens which
   * @param texts what they stand for
   * @param cosines |cosine| of normal and row less the mean row
   * @param random the largest |cosine| of random directions with any row
   */
  record Near(List<Integer> tokens, List<String> texts, List<Double> cosines, List<Double> random)
      implements Serializable {}

  /**
   * Curvature at a point.
   *
   * @param principal principal curvatures, ascending
   * @param diagonal of the Hessian
   * @param axes how the set bends towards each axis
   */
  record Curved(List<Double> principal, List<Double> diagonal, List<Double> axes)
      implements Serializable {}

  /**
   * The ends of the spectrum of principal curvatures at a point; an eigenvalue lies within its
   * residual of each.
   *
   * @param low the smallest first
   * @param lowResiduals |A q - theta q| of those
   * @param high the largest first
   * @param highResiduals of those
   * @param products directions whose product with the Hessian was taken
   * @param all whether those were all there are
   */
  record Ends(
      List<Double> low,
      List<Double> lowResiduals,
      List<Double> high,
      List<Double> highResiduals,
      int products,
      boolean all)
      implements Serializable {}

  /**
   * f in the plane of a point, its normal and the nearest token's vector.
   *
   * @param across places along the tangent
   * @param up places along the normal
   * @param values f, a row per place along the normal
   * @param token the nearest
   * @param text what it stands for
   * @param tokenAcross where it is
   * @param tokenUp where it is
   */
  record Slice(
      List<Double> across,
      List<Double> up,
      List<List<Double>> values,
      int token,
      String text,
      double tokenAcross,
      double tokenUp)
      implements Serializable {}

  /**
   * A step along a tangent.
   *
   * @param arc how far the walk is
   * @param away from where it began
   * @param stepped f after the step along the tangent
   * @param random f after a step of the same length in a random direction
   * @param value f after the way back to the set
   * @param calls evaluations of that
   * @param token the nearest row of the embedding
   * @param text what it stands for
   * @param distance to it
   */
  record Step(
      double arc,
      double away,
      double stepped,
      double random,
      double value,
      int calls,
      int token,
      String text,
      double distance)
      implements Serializable {}

  /**
   * How far the set {f = epsilon} around a token's own answer reaches, in parts of the distance to
   * the next token: the median over random directions of the first place where f = epsilon.
   *
   * @param tokens for tokens drawn at random, each with its own answer as target
   * @param drawn for points drawn among the tokens, each with its own answer as target
   * @param inside tokens whose divergence from this run's target is below epsilon
   * @param of tokens that were asked
   * @param best the smallest divergence of a token from this run's target
   * @param bestToken which has it
   * @param bestText what that stands for
   */
  record Radius(
      List<Double> tokens,
      List<Double> drawn,
      int inside,
      int of,
      double best,
      int bestToken,
      String bestText)
      implements Serializable {}

  /**
   * Differences.
   *
   * @param point which
   * @param from first dimension
   * @param seed whether as the seed's program does it
   * @param up signed distance from x + delta e_i
   * @param down signed distance from x - delta e_i
   * @param back moved points that arrived on the set
   * @param calls evaluations of f
   */
  record Part(
      int point, int from, boolean seed, List<Double> up, List<Double> down, int back, long calls)
      implements Serializable {}
}
