package dev.orograph.instrument.alignment;

import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.PartOfSpeech;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.random.Generator;
import java.util.function.IntPredicate;

/** Pairs of words as the seed draws them: words without repetition, then both ends of pairs. */
public final class SeedPairs {
  private final MatchedWords words;
  private final int[] sample;
  private final int[] first;
  private final int[] second;
  private final double[] similarity;

  private SeedPairs(
      MatchedWords words, int[] sample, int[] first, int[] second, double[] similarity) {
    this.words = words;
    this.sample = sample;
    this.first = first;
    this.second = second;
    this.similarity = similarity;
  }

  /**
   * Draws.
   *
   * @param most words
   * @param pairs before those of a word with itself are removed
   */
  public static SeedPairs draw(
      MatchedWords words, Taxonomy taxonomy, Generator generator, int most, int pairs) {
    int n = Math.min(most, words.size());
    int[] sample = generator.choice(words.size(), n, false);
    int[] i = generator.choice(n, pairs, true);
    int[] j = generator.choice(n, pairs, true);
    int kept = 0;
    double[] similarity = new double[pairs];
    for (int k = 0; k < pairs; k++) {
      if (i[k] != j[k]) {
        i[kept] = i[k];
        j[kept] = j[k];
        similarity[kept++] = taxonomy.path(words.synset(sample[i[k]]), words.synset(sample[j[k]]));
      }
    }
    return new SeedPairs(words, sample, i, j, similarity).first(kept);
  }

  /** The first of them. */
  SeedPairs first(int count) {
    return new SeedPairs(
        words,
        sample,
        java.util.Arrays.copyOf(first, count),
        java.util.Arrays.copyOf(second, count),
        java.util.Arrays.copyOf(similarity, count));
  }

  /** Those of which both words are of such a part of speech. */
  SeedPairs of(java.util.function.Predicate<PartOfSpeech> pos) {
    IntPredicate fits = i -> pos.test(words.words().pos(words.synset(sample[i])));
    int kept = 0;
    int[] i = new int[first.length];
    int[] j = new int[first.length];
    double[] s = new double[first.length];
    for (int k = 0; k < first.length; k++) {
      if (fits.test(first[k]) && fits.test(second[k])) {
        i[kept] = first[k];
        j[kept] = second[k];
        s[kept++] = similarity[k];
      }
    }
    return new SeedPairs(words, sample, i, j, s).first(kept);
  }

  /** The drawn words, as numbers of matched words. */
  public int[] sample() {
    return sample.clone();
  }

  int size() {
    return first.length;
  }

  /** Path similarities. */
  public double[] similarities() {
    return similarity;
  }

  /** Cosines of the pairs. */
  public double[] cosines(Vectors vectors) {
    float[][] units = new float[sample.length][];
    double[] cosines = new double[first.length];
    for (int k = 0; k < cosines.length; k++) {
      float[] x = unit(vectors, units, first[k]);
      float[] y = unit(vectors, units, second[k]);
      double sum = 0;
      for (int d = 0; d < x.length; d++) {
        sum += (double) x[d] * y[d];
      }
      cosines[k] = sum;
    }
    return cosines;
  }

  private float[] unit(Vectors vectors, float[][] units, int i) {
    if (units[i] == null) {
      double[] u = vectors.unit(sample[i]);
      units[i] = new float[u.length];
      for (int d = 0; d < u.length; d++) {
        units[i][d] = (float) u[d];
      }
    }
    return units[i];
  }
}
