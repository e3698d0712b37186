package dev.orograph.instrument.alignment;

import dev.orograph.stats.Estimate;
import java.io.Serializable;
import java.util.List;

/**
 * How a model's words lie beside WordNet's.
 *
 * @param fault why there is nothing, or null
 * @param counts which words
 * @param readings mean and deviation of norms, of each way to read a word
 * @param correlations of cosines with path similarity
 * @param lifts contexts less static rows, Pearson over nouns
 * @param bands cosines by path similarity
 * @param decays cosines by steps up
 * @param lexnames cosines within the files of the lexicographers
 * @param simplices volumes
 * @param stability the seed's figures of one of fifty seeds, whose task has nothing else
 * @param partials correlations with figures of the words taken out
 * @param layers correlations by layer
 * @param carriers what words add to the correlation
 * @param density shares of pairs by steps and cosine
 * @param chain one chain of hypernyms
 * @param hierarchy angles between children and parents
 * @param notes what was left out
 */
record AlignmentFigures(
    String fault,
    Counts counts,
    List<Norms> readings,
    List<Correlation> correlations,
    List<Correlation> lifts,
    List<Band> bands,
    List<Decay> decays,
    List<Lexname> lexnames,
    Simplices simplices,
    List<Stable> stability,
    List<Partial> partials,
    List<Layer> layers,
    List<Carrier> carriers,
    Density density,
    List<Step> chain,
    List<Hierarchy> hierarchy,
    List<String> notes)
    implements Serializable {

  static AlignmentFigures fault(String why) {
    return new AlignmentFigures(
        why, null, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), null,
        List.of(), List.of(), List.of(), List.of(), null, List.of(), List.of(), List.of());
  }

  /** The seed's figures of one seed. */
  static AlignmentFigures drawn(List<Stable> stability) {
    return new AlignmentFigures(
        null, null, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), null,
        stability, List.of(), List.of(), List.of(), null, List.of(), List.of(), List.of());
  }

  /**
   * What a task measures.
   *
   * @param seed whose draws the reference notebooks' figures are of; {@link #NO_SEED} for
   *     everything else
   */
  record Part(int seed) implements Serializable {
    static final int NO_SEED = -1;

    static final Part WORDS = new Part(NO_SEED);
  }

  /**
   * Which words.
   *
   * @param matched how many
   * @param byPos how many adjectives, satellites, adverbs, nouns, verbs
   * @param sha256 of the list
   * @param sample drawn ones
   * @param pairs of them, without pairs of a word with itself
   * @param thirds share of pairs of adjectives and adverbs, whose similarity is made up
   * @param chains of at least three words
   */
  record Counts(
      int matched,
      List<Integer> byPos,
      String sha256,
      int sample,
      int pairs,
      double thirds,
      int chains)
      implements Serializable {}

  /** Norms of a way to read a word, and its cosine with the static row; null for that itself. */
  record Norms(String of, double mean, double deviation, Double cosine, Double spread)
      implements Serializable {}

  /**
   * A correlation.
   *
   * @param pairs which pairs
   * @param of which way to read a word
   * @param words how many words make the pairs
   * @param n pairs
   * @param seed whether the seed's code prints it
   */
  record Correlation(
      String pairs, String of, int words, long n, boolean seed, Estimate pearson, Estimate spearman)
      implements Serializable {}

  /** Mean cosine where path similarity is in [low, high). */
  record Band(String of, boolean seed, double low, double high, long n, Estimate cosine)
      implements Serializable {}

  /** Mean cosine with what is so many steps above. */
  record Decay(String of, boolean seed, int steps, int n, Estimate cosine)
      implements Serializable {}

  /** Mean cosine of the words of a file of the lexicographers. */
  record Lexname(String of, String name, int words, Estimate cosine) implements Serializable {}

  /** Volumes of simplices of five words. */
  record Simplices(List<Volume> volumes, Double seedCorrelation, Double correlation, int both)
      implements Serializable {}

  /** Those of one way to read words. */
  record Volume(String of, int valid, Double mean, Double cv) implements Serializable {}

  /** A figure of the seed's over seeds. */
  record Stable(String figure, String of, List<Double> values) implements Serializable {}

  /** A correlation with figures of the words taken out. */
  record Partial(String without, String of, Estimate pearson) implements Serializable {}

  /** Pearson's correlation over nouns at a state. */
  record Layer(String state, int depth, Estimate pearson) implements Serializable {}

  /** A word, or the words of a file, and what they add. */
  record Carrier(String kind, String of, String name, String lexname, int words, double share)
      implements Serializable {}

  /** Shares of the pairs at a distance by cosine. */
  record Density(String of, List<Double> edges, List<Column> columns) implements Serializable {}

  /** Pairs at one distance. */
  record Column(int distance, long n, List<Double> shares) implements Serializable {}

  /** A word of a chain, with its cosine with the first, of each way to read. */
  record Step(int step, String word, String synset, List<Double> cosines) implements Serializable {}

  /**
   * Mean cosine of child less parent with parent.
   *
   * @param how nested or disjoint
   * @param words whose rows: "own", "shuffled words", "shuffled parents"
   */
  record Hierarchy(String how, String words, int pairs, double mean, double size, double deviation)
      implements Serializable {}
}
