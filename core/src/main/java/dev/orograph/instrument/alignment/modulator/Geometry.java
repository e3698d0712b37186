package dev.orograph.instrument.alignment.modulator;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.geometry.PrincipalComponents;
import dev.orograph.geometry.Procrustes;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.alignment.Vectors;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.LeadingEigenvectors;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import dev.orograph.stats.Pearson;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A vector for each token, and the map that leads these to the states of an encoder. Source: seed
 * 003 section 8.
 *
 * <p>Of {@value #ANCHORS} drawn words the Wu-Palmer similarities (i before j mirrored, 1 on the
 * diagonal) have the leading eigenvectors U and eigenvalues l; rows of U sqrt(max(l, 0)) to unit
 * length are the anchors' vectors. Another word's is the mean, weighted by softmax(10 cos), of the
 * 10 anchors whose rows in the embedding are nearest by cosine, to unit length. The map is {@code P
 * = (R C)' 0.1 m}: C the leading principal components of the anchors' states, m their mean norm, R
 * the Procrustes rotation from the centred unit vectors to the centred unit coordinates.
 *
 * @param vectors of each matched word, {@code (words, width)}
 * @param projection P, {@code (d, width)} row-major; null where nothing was aligned
 * @param facts how it came about
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Geometry(double[][] vectors, double[] projection, Facts facts) {
  /** Anchors at most. */
  static final int ANCHORS = 3000;

  /** Numbers of a vector at most. */
  static final int WIDTH = 64;

  private static final int NEAREST = 10;
  private static final double SHARPNESS = 10;
  private static final double SHARE = 0.1;
  private static final double FLOOR = 1e-8;

  /** How it came about; null for what it has not. */
  record Facts(
      int anchors,
      Double reconstruction,
      List<Double> eigenvalues,
      Double scale,
      Double alignment,
      Double deviation) {}

  private record Key(String what, long seed) {}

  /** The anchors: the notebook's draw. */
  private static int[] anchors(MatchedWords words, long seed) {
    return Generator.of(seed).choice(words.size(), Math.min(ANCHORS, words.size()), false);
  }

  /** Numbers of a vector of this model. */
  static int width(Model model) {
    return Math.min(WIDTH, model.spec().stacks().get(0).dModel());
  }

  /** WordNet's, made once for all tasks. */
  static Geometry wordNet(Work work, Bench bench, long seed) {
    return work.once(
        new Key("wordnet", seed),
        () -> {
          MatchedWords words = bench.words();
          int[] anchors = anchors(words, seed);
          int width = Math.min(width(work.model()), anchors.length - 1);
          Similar s = similar(words, bench.taxonomy(), anchors, width);
          double[][] all = spread(work, words, anchors, s.vectors());
          return aligned(
              bench,
              anchors,
              all,
              new Facts(anchors.length, s.reconstruction(), s.eigenvalues(), null, null, null));
        });
  }

  /** Vectors of the anchors from their similarities. */
  private record Similar(double[][] vectors, Double reconstruction, List<Double> eigenvalues) {}

  private static Similar similar(MatchedWords words, Taxonomy taxonomy, int[] anchors, int width) {
    int n = anchors.length;
    double[] similarity = new double[n * (n - 1) / 2];
    double[][] vectors = new double[n][width];
    List<Double> eigenvalues;
    try (Scope scope = new Scope()) {
      Matrix m = scope.matrix(n, n);
      IntStream.range(0, n)
          .forEach(
              i -> {
                m.set(i, i, 1);
                for (int j = i + 1; j < n; j++) {
                  double s = taxonomy.wuPalmer(words.synset(anchors[i]), words.synset(anchors[j]));
                  s = Double.isNaN(s) ? 0 : (float) s; // as the notebook stores them
                  m.set(j, i, s);
                  similarity[i * n - i * (i + 1) / 2 + j - i - 1] = s;
                }
              });
      LeadingEigenvectors e = Lapack.with(1, () -> LeadingEigenvectors.of(m, width, scope));
      eigenvalues = e.values().subList(0, Math.min(5, width));
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < width; k++) {
          vectors[i][k] = e.vectors().get(i, k) * Math.sqrt(Math.max(0, e.values().get(k)));
        }
        unit(vectors[i]);
      }
    }
    double[] cosines = new double[similarity.length];
    for (int i = 0, at = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        cosines[at++] = dot(vectors[i], vectors[j]);
      }
    }
    double r = Pearson.of(similarity, cosines);
    return new Similar(vectors, Double.isFinite(r) ? (Double) r : null, List.copyOf(eigenvalues));
  }

  /** Vectors of all words from those of the anchors. */
  private static double[][] spread(
      Work work, MatchedWords words, int[] anchors, double[][] vectors) {
    Model model = work.model();
    double[][] rows = new double[words.size()][];
    try (TensorData data = model.checkpoint().map(model.tokenMatrices().get(0).tensor())) {
      TokenRows table = TokenRows.of(work, data, model, 1);
      for (int i = 0; i < rows.length; i++) {
        rows[i] = new double[table.width()];
        table.read(words.tokens(i)[0], rows[i], 0);
        unit(rows[i]);
      }
    }
    double[][] all = new double[words.size()][];
    for (int a = 0; a < anchors.length; a++) {
      all[anchors[a]] = vectors[a];
    }
    for (int i = 0; i < all.length; i++) {
      if (all[i] == null) {
        all[i] = nearest(rows, rows[i], anchors, vectors);
      }
    }
    return all;
  }

  private static double[] nearest(
      double[][] rows, double[] row, int[] anchors, double[][] vectors) {
    double[] cosines = new double[anchors.length];
    Arrays.setAll(cosines, a -> dot(rows[anchors[a]], row));
    int[] best =
        IntStream.range(0, anchors.length)
            .boxed()
            .sorted((a, b) -> Double.compare(cosines[b], cosines[a]))
            .limit(NEAREST)
            .mapToInt(Integer::intValue)
            .toArray();
    double[] mean = new double[vectors[0].length];
    for (int a : best) {
      double weight = Math.exp(SHARPNESS * (cosines[a] - cosines[best[0]]));
      for (int k = 0; k < mean.length; k++) {
        mean[k] += weight * vectors[a][k];
      }
    }
    unit(mean);
    return mean;
  }

  /** The same vectors for other words: whose is whose is permuted, and aligned anew. */
  Geometry shuffled(Bench bench, long seed, long draw) {
    int[] order = Generator.keyed(draw, "modulate", "shuffled").permutation(vectors.length);
    double[][] other = new double[vectors.length][];
    Arrays.setAll(other, i -> vectors[order[i]]);
    return aligned(bench, anchors(bench.words(), seed), other, facts);
  }

  /** Unit vectors in random directions, aligned alike. */
  static Geometry random(Bench bench, int width, long seed, long draw) {
    Generator g = Generator.keyed(draw, "modulate", "random");
    double[][] all = new double[bench.words().size()][width];
    for (double[] v : all) {
      g.standardNormal(v);
      unit(v);
    }
    int[] anchors = anchors(bench.words(), seed);
    return aligned(
        bench, anchors, all, new Facts(anchors.length, null, List.of(), null, null, null));
  }

  /**
   * A user's: of a vector for each token, or of the corners of a simplex, which are added up.
   *
   * @throws InputException where it is of another vocabulary, or has numbers that are not finite
   */
  static Geometry given(Path file, Model model, Bench bench, long seed) {
    long tokens = model.tokenMatrices().get(0).tensor().rows();
    try (Checkpoint c = Checkpoint.open(file)) {
      TensorInfo info =
          c.tensors().stream()
              .filter(t -> t.dtype().floating() && (t.rank() == 2 || t.rank() == 3))
              .findFirst()
              .orElseThrow(() -> fault(file, "an array of two or three sizes", "there is none"));
      List<Long> shape = info.shape();
      long width = shape.get(shape.size() - 1);
      if (shape.get(0) != tokens || width < 1 || width > model.spec().stacks().get(0).dModel()) {
        throw fault(
            file,
            "a row for each of " + tokens + " tokens, no wider than the model",
            "it is of shape " + shape);
      }
      int w = (int) width;
      int corners = shape.size() == 3 ? Math.toIntExact(shape.get(1)) : 1;
      double[][] all = new double[bench.words().size()][w];
      double[] row = new double[Math.multiplyExact(corners, w)];
      try (TensorData data = c.map(info)) {
        for (int i = 0; i < all.length; i++) {
          data.read((long) bench.words().tokens(i)[0] * row.length, row, 0, row.length);
          for (int k = 0; k < row.length; k++) {
            all[i][k % w] += row[k];
          }
          if (!Arrays.stream(all[i]).allMatch(Double::isFinite)) {
            throw fault(
                file, "finite numbers", "row " + bench.words().tokens(i)[0] + " has others");
          }
          unit(all[i]);
        }
      }
      int[] anchors = anchors(bench.words(), seed);
      return aligned(
          bench, anchors, all, new Facts(anchors.length, null, List.of(), null, null, null));
    }
  }

  private static InputException fault(Path file, String expected, String found) {
    return InputException.at(file)
        .expected("should hold " + expected)
        .found(found)
        .remedy("leave --geometry out for WordNet's")
        .build();
  }

  private static Geometry aligned(Bench bench, int[] anchors, double[][] all, Facts facts) {
    Vectors states = bench.plain();
    int d = states.width();
    int n = anchors.length;
    int w = Math.min(all[0].length, d);
    double norm = 0;
    for (int a : anchors) {
      norm += states.norm(a) / n;
    }
    try (Scope scope = new Scope()) {
      Matrix points = scope.matrix(d, n);
      for (int a = 0; a < n; a++) {
        points.put(0, a, states.get(anchors[a]), 0, d);
      }
      Entries rows = // points are columns, which lie one after the other
          Entries.of(
              n,
              d,
              (at, into, offset, length) ->
                  points.get((int) (at % d), (int) (at / d), into, offset, length));
      PrincipalComponents c = PrincipalComponents.of(rows, w, 1, scope);
      double[][] target = new double[n][w];
      double[] x = new double[d];
      double[] direction = new double[d];
      for (int k = 0; k < w; k++) {
        c.directions().get(0, k, direction, 0, d);
        for (int a = 0; a < n; a++) {
          points.get(0, a, x, 0, d);
          for (int j = 0; j < d; j++) {
            target[a][k] += (x[j] - c.mean()[j]) * direction[j];
          }
        }
      }
      double[][] from = new double[n][];
      for (int a = 0; a < n; a++) {
        unit(target[a]);
        from[a] = all[anchors[a]].clone();
        unit(from[a]);
      }
      Matrix moved = centred(from, scope);
      double[] middle = mean(target);
      Matrix aims = centred(target, scope);
      Procrustes fit = Lapack.with(1, () -> Procrustes.of(moved, aims, scope));
      double[] cosines = new double[n];
      double[] y = new double[w];
      for (int a = 0; a < n; a++) {
        double[] there = middle.clone();
        moved.get(0, a, y, 0, w);
        for (int k = 0; k < w; k++) {
          for (int j = 0; j < w; j++) {
            there[k] += y[j] * fit.rotation().get(j, k);
          }
        }
        cosines[a] = dot(there, target[a]) / (norm(there) * norm(target[a]) + FLOOR);
      }
      double mean = Arrays.stream(cosines).average().orElse(0);
      double spread = Arrays.stream(cosines).map(v -> (v - mean) * (v - mean)).average().orElse(0);
      double[] projection = new double[d * w];
      for (int i = 0; i < d; i++) {
        for (int k = 0; k < w; k++) {
          double sum = 0;
          for (int j = 0; j < w; j++) {
            sum += fit.rotation().get(k, j) * c.directions().get(i, j);
          }
          projection[i * w + k] = sum * norm * SHARE;
        }
      }
      return new Geometry(
          all,
          projection,
          new Facts(
              n,
              facts.reconstruction(),
              facts.eigenvalues(),
              fit.scale(),
              mean,
              Math.sqrt(spread)));
    }
  }

  private static double[] mean(double[][] points) {
    double[] mean = new double[points[0].length];
    for (double[] p : points) {
      for (int k = 0; k < mean.length; k++) {
        mean[k] += p[k] / points.length;
      }
    }
    return mean;
  }

  /** Points less their mean as columns. */
  private static Matrix centred(double[][] points, Scope scope) {
    double[] mean = mean(points);
    Matrix all = scope.matrix(mean.length, points.length);
    double[] p = new double[mean.length];
    for (int i = 0; i < points.length; i++) {
      for (int k = 0; k < p.length; k++) {
        p[k] = points[i][k] - mean[k];
      }
      all.put(0, i, p, 0, p.length);
    }
    return all;
  }

  private static void unit(double[] v) {
    double norm = Math.max(FLOOR, norm(v));
    for (int k = 0; k < v.length; k++) {
      v[k] /= norm;
    }
  }

  private static double norm(double[] v) {
    return Math.sqrt(dot(v, v));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }
}
