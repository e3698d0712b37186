package dev.orograph.instrument.density;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.stats.Estimate;
import java.io.Serializable;
import java.util.List;

/**
 * What was measured of one matrix.
 *
 * @param task which matrix, and which part of the work
 * @param counts what there is and what was left out
 * @param metric what lengths mean; null where nothing can be measured
 * @param identities what must be equal, measured over all rows
 * @param seed the seed's figures
 * @param sound the figures to rely on; null for the seed's figures only
 * @param written where distances were written and from which row on, or null
 * @param beside the same points in the other metrics
 */
public record DensityFigures(
    Task<TokenMatrix> task,
    Counts counts,
    MetricFigures metric,
    List<Identity> identities,
    Seed seed,
    Sound sound,
    Written written,
    List<Beside> beside)
    implements Serializable {

  /** Nothing but counts. */
  static DensityFigures none(Task<TokenMatrix> task, Counts counts) {
    return new DensityFigures(task, counts, null, List.of(), null, null, null, List.of());
  }

  /**
   * Some points in another metric.
   *
   * @param metric "euclidean" or "cosine"
   * @param points how many
   * @param ratio density of the core over that of the shell; null where undefined, as the others
   * @param correlation rank correlation of centred length and density
   * @param skewness of k-occurrence
   */
  public record Beside(String metric, int points, Double ratio, Double correlation, Double skewness)
      implements Serializable {
    static Beside of(String metric, int points, Shape shape) {
      return new Beside(
          metric,
          points,
          finite(shape.ratio()),
          finite(shape.correlation()),
          finite(shape.skewness()));
    }

    private static Double finite(double v) {
      return Double.isFinite(v) ? (Double) v : null;
    }
  }

  /** The same beside other metrics. */
  DensityFigures beside(List<Beside> others) {
    return new DensityFigures(task, counts, metric, identities, seed, sound, written, others);
  }

  /**
   * What there is.
   *
   * @param broken rows with NaN or an infinite number
   * @param zeros rows of zeros only
   * @param drawn tokens that were drawn
   * @param measured those of them that have a place
   * @param distinct different points among them
   * @param clusters points that several tokens share
   * @param largest tokens of the largest such cluster
   * @param some a few tokens of the largest clusters, with the size of their cluster
   * @param k neighbours
   * @param single whether points were stored in float32
   */
  public record Counts(
      int broken,
      int zeros,
      int drawn,
      int measured,
      int distinct,
      int clusters,
      int largest,
      List<Token> some,
      int k,
      boolean single)
      implements Serializable {}

  /**
   * Two numbers that must be equal.
   *
   * @param name stable short name
   * @param about what it is
   * @param measured over all usable rows
   * @param exact what it must be
   */
  public record Identity(String name, String about, double measured, double exact)
      implements Serializable {}

  /**
   * What the seed's program prints.
   *
   * @param norms lengths of the tokens, not centred
   * @param densities 1 / mean distance, 0 where there is none
   * @param radial densities by length
   * @param volumes log densities per volume by dimension; first the seed's dimension, then the
   *     participation ratio of the rows
   */
  public record Seed(Spread norms, Spread densities, Radial radial, List<Volume> volumes)
      implements Serializable {}

  /**
   * Log density per volume for one dimension.
   *
   * @param name stable short name of the dimension
   * @param about what the dimension is
   * @param dimension D
   * @param seed median, smallest and largest by the seed's formula, over tokens
   * @param sound the same by the sound formula, over distinct points
   */
  public record Volume(
      String name, String about, double dimension, List<Double> seed, List<Double> sound)
      implements Serializable {}

  /**
   * The figures to rely on, over distinct points.
   *
   * @param norms centred lengths
   * @param densities 1 / mean distance
   * @param radial densities by centred length
   * @param ratio core over shell, with its bootstrap interval; null where one of them is empty
   * @param correlation rank correlation of centred length and log density; null where either is the
   *     same for all
   * @param plainCorrelation the same for the seed's length, or null
   * @param volume which of the volumes was chosen
   * @param volumes log densities per volume for the chosen dimension
   * @param intrinsic intrinsic dimension of the cloud (Levina-Bickel); NaN where undefined
   * @param distances of sampled pairs
   * @param meanSquare mean squared distance of sampled pairs
   * @param hubness skewness of k-occurrence; null where all occur as often
   * @param hubs points that are neighbours of most others, with how many
   * @param pairs nearest pairs
   * @param isolated points of lowest density, with their mean distance
   * @param cloud how many points the compared clouds have
   * @param data clouds of the data
   * @param gaussian Gaussian clouds
   * @param directions clouds with the data's lengths in random directions
   * @param points some points to draw
   */
  public record Sound(
      Spread norms,
      Spread densities,
      Radial radial,
      Estimate ratio,
      Estimate correlation,
      Estimate plainCorrelation,
      Volume volume,
      Spread volumes,
      double intrinsic,
      Spread distances,
      Estimate meanSquare,
      Estimate hubness,
      List<Token> hubs,
      List<Pair> pairs,
      List<Token> isolated,
      int cloud,
      List<Shape> data,
      List<Shape> gaussian,
      List<Shape> directions,
      Points points)
      implements Serializable {}

  /**
   * Two tokens.
   *
   * @param a one
   * @param b the other; both carry their centred length
   * @param distance how far they lie apart
   */
  public record Pair(Token a, Token b, double distance) implements Serializable {}

  /**
   * Points to draw.
   *
   * @param tokens their tokens, with the seed's length
   * @param norms centred lengths
   * @param densities 1 / mean distance
   */
  public record Points(List<Token> tokens, List<Double> norms, List<Double> densities)
      implements Serializable {}

  /**
   * Distances that were written.
   *
   * @param file where
   * @param tokens how many tokens
   */
  public record Written(String file, int tokens) implements Serializable {}
}
