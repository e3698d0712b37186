package dev.orograph.instrument.alignment;

import dev.orograph.instrument.alignment.AlignmentFigures.Hierarchy;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.PartOfSpeech;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether what a child adds to its parent is orthogonal to the parent: the cosine of c - p with p,
 * c and p the mean vectors, in the causal metric, of the words below a noun's synset and of those
 * below the synset right above it. Source: Park, Choe, Jiang & Veitch 2024.
 *
 * <p>Nested, as in the literature: the child's words are the parent's too. Then c - p is about
 * orthogonal to p for any vectors, because p's own noise is in c with just the weight that makes it
 * so. Disjoint: the parent's mean leaves the child's words out, so that noise alone gives -|p| /
 * sqrt(|c|^2 + |p|^2), well below 0.
 */
final class Hierarchies {
  private static final int FEWEST = 10;
  private static final int MOST = 400;
  private static final int DRAWS = 20;

  private final double[][] vectors;
  private final List<int[]> pairs = new ArrayList<>();
  private final Map<Integer, List<Integer>> below = new TreeMap<>();

  /**
   * Children and parents.
   *
   * @param which nouns among the matched words
   * @param vectors of these, in the causal metric
   */
  Hierarchies(MatchedWords words, Taxonomy taxonomy, int[] which, double[][] vectors) {
    this.vectors = centred(vectors);
    for (int k = 0; k < which.length; k++) {
      for (int above : taxonomy.ancestors(words.synset(which[k]))) {
        below.computeIfAbsent(above, a -> new ArrayList<>()).add(k);
      }
    }
    below.values().removeIf(w -> w.size() < FEWEST);
    for (Map.Entry<Integer, List<Integer>> child : below.entrySet()) {
      if (words.words().pos(child.getKey()) != PartOfSpeech.NOUN) {
        continue;
      }
      for (int parent : words.words().hypernyms(child.getKey())) {
        if (below.containsKey(parent)
            && below.get(parent).size() - child.getValue().size() >= FEWEST
            && pairs.size() < MOST) {
          pairs.add(new int[] {child.getKey(), parent});
        }
      }
    }
  }

  /** What all nouns share would make any child like any parent. */
  private static double[][] centred(double[][] vectors) {
    double[] mean = new double[vectors[0].length];
    for (double[] v : vectors) {
      for (int d = 0; d < mean.length; d++) {
        mean[d] += v[d] / vectors.length;
      }
    }
    double[][] all = new double[vectors.length][mean.length];
    for (int i = 0; i < all.length; i++) {
      for (int d = 0; d < mean.length; d++) {
        all[i][d] = vectors[i][d] - mean[d];
      }
    }
    return all;
  }

  /** Means over the pairs, and over words and parents that are shuffled. */
  List<Hierarchy> measure(Generator generator) {
    List<Hierarchy> all = new ArrayList<>();
    if (pairs.isEmpty()) {
      return all;
    }
    int[] same = new int[vectors.length];
    for (int i = 0; i < same.length; i++) {
      same[i] = i;
    }
    for (boolean nested : new boolean[] {true, false}) {
      String how = nested ? "nested" : "disjoint";
      double[] own = cosines(same, nested, null);
      all.add(figure(how, "own", List.of(own)));
      List<double[]> shuffled = new ArrayList<>();
      List<double[]> others = new ArrayList<>();
      for (int d = 0; d < DRAWS; d++) {
        shuffled.add(cosines(generator.permutation(vectors.length), nested, null));
        others.add(cosines(same, nested, generator.permutation(pairs.size())));
      }
      all.add(figure(how, "shuffled words", shuffled));
      all.add(figure(how, "shuffled parents", others));
    }
    return all;
  }

  /** Mean of cosines, mean of their sizes, and the spread of the mean over draws (or of pairs). */
  private Hierarchy figure(String how, String words, List<double[]> draws) {
    List<Double> means = new ArrayList<>();
    double size = 0;
    for (double[] draw : draws) {
      means.add(java.util.Arrays.stream(draw).average().orElse(0));
      size += java.util.Arrays.stream(draw).map(Math::abs).average().orElse(0) / draws.size();
    }
    double mean = means.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    double[] spread =
        draws.size() > 1 ? means.stream().mapToDouble(Double::doubleValue).toArray() : draws.get(0);
    double sum = 0;
    for (double v : spread) {
      sum += (v - mean) * (v - mean);
    }
    return new Hierarchy(
        how, words, pairs.size(), mean, size, Math.sqrt(sum / Math.max(1, spread.length - 1)));
  }

  private double[] cosines(int[] order, boolean nested, int[] parents) {
    Map<Integer, double[]> sums = new HashMap<>();
    below.forEach((synset, members) -> sums.put(synset, sum(members, order)));
    double[] cosines = new double[pairs.size()];
    for (int k = 0; k < cosines.length; k++) {
      int child = pairs.get(k)[0];
      int parent = pairs.get(parents == null ? k : parents[k])[1];
      double[] c = sums.get(child).clone();
      double[] p = sums.get(parent).clone();
      int n = below.get(child).size();
      int m = below.get(parent).size();
      if (!nested && parents == null) {
        for (int d = 0; d < p.length; d++) {
          p[d] -= c[d];
        }
        m -= n;
      }
      double product = 0;
      double length = 0;
      double size = 0;
      for (int d = 0; d < p.length; d++) {
        double x = c[d] / n - p[d] / m;
        double y = p[d] / m;
        product += x * y;
        length += x * x;
        size += y * y;
      }
      cosines[k] = product / Math.sqrt(length * size);
      if (!(Math.abs(cosines[k]) <= 1)) {
        cosines[k] = 0; // a parent that is its own child under a permutation
      }
    }
    return cosines;
  }

  private double[] sum(List<Integer> members, int[] order) {
    double[] sum = new double[vectors[0].length];
    for (int i : members) {
      double[] v = vectors[order[i]];
      for (int d = 0; d < sum.length; d++) {
        sum[d] += v[d];
      }
    }
    return sum;
  }
}
