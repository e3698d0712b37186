package dev.orograph.instrument.alignment;

import dev.orograph.geometry.Simplex;
import dev.orograph.instrument.alignment.AlignmentFigures.Band;
import dev.orograph.instrument.alignment.AlignmentFigures.Decay;
import dev.orograph.instrument.alignment.AlignmentFigures.Simplices;
import dev.orograph.instrument.alignment.AlignmentFigures.Stable;
import dev.orograph.instrument.alignment.AlignmentFigures.Volume;
import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Pearson;
import dev.orograph.stats.Spearman;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What seed 003 sections 2 and 3 compute, as they compute it. */
final class SeedFigures {
  private static final double[][] BANDS = {
    {0.9, 1.0}, {0.5, 0.9}, {0.25, 0.5}, {0.1, 0.25}, {0.05, 0.1}, {0.0, 0.05}
  };
  private static final int FEWEST = 10;
  private static final int DEEPEST = 8;
  private static final int POINTS = 5;

  /** Of the battery of section 3: 0 to 49. */
  static final int SEEDS = 50;

  private static final int WORDS = 2000;

  /** Pairs that each of them draws. */
  static final int PAIRS = 200_000;

  private static final int SIMPLICES = 500;
  private static final int CHAINS = 1000;

  private SeedFigures() {}

  /** Mean cosines by path similarity; bands with fewer than ten pairs are left out. */
  static List<Band> bands(String of, double[] similarity, double[] cosines) {
    List<Band> all = new ArrayList<>();
    for (double[] b : BANDS) {
      long n = 0;
      double sum = 0;
      for (int k = 0; k < cosines.length; k++) {
        double s = similarity[k];
        if (b[0] > 0 ? s >= b[0] && s < b[1] : s > b[0] && s <= b[1]) {
          n++;
          sum += cosines[k];
        }
      }
      if (n >= FEWEST) {
        all.add(new Band(of, true, b[0], b[1], n, Estimate.of(sum / n)));
      }
    }
    return all;
  }

  /** Mean cosines of the first word of a chain with the d-th that is matched. */
  static List<Decay> decay(Vectors vectors, List<int[]> chains) {
    List<Decay> all = new ArrayList<>();
    for (int d = 1; d < DEEPEST; d++) {
      double sum = 0;
      int n = 0;
      for (int[] chain : chains) {
        if (chain.length > d) {
          sum += vectors.cosine(chain[0], chain[d]);
          n++;
        }
      }
      if (n > 0) {
        all.add(new Decay(vectors.name(), true, d, n, Estimate.of(sum / n)));
      }
    }
    return all;
  }

  /** Volumes of simplices of five words, drawn on by the generator of the pairs. */
  static Simplices simplices(List<Vectors> readings, Generator generator, int count) {
    int words = readings.get(0).count();
    List<double[]> volumes = new ArrayList<>();
    readings.forEach(r -> volumes.add(new double[count]));
    if (words < POINTS) {
      return new Simplices(List.of(), null, null, 0);
    }
    for (int k = 0; k < count; k++) {
      int[] which = generator.choice(words, POINTS, false);
      for (int r = 0; r < readings.size(); r++) {
        volumes.get(r)[k] = volume(readings.get(r), which);
      }
    }
    List<Volume> all = new ArrayList<>();
    for (int r = 0; r < readings.size(); r++) {
      double[] valid = Arrays.stream(volumes.get(r)).filter(v -> v > 0).toArray();
      double mean = Arrays.stream(valid).average().orElse(Double.NaN);
      all.add(
          new Volume(
              readings.get(r).name(),
              valid.length,
              valid.length == 0 ? null : (Double) mean,
              valid.length == 0 ? null : (Double) variation(valid)));
    }
    if (readings.size() < 2) {
      return new Simplices(all, null, null, 0);
    }
    double[] a = volumes.get(0);
    double[] b = volumes.get(1);
    double[] first = Arrays.stream(a).filter(v -> v > 0).toArray();
    double[] second = Arrays.stream(b).filter(v -> v > 0).toArray();
    int least = Math.min(first.length, second.length);
    int both = 0;
    double[] x = new double[count];
    double[] y = new double[count];
    for (int k = 0; k < count; k++) {
      if (a[k] > 0 && b[k] > 0) {
        x[both] = a[k];
        y[both++] = b[k];
      }
    }
    return new Simplices(
        all,
        finite(Pearson.of(Arrays.copyOf(first, least), Arrays.copyOf(second, least))),
        finite(Pearson.of(Arrays.copyOf(x, both), Arrays.copyOf(y, both))),
        both);
  }

  private static double volume(Vectors vectors, int[] which) {
    int d = vectors.width();
    double[] points = new double[POINTS * d];
    for (int p = 0; p < POINTS; p++) {
      System.arraycopy(vectors.get(which[p]), 0, points, p * d, d);
    }
    return new Simplex(POINTS - 1, d).volume(points);
  }

  /** Standard deviation (ddof 0) over mean. */
  private static double variation(double[] values) {
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / values.length) / mean;
  }

  static Double finite(double v) {
    return Double.isFinite(v) ? (Double) v : null;
  }

  /** Of the battery of section 3 what one seed gives; figures that are not finite are left out. */
  static List<Stable> stability(Readings words, int seed) {
    List<Stable> found = new ArrayList<>();
    Generator g = Generator.of(seed);
    SeedPairs pairs = SeedPairs.draw(words.words(), words.taxonomy(), g, WORDS, PAIRS);
    double[] s = pairs.similarities();
    double[] ranks = Spearman.ranks(s);
    for (Vectors r : words.vectors()) {
      double[] c = pairs.cosines(r);
      put(found, "pearson", r, Pearson.of(s, c));
      put(found, "spearman", r, Pearson.of(ranks, Spearman.ranks(c)));
      put(found, "cosine where path >= 0.25", r, mean(s, c, 0.25, 2));
      put(found, "cosine where path < 0.1", r, mean(s, c, -1, 0.1));
    }
    Simplices simplices = simplices(words.vectors(), g, SIMPLICES);
    for (int r = 0; r < simplices.volumes().size(); r++) {
      Double cv = simplices.volumes().get(r).cv();
      put(found, "simplex CV", words.vectors().get(r), cv == null ? Double.NaN : cv);
    }
    if (words.chains().isEmpty()) {
      return found;
    }
    List<int[]> chains = words.chains();
    int[] some = g.choice(chains.size(), Math.min(CHAINS, chains.size()), false);
    for (Vectors r : words.vectors()) {
      for (int d : new int[] {1, 3, 5}) {
        double sum = 0;
        int n = 0;
        for (int c : some) {
          int[] chain = chains.get(c);
          if (chain.length > d) {
            sum += r.cosine(chain[0], chain[d]);
            n++;
          }
        }
        put(found, "cosine " + d + " up", r, sum / n);
      }
    }
    return found;
  }

  private static void put(List<Stable> found, String figure, Vectors of, double value) {
    if (Double.isFinite(value)) {
      found.add(new Stable(figure, of.name(), List.of(value)));
    }
  }

  /** What several seeds gave, together: of each figure the values in their order. */
  static List<Stable> together(List<AlignmentFigures> seeds) {
    Map<List<String>, List<Double>> values = new LinkedHashMap<>();
    for (AlignmentFigures seed : seeds) {
      for (Stable s : seed.stability()) {
        values
            .computeIfAbsent(List.of(s.figure(), s.of()), k -> new ArrayList<>())
            .addAll(s.values());
      }
    }
    List<Stable> all = new ArrayList<>();
    values.forEach((key, v) -> all.add(new Stable(key.get(0), key.get(1), v)));
    return all;
  }

  private static double mean(double[] s, double[] c, double low, double high) {
    double sum = 0;
    long n = 0;
    for (int k = 0; k < s.length; k++) {
      if (s[k] >= low && s[k] < high) {
        sum += c[k];
        n++;
      }
    }
    return sum / n;
  }
}
