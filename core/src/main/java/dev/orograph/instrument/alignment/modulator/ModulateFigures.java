package dev.orograph.instrument.alignment.modulator;

import dev.orograph.stats.Estimate;
import java.io.Serializable;
import java.util.List;

/**
 * What one task found.
 *
 * @param fault why there is nothing, or null
 * @param piece which task it was
 * @param built how the modulator came about; null where it was saved before
 * @param before the encoder without it
 * @param after the encoder with it, as it was left; null for what only talks
 * @param trained its training, or null
 * @param sweep a point for each alpha
 * @param said answers of both
 */
record ModulateFigures(
    String fault,
    Piece piece,
    Built built,
    Measured before,
    Measured after,
    Trained trained,
    List<Point> sweep,
    List<Said> said)
    implements Serializable {

  static ModulateFigures fault(Piece piece, String why) {
    return new ModulateFigures(why, piece, null, null, null, null, List.of(), List.of());
  }

  /**
   * A task: what is done with which modulator.
   *
   * @param what build, train, sweep or talk
   * @param variant whose geometry
   * @param seed of split, order and drawn numbers
   * @param start alpha at first
   */
  record Piece(String what, String variant, long seed, double start) implements Serializable {
    String label() {
      return what + " " + variant + " " + seed + " from " + start;
    }
  }

  /**
   * A modulator as it begins.
   *
   * @param words of WordNet that are tokens
   * @param anchors of them whose similarities are taken
   * @param reconstruction correlation of similarities with the cosines of the vectors; null without
   *     WordNet
   * @param eigenvalues the largest of the similarities
   * @param scale Procrustes' sum of singular values
   * @param alignment cosines of aligned vectors with the anchors' states; null without
   * @param alignmentDeviation their deviation
   * @param parameters numbers that it has, as PyTorch counts them
   * @param learned numbers that learn
   * @param frozen weights of the model
   * @param health what its own numbers say, name by name
   */
  record Built(
      int words,
      int anchors,
      Double reconstruction,
      List<Double> eigenvalues,
      Double scale,
      Double alignment,
      Double alignmentDeviation,
      long parameters,
      long learned,
      long frozen,
      List<Health> health)
      implements Serializable {}

  /** A figure of a modulator's own numbers. */
  record Health(String name, double value) implements Serializable {}

  /**
   * States of the glosses beside those without a modulator, and beside WordNet.
   *
   * @param preservation mean cosine of a gloss's state with its own without a modulator
   * @param deviation of those cosines
   * @param pearson of cosines with path similarity, over the notebook's pairs
   * @param spearman the same of ranks
   * @param gradient mean cosine where path is .25 or more, less where it is below .1; null for none
   * @param nouns Pearson's correlation over all pairs of nouns, with its interval over words
   * @param draws the same of words drawn with replacement, alike for every encoder
   * @param gain that less the one without a modulator, with its interval
   * @param cv coefficient of variation of the volumes of five states; null for none
   * @param heldOut loss on words held out, in nats per token; null where it was not measured
   * @param bands mean cosines by path similarity
   */
  record Measured(
      double preservation,
      double deviation,
      double pearson,
      double spearman,
      Double gradient,
      Estimate nouns,
      List<Double> draws,
      Estimate gain,
      Double cv,
      Double heldOut,
      List<Band> bands)
      implements Serializable {}

  /** Mean cosine where path similarity is in [low, high). */
  record Band(double low, double high, long n, double cosine) implements Serializable {}

  /**
   * A training.
   *
   * @param steps that were done
   * @param of how many there should have been
   * @param perEpoch steps of an epoch
   * @param frozen held-out loss of the model without a modulator
   * @param losses mean over each epoch
   * @param heldOut at the start and behind each epoch
   * @param alphaSteps steps behind which alphas were taken
   * @param alphas of each layer, mean over experts
   * @param last every alpha at the end
   * @param cv of states behind each epoch, where it may end the training
   * @param ended why it ended early: "", "diverged" or "band"
   */
  record Trained(
      long steps,
      long of,
      int perEpoch,
      double frozen,
      List<Double> losses,
      List<Double> heldOut,
      List<Long> alphaSteps,
      List<List<Double>> alphas,
      List<Double> last,
      List<Double> cv,
      String ended)
      implements Serializable {
    double alpha() {
      return last.stream().mapToDouble(a -> a).average().orElse(Double.NaN);
    }

    double loss() {
      return heldOut.get(heldOut.size() - 1);
    }
  }

  /** A sweep's point. */
  record Point(double alpha, Measured measured) implements Serializable {}

  /**
   * Answers to a prompt.
   *
   * @param differences tokens that differ, place by place, and those that one has more
   * @param of tokens of the longer one
   */
  record Said(String prompt, String plain, String modulated, int differences, int of)
      implements Serializable {}
}
