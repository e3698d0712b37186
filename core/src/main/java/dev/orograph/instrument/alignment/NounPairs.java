package dev.orograph.instrument.alignment;

import dev.orograph.instrument.alignment.AlignmentFigures.Band;
import dev.orograph.instrument.alignment.AlignmentFigures.Column;
import dev.orograph.instrument.alignment.AlignmentFigures.Density;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.random.Generator;
import dev.orograph.stats.Bootstrap;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Mantel;
import dev.orograph.stats.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All pairs of some words of one part of speech. */
public final class NounPairs {
  static final double[] EDGES = {0, 0.05, 0.1, 0.25, 0.5, 0.9, 1};
  private static final int DRAWS = 100;
  private static final int BINS = 24;
  private static final int COLUMNS = 24;

  private final int[] members;
  private final byte[] distances;

  /** Of these matched words. */
  public NounPairs(MatchedWords words, Taxonomy taxonomy, int[] members) {
    this.members = members;
    int n = members.length;
    distances = new byte[n * (n - 1) / 2];
    for (int i = 0, k = 0; i < n; i++) {
      int a = words.synset(members[i]);
      for (int j = i + 1; j < n; j++) {
        distances[k++] =
            (byte) Math.min(Byte.MAX_VALUE, taxonomy.distance(a, words.synset(members[j])));
      }
    }
  }

  /** The words. */
  public int[] members() {
    return members;
  }

  /** How many words. */
  public int size() {
    return members.length;
  }

  /** Path similarity against these cosines. */
  public Mantel mantel(float[] cosines) {
    float[] similarity = new float[distances.length];
    for (int k = 0; k < similarity.length; k++) {
      similarity[k] = (float) (1.0 / (distances[k] + 1));
    }
    return new Mantel(members.length, similarity, cosines);
  }

  private static int band(byte distance) {
    double s = 1.0 / (distance + 1);
    int b = 0;
    while (b < EDGES.length - 2 && s >= EDGES[b + 1]) {
      b++;
    }
    return b;
  }

  /** Mean cosines by path similarity, resampled over words and among permuted ones. */
  List<Band> bands(String of, float[] cosines, boolean sound, Generator generator) {
    int n = members.length;
    int[] bands = new int[Byte.MAX_VALUE + 1];
    for (int d = 0; d < bands.length; d++) {
      bands[d] = band((byte) d);
    }
    int[] same = new int[n];
    double[] once = new double[n];
    Arrays.fill(once, 1);
    for (int i = 0; i < n; i++) {
      same[i] = i;
    }
    double[][] own = means(cosines, bands, same, once);
    List<double[]> resampled = new ArrayList<>();
    List<double[]> permuted = new ArrayList<>();
    for (int d = 0; sound && d < DRAWS; d++) {
      double[] weights = new double[n];
      for (long i : generator.integers(0, n, n)) {
        weights[(int) i]++;
      }
      resampled.add(means(cosines, bands, same, weights)[0]);
      permuted.add(means(cosines, bands, generator.permutation(n), once)[0]);
    }
    List<Band> all = new ArrayList<>();
    for (int b = EDGES.length - 2; b >= 0; b--) {
      if (own[1][b] < 1) {
        continue;
      }
      int at = b;
      Estimate e = Estimate.of(own[0][b]);
      e = Bootstrap.around(e, resampled.stream().mapToDouble(r -> r[at]).toArray());
      if (sound) {
        e = e.among(permuted.stream().map(p -> p[at]).toList());
      }
      all.add(new Band(of, false, EDGES[b], EDGES[b + 1], (long) own[1][b], e));
    }
    return all;
  }

  /** Means and sums of weights by band. */
  private double[][] means(float[] cosines, int[] bands, int[] order, double[] weights) {
    int n = members.length;
    double[] sums = new double[EDGES.length - 1];
    double[] counts = new double[EDGES.length - 1];
    for (int i = 0, k = 0; i < n; i++) {
      if (weights[i] == 0) {
        k += n - 1 - i;
        continue;
      }
      int row = order[i] * n;
      for (int j = i + 1; j < n; j++, k++) {
        double w = weights[i] * weights[j];
        int b = bands[distances[k]];
        sums[b] += w * cosines[row + order[j]];
        counts[b] += w;
      }
    }
    for (int b = 0; b < sums.length; b++) {
      sums[b] /= counts[b];
    }
    return new double[][] {sums, counts};
  }

  /** Shares of the pairs of each distance by cosine. */
  Density density(String of, float[] cosines) {
    int n = members.length;
    double[] values = new double[distances.length];
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        values[k++] = cosines[i * n + j];
      }
    }
    double[] ends = Quantiles.of(values, 0.0005, 0.9995);
    double low = Math.floor(20 * ends[0]) / 20;
    double high = Math.max(low + 0.05, Math.ceil(20 * ends[1]) / 20);
    long[][] counts = new long[COLUMNS + 1][BINS];
    long[] all = new long[COLUMNS + 1];
    for (int k = 0; k < values.length; k++) {
      int d = Math.min(COLUMNS, distances[k]);
      int b = (int) ((values[k] - low) / (high - low) * BINS);
      counts[d][Math.max(0, Math.min(BINS - 1, b))]++;
      all[d]++;
    }
    List<Double> edges = new ArrayList<>();
    for (int b = 0; b <= BINS; b++) {
      edges.add(low + (high - low) * b / BINS);
    }
    List<Column> columns = new ArrayList<>();
    for (int d = 1; d <= COLUMNS; d++) { // words of one synset have one gloss
      long total = all[d];
      if (total > 0) {
        List<Double> shares = new ArrayList<>();
        for (long c : counts[d]) {
          shares.add((double) c / total);
        }
        columns.add(new Column(d, total, shares));
      }
    }
    return new Density(of, edges, columns);
  }
}
